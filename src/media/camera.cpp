#include "media/camera.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/main_loop.h"
#include "media/rtsp/branch.h"

namespace fanlight::media {
namespace {

/// The greater the better.
int rank(CameraStream::State state) {
  switch (state) {
  case CameraStream::State::live: return 4;
  case CameraStream::State::connecting: return 3;
  case CameraStream::State::retrying: return 2;
  case CameraStream::State::idle: return 1; // It may well work when a viewer needs it.
  case CameraStream::State::refused: return 0;
  }
  return 0;
}

} // namespace

Result<std::shared_ptr<Camera>> Camera::create(config::Camera config, ConnectQueue& queue,
                                               Observer& observer, CameraStream::Purpose purpose) {
  std::shared_ptr<Camera> camera{new Camera(std::move(config), observer)};
  for (const config::Stream& stream : camera->config_.streams) {
    auto camera_stream =
        CameraStream::create(camera->config_, stream, camera->bins_, queue,
                             static_cast<CameraStream::Observer&>(*camera), purpose);
    if (!camera_stream) return camera_stream.error();
    camera->camera_streams_.push_back(std::move(*camera_stream));
  }
  return camera;
}

Camera::Camera(config::Camera config, Observer& observer)
    : config_(std::move(config)), observer_(observer),
      pipeline_(std::make_unique<Pipeline>("camera-" + config_.id,
                                           [this](GstMessage* message) { on_message(message); })),
      bins_(*pipeline_, config_.id) {}

Camera::~Camera() { stop(); }

void Camera::start() {
  pipeline_->start();
  for (const auto& camera_stream : camera_streams_)
    if (camera_stream->config().pull == config::Pull::always)
      always_.push_back(camera_stream->claim());
}

void Camera::stop() {
  stopped_ = true;
  for (const auto& camera_stream : camera_streams_) camera_stream->stop();
  always_.clear();
}

CameraStream* Camera::find(const std::string& stream) const {
  for (const auto& camera_stream : camera_streams_)
    if (camera_stream->id() == stream) return camera_stream.get();
  return nullptr;
}

const CameraStream& Camera::best() const {
  const CameraStream* best = camera_streams_.front().get();
  for (const auto& camera_stream : camera_streams_)
    if (rank(camera_stream->state()) > rank(best->state())) best = camera_stream.get();
  return *best;
}

void Camera::on_message(GstMessage* message) {
  const bool error = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
  // Other elements warn of what is reported elsewhere.
  const bool warning = GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING &&
                       (is_of_video(message) || is_of_sound(message));
  if (!error && !warning) return;
  if (error && bins_.on_error(message)) return;
  for (const auto& camera_stream : camera_streams_)
    if (error && camera_stream->on_error(message)) return;
  // What does not end the stream; and a connection that was given up still posts errors for a
  // moment.
  if (!is_inside(GST_MESSAGE_SRC(message), GST_ELEMENT(pipeline_->bin()))) return;
  const std::string line = odd_messages_.add(describe(message), g_get_monotonic_time());
  if (!line.empty()) log::warning("camera", {{"camera", config_.id}}, line);
}

void Camera::on_camera_stream_changed(CameraStream&) {
  if (std::exchange(telling_, true)) return;
  // Notify in a later turn of the main loop: the caller may still be inside a CameraStream.
  post([weak = weak_from_this()] {
    const auto self = weak.lock();
    if (!self || self->stopped_) return;
    self->telling_ = false;
    self->observer_.on_camera_changed(*self);
  });
}

Result<std::shared_ptr<Track>> Camera::track(const std::string& stream, Codec codec) const {
  const CameraStream* const camera_stream = find(stream);
  if (camera_stream == nullptr)
    return Error{Errc::not_found, "camera " + config_.id + " has no stream " + stream};
  auto track = camera_stream->tracks().find(codec);
  if (!track)
    return Error{Errc::not_found, "stream " + stream + " of camera " + config_.id + " has no " +
                                      encoding_name(codec)};
  return track;
}

} // namespace fanlight::media
