#include "cameras/stream_probe.h"

#include <utility>

#include "media/rtsp/address.h"

namespace fanlight::cameras {
namespace {

/// How often to read the rates, which are measured once per second.
constexpr std::chrono::milliseconds kPoll{250};

} // namespace

ProbeResult result_of(const media::CameraStream& camera_stream) {
  const media::Health::Rates& rates = camera_stream.health().rates();
  ProbeResult found{.ok = camera_stream.state() == media::CameraStream::State::live,
                    .reason = camera_stream.reason(),
                    .seconds = 0,
                    .video = {},
                    .audio = {}};
  for (const media::TrackFormat& track : camera_stream.tracks().video())
    found.video.push_back(
        {.codec = track.rtp.encoding,
         .width = track.width,
         .height = track.height,
         .fps = rates.gop_ms > 0 ? rates.gop_frames * 1000.0 / static_cast<double>(rates.gop_ms)
                                 : rates.fps, // The measured rate takes some seconds to settle.
         .gop_frames = rates.gop_frames,
         .gop_ms = rates.gop_ms,
         .bitrate = rates.bitrate,
         .b_frames = rates.b_frames});
  if (const auto sound = camera_stream.tracks().audio()) found.audio = sound->rtp.encoding;
  return found;
}

Result<std::unique_ptr<StreamProbe>> StreamProbe::begin(config::Camera camera,
                                                        media::ConnectQueue& queue, Probed done) {
  // For the log: the camera has no id yet.
  camera.id = "test of " + media::shown_host(camera.streams.front()).value_or("a camera");
  camera.streams.resize(1);
  camera.streams[0].pull = config::Pull::always;
  std::unique_ptr<StreamProbe> probe{new StreamProbe(std::move(done))};
  auto created = media::Camera::create(std::move(camera), queue, *probe,
                                       media::CameraStream::Purpose::testing);
  if (!created) return created.error();
  probe->camera_ = std::move(*created);
  probe->camera_->start();
  return probe;
}

StreamProbe::StreamProbe(Probed done) : done_(std::move(done)), begun_us_(g_get_monotonic_time()) {
  poll_.every(kPoll, [this] { poll(); });
  limit_.once(kLimit, [this] { finish(true); });
}

bool StreamProbe::complete() const {
  const ProbeResult found = result_of(camera_stream());
  if (!found.ok || found.video.empty()) return false;
  const ProbeResult::Video& video = found.video.front();
  return video.width > 0 && video.fps > 0 && video.bitrate > 0 && video.gop_frames > 0;
}

void StreamProbe::poll() {
  using State = media::CameraStream::State;
  const State state = camera_stream().state();
  if (state == State::retrying || state == State::refused || complete()) finish(false);
}

void StreamProbe::finish(bool late) {
  poll_.stop();
  limit_.stop();
  ProbeResult found = result_of(camera_stream());
  found.seconds = static_cast<double>(g_get_monotonic_time() - begun_us_) / 1e6;
  if (!found.ok && late && found.reason.empty())
    found.reason = {"no_answer"_reason, "the camera does not answer"};
  camera_->stop();
  done_(found); // May destroy this object: nothing may follow.
}

} // namespace fanlight::cameras
