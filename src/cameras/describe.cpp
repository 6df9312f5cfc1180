#include "cameras/describe.h"

#include "base/credentials.h"

namespace fanlight::cameras {

StreamInfo describe(const media::CameraStream& camera_stream) {
  const media::Health::Counters& counters = camera_stream.health().counters();
  const media::Health::Rates& rates = camera_stream.health().rates();
  const auto wait = camera_stream.key_frame_wait();
  const bool always = camera_stream.config().pull == config::Pull::always;
  StreamInfo info{.id = camera_stream.id(),
                  .url = strip_credentials(camera_stream.config().url),
                  .pull = always ? "always" : "on_demand",
                  .state = media::to_string(camera_stream.state()),
                  .reason = camera_stream.reason(),
                  .state_age_ms = camera_stream.state_age().count(),
                  .retry_in_ms = camera_stream.retry_in().count(),
                  .video_codec = {},
                  .audio_codec = {},
                  .audio_note = camera_stream.tracks().sound_note(),
                  .fps = rates.fps,
                  .bitrate = rates.bitrate,
                  .gop_frames = rates.gop_frames,
                  .gop_ms = rates.gop_ms,
                  .last_key_frame_ms = rates.last_key_frame_ms,
                  .key_frame_wait_ms = wait ? wait->count() : -1,
                  .b_frames = rates.b_frames,
                  .packets_lost = counters.packets_lost,
                  .jitter_ms = rates.jitter_ms,
                  .timestamp_jumps = counters.timestamp_jumps,
                  .timestamp_standstills = counters.timestamp_standstills,
                  .parameter_changes = counters.parameter_changes,
                  .access_units = counters.access_units,
                  .bytes = counters.bytes,
                  .reconnects = camera_stream.reconnects(),
                  .viewers = camera_stream.viewers(),
                  .cached_bytes = counters.cached_bytes};
  for (const media::TrackFormat& track : camera_stream.tracks().video()) {
    info.video_codec += (info.video_codec.empty() ? "" : "+") + track.rtp.encoding;
    if (info.width == 0) {
      info.width = track.width;
      info.height = track.height;
    }
  }
  if (const auto sound = camera_stream.tracks().audio()) info.audio_codec = sound->rtp.encoding;
  return info;
}

CameraInfo describe(const CameraRegistry::Entry& entry) {
  const media::Camera& camera = *entry.camera;
  CameraInfo info{.id = entry.settings.id,
                  .name = entry.settings.name,
                  .groups = entry.settings.groups,
                  .best = describe(camera.best()),
                  .streams = {},
                  .viewers = entry.viewers};
  if (info.name.empty()) info.name = info.id;
  for (const auto& camera_stream : camera.camera_streams())
    info.streams.push_back(describe(*camera_stream));
  return info;
}

} // namespace fanlight::cameras
