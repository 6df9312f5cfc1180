#pragma once

#include <optional>
#include <span>
#include <string>

#include "base/reason.h"

namespace fanlight::session {

/// Which of a camera's streams a viewer wants.
struct StreamPreference {
  static constexpr int kMostPixels = 32768;
  std::string stream = "auto"; ///< Or the id of a stream.
  int width = 0;               ///< Width of its place on the page, in device pixels; 0: unknown.
  int height = 0;
};

/// The state of one of the camera's streams.
struct StreamState {
  std::string id;
  bool down = false;     ///< Refused, or lost and not yet reconnected.
  bool playable = true;  ///< This viewer can play it, as far as is known.
  Reason mismatch;       ///< Why it is not playable, or why it is down.
  bool b_frames = false; ///< Browsers show these badly over WebRTC.
  int width = 0;         ///< Pixels; 0: not known yet.
  int height = 0;
};

struct StreamPick {
  std::size_t index = 0;
  Reason reason; ///< For people: in the log, the API and the page.
};

/// The stream that fits the preference best. `streams` begins with the best video. `current` is the
/// stream that the viewer has: it stays unless another one is clearly better. None: the viewer can
/// get none of them.
///
/// auto: among the streams that the viewer can play, prefers those that are not down, then those
/// without B-frames, then the smallest that fills its place.
std::optional<StreamPick> pick_stream(std::span<const StreamState> streams,
                                      const StreamPreference& preference,
                                      std::optional<std::size_t> current = std::nullopt);

} // namespace fanlight::session
