#include "session/stream_choice.h"

#include <algorithm>
#include <vector>

namespace fanlight::session {
namespace {

/// What is taken for the height of a stream that has never been connected.
constexpr int kFirstHeight = 1080;
constexpr int kOtherHeight = 360;
/// A picture may be enlarged so far, and a stream be so far from the better one, before it is
/// changed: a window that is being dragged must not make it go to and fro.
constexpr double kEnough = 0.85;

int height_of(std::span<const StreamState> streams, std::size_t index) {
  if (streams[index].height > 0) return streams[index].height;
  return index == 0 ? kFirstHeight : kOtherHeight;
}

/// How many lines high the picture can be shown in its place: a narrow one does not fill it.
int lines_of(std::span<const StreamState> streams, const StreamPreference& preference) {
  for (const StreamState& stream : streams)
    if (preference.width > 0 && stream.width > 0 && stream.height > 0)
      return std::min(preference.height, preference.width * stream.height / stream.width);
  return preference.height;
}

/// Drops what `is_worse`, unless that is all there is; returns the first that was dropped.
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
  if (wanted <= 0) return {candidates.front(), "the best there is"};
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
  // Up or down only when the one it has is too small by that much, or still too large by as much.
  if (current && (*current == smallest || *current == enough)) smallest = *current;
  return {smallest, "its size fits " + std::to_string(wanted) + " lines"};
}

} // namespace

std::optional<StreamPick> pick_stream(std::span<const StreamState> streams,
                                      const StreamPreference& preference,
                                      std::optional<std::size_t> current) {
  std::vector<std::size_t> candidates;
  std::string instead;
  for (std::size_t i = 0; i < streams.size(); ++i) {
    if (preference.stream == streams[i].id)
      return streams[i].playable ? std::optional{StreamPick{i, "asked for"}} : std::nullopt;
    if (streams[i].playable)
      candidates.push_back(i);
    else if (instead.empty())
      instead = streams[i].id + ": " + streams[i].mismatch;
  }
  if (preference.stream != "auto" || candidates.empty()) return std::nullopt;
  const auto down = prefer(candidates, [&](std::size_t i) { return streams[i].down; });
  if (down && instead.empty()) instead = streams[*down].id + ": " + streams[*down].mismatch;
  const auto b_frames = prefer(candidates, [&](std::size_t i) { return streams[i].b_frames; });
  if (b_frames && instead.empty()) instead = streams[*b_frames].id + " has B-frames";
  StreamPick pick = pick_by_size(streams, candidates, lines_of(streams, preference), current);
  if (!instead.empty()) pick.reason = "in place of " + instead;
  if (streams.size() == 1) pick.reason = "the only one";
  return pick;
}

} // namespace fanlight::session
