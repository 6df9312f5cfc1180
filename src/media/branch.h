#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight::media {

class Camera;
class Intake;

/// A bin of somebody else's inside a camera's pipeline, fed from the camera's tees. Ends when
/// destroyed: the tees let go at once, the bin stops on a worker. Nothing in it can touch the
/// camera or another branch.
///
/// Threads: main only. Lifetime: owned by whoever asked for it; must end before its Camera.
class Branch {
 public:
  struct Observer {
    virtual ~Observer() = default;
    /// An element of the branch reported an error; the branch still wants to be destroyed. On main.
    virtual void on_branch_failed(const std::string& why) = 0;
  };
  ~Branch();
  Branch(const Branch&) = delete;
  Branch& operator=(const Branch&) = delete;

  /// Feeds `sink`, a pad of the bin, with what `stream` of the camera has in that encoding, from
  /// the cached group of pictures on. Errc::not_found when there is no such thing.
  Result<Done> link(const std::string& stream, const std::string& encoding, GstPad* sink);
  /// Ends what link() began; the pad stays as it is.
  void unlink(const std::string& stream, const std::string& encoding);

  /// Groups of pictures the branch has lost because it did not keep up.
  std::uint64_t groups_dropped() const;

 private:
  friend class Camera;
  Branch(Camera& camera, Ref<GstElement> bin, Observer& observer);
  struct Feed {
    std::shared_ptr<Intake> intake;
    std::string encoding;
    Ref<GstElement> tee;
    Ref<GstPad> pad;
    bool transcoded;
  };
  void end(const Feed& feed);

  Camera& camera_;
  Observer& observer_;
  Ref<GstElement> bin_;
  std::vector<Feed> feeds_;
};

} // namespace fanlight::media
