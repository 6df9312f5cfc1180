#include "base/loop_lag.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/log.h"

namespace fanlight {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kBetweenWarnings = 10 * kSecond;
constexpr std::chrono::milliseconds kPeriod{100};

} // namespace

void LagRecord::turn(std::int64_t now, std::int64_t length) {
  ++turns_;
  if (length > kLong) ++long_turns_;
  const std::int64_t number = now / kSecond;
  Second& second = seconds_[static_cast<std::size_t>(number) % kSeconds];
  if (second.number != number) second = {number, 0};
  second.longest = std::max(second.longest, length);
}

void LagRecord::timer(std::int64_t now, std::int64_t late_by) {
  samples_[next_sample_] = {now, std::max<std::int64_t>(0, late_by)};
  next_sample_ = (next_sample_ + 1) % kSamples;
}

LagRecord::Figures LagRecord::figures(std::int64_t now) const {
  Figures figures{
      .longest_turn_ms = 0, .lag_p99_ms = 0, .turns = turns_, .long_turns = long_turns_};
  constexpr auto kMinute = static_cast<std::int64_t>(kSeconds);
  for (const Second& second : seconds_)
    if (second.number >= 0 && second.number > now / kSecond - kMinute)
      figures.longest_turn_ms =
          std::max(figures.longest_turn_ms, static_cast<double>(second.longest) / 1000);
  std::vector<std::int64_t> late;
  for (const Sample& sample : samples_)
    if (sample.at >= 0 && sample.at > now - kMinute * kSecond) late.push_back(sample.late_by);
  if (late.empty()) return figures;
  const auto p99 = late.begin() + static_cast<std::ptrdiff_t>((late.size() - 1) * 99 / 100);
  std::nth_element(late.begin(), p99, late.end());
  figures.lag_p99_ms = static_cast<double>(*p99) / 1000;
  return figures;
}

/// A source that is never ready; GLib calls it before and after each poll.
struct LoopLag::Source {
  GSource base;
  LoopLag* owner;
};

LoopLag::LoopLag() {
  static GSourceFuncs functions{
      +[](GSource* source, gint*) -> gboolean {
        reinterpret_cast<Source*>(source)->owner->turn_ends();
        return FALSE;
      },
      +[](GSource* source) -> gboolean {
        reinterpret_cast<Source*>(source)->owner->turn_begins();
        return FALSE;
      },
      +[](GSource*, GSourceFunc, gpointer) -> gboolean { return G_SOURCE_CONTINUE; },
      nullptr,
      nullptr,
      nullptr};
  source_ = g_source_new(&functions, sizeof(Source));
  reinterpret_cast<Source*>(source_)->owner = this;
  g_source_set_priority(source_, G_PRIORITY_HIGH); // Called first, whatever else is ready.
  g_source_attach(source_, nullptr);
  due_ = g_get_monotonic_time() + std::chrono::microseconds{kPeriod}.count();
  timer_.once(kPeriod, [this] { tick(); });
}

LoopLag::~LoopLag() {
  g_source_destroy(source_);
  g_source_unref(source_);
}

void LoopLag::turn_begins() { began_ = g_get_monotonic_time(); }

void LoopLag::turn_ends() {
  const std::int64_t began = std::exchange(began_, 0);
  if (began == 0) return;
  const std::int64_t now = g_get_monotonic_time();
  record_.turn(now, now - began);
  if (now - began > LagRecord::kLong) longest_ = std::max(longest_, now - began);
}

void LoopLag::tick() {
  const std::int64_t now = g_get_monotonic_time();
  record_.timer(now, now - due_);
  due_ = now + std::chrono::microseconds{kPeriod}.count();
  timer_.once(kPeriod, [this] { tick(); });
  if (longest_ > 0 && (logged_at_ == 0 || now - logged_at_ >= kBetweenWarnings)) warn(now);
}

void LoopLag::warn(std::int64_t now) {
  const std::uint64_t all = record_.figures(now).long_turns;
  log::warning("app",
               {{"ms", std::to_string(std::exchange(longest_, 0) / 1000)},
                {"turns", std::to_string(all - std::exchange(logged_, all))}},
               "the main loop was busy for longer than 250 ms without a break; the server answered "
               "no requests during that time");
  logged_at_ = now;
}

} // namespace fanlight
