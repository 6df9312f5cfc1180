#include "load/rtc/reception.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>

#include "load/net/wire.h"

namespace fanlight::load {
namespace {

using namespace std::chrono_literals;

/// Chromium requests a packet at most ten times; the pause represents its round trip.
constexpr int kMostAsked = 10;
constexpr auto kAskAgain = 50ms;
/// Time for reordered packets to arrive before the first request.
constexpr auto kAskFirst = 5ms;
/// With more losses than this, requests are useless: only a key frame helps.
constexpr std::size_t kMostMissing = 1000;
/// A greater step is not loss: the sender has started over (RFC 3550, appendix A.1, MAX_DROPOUT,
/// but greater, because a full socket may lose a whole GOP).
constexpr std::int64_t kJump = 8192;

constexpr std::array kMembers{
    &Counts::received,  &Counts::bytes,    &Counts::dropped, &Counts::media,      &Counts::missing,
    &Counts::reordered, &Counts::repaired, &Counts::rtx,     &Counts::lost,       &Counts::repeated,
    &Counts::jumps,     &Counts::nacks,    &Counts::plis,    &Counts::unauthentic};
static_assert(sizeof(Counts) == kMembers.size() * sizeof(std::uint64_t));

} // namespace

Counts& Counts::operator+=(const Counts& other) {
  for (const auto member : kMembers) this->*member += other.*member;
  return *this;
}

Counts Counts::operator-(const Counts& other) const {
  Counts difference = *this;
  for (const auto member : kMembers) difference.*member -= other.*member;
  return difference;
}

std::uint64_t extend_sequence(std::uint64_t near, std::uint16_t sequence) {
  const auto distance = static_cast<std::int16_t>(sequence - static_cast<std::uint16_t>(near));
  return near + static_cast<std::uint64_t>(std::int64_t{distance});
}

void Reception::begin(std::uint16_t sequence) {
  started_ = true;
  first_ = highest_ = kFirstCycle + sequence;
  missing_.clear();
  expected_before_ = received_ = received_before_ = 0;
}

std::optional<std::uint64_t> Reception::on_packet(std::uint16_t sequence, std::uint32_t timestamp,
                                                  Time now) {
  if (!started_) begin(sequence);
  std::uint64_t number = extend_sequence(highest_, sequence);
  const auto step = static_cast<std::int64_t>(number - highest_);
  if (step > kJump || step < -kJump) {
    ++counts_.jumps;
    // SRTP's rollover counter continues across the jump.
    const std::uint64_t cycles = highest_ >> 16;
    begin(sequence);
    first_ = highest_ = number = cycles << 16 | sequence;
  } else if (step > 0) {
    if (step > 1) miss(highest_ + 1, number, now);
    highest_ = number;
  } else if (received_ > 0) { // Not at the first packet.
    const auto entry = find_missing(number);
    if (entry == missing_.end()) {
      ++counts_.repeated;
      return {};
    }
    ++(entry->asked > 0 && asks_ ? counts_.repaired : counts_.reordered);
    missing_.erase(entry);
  }
  ++received_;
  ++counts_.media;

  const double arrival =
      std::chrono::duration<double>(now.time_since_epoch()).count() * clock_rate_;
  const double transit = arrival - timestamp;
  const double change = std::abs(transit - last_transit_);
  // Not across a wrap of the timestamp or the end of a squeezed GOP.
  if (last_transit_ != 0 && change < clock_rate_) jitter_ += (change - jitter_) / 16;
  last_transit_ = transit;
  return number;
}

void Reception::miss(std::uint64_t from, std::uint64_t to, Time now) {
  counts_.missing += to - from;
  for (; from < to && missing_.size() < kMostMissing; ++from)
    missing_.push_back({from, now + kAskFirst, 0});
  if (from == to) return;
  counts_.lost += to - from;
  last_lost_ = to - 1;
}

std::vector<Reception::Missing>::iterator Reception::find_missing(std::uint64_t number) {
  const auto entry = std::lower_bound(
      missing_.begin(), missing_.end(), number,
      [](const Missing& missing, std::uint64_t wanted) { return missing.number < wanted; });
  return entry != missing_.end() && entry->number == number ? entry : missing_.end();
}

std::optional<std::uint64_t> Reception::on_rtx(std::uint16_t sequence) {
  const std::uint64_t number = extend_sequence(highest_, sequence);
  const auto entry = find_missing(number);
  if (entry == missing_.end()) {
    ++counts_.repeated;
    return {};
  }
  missing_.erase(entry);
  ++received_;
  ++counts_.media;
  ++counts_.repaired;
  ++counts_.rtx;
  return number;
}

bool Reception::has_all(std::uint64_t first, std::uint64_t last) const {
  if (!started_ || first < first_ || last > highest_ || last_lost_ >= first) return false;
  const auto entry = std::lower_bound(
      missing_.begin(), missing_.end(), first,
      [](const Missing& missing, std::uint64_t wanted) { return missing.number < wanted; });
  return entry == missing_.end() || entry->number > last;
}

void Reception::on_sender_report(std::uint32_t ntp, Time now) { sender_report_ = {ntp, now}; }

void Reception::append_report(std::vector<std::uint8_t>& rtcp, Time now) {
  const std::uint64_t expected = started_ ? highest_ - first_ + 1 : 0;
  const auto lost = static_cast<std::int64_t>(expected) - static_cast<std::int64_t>(received_);
  const auto expected_now = expected - expected_before_;
  const auto lost_now = static_cast<std::int64_t>(expected_now) -
                        static_cast<std::int64_t>(received_ - received_before_);
  expected_before_ = expected;
  received_before_ = received_;
  std::uint32_t fraction = 0;
  if (expected_now > 0 && lost_now > 0)
    fraction = static_cast<std::uint32_t>(
        std::min<std::int64_t>(255, lost_now * 256 / static_cast<std::int64_t>(expected_now)));
  const auto cumulative =
      static_cast<std::uint32_t>(std::clamp<std::int64_t>(lost, -0x800000, 0x7fffff)) & 0xffffff;
  put32(rtcp, ssrc_);
  put32(rtcp, fraction << 24 | cumulative);
  put32(rtcp, static_cast<std::uint32_t>(highest_ - kFirstCycle));
  put32(rtcp, static_cast<std::uint32_t>(jitter_));
  put32(rtcp, sender_report_ ? sender_report_->first : 0);
  const double since =
      sender_report_ ? std::chrono::duration<double>(now - sender_report_->second).count() : 0;
  put32(rtcp, static_cast<std::uint32_t>(since * 65536));
}

void Reception::append_due(std::vector<std::uint8_t>& fci, Time now) {
  std::uint64_t base = 0;
  for (Missing& missing : missing_) {
    if (missing.due > now) continue;
    missing.due = now + kAskAgain;
    // Counted as lost below.
    if (++missing.asked > kMostAsked || !asks_) continue;
    ++counts_.nacks;
    if (!fci.empty() && missing.number - base <= 16) {
      const unsigned bit = 1U << (missing.number - base - 1);
      fci[fci.size() - 2] |= static_cast<std::uint8_t>(bit >> 8);
      fci[fci.size() - 1] |= static_cast<std::uint8_t>(bit);
    } else {
      base = missing.number;
      put16(fci, static_cast<std::uint16_t>(base));
      put16(fci, 0);
    }
  }
  counts_.lost += std::erase_if(missing_, [this](const Missing& missing) {
    if (missing.asked <= kMostAsked) return false;
    last_lost_ = std::max(last_lost_, missing.number);
    return true;
  });
}

std::optional<Time> Reception::due() const {
  if (missing_.empty()) return {};
  return std::min_element(missing_.begin(), missing_.end(),
                          [](const Missing& a, const Missing& b) { return a.due < b.due; })
      ->due;
}

} // namespace fanlight::load
