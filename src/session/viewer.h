#pragma once

#include <memory>
#include <string>

#include "base/main_loop.h"
#include "media/camera.h"
#include "session/carrier.h"
#include "session/session.h"
#include "session/tuner.h"

namespace fanlight::session {

/// The Session there is: joins one camera's streams to one peer connection.
///
/// waiting (no stream yet) -> connecting (answered) -> connected (fed) -> closed. Threads: main
/// only. Lifetime: owned by the SessionTable, which drops it in a turn of the loop after
/// `Host::on_viewer_ended`.
class Viewer : public Session,
               public webrtc::PeerConnection::Observer,
               public media::Branch::Observer,
               public std::enable_shared_from_this<Viewer> {
 public:
  struct Host {
    virtual ~Host() = default;
    virtual void on_viewer_ended(Viewer& viewer) = 0; ///< In a turn of the loop of its own.
  };
  /// `offer_size` is that of the offer's text, which was weighed when it came.
  Viewer(std::string id, std::shared_ptr<media::Camera> camera, webrtc::Offer offer,
         std::size_t offer_size, Directory::OpenOptions options, std::shared_ptr<Carrier> carrier,
         Session::Observer& observer, Host& host);
  ~Viewer() override;

  /// Answers if the camera has streams by now, waits otherwise. Errc::unsupported, invalid,
  /// busy,
  /// internal.
  Result<Done> begin();
  /// The camera's state or streams changed.
  void on_camera_changed();
  /// Brings the counters up to date; `done` comes on main unless the session ends first.
  void refresh_stats(std::function<void()> done);
  State state() const { return state_; }

  const std::string& id() const override { return id_; }
  const std::string& camera_id() const override { return camera_->config().id; }
  void add_candidate(const Candidate& candidate) override;
  Result<Done> restart(const std::string& offer) override;
  Result<Done> select(const StreamWish& wish) override;
  void close(CloseReason reason) override;
  void forget_observer() override { observer_ = nullptr; }
  Info info() const override;

 private:
  Result<Done> tune();
  /// What would fit best if it began now; null: nothing.
  const media::Intake* best() const;
  Result<Done> negotiate();
  void wait_for(const media::Intake& intake);
  void go_on_waiting();
  void follow();
  bool may_begin_anew(const media::Intake& current) const;
  bool needs_new_session(const media::Intake& other) const;
  void begin_anew(const media::Intake& other);
  void change_to(const media::Intake& intake);
  void feed();
  void set_state(State state, const std::string& message);

  void on_peer_answer(const std::string& sdp) override;
  void on_peer_candidate(const webrtc::IceCandidate& candidate) override;
  void on_peer_state(webrtc::PeerConnection::State state, const std::string& why) override;
  void on_peer_failed(const std::string& why) override;
  void on_branch_failed(const std::string& why) override;

  // Given.
  const std::string id_;
  const std::shared_ptr<media::Camera> camera_;
  const std::size_t offer_size_; // Bytes, of the first one.
  const Directory::OpenOptions options_;
  const std::shared_ptr<Carrier> carrier_;
  Session::Observer* observer_;
  Host& host_;

  // Owned.
  Tuner tuner_;
  std::unique_ptr<media::Intake::Claim> sound_; // Of the stream it comes from.
  webrtc::Offer offer_;
  webrtc::Choices choices_;
  std::optional<Carrier::Carriage> carriage_;          // Once the codecs are settled.
  std::vector<webrtc::IceCandidate> early_candidates_; // Came while waiting for the camera.
  Timer deadline_;                                     // Of the state it is in.

  State state_ = State::waiting;
  bool fed_ = false;
  bool asked_ = false; // It has selected, and has not got it yet.
  std::int64_t opened_us_ = 0;
  std::string video_codec_;
  std::string audio_codec_;
  std::string codec_reason_;
  webrtc::PeerStats stats_;
};

} // namespace fanlight::session
