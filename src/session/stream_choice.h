#pragma once

#include <optional>
#include <span>
#include <string>

namespace fanlight::session {

/// Which of a camera's streams a viewer wants.
struct StreamPreference {
  static constexpr int kMostPixels = 32768;
  std::string stream = "auto"; ///< Or the id of one.
  int width = 0;               ///< Of the place it is shown in, device pixels; 0: not said.
  int height = 0;
};

/// What is known of one of the camera's streams.
struct StreamState {
  std::string id;
  bool down = false;     ///< Refused, or lost and not back yet.
  bool playable = true;  ///< By this viewer, as far as is known.
  std::string mismatch;  ///< Why it is not playable, or down.
  bool b_frames = false; ///< Which WebRTC shows badly.
  int width = 0;         ///< Pixels; 0: not known yet.
  int height = 0;
};

struct StreamPick {
  std::size_t index = 0;
  std::string reason; ///< In words, for the log, the API and the page.
};

/// The stream that fits the preference best, of `streams`, which has the best picture first.
/// `current` is what the viewer has now: it is kept unless another one is clearly better. None:
/// there is none that it could be given.
///
/// auto: what the viewer can play; of that what is not down; of that what has no B-frames; of that
/// the smallest that fills its place.
std::optional<StreamPick> pick_stream(std::span<const StreamState> streams,
                                      const StreamPreference& preference,
                                      std::optional<std::size_t> current = std::nullopt);

} // namespace fanlight::session
