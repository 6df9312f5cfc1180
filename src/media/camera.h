#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/main_loop.h"
#include "config.h"
#include "gst/pipeline.h"
#include "gst/signal.h"
#include "media/backoff.h"
#include "media/branch.h"
#include "media/codec.h"
#include "media/source.h"
#include "media/transcoder.h"

namespace fanlight::media {

/// One RTSP source, kept connected and shared by all of its viewers.
///
/// While it is wanted it reconnects with back-off; viewers stay through a reconnect and resume at
/// the next key picture: only the source half of the pipeline is rebuilt, the tees and what hangs
/// on them go on.
///
/// Threads: main only. Lifetime: owned by the SessionTable; outlives every Branch it gives out.
class Camera : public Source::Observer, public std::enable_shared_from_this<Camera> {
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
    /// The state, the streams or their form changed. On main.
    virtual void on_camera_changed(Camera& camera) = 0;
  };
  /// Counted since the first connection.
  struct Counters {
    std::uint64_t access_units = 0;
    std::uint64_t bytes = 0;
    std::uint64_t cached_bytes = 0; ///< Of the current group of pictures.
    std::uint64_t bitrate = 0;      ///< bit/s over the last seconds.
    double fps = 0;                 ///< Pictures that really arrived per second.
    std::uint32_t reconnects = 0;
  };

  /// Does not connect yet. Errc::internal when an element is missing.
  static Result<std::shared_ptr<Camera>> create(config::Camera config, Observer& observer);
  ~Camera() override; ///< Ends the pipeline; the branches have ended before.

  /// Connects, and stays connected until stop().
  void start();
  void stop();

  const config::Camera& config() const { return config_; }
  State state() const { return state_; }
  const std::string& reason() const { return reason_; } ///< In words; empty while live.
  std::chrono::milliseconds state_age() const;
  /// The video streams that viewers can be given, the preferred first. Empty until the camera has
  /// been live.
  std::vector<Stream> video() const;
  /// Whether video() has a stream of that encoding, for who asks often.
  bool sends(const std::string& encoding) const;
  /// The sound as viewers get it: AAC counts as the Opus it becomes.
  std::optional<Stream> audio() const;
  const std::string& audio_note() const { return audio_note_; }
  const Counters& counters() const { return counters_; }

  /// Adds `bin` to the pipeline as a branch; what it is fed is said by Branch::link.
  Result<std::unique_ptr<Branch>> add_branch(Ref<GstElement> bin, Branch::Observer& observer);

  /// The running pipeline for Graphviz.
  std::string dot() const { return pipeline_->dot(); }

 private:
  friend class Branch;
  struct Tee {
    Ref<GstElement> element;
    bool transcoded = false;
  };
  Camera(config::Camera config, Observer& observer);

  // For Branch.
  Result<Tee> tee_for(const std::string& encoding);
  void release_transcoder();
  void end_branch(Branch& branch);

  Result<Done> add_tee(const std::string& name);
  void connect();
  void drop_source();
  /// Plans the next attempt after `wait`, or as the back-off says.
  void retry(State state, const std::string& why,
             std::optional<std::chrono::milliseconds> wait = std::nullopt);
  void set_state(State state, const std::string& reason);
  void on_message(GstMessage* message);
  void on_source_failed(GstMessage* message);
  void on_caps(const std::string& tee);
  void on_tick();

  void on_source_end() override;
  void on_source_audio(const std::string& encoding, const std::string& note) override;
  void on_source_described(const std::vector<std::string>& video) override;

  // Given.
  const config::Camera config_;
  Observer& observer_;

  // Owned.
  std::unique_ptr<Pipeline> pipeline_;
  std::map<std::string, Ref<GstElement>>
      tees_; // By encoding; "audio" as the camera sends it; "OPUS" of the transcoder.
  std::vector<Connection> connections_;
  std::unique_ptr<Source> source_;
  std::unique_ptr<Transcoder> transcoder_;
  unsigned listeners_ = 0; // Of the transcoder.
  std::vector<Branch*> branches_;
  Timer retry_;
  Timer tick_;

  State state_ = State::idle;
  std::string reason_;
  std::int64_t state_since_us_ = 0;
  Backoff backoff_;
  std::map<std::string, Stream> streams_; // Video by tee, of the last connection that brought any.
  bool streams_stale_ = true;             // They are of an earlier connection.
  std::string audio_encoding_;            // As the camera sends it.
  std::string audio_note_;
  Counters counters_;
  std::int64_t last_tick_us_ = 0;
  std::int64_t last_data_us_ = 0;
  std::int64_t connected_since_us_ = 0;
};

const char* to_string(Camera::State state);

} // namespace fanlight::media
