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
  /// How long a viewer whose network went away may take to come back.
  std::chrono::milliseconds disconnect{15'000};
};

/// The Session there is: joins one camera's streams to the transport of one viewer.
///
/// waiting (no stream yet) -> connecting (answered) -> connected (fed) -> closed. Threads: main
/// only. Lifetime: owned by the SessionTable, which drops it in a turn of the loop after
/// `Host::on_viewer_ended`.
class ViewerSession : public Session,
                      public webrtc::ViewerTransport::Observer,
                      public std::enable_shared_from_this<ViewerSession> {
 public:
  struct Host {
    virtual ~Host() = default;
    virtual void on_viewer_ended(ViewerSession& viewer) = 0; ///< In a turn of the loop of its own.
  };
  /// `offer_size` is that of the offer's text, which was weighed when it came.
  ViewerSession(std::string id, std::shared_ptr<ViewedCamera> camera, webrtc::Offer offer,
                std::size_t offer_size, Directory::OpenOptions options,
                std::shared_ptr<TransportFactory> transports, Session::Observer& observer,
                Host& host, StateLimits limits = {});
  ~ViewerSession() override;

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
  const std::string& camera_id() const override { return camera_->id(); }
  void add_candidate(const Candidate& candidate) override;
  Result<Done> restart(const std::string& offer) override;
  Result<Done> select(const StreamPreference& preference) override;
  void close(CloseReason reason) override;
  void forget_observer() override { observer_ = nullptr; }
  Info info() const override;

 private:
  Result<Done> select_stream();
  /// The stream that would fit best if the session began now; null: none.
  const ViewedStream* best() const;
  Result<Done> negotiate();
  void wait_for(const ViewedStream& stream);
  void go_on_waiting();
  void follow();
  bool may_begin_anew(const ViewedStream& current) const;
  bool needs_new_session(const ViewedStream& other) const;
  void begin_anew(const ViewedStream& other);
  void switch_to(const ViewedStream& stream);
  void play();
  void set_state(State state, const std::string& message);
  void end(const CloseReason& reason);

  void on_transport_answer(const std::string& sdp) override;
  void on_transport_candidate(const Candidate& candidate) override;
  void on_transport_state(webrtc::ViewerTransport::State state, const std::string& why) override;
  void on_transport_failed(const std::string& why) override;

  // Given.
  const std::string id_;
  const std::shared_ptr<ViewedCamera> camera_;
  const std::size_t offer_size_; // Bytes, of the first one.
  const Directory::OpenOptions options_;
  const std::shared_ptr<TransportFactory> transports_;
  Session::Observer* observer_;
  Host& host_;
  const StateLimits limits_;

  // Owned.
  StreamSelector selector_;
  std::unique_ptr<ViewedStream::Claim> sound_; // Of the stream it comes from.
  webrtc::Offer offer_;
  webrtc::Choices choices_;
  std::shared_ptr<webrtc::ViewerTransport> transport_; // Once the codecs are settled.
  std::string transport_reason_;                       // Why this one, in words.
  std::vector<Candidate> early_candidates_;            // Came while waiting for the camera.
  Timer deadline_;                                     // Of the state it is in.

  State state_ = State::waiting;
  bool playing_ = false;
  bool asked_ = false; // It has selected, and has not got it yet.
  std::int64_t opened_us_ = 0;
  std::string video_codec_;
  std::string audio_codec_;
  std::string codec_reason_;
  webrtc::TransportStats stats_;
};

} // namespace fanlight::session
