#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/main_loop.h"
#include "config/config.h"
#include "media/health.h"
#include "media/rtsp/backoff.h"
#include "media/rtsp/connect_error.h"
#include "media/rtsp/connect_queue.h"
#include "media/rtsp/connection.h"
#include "media/rtsp/source_choice.h"
#include "media/stream_tracks.h"
#include "rtsp/keep_alive.h"

namespace fanlight::media {

/// One URL of a camera: connected while at least one claim or subscription wants it, and shared by
/// all of them.
///
/// It reconnects with back-off. Subscriptions to its tracks survive a reconnect and resume at the
/// next key frame, because only the source half is rebuilt. Threads: main only. Lifetime: shared by
/// its Camera, in whose pipeline it lives, and by claims and subscriptions.
class CameraStream : public RtspConnection::Observer,
                     public Track::Producer,
                     public StreamTracks::Observer,
                     public std::enable_shared_from_this<CameraStream> {
 public:
  enum class State {
    idle,       ///< Not wanted.
    connecting, ///< The first attempt, or the first after a stop; or waiting for a key frame.
    live,       ///< Video arrives.
    retrying,   ///< Lost or not reached; the next attempt is scheduled.
    refused,    ///< The camera rejects the settings (login, path, codec), and attempts are rare;
                ///< or it sends no key frames, and stays connected.
  };
  struct Observer {
    virtual ~Observer() = default;
    /// Its state, its tracks or their formats changed. On main.
    virtual void on_camera_stream_changed(CameraStream& camera_stream) = 0;
  };
  /// While a claim exists, or a subscription to one of its tracks, the stream is wanted. After the
  /// last one, it stays connected for the configured grace.
  class Claim {
   public:
    ~Claim() { camera_stream_->release(watches_); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    CameraStream& camera_stream() const { return *camera_stream_; }
    /// The holder shows the video: counts as one of viewers().
    void watch();

   private:
    friend class CameraStream;
    explicit Claim(std::shared_ptr<CameraStream> camera_stream)
        : camera_stream_(std::move(camera_stream)) {}
    const std::shared_ptr<CameraStream> camera_stream_;
    bool watches_ = false;
  };

  /// watching: the claim stays when the stream fails. testing: its holder ends it then.
  enum class Purpose { watching, testing };

  /// Does not connect yet. Errc::internal if an element is missing.
  static Result<std::shared_ptr<CameraStream>> create(const config::Camera& camera,
                                                      const config::Stream& stream, SinkBins& bins,
                                                      ConnectQueue& queue, Observer& observer,
                                                      Purpose purpose = Purpose::watching);
  ~CameraStream() override;

  std::unique_ptr<Claim> claim();
  /// Disconnects at once and for good, whatever claims exist. Does not notify.
  void stop();

  const std::string& id() const { return config_.id; }
  const config::Stream& config() const { return config_; }
  State state() const { return state_; }
  const Reason& reason() const { return reason_; } ///< For people; empty while live.
  std::chrono::milliseconds state_age() const;
  /// Until the next attempt; 0: none is scheduled.
  std::chrono::milliseconds retry_in() const;
  const StreamTracks& tracks() const { return *tracks_; }
  const Health& health() const { return health_; }
  /// How long pictures have arrived without a key frame; none: it does not wait for one.
  std::optional<std::chrono::milliseconds> key_frame_wait() const;
  std::uint32_t reconnects() const { return reconnects_; }
  std::uint32_t viewers() const { return viewers_; }

  /// Handles an error from inside the stream. False: the error is from elsewhere, or it does not
  /// end the stream.
  bool on_error(GstMessage* message);

 private:
  CameraStream(const config::Camera& camera, config::Stream stream, Pipeline& pipeline,
               ConnectQueue& queue, Observer& observer, Purpose purpose);
  void start();
  void go_idle(); ///< No claim or subscription wants it any more.
  void disconnect();
  void hold();
  void release(bool watches);
  void queue_up();
  void connect();
  void drop_connection();
  void note_lost_session();
  /// Whether another attempt is under way already.
  bool change_source(const ConnectError& failure, bool described);
  void fail(const ConnectError& failure);
  void retry(std::chrono::milliseconds wait);
  void report(const Reason& why, std::chrono::milliseconds delay) const;
  void set_state(State state, const Reason& reason);
  void on_tick();
  void wait_for_key_frame(std::int64_t now_us);
  void look_for_sound();
  void log_status(std::int64_t now_us);
  std::string name() const { return "stream " + config_.id + " of camera " + camera_.id; }

  void on_connection_end(const Reason& why) override;
  void on_connection_audio(const std::string& encoding, const Reason& note) override;
  void on_connection_described(const std::vector<std::string>& video) override;
  void on_demand(bool wanted) override { wanted ? hold() : release(false); }
  void on_video_format() override;
  void on_sound_changed() override { observer_.on_camera_stream_changed(*this); }

  // Given.
  const config::Camera camera_;
  const config::Stream config_;
  Pipeline& pipeline_;
  ConnectQueue& queue_;
  Observer& observer_;
  const Purpose purpose_;

  // Owned.
  std::shared_ptr<StreamTracks> tracks_;
  std::unique_ptr<RtspConnection> connection_;
  std::unique_ptr<ConnectQueue::Ticket> ticket_;
  Timer retry_;
  Timer tick_;
  Timer overdue_; // Fires when the stream has been silent for too long.
  Timer grace_;
  std::size_t claims_ = 0;    // Including tracks that are wanted.
  std::uint32_t viewers_ = 0; // Claims that called watch().
  bool stopped_ = false;

  State state_ = State::idle;
  Reason reason_;
  std::int64_t state_since_us_ = 0;
  std::int64_t not_before_us_ = 0; // No attempt before that, even if the stream was idle meanwhile.
  Backoff backoff_;
  rtsp::KeepAlive keep_alive_;
  // Why the camera refused the audio; kept until a connection without audio is stable.
  Reason no_sound_;
  SourceChoice source_;
  Health health_;
  std::uint32_t reconnects_ = 0;
  std::int64_t connected_since_us_ = 0;
  std::int64_t retry_at_us_ = 0;
  std::int64_t said_us_ = 0;
};

const char* to_string(CameraStream::State state);

} // namespace fanlight::media
