#include "webrtcfanout/stream/rtp_stream.h"

#include <algorithm>

#include "webrtcfanout/base/clock.h"

namespace fanlight::fanout {

void RtpStream::append(FramePtr frame) {
  measure(*frame);
  std::lock_guard lock(lock_);
  history_.append(std::move(frame));
  notify_workers();
}

void RtpStream::clear() {
  std::lock_guard lock(lock_);
  history_.clear();
  ++clearings_;
  notify_workers();
}

/// Call it with the lock held.
void RtpStream::notify_workers() {
  for (const auto& reader : readers_)
    if (!reader->news.exchange(true)) reader->worker.wake();
}

void RtpStream::measure(const Frame& frame) {
  constexpr std::int64_t kWindowUs = 2'000'000;
  if (any_) {
    measure_interval(static_cast<std::int32_t>(frame.timestamp - last_timestamp_));
  } else {
    window_start_us_ = frame.arrived_us;
  }
  any_ = true;
  last_timestamp_ = frame.timestamp;
  window_bytes_ += frame.payload_bytes();
  const std::int64_t elapsed = frame.arrived_us - window_start_us_;
  if (elapsed < kWindowUs) return;
  bit_rate_ = window_bytes_ * 8 * 1'000'000 / static_cast<std::uint64_t>(elapsed);
  window_bytes_ = 0;
  window_start_us_ = frame.arrived_us;
}

/// Smooths the distance of frames. A gap says nothing about the usual distance, unless there are
/// only gaps; a much shorter distance shows that the known one was a gap.
void RtpStream::measure_interval(std::int32_t step) {
  constexpr std::uint64_t kFar = 4;
  constexpr int kConvincing = 4;
  if (step <= 0) return;
  const auto seen = static_cast<std::uint32_t>(step);
  const std::uint32_t known = interval();
  const bool gap = known != 0 && seen >= kFar * known;
  gaps_ = gap ? gaps_ + 1 : 0;
  if (gap && gaps_ < kConvincing) return;
  const bool afresh = known == 0 || gap || kFar * seen <= known;
  interval_ = afresh ? seen : static_cast<std::uint32_t>((7 * std::uint64_t{known} + seen) / 8);
}

void RtpStream::want_key() {
  constexpr std::int64_t kPauseUs = 1'000'000;
  const std::int64_t now = monotonic_us();
  std::int64_t asked = asked_us_.load(std::memory_order_relaxed);
  if (asked != 0 && now - asked < kPauseUs) return;
  if (asked_us_.compare_exchange_strong(asked, now) && ask_for_key_) ask_for_key_();
}

std::shared_ptr<RtpStream::Reader> RtpStream::add_reader(Mailbox& worker) {
  auto reader = std::make_shared<Reader>(worker);
  std::lock_guard lock(lock_);
  readers_.push_back(reader);
  return reader;
}

void RtpStream::remove_reader(const std::shared_ptr<Reader>& reader) {
  std::lock_guard lock(lock_);
  std::erase(readers_, reader);
}

std::uint64_t RtpStream::copy_from(std::uint64_t number, std::vector<FramePtr>& frames) const {
  std::lock_guard lock(lock_);
  history_.each_from(number, [&](const FramePtr& frame) { frames.push_back(frame); });
  return clearings_;
}

std::uint64_t RtpStream::cached_bytes() const {
  std::lock_guard lock(lock_);
  return history_.bytes();
}

std::size_t RtpStream::readers() const {
  std::lock_guard lock(lock_);
  return readers_.size();
}

} // namespace fanlight::fanout
