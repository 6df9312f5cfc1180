#include "reception.h"

#include <algorithm>
#include <cmath>

#include "wire.h"

namespace fanlight::crowd {
namespace {

using namespace std::chrono_literals;

/// Chromium asks ten times at most; the pause stands for its round trip.
constexpr int kMostAsked = 10;
constexpr auto kAskAgain = 50ms;
/// Loss beyond this is not worth asking for: a key frame must come anyway.
constexpr std::size_t kMostMissing = 1000;

} // namespace

std::uint64_t Reception::extend(std::uint16_t sequence) const {
  const auto distance = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(highest_));
  return highest_ + distance;
}

void Reception::on_packet(std::uint16_t sequence, std::uint32_t timestamp, std::size_t size,
                          Time now) {
  ++packets_;
  bytes_ += size;
  if (!started_) {
    started_ = true;
    // Room below, for what comes out of order at the start.
    first_ = highest_ = 0x10000ULL + sequence;
    return;
  }
  const std::uint64_t number = extend(sequence);
  if (number > highest_) {
    for (std::uint64_t gap = highest_ + 1; gap < number && missing_.size() < kMostMissing; ++gap) {
      missing_.emplace(gap, Missing{now});
      ++gaps_;
    }
    highest_ = number;
  } else {
    missing_.erase(number);
  }
  const double arrival =
      std::chrono::duration<double>(now.time_since_epoch()).count() * clock_rate_;
  const double transit = arrival - timestamp;
  const double change = std::abs(transit - last_transit_);
  // Not across the wrap of the time stamp or the end of a squeezed group of pictures.
  if (last_transit_ != 0 && change < clock_rate_) jitter_ += (change - jitter_) / 16;
  last_transit_ = transit;
}

void Reception::on_recovered(std::uint16_t sequence) {
  recovered_ += missing_.erase(extend(sequence));
}

void Reception::on_sender_report(std::uint32_t ntp, Time now) { sender_report_ = {ntp, now}; }

void Reception::append_report(std::vector<std::uint8_t>& rtcp, Time now) {
  const std::uint64_t expected = started_ ? highest_ - first_ + 1 : 0;
  const std::uint64_t received = packets_ + recovered_;
  const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received);
  const auto expected_now = expected - expected_before_;
  const auto lost_now = static_cast<std::int64_t>(expected_now) -
                        static_cast<std::int64_t>(received - received_before_);
  expected_before_ = expected;
  received_before_ = received;
  std::uint32_t fraction = 0;
  if (expected_now > 0 && lost_now > 0)
    fraction =
        static_cast<std::uint32_t>(std::min<std::int64_t>(255, lost_now * 256 / expected_now));
  const auto cumulative =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7fffff)) & 0xffffff;
  put32(rtcp, ssrc_);
  put32(rtcp, fraction << 24 | cumulative);
  put32(rtcp, static_cast<std::uint32_t>(highest_ - 0x10000));
  put32(rtcp, static_cast<std::uint32_t>(jitter_));
  put32(rtcp, sender_report_ ? sender_report_->first : 0);
  const double since =
      sender_report_ ? std::chrono::duration<double>(now - sender_report_->second).count() : 0;
  put32(rtcp, static_cast<std::uint32_t>(since * 65536));
}

std::vector<std::uint8_t> Reception::due_nacks(Time now) {
  std::vector<std::uint8_t> fci;
  std::uint64_t base = 0;
  for (auto entry = missing_.begin(); entry != missing_.end();) {
    Missing& missing = entry->second;
    if (missing.due > now) {
      ++entry;
      continue;
    }
    if (missing.asked == kMostAsked) {
      ++lost_;
      entry = missing_.erase(entry);
      continue;
    }
    ++missing.asked;
    missing.due = now + kAskAgain;
    const std::uint64_t number = entry->first;
    if (!fci.empty() && number - base <= 16) {
      const unsigned bit = 1U << (number - base - 1);
      fci[fci.size() - 2] |= static_cast<std::uint8_t>(bit >> 8);
      fci[fci.size() - 1] |= static_cast<std::uint8_t>(bit);
    } else {
      base = number;
      put16(fci, static_cast<std::uint16_t>(number));
      put16(fci, 0);
    }
    ++entry;
  }
  return fci;
}

} // namespace fanlight::crowd
