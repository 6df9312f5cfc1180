#pragma once

#include <string>

#include "base/result.h"
#include "sdp/answer.h"
#include "session/viewed_camera.h"

namespace fanlight::session {

/// What a viewer's offer and a stream of the camera have in common: what is sent to the viewer.
struct Agreement {
  webrtc::Choices choices;  ///< By m-line.
  std::string video_codec;  ///< Encoding name.
  std::string audio_codec;  ///< Empty: no sound.
  std::string codec_reason; ///< Why this picture codec, in words.
  std::string no_sound;     ///< Why the viewer cannot have the sound that there is, in words.
};

/// Errc::unsupported: no picture codec in common; invalid: the offer wants no picture.
Result<Agreement> agree(const webrtc::Offer& offer, const ViewedStream& stream);

/// Why the viewer cannot be given the picture of `stream`; empty: it can, as far as is
/// known. `codec`: what it has been promised, and so all that it can be given; empty: nothing yet.
std::string mismatch_between(const webrtc::Offer& offer, const ViewedStream& stream,
                             const std::string& codec = {});

/// Whether `next` offers the same media as `first`, and still what was chosen of them.
bool continues(const webrtc::Offer& next, const webrtc::Offer& first,
               const webrtc::Choices& choices);

} // namespace fanlight::session
