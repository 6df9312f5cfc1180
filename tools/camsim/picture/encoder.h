#pragma once

#include <stop_token>
#include <string>

#include "camsim/picture/clip.h"
#include "camsim/setup/spec.h"

namespace fanlight::camsim {

/// The frames of a camera's loop: complete GOPs, at least `loop` seconds, and full seconds if that
/// is possible within a minute, so that lamp and beep stay together.
int loop_frames(const CameraSpec& spec);

/// The gst-launch part from raw I420 to parsed, length-prefixed access units.
std::string video_encoder(const CameraSpec& spec, config::VideoCodec codec);

/// Encodes one loop of pictures. Blocks; any thread. Fails soon after `stop` is requested.
Result<EncodedTrack> encode_video(const CameraSpec& spec, config::VideoCodec codec,
                                  std::stop_token stop);

/// Encodes one loop of sound, eight seconds. Blocks; any thread.
Result<EncodedTrack> encode_audio(const CameraSpec& spec);

} // namespace fanlight::camsim
