#pragma once

#include <string>

#include "base/result.h"
#include "sdp/answer.h"
#include "session/viewed_camera.h"

namespace fanlight::session {

/// What the server sends to a viewer: the result of its offer and a stream of the camera.
struct Agreement {
  sdp::Choices choices;    ///< By m-line.
  std::string video_codec; ///< Encoding name.
  std::string audio_codec; ///< Empty: no sound.
  Reason codec_reason;     ///< Why this video codec, for people.
  std::string no_sound;    ///< Why the viewer cannot get the existing sound, for people.
};

/// Errc::unsupported: no video codec in common; invalid: the offer has no video to receive.
Result<Agreement> agree(const sdp::Offer& offer, const ViewedStream& stream);

/// Why the viewer cannot get the video of `stream`; empty: it can, as far as is known. `codec`: the
/// codec of its session, the only one that it can get; empty: not chosen yet.
Reason mismatch_between(const sdp::Offer& offer, const ViewedStream& stream,
                        const std::string& codec = {});

/// Whether `next` offers the same media as `first`, and still offers what was chosen.
bool continues(const sdp::Offer& next, const sdp::Offer& first, const sdp::Choices& choices);

} // namespace fanlight::session
