#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "gst/pipeline.h"
#include "media/camera_stream.h"

namespace fanlight::media {

/// A camera: one pipeline with a camera stream for each of its streams (main, sub, …) and the bins
/// of those who subscribe to their tracks.
///
/// Threads: main only. Lifetime: shared by the CameraRegistry and its viewers; outlives every Subscription to its
/// tracks.
class Camera : private CameraStream::Observer, public std::enable_shared_from_this<Camera> {
 public:
  using State = CameraStream::State;
  struct Observer {
    virtual ~Observer() = default;
    /// The state of a stream, or what it sends, changed: once for all that did, in a turn of its
    /// own. On main; not after stop().
    virtual void on_camera_changed(Camera& camera) = 0;
  };

  /// Does not connect yet. Errc::internal when an element is missing. The queue outlives it.
  static Result<std::shared_ptr<Camera>>
  create(config::Camera config, ConnectQueue& queue, Observer& observer,
         CameraStream::Purpose purpose = CameraStream::Purpose::watching);
  ~Camera() override; ///< Ends the pipeline; the subscriptions have ended before.

  /// Connects what is always to be there, and stays connected until stop().
  void start();
  void stop();

  const config::Camera& config() const { return config_; }
  /// In the order of the configuration; at least one.
  const std::vector<std::shared_ptr<CameraStream>>& camera_streams() const {
    return camera_streams_;
  }
  /// Null: there is no stream of that id.
  CameraStream* find(const std::string& stream) const;
  /// The one that does best, of those the first: how the camera does as a whole.
  const CameraStream& best() const;
  State state() const { return best().state(); }

  /// The track of that codec that viewers get of `stream`. Errc::not_found when there is none.
  Result<std::shared_ptr<Track>> track(const std::string& stream, Codec codec) const;
  /// Puts the bin of `sink` into the pipeline before its first subscription.
  Result<Token> place(Sink& sink) { return bins_.enter(sink); }

  /// The running pipeline for Graphviz.
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
  bool telling_ = false; // The observer will hear of it.
  bool stopped_ = false;
};

} // namespace fanlight::media
