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
#include "media/stream_tracks.h"

namespace fanlight::media {

/// One URL of a camera: kept connected while somebody wants it, shared by all who do.
///
/// It reconnects with back-off. Subscriptions to its tracks survive that and resume at the next key
/// picture: only the source half is rebuilt. Threads: main only. Lifetime: owned by
/// its Camera, in whose pipeline it lives; claims and subscriptions keep it.
class CameraStream : public RtspConnection::Observer,
                     public Track::Producer,
                     public StreamTracks::Observer,
                     public std::enable_shared_from_this<CameraStream> {
 public:
  enum class State {
    idle,       ///< Not wanted.
    connecting, ///< First attempt, or the first after a stop.
    live,       ///< Pictures arrive.
    retrying,   ///< Lost or not reached; the next attempt is planned.
    refused,    ///< The camera said no (login, path, codec): tried again rarely.
  };
  struct Observer {
    virtual ~Observer() = default;
    /// Its state, streams or their form changed. On main.
    virtual void on_camera_stream_changed(CameraStream& camera_stream) = 0;
  };
  /// While there is one, or a subscription to one of its tracks, it is wanted; after the last it is
  /// kept for the configured grace.
  class Claim {
   public:
    ~Claim() { camera_stream_->release(watches_); }
    Claim(const Claim&) = delete;
    Claim& operator=(const Claim&) = delete;
    CameraStream& camera_stream() const { return *camera_stream_; }
    /// Its holder is shown the picture: one of viewers().
    void watch();

   private:
    friend class CameraStream;
    explicit Claim(std::shared_ptr<CameraStream> camera_stream)
        : camera_stream_(std::move(camera_stream)) {}
    const std::shared_ptr<CameraStream> camera_stream_;
    bool watches_ = false;
  };

  /// Whether whoever wants it stays when it fails, or ends it then.
  enum class Purpose { watching, testing };

  /// Does not connect yet. Errc::internal when an element is missing.
  static Result<std::shared_ptr<CameraStream>> create(const config::Camera& camera,
                                                      const config::Stream& stream, SinkBins& bins,
                                                      ConnectQueue& queue, Observer& observer,
                                                      Purpose purpose = Purpose::watching);
  ~CameraStream() override;

  std::unique_ptr<Claim> claim();
  /// Ends at once and for good, whoever has claims; says nothing of it.
  void stop();

  const std::string& id() const { return config_.id; }
  const config::Stream& config() const { return config_; }
  State state() const { return state_; }
  const std::string& reason() const { return reason_; } ///< In words; empty while live.
  std::chrono::milliseconds state_age() const;
  /// Until the next attempt; 0: none is planned.
  std::chrono::milliseconds retry_in() const;
  const StreamTracks& tracks() const { return *tracks_; }
  const Health& health() const { return health_; }
  std::uint32_t reconnects() const { return reconnects_; }
  std::uint32_t viewers() const { return viewers_; }

  /// An error from inside it; false: it is of something else.
  bool on_error(GstMessage* message);

 private:
  CameraStream(const config::Camera& camera, config::Stream stream, Pipeline& pipeline,
               ConnectQueue& queue, Observer& observer, Purpose purpose);
  void start();
  void go_idle(); ///< Nobody wants it any more.
  void disconnect();
  void hold();
  void release(bool watches);
  void queue_up();
  void connect();
  void drop_connection();
  void fail(const ConnectError& failure);
  void retry(std::chrono::milliseconds wait);
  void report(const std::string& why, std::chrono::milliseconds delay) const;
  void set_state(State state, const std::string& reason);
  void on_tick();
  void log_status(std::int64_t now_us);
  std::string name() const { return "stream " + config_.id + " of camera " + camera_.id; }

  void on_connection_end(const std::string& why) override;
  void on_connection_audio(const std::string& encoding, const std::string& note) override;
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
  Timer overdue_; // The look that finds it silent.
  Timer grace_;
  std::size_t claims_ = 0;    // And tracks that are wanted.
  std::uint32_t viewers_ = 0; // Of the claims.
  bool stopped_ = false;

  State state_ = State::idle;
  std::string reason_;
  std::int64_t state_since_us_ = 0;
  std::int64_t not_before_us_ = 0; // A refusal holds though nobody asks for a while.
  Backoff backoff_;
  std::string no_sound_; // Why the camera refused to set it up; until it has been stable without.
  Health health_;
  std::uint32_t reconnects_ = 0;
  std::int64_t connected_since_us_ = 0;
  std::int64_t retry_at_us_ = 0;
  std::int64_t said_us_ = 0;
};

const char* to_string(CameraStream::State state);

} // namespace fanlight::media
