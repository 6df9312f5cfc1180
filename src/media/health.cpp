#include "media/health.h"

#include <algorithm>

#include "gst/ref.h"

namespace fanlight::media {
namespace {

/// A connection attempt without any data fails after this time. rtspsrc has shorter limits; this
/// one is behind them.
constexpr std::int64_t kConnectUs = 15'000'000;
/// GOPs of 20 s exist. If the distance of key frames is unknown, the limit doubles after each
/// failure, up to this: the camera either hangs or has very long GOPs.
constexpr std::int64_t kMostGroupUs = 600'000'000;

/// So many recovery points and I pictures without a key frame, over this time, show that a camera
/// uses them in place of key frames.
constexpr std::uint64_t kStartPoints = 3;
constexpr std::int64_t kStartPointsUs = 10'000'000;
/// Without such a sign, a key frame may still come after this time, but viewers do not wait for it.
constexpr std::int64_t kKeylessUs = 60'000'000;

double seconds(std::int64_t us) { return static_cast<double>(us) / 1e6; }

std::uint64_t count(const GstStructure* stats, const char* field) {
  guint64 value = 0;
  gst_structure_get_uint64(stats, field, &value);
  return value;
}

/// The time that `field` gives as an age; `otherwise` if the event has never happened.
std::int64_t time_of(const GstStructure* stats, const char* field, std::int64_t now_us,
                     std::int64_t otherwise) {
  guint64 age = GST_CLOCK_TIME_NONE;
  gst_structure_get_uint64(stats, field, &age);
  return GST_CLOCK_TIME_IS_VALID(age)
             ? std::max(otherwise, now_us - static_cast<std::int64_t>(age / GST_USECOND))
             : otherwise;
}

StructurePtr stats_of(GstElement* element) {
  GstStructure* raw = nullptr;
  g_object_get(element, "stats", &raw, nullptr);
  return StructurePtr{raw};
}

void add_tee(const StructurePtr& stats, Health::Counters& counters, Health::Rates& rates) {
  counters.access_units += count(stats.get(), "received-buffers");
  counters.bytes += count(stats.get(), "received-bytes");
  counters.cached_bytes += count(stats.get(), "cached-bytes");
  counters.key_frames += count(stats.get(), "key-frames");
  counters.timestamp_jumps += count(stats.get(), "timestamp-jumps");
  counters.timestamp_standstills += count(stats.get(), "timestamp-standstills");
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

void Health::begin(std::int64_t now_us) {
  heard_us_ = key_us_ = now_us;
  waiting_since_us_ = 0;
  start_points_ = 0;
  pictures_ = false;
  clock_.begin();
}

void Health::poll(const Elements& elements, std::int64_t now_us) {
  Counters now;
  rates_.b_frames = false;
  for (GstElement* tee : elements.tees) {
    const StructurePtr stats = stats_of(tee);
    if (!stats) continue;
    add_tee(stats, now, rates_);
    // An event of an earlier connection is older than this connection.
    heard_us_ = time_of(stats.get(), "last-frame-age", now_us, heard_us_);
    key_us_ = time_of(stats.get(), "last-key-frame-age", now_us, key_us_);
  }
  rates_.jitter_ms = 0;
  for (const auto& buffer : elements.packet_counters) {
    const StructurePtr stats = stats_of(buffer.get());
    if (!stats) continue;
    now.packets_lost += count(stats.get(), "num-lost");
    rates_.jitter_ms = std::max(
        rates_.jitter_ms, static_cast<double>(count(stats.get(), "avg-jitter")) / GST_MSECOND);
  }
  if (elements.picture_counter)
    read_picture_counter(elements.picture_counter.get(), now.access_units > counters_.access_units,
                         now_us);
  now.timestamp_jumps += clock_.jumps();
  measure(now, now_us);
  rates_.last_key_frame_ms = now.key_frames == 0 ? -1 : (now_us - key_us_) / 1000;
  counters_ = now;
}

void Health::read_picture_counter(GstElement* counter, bool new_pictures, std::int64_t now_us) {
  const StructurePtr stats = stats_of(counter);
  if (!stats) return;
  // Pictures before the first key frame go no further than the depayloader.
  const std::int64_t picture_us = time_of(stats.get(), "last-picture-age", now_us, heard_us_);
  pictures_ = pictures_ || picture_us > heard_us_;
  guint timestamp = 0;
  if (new_pictures && gst_structure_get_uint(stats.get(), "timestamp", &timestamp))
    clock_.update(timestamp, now_us);
  heard_us_ = picture_us;
  gboolean waiting = FALSE;
  gst_structure_get_boolean(stats.get(), "waiting", &waiting);
  start_points_ = count(stats.get(), "start-points");
  if (!waiting || !pictures_)
    waiting_since_us_ = 0;
  else if (waiting_since_us_ == 0)
    waiting_since_us_ = now_us;
}

std::optional<std::chrono::milliseconds> Health::key_frame_wait(std::int64_t now_us) const {
  if (waiting_since_us_ == 0) return std::nullopt;
  return std::chrono::milliseconds{(now_us - waiting_since_us_) / 1000};
}

Reason Health::keyless(std::int64_t now_us) const {
  if (waiting_since_us_ == 0) return {};
  const std::int64_t waited_us = now_us - waiting_since_us_;
  if (start_points_ >= kStartPoints && waited_us >= kStartPointsUs)
    return {"only_recovery_points"_reason,
            "the camera sends no key frames (IDR), only recovery points or other I pictures, and "
            "browsers cannot start with these: turn off intra refresh, or set a key frame interval "
            "(GOP), in the camera"};
  if (waited_us >= kKeylessUs)
    return {"never_a_key_frame"_reason,
            "the camera sends video but no key frame, and browsers cannot start without one: "
            "shorten its key frame interval"};
  return {};
}

void Health::measure(const Counters& now, std::int64_t now_us) {
  const double elapsed = seconds(now_us - std::exchange(looked_us_, now_us));
  if (elapsed <= 0 || elapsed > 60) return;
  const auto pictures = static_cast<double>(now.access_units - counters_.access_units);
  const auto bits = static_cast<double>(now.bytes - counters_.bytes) * 8;
  // Averaged over about three seconds: a long GOP has most of its bits in one of its seconds.
  const double share = counters_.access_units == 0 ? 1 : 0.3;
  rates_.fps += share * (pictures / elapsed - rates_.fps);
  rates_.bitrate = static_cast<std::uint64_t>(static_cast<double>(rates_.bitrate) * (1 - share) +
                                              share * bits / elapsed);
}

std::chrono::milliseconds Health::patience(std::chrono::milliseconds timeout,
                                           std::int64_t now_us) const {
  return timeout - std::chrono::milliseconds{(now_us - heard_us_) / 1000};
}

Reason Health::problem(bool live, std::chrono::milliseconds timeout, std::int64_t now_us) {
  if (!live && !pictures_ && now_us - heard_us_ > kConnectUs)
    return {"no_video_15_s"_reason,
            "no video arrived within 15 s: check that the camera is on and that "
            "the address is right"};
  if (!live && !pictures_) return {};
  if (patience(timeout, now_us).count() <= 0)
    return {"silent_camera"_reason, "the camera keeps the connection open but sends no video"};
  if (live && now_us - key_us_ > std::max(longest_group_us_, 4 * rates_.gop_ms * 1000)) {
    longest_group_us_ = std::min(2 * longest_group_us_, kMostGroupUs);
    return {"no_key_frame"_reason,
            "the camera sends video but has sent no key frame for {seconds} s: shorten its key "
            "frame interval",
            {{"seconds", (now_us - key_us_) / 1'000'000}}};
  }
  return {};
}

} // namespace fanlight::media
