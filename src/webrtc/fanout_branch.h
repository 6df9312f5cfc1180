#pragma once

#include <compare>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/main_loop.h"
#include "base/room.h"
#include "sdp/answer.h"
#include "webrtc/fanout.h"
#include "webrtc/media_feed.h"

namespace fanlight::webrtc {

/// The branch of a camera that ends in its Fanout, shared by all viewers there.
///
/// A stream is fed while it has viewers, and kLinger longer. Threads: main only. Lifetime: held by
/// its maker until it is idle or has failed, and by the subscriptions of its viewers.
class FanoutBranch : public MediaFeed::Observer, public std::enable_shared_from_this<FanoutBranch> {
 public:
  /// A viewer who reloads the page, or returns after a short network outage, finds everything
  /// running. Meanwhile a payloader works in vain, which costs no more than one viewer.
  static constexpr std::chrono::seconds kLinger{5};
  /// How long its threads may take to start on a busy machine; after that, the system counts them.
  static constexpr std::chrono::seconds kStarting{3};
  using Ended = std::function<void(FanoutBranch&)>;

  /// One viewer's hold on what it is sent.
  class Subscription {
   public:
    ~Subscription();
    /// In place of the picture of `from` that of `choice`, of the same codec.
    Result<Done> change_picture(const std::string& from, const sdp::Choice& choice);
    Subscription(const Subscription&) = delete;
    Subscription& operator=(const Subscription&) = delete;

   private:
    friend class FanoutBranch;
    /// A track of the camera.
    struct Part {
      std::string stream;
      Codec codec = Codec::h264;
      auto operator<=>(const Part&) const = default;
    };
    Subscription(std::shared_ptr<FanoutBranch> branch, MediaFeed::Observer& viewer)
        : branch_(std::move(branch)), viewer_(viewer) {}
    const std::shared_ptr<FanoutBranch> branch_;
    MediaFeed::Observer& viewer_;
    std::vector<Part> parts_;
  };

  /// Adds the branch to `camera`. Calls `ended` in a later turn when the branch has become idle or
  /// has failed; it can then not be used again.
  static Result<std::shared_ptr<FanoutBranch>> create(std::shared_ptr<MediaSource> camera,
                                                      const config::WebRtc& config, Ended ended,
                                                      std::chrono::milliseconds linger = kLinger);

  /// Feeds what was chosen. `viewer` hears when the branch fails, which ends all of its viewers.
  Result<std::unique_ptr<Subscription>> subscribe(const sdp::Choices& choices,
                                                  MediaFeed::Observer& viewer);
  const std::shared_ptr<Fanout>& fanout() const { return fanout_; }
  bool failed() const { return failed_; }
  bool feeds_nothing() const { return inputs_.empty(); }
  /// Keeps room for its threads while they start.
  void hold(Reservation room, std::chrono::milliseconds starting = kStarting);

 private:
  struct Input {
    std::uint32_t viewers = 0;
    Timer idle;
  };
  FanoutBranch(std::shared_ptr<MediaSource> camera, std::shared_ptr<Fanout> fanout, Ended ended,
               std::chrono::milliseconds linger);
  Result<Subscription::Part> feed(const sdp::Choice& choice);
  void leave(const Subscription& subscription);
  void let_go(const Subscription::Part& part, std::chrono::milliseconds linger);
  void stop_input(const Subscription::Part& part);
  void end();
  void on_feed_failed(const std::string& why) override;

  // Given.
  const std::shared_ptr<MediaSource> camera_;
  const Ended ended_;
  const std::chrono::milliseconds linger_;
  // Owned.
  const std::shared_ptr<Fanout> fanout_;
  std::unique_ptr<MediaFeed> feed_;
  std::map<Subscription::Part, Input> inputs_;
  std::unordered_set<const Subscription*> subscriptions_;
  std::optional<Reservation> room_; // While it starts.
  Timer starting_;
  bool failed_ = false;
};

} // namespace fanlight::webrtc
