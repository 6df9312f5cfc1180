#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>
#include <vector>

#include "base/main_loop.h"
#include "base/room.h"
#include "media/camera.h"
#include "sdp/answer.h"
#include "webrtc/fanout.h"

namespace fanlight::session {

/// The branch of a camera that ends in its webrtc::Fanout, shared by all viewers there.
///
/// A stream is fed while somebody watches it, and kLinger longer. Threads: main only. Lifetime:
/// held by its Carrier until it is idle or has failed, and by the shares of its viewers.
class FanoutBranch : public media::Branch::Observer,
                     public std::enable_shared_from_this<FanoutBranch> {
 public:
  /// Who reloads the page or comes back after a moment of no network finds everything running. In
  /// that time a payloader works for nobody, which costs no more than one viewer.
  static constexpr std::chrono::seconds kLinger{5};
  /// From its first viewer until its threads run, and count by themselves, on a busy machine.
  static constexpr std::chrono::seconds kStarting{3};
  using Ended = std::function<void(FanoutBranch&)>;

  /// One viewer's hold on what it is sent.
  class Share {
   public:
    ~Share();
    /// In place of the picture of `from` that of `choice`, of the same codec.
    Result<Done> change_picture(const std::string& from, const webrtc::Choice& choice);
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;

   private:
    friend class FanoutBranch;
    /// A stream of the camera in some encoding.
    struct Part {
      std::string stream;
      std::string encoding;
    };
    Share(std::shared_ptr<FanoutBranch> branch, media::Branch::Observer& viewer)
        : branch_(std::move(branch)), viewer_(viewer) {}
    const std::shared_ptr<FanoutBranch> branch_;
    media::Branch::Observer& viewer_;
    std::vector<Part> parts_;
  };

  /// Adds the branch to `camera`; `ended` comes in a turn of its own when it has become idle or has
  /// failed: it is of no more use.
  static Result<std::shared_ptr<FanoutBranch>> create(std::shared_ptr<media::Camera> camera,
                                                      const config::WebRtc& config, Ended ended,
                                                      std::chrono::milliseconds linger = kLinger);

  /// Feeds what was chosen. `viewer` hears when the branch fails, which ends all of its viewers.
  Result<std::unique_ptr<Share>> join(const webrtc::Choices& choices,
                                      media::Branch::Observer& viewer);
  const std::shared_ptr<webrtc::Fanout>& fanout() const { return fanout_; }
  bool failed() const { return failed_; }
  bool feeds_nothing() const { return feeds_.empty(); }
  /// Keeps room for its threads while they start.
  void hold(Reservation room, std::chrono::milliseconds starting = kStarting);

 private:
  struct Feed {
    std::uint32_t viewers = 0;
    Timer idle;
  };
  FanoutBranch(std::shared_ptr<media::Camera> camera, std::shared_ptr<webrtc::Fanout> fanout,
               Ended ended, std::chrono::milliseconds linger);
  Result<Done> feed(const std::string& stream, const RtpFormat& format);
  void leave(const Share& share);
  void let_go(const Share::Part& part, std::chrono::milliseconds linger);
  void starve(const Share::Part& part);
  void end();
  void on_branch_failed(const std::string& why) override;

  // Given.
  const std::shared_ptr<media::Camera> camera_;
  const Ended ended_;
  const std::chrono::milliseconds linger_;
  // Owned.
  const std::shared_ptr<webrtc::Fanout> fanout_;
  std::unique_ptr<media::Branch> branch_;
  std::map<std::pair<std::string, std::string>, Feed> feeds_; // By stream and encoding.
  std::unordered_set<const Share*> shares_;
  std::optional<Reservation> room_; // While it starts.
  Timer starting_;
  bool failed_ = false;
};

} // namespace fanlight::session
