#include "media/health.h"

#include <algorithm>

#include "gst/ref.h"

namespace fanlight::media {
namespace {

/// Nothing at all within this time of an attempt: rtspsrc has limits of its own, this one is behind
/// them.
constexpr std::int64_t kConnectUs = 15'000'000;
/// Groups of pictures of 20 s are seen; several times that is a camera that has gone wrong.
constexpr std::int64_t kLongestGroupUs = 60'000'000;

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

std::uint64_t count(const GstStructure* stats, const char* field) {
  guint64 value = 0;
  gst_structure_get_uint64(stats, field, &value);
  return value;
}

StructurePtr stats_of(GstElement* element) {
  GstStructure* raw = nullptr;
  g_object_get(element, "stats", &raw, nullptr);
  return StructurePtr{raw};
}

void add_tee(GstElement* tee, Health::Counters& counters, Health::Rates& rates) {
  const StructurePtr stats = stats_of(tee);
  if (!stats) return;
  counters.access_units += count(stats.get(), "received-buffers");
  counters.bytes += count(stats.get(), "received-bytes");
  counters.cached_bytes += count(stats.get(), "cached-bytes");
  counters.key_frames += count(stats.get(), "key-frames");
  counters.timestamp_jumps += count(stats.get(), "timestamp-jumps");
  counters.parameter_changes += count(stats.get(), "parameter-changes");
  guint frames = 0;
  if (gst_structure_get_uint(stats.get(), "gop-length", &frames) && frames != 0) {
    rates.gop_frames = frames;
    rates.gop_ms = static_cast<std::int64_t>(count(stats.get(), "gop-duration") / GST_MSECOND);
  }
  gboolean b_frames = FALSE;
  gst_structure_get_boolean(stats.get(), "b-frames", &b_frames);
  rates.b_frames = rates.b_frames || b_frames;
}

} // namespace

void Health::begin(std::int64_t now_us) { heard_us_ = key_us_ = now_us; }

void Health::look(const std::vector<GstElement*>& tees,
                  const std::vector<GstElement*>& jitter_buffers, std::int64_t now_us) {
  Counters now;
  rates_.b_frames = false;
  for (GstElement* tee : tees) add_tee(tee, now, rates_);
  rates_.jitter_ms = 0;
  for (GstElement* buffer : jitter_buffers) {
    const StructurePtr stats = stats_of(buffer);
    if (!stats) continue;
    now.packets_lost += count(stats.get(), "num-lost");
    rates_.jitter_ms = std::max(
        rates_.jitter_ms, static_cast<double>(count(stats.get(), "avg-jitter")) / GST_MSECOND);
  }
  measure(now, now_us);
  if (now.access_units != counters_.access_units) heard_us_ = now_us;
  if (now.key_frames != counters_.key_frames) key_us_ = now_us;
  rates_.last_key_frame_ms = now.key_frames == 0 ? -1 : (now_us - key_us_) / 1000;
  counters_ = now;
}

void Health::measure(const Counters& now, std::int64_t now_us) {
  const double elapsed = seconds(now_us - std::exchange(looked_us_, now_us));
  if (elapsed <= 0 || elapsed > 60) return;
  const auto pictures = static_cast<double>(now.access_units - counters_.access_units);
  const auto bits = static_cast<double>(now.bytes - counters_.bytes) * 8;
  // Smoothed over about three seconds: a long group of pictures puts most of its bits in one of
  // them.
  const double share = counters_.access_units == 0 ? 1 : 0.3;
  rates_.fps += share * (pictures / elapsed - rates_.fps);
  rates_.bitrate = static_cast<std::uint64_t>(static_cast<double>(rates_.bitrate) * (1 - share) +
                                              share * bits / elapsed);
}

std::string Health::complaint(bool live, std::chrono::milliseconds timeout,
                              std::int64_t now_us) const {
  const std::int64_t silence = now_us - heard_us_;
  if (live && silence > timeout.count() * 1000)
    return "the camera keeps the connection but sends no pictures";
  if (!live && silence > kConnectUs) return "the camera answers, but no picture came within 15 s";
  if (live && now_us - key_us_ > std::max(kLongestGroupUs, 4 * rates_.gop_ms * 1000))
    return "the camera sends pictures but has sent no key frame for " +
           std::to_string((now_us - key_us_) / 1'000'000) + " s";
  return {};
}

} // namespace fanlight::media
