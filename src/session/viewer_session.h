#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/main_loop.h"
#include "session/session.h"
#include "session/stream_selector.h"
#include "session/transport_factory.h"
#include "session/viewed_camera.h"

namespace fanlight::session {

/// How long a session may stay in a state.
struct StateLimits {
  /// From the answer to the end of the DTLS handshake.
  std::chrono::milliseconds connect{15'000};
  /// How long a viewer may take to come back after its network failed.
  std::chrono::milliseconds disconnect{15'000};
};

/// The implementation of Session: connects one camera's streams to the transport of one viewer.
///
/// waiting (no stream yet) -> connecting (answered) -> connected (media flow) -> closed. Threads:
/// main only. Lifetime: owned by the SessionTable, which drops it in a later turn than
/// `Host::on_viewer_ended`.
class ViewerSession : public Session,
                      public webrtc::ViewerTransport::Observer,
                      public std::enable_shared_from_this<ViewerSession> {
 public:
  struct Host {
    virtual ~Host() = default;
    virtual void on_viewer_ended(ViewerSession& viewer) = 0; ///< In a turn of its own.
  };
  /// `offer_size` is the size of the offer's text, which the quota has accepted.
  ViewerSession(std::string id, std::shared_ptr<ViewedCamera> camera, sdp::Offer offer,
                std::size_t offer_size, Directory::OpenOptions options,
                std::shared_ptr<TransportFactory> transports, Session::Observer& observer,
                Host& host, StateLimits limits = {});
  ~ViewerSession() override;

  /// Answers if the camera has streams by now, waits otherwise. Errc::unsupported, invalid, busy,
  /// internal.
  Result<Done> begin();
  /// The camera's state or streams changed.
  void on_camera_changed();
  /// Updates the counters; calls `done` on main unless the session ends first.
  void refresh_stats(std::function<void()> done);
  State state() const { return state_; }

  const std::string& id() const override { return id_; }
  const std::string& camera_id() const override { return camera_->id(); }
  void add_candidate(const Candidate& candidate) override;
  Result<Done> restart(const std::string& offer) override;
  Result<Done> restart(const sdp::IceFragment& fragment) override;
  const sdp::Offer& offer() const override { return offer_; }
  Result<Done> select(const StreamPreference& preference) override;
  void close(CloseReason reason) override;
  void forget_observer() override { observer_ = nullptr; }
  Info info() const override;

 private:
  Result<Done> select_stream();
  /// The stream that would fit best for a new session; null: none.
  const ViewedStream* best() const;
  Result<Done> negotiate();
  /// Whether a restart is possible now, and its text of `size` bytes is not too large.
  Result<Done> check_restart(std::size_t size, std::size_t most) const;
  Error restart_refused(Errc code, const Reason& why) const;
  static Reason session_over();
  Result<Done> restart(sdp::Offer offer);
  void wait_for(const ViewedStream& stream);
  void go_on_waiting();
  void follow();
  bool may_begin_anew(const ViewedStream& current) const;
  bool needs_new_session(const ViewedStream& other) const;
  void begin_anew(const ViewedStream& other);
  void switch_to(const ViewedStream& stream);
  void play();
  void set_state(State state, const Reason& reason);
  void end(const CloseReason& reason);

  void on_transport_answer(const std::string& sdp) override;
  void on_transport_candidate(const Candidate& candidate) override;
  void on_transport_state(webrtc::ViewerTransport::State state, const std::string& why) override;
  void on_transport_failed(const std::string& why) override;

  // Given.
  const std::string id_;
  const std::shared_ptr<ViewedCamera> camera_;
  const std::size_t offer_size_; // Bytes, of the first offer.
  const Directory::OpenOptions options_;
  const std::shared_ptr<TransportFactory> transports_;
  Session::Observer* observer_;
  Host& host_;
  const StateLimits limits_;

  // Owned.
  StreamSelector selector_;
  std::unique_ptr<ViewedStream::Claim> sound_; // For the stream that the sound comes from.
  sdp::Offer offer_;
  sdp::Choices choices_;
  std::shared_ptr<webrtc::ViewerTransport> transport_; // Set once the codecs are chosen.
  Reason transport_reason_;                            // Why this transport, for people.
  std::vector<Candidate> early_candidates_;            // Arrived while waiting for the camera.
  Timer deadline_;                                     // Of the current state.

  State state_ = State::waiting;
  bool playing_ = false;
  bool asked_ = false; // It has selected a stream and has not got it yet.
  std::int64_t opened_us_ = 0;
  std::string video_codec_;
  std::string audio_codec_;
  Reason codec_reason_;
  webrtc::TransportStats stats_;
};

} // namespace fanlight::session
