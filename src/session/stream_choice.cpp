#include "session/stream_choice.h"

#include <algorithm>
#include <vector>

namespace fanlight::session {
namespace {

/// The assumed height of a stream that has never been connected.
constexpr int kFirstHeight = 1080;
constexpr int kOtherHeight = 360;
/// Hysteresis: the video may be enlarged by this factor, and a stream may differ from the better
/// one by it, before the stream changes. A window that is being resized must not switch to and fro.
constexpr double kEnough = 0.85;

int height_of(std::span<const StreamState> streams, std::size_t index) {
  if (streams[index].height > 0) return streams[index].height;
  return index == 0 ? kFirstHeight : kOtherHeight;
}

/// The height of the video in its place on the page, in lines: narrow video does not fill the
/// place.
int lines_of(std::span<const StreamState> streams, const StreamPreference& preference) {
  for (const StreamState& stream : streams)
    if (preference.width > 0 && stream.width > 0 && stream.height > 0)
      return std::min(preference.height, preference.width * stream.height / stream.width);
  return preference.height;
}

/// Removes the streams for which `is_worse`, unless that is all of them; returns the first that was
/// removed.
template <typename IsWorse>
std::optional<std::size_t> prefer(std::vector<std::size_t>& candidates, IsWorse is_worse) {
  std::vector<std::size_t> better;
  std::optional<std::size_t> dropped;
  for (const std::size_t index : candidates) {
    if (!is_worse(index))
      better.push_back(index);
    else if (!dropped)
      dropped = index;
  }
  if (better.empty()) return std::nullopt;
  candidates = std::move(better);
  return dropped;
}

StreamPick pick_by_size(std::span<const StreamState> streams,
                        const std::vector<std::size_t>& candidates, int wanted,
                        std::optional<std::size_t> current) {
  if (wanted <= 0) return {candidates.front(), {"stream_best"_reason, "the best stream"}};
  const auto taller = [&](std::size_t a, std::size_t b) {
    return height_of(streams, a) < height_of(streams, b);
  };
  std::size_t smallest = *std::max_element(candidates.begin(), candidates.end(), taller);
  std::size_t enough = smallest;
  for (const std::size_t index : candidates) {
    const int height = height_of(streams, index);
    if (height >= wanted && height < height_of(streams, smallest)) smallest = index;
    if (height >= wanted * kEnough && height < height_of(streams, enough)) enough = index;
  }
  // Change only if the current stream is clearly too small, or clearly larger than needed.
  if (current && (*current == smallest || *current == enough)) smallest = *current;
  return {smallest, {"stream_fits"_reason, "its size fits {lines} lines", {{"lines", wanted}}}};
}

} // namespace

std::optional<StreamPick> pick_stream(std::span<const StreamState> streams,
                                      const StreamPreference& preference,
                                      std::optional<std::size_t> current) {
  std::vector<std::size_t> candidates;
  Reason instead;
  const auto other = [&streams](std::size_t i) {
    return Reason{"stream_instead"_reason,
                  "instead of {stream}: {why}",
                  {{"stream", streams[i].id}, {"why", {streams[i].mismatch}}}};
  };
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (preference.stream == streams[i].id)
      return streams[i].playable
                 ? std::optional{StreamPick{i, {"stream_requested"_reason, "requested"}}}
                 : std::nullopt;
    if (streams[i].playable)
      candidates.push_back(i);
    else if (instead.empty())
      instead = other(i);
  }
  if (preference.stream != "auto" || candidates.empty()) return std::nullopt;
  const auto down = prefer(candidates, [&](std::size_t i) { return streams[i].down; });
  if (down && instead.empty()) instead = other(*down);
  const auto b_frames = prefer(candidates, [&](std::size_t i) { return streams[i].b_frames; });
  if (b_frames && instead.empty())
    instead = {"stream_without_b_frames"_reason,
               "instead of {stream}, which has B-frames",
               {{"stream", streams[*b_frames].id}}};
  StreamPick pick = pick_by_size(streams, candidates, lines_of(streams, preference), current);
  if (!instead.empty()) pick.reason = instead;
  if (streams.size() == 1) pick.reason = {"stream_only"_reason, "the only stream"};
  return pick;
}

} // namespace fanlight::session
