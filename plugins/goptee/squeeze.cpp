#include "squeeze.h"

#include <algorithm>
#include <cstdint>
#include <numeric>

namespace fanlight::goptee {
namespace {

using Member = GstClockTime Stamp::*;

GstClockTime minus(GstClockTime time, GstClockTime distance) {
  return time > distance ? time - distance : 0;
}

/// A step that does not move the oldest of `count` frames to before its own time.
GstClockTime bounded_step(GstClockTime step, GstClockTime oldest, GstClockTime newest,
                          std::size_t count) {
  if (count < 2) return step;
  if (newest <= oldest) return 1;
  return std::clamp<GstClockTime>((newest - oldest) / (count - 1), 1,
                                  std::max<GstClockTime>(step, 1));
}

/// Squeezes PTS or DTS of frames that are shown in the order in which they are sent.
void squeeze_in_order(std::vector<Stamp>& frames, Member time, GstClockTime sent,
                      const SqueezeOptions& options) {
  std::vector<Stamp*> timed;
  for (Stamp& frame : frames)
    if (GST_CLOCK_TIME_IS_VALID(frame.*time)) timed.push_back(&frame);
  if (timed.empty()) return;

  const std::size_t count = timed.size();
  const auto oldest = std::min_element(timed.begin(), timed.end(),
                                       [time](Stamp* a, Stamp* b) { return a->*time < b->*time; });
  GstClockTime newest = timed.back()->*time;
  GstClockTime step = bounded_step(options.step, (*oldest)->*time, newest, count);
  if (GST_CLOCK_TIME_IS_VALID(sent) && minus(newest, (count - 1) * step) <= sent) {
    const GstClockTime before_next = std::min(count * step, options.interval / 2);
    const GstClockTime room = std::max(minus(newest, sent), before_next);
    step = std::max(std::min(step, room / count), std::min(step, kRtpTick));
    newest = sent + std::max(room, count * step);
  }
  for (std::size_t i = 0; i < count; ++i) timed[i]->*time = minus(newest, (count - 1 - i) * step);
}

void squeeze_reordered(std::vector<Stamp>& frames, const SqueezeOptions& options) {
  const Stamp newest = frames.back();
  GstClockTime settled = newest.pts;
  if (GST_CLOCK_TIME_IS_VALID(newest.dts)) settled = std::min(settled, newest.dts);

  std::vector<Stamp*> old;
  for (Stamp& frame : frames)
    if (GST_CLOCK_TIME_IS_VALID(frame.pts) && frame.pts <= settled) old.push_back(&frame);
  GstClockTime step = std::max<GstClockTime>(options.step, 1);
  if (!old.empty()) {
    std::stable_sort(old.begin(), old.end(), [](Stamp* a, Stamp* b) { return a->pts < b->pts; });
    step = bounded_step(step, old.front()->pts, settled, old.size());
    for (std::size_t i = 0; i < old.size(); ++i)
      old[i]->pts = minus(settled, (old.size() - 1 - i) * step);
  }

  GstClockTime next = GST_CLOCK_TIME_NONE;
  for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame) {
    if (!GST_CLOCK_TIME_IS_VALID(frame->dts)) continue;
    if (GST_CLOCK_TIME_IS_VALID(next)) frame->dts = minus(next, step);
    if (GST_CLOCK_TIME_IS_VALID(frame->pts)) frame->dts = std::min(frame->dts, frame->pts);
    next = frame->dts;
  }
}

} // namespace

bool is_reordered(std::span<const Stamp> frames, const SqueezeOptions& options) {
  GstClockTime highest = 0;
  GstClockTime least_ahead = GST_CLOCK_TIME_NONE;
  GstClockTime most_ahead = 0;
  for (const Stamp& frame : frames) {
    if (!GST_CLOCK_TIME_IS_VALID(frame.pts)) continue;
    if (frame.pts < highest) return true;
    highest = frame.pts;
    if (!GST_CLOCK_TIME_IS_VALID(frame.dts)) continue;
    least_ahead = std::min(least_ahead, minus(frame.pts, frame.dts));
    most_ahead = std::max(most_ahead, minus(frame.pts, frame.dts));
  }
  return !GST_CLOCK_TIME_IS_VALID(options.sent_pts) &&
         minus(most_ahead, least_ahead) > options.interval / 2;
}

std::vector<Stamp> squeeze(std::span<const Stamp> frames, const SqueezeOptions& options) {
  std::vector<Stamp> result(frames.begin(), frames.end());
  if (result.empty()) return result;

  if (is_reordered(frames, options)) {
    squeeze_reordered(result, options);
  } else {
    squeeze_in_order(result, &Stamp::pts, options.sent_pts, options);
    squeeze_in_order(result, &Stamp::dts, options.sent_dts, options);
    for (Stamp& frame : result)
      if (GST_CLOCK_TIME_IS_VALID(frame.pts) && GST_CLOCK_TIME_IS_VALID(frame.dts))
        frame.dts = std::min(frame.dts, frame.pts);
  }

  // A frame is shown until the next one, at most as long as before.
  std::vector<std::size_t> shown(result.size());
  std::iota(shown.begin(), shown.end(), 0);
  std::stable_sort(shown.begin(), shown.end(),
                   [&](std::size_t a, std::size_t b) { return result[a].pts < result[b].pts; });
  for (std::size_t i = 0; i < shown.size(); ++i) {
    Stamp& frame = result[shown[i]];
    if (!GST_CLOCK_TIME_IS_VALID(frame.duration) || !GST_CLOCK_TIME_IS_VALID(frame.pts)) continue;
    if (i + 1 < shown.size() && GST_CLOCK_TIME_IS_VALID(result[shown[i + 1]].pts))
      frame.duration = std::min(frame.duration, result[shown[i + 1]].pts - frame.pts);
    else
      frame.duration = minus(frame.duration, minus(frame.pts, frames[shown[i]].pts));
  }
  return result;
}

} // namespace fanlight::goptee
