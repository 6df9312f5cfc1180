#include "packet_order.h"

#include <algorithm>
#include <utility>

namespace fanlight {
namespace {

/// How far `number` is after `other`, in the shorter direction.
gint distance(guint16 number, guint16 other) {
  return static_cast<gint16>(static_cast<guint16>(number - other));
}

} // namespace

void PacketOrder::forget() {
  held_.clear();
  expected_.reset();
  gap_ = anew_ = false;
  run_ = 0;
}

bool PacketOrder::is_repeated(guint16 number) {
  const gint step = distance(number, *expected_);
  if (step >= 0 || step < -kLargestStep) return std::exchange(run_, 0), false;
  run_ = run_ > 0 && distance(number, old_) == 1 ? run_ + 1 : 1;
  old_ = number;
  return run_ < kRun;
}

void PacketOrder::take(guint16 number, BufferRef packet) {
  if (!expected_) expected_ = number;
  if (is_repeated(number)) {
    ++repeated_;
    return;
  }
  const gint step = distance(number, *expected_);
  if (step < 0 || step > kLargestGap) anew_ = true;
  hold(number, std::move(packet));
}

void PacketOrder::hold(guint16 number, BufferRef packet) {
  if (anew_) {
    held_.push_back({number, std::move(packet)});
    return;
  }
  const auto after = std::find_if(held_.begin(), held_.end(), [number](const Held& held) {
    return distance(held.number, number) >= 0;
  });
  if (after != held_.end() && after->number == number) {
    ++repeated_;
    return;
  }
  held_.insert(after, {number, std::move(packet)});
}

std::optional<PacketOrder::Turn> PacketOrder::next() {
  if (held_.empty()) return std::nullopt;
  Held& first = held_.front();
  if (const gint missing = distance(first.number, *expected_); missing != 0) {
    const bool wait =
        !anew_ && missing <= kPatience && static_cast<gint>(held_.size()) <= kPatience;
    if (wait) return std::nullopt;
    if (missing > 0 && missing <= kLargestGap) lost_ += static_cast<guint64>(missing);
    gap_ = true;
  }
  Turn turn{std::move(first.packet), std::exchange(gap_, false)};
  expected_ = static_cast<guint16>(first.number + 1);
  held_.pop_front();
  if (held_.empty()) anew_ = false;
  return turn;
}

} // namespace fanlight
