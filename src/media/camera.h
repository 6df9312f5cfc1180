#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "gst/pipeline.h"
#include "media/camera_stream.h"
#include "media/odd_messages.h"

namespace fanlight::media {

/// A camera: one pipeline with a CameraStream for each of its streams (main, sub, …) and the bins
/// of the sinks that subscribe to their tracks.
///
/// Threads: main only. Lifetime: shared by the CameraRegistry and its viewers; outlives every
/// Subscription to its tracks.
class Camera : private CameraStream::Observer, public std::enable_shared_from_this<Camera> {
 public:
  using State = CameraStream::State;
  struct Observer {
    virtual ~Observer() = default;
    /// The state or the tracks of one or several streams changed. One call in a later turn of the
    /// main loop reports all changes. On main; not after stop().
    virtual void on_camera_changed(Camera& camera) = 0;
  };

  /// Does not connect yet. Errc::internal if an element is missing. The queue outlives the camera.
  static Result<std::shared_ptr<Camera>>
  create(config::Camera config, ConnectQueue& queue, Observer& observer,
         CameraStream::Purpose purpose = CameraStream::Purpose::watching);
  ~Camera() override; ///< Stops the pipeline. All subscriptions have ended before.

  /// Connects the streams with `pull: always`, which stay connected until stop().
  void start();
  void stop();

  const config::Camera& config() const { return config_; }
  /// In the order of the configuration; at least one.
  const std::vector<std::shared_ptr<CameraStream>>& camera_streams() const {
    return camera_streams_;
  }
  /// Null: the camera has no stream of that id.
  CameraStream* find(const std::string& stream) const;
  /// The stream in the best state, of several the first. It represents the camera as a whole.
  const CameraStream& best() const;
  State state() const { return best().state(); }

  /// The track of `stream` that viewers get for that codec. Errc::not_found if there is none.
  Result<std::shared_ptr<Track>> track(const std::string& stream, Codec codec) const;
  /// Adds the bin of `sink` to the pipeline before its first subscription.
  Result<Token> place(Sink& sink) { return bins_.enter(sink); }

  /// Draws the running pipeline for Graphviz.
  void draw(Pipeline::Drawn done) { pipeline_->draw(std::move(done)); }

 private:
  Camera(config::Camera config, Observer& observer);
  void on_message(GstMessage* message);
  void on_camera_stream_changed(CameraStream& camera_stream) override;

  // Given.
  const config::Camera config_;
  Observer& observer_;

  // Owned.
  std::unique_ptr<Pipeline> pipeline_;
  SinkBins bins_;
  std::vector<std::shared_ptr<CameraStream>> camera_streams_;
  std::vector<std::unique_ptr<CameraStream::Claim>> always_;
  OddMessages odd_messages_;
  bool telling_ = false; // A task that calls the observer is posted.
  bool stopped_ = false;
};

} // namespace fanlight::media
