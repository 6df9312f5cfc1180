#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

namespace fanlight {

/// Sorts the packets of an ordered connection by their sequence numbers, because some cameras send
/// them in another order, and reports gaps.
///
/// It waits for a few packets at most, never for a time: on such a connection, a packet that does
/// not come soon does not come at all. Packet: what holds one. Threads: none of its own.
template <typename Packet> class PacketOrder {
 public:
  /// How many packets may overtake another one.
  static constexpr int kPatience = 4;
  /// Numbers that are further ahead than this belong to a new sequence.
  static constexpr int kLargestGap = 3000;
  /// Numbers that go back by at most this are duplicates, unless so many come in a row.
  static constexpr int kLargestStep = 100;
  static constexpr unsigned kRun = 5;

  struct Turn {
    Packet packet;
    bool after_gap = false;
  };
  void take(std::uint16_t number, Packet packet);
  /// Whether a packet of that number is the next one, and nothing waits. For the many packets that
  /// need no take() and no next().
  bool passes(std::uint16_t number) {
    if (!held_.empty() || (expected_ && *expected_ != number)) return false;
    expected_ = static_cast<std::uint16_t>(number + 1);
    run_ = 0;
    return true;
  }
  /// The next packet in order; none: it has not arrived yet.
  std::optional<Turn> next();
  /// The next packet is the first one.
  void forget();

  std::uint64_t lost() const { return lost_; }
  std::uint64_t repeated() const { return repeated_; }

 private:
  struct Held {
    std::uint16_t number;
    Packet packet;
  };
  /// How far `number` is after `other`, in the shorter direction.
  static int distance(std::uint16_t number, std::uint16_t other) {
    return static_cast<std::int16_t>(static_cast<std::uint16_t>(number - other));
  }
  bool is_repeated(std::uint16_t number);
  void hold(std::uint16_t number, Packet packet);

  std::deque<Held> held_; // By number, after expected_.
  std::optional<std::uint16_t> expected_;
  bool gap_ = false;      // Before the next packet.
  bool anew_ = false;     // The last held packet begins a new sequence of numbers.
  std::uint16_t old_ = 0; // The last number that seemed a duplicate.
  unsigned run_ = 0;      // How many of them came in a row.
  std::uint64_t lost_ = 0;
  std::uint64_t repeated_ = 0;
};

template <typename Packet> void PacketOrder<Packet>::forget() {
  held_.clear();
  expected_.reset();
  gap_ = anew_ = false;
  run_ = 0;
}

template <typename Packet> bool PacketOrder<Packet>::is_repeated(std::uint16_t number) {
  const int step = distance(number, *expected_);
  if (step >= 0 || step < -kLargestStep) return std::exchange(run_, 0), false;
  run_ = run_ > 0 && distance(number, old_) == 1 ? run_ + 1 : 1;
  old_ = number;
  return run_ < kRun;
}

template <typename Packet> void PacketOrder<Packet>::take(std::uint16_t number, Packet packet) {
  if (!expected_) expected_ = number;
  if (is_repeated(number)) {
    ++repeated_;
    return;
  }
  const int step = distance(number, *expected_);
  if (step < 0 || step > kLargestGap) anew_ = true;
  hold(number, std::move(packet));
}

template <typename Packet> void PacketOrder<Packet>::hold(std::uint16_t number, Packet packet) {
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

template <typename Packet>
std::optional<typename PacketOrder<Packet>::Turn> PacketOrder<Packet>::next() {
  if (held_.empty()) return std::nullopt;
  Held& first = held_.front();
  if (const int missing = distance(first.number, *expected_); missing != 0) {
    const bool wait = !anew_ && missing <= kPatience && static_cast<int>(held_.size()) <= kPatience;
    if (wait) return std::nullopt;
    if (missing > 0 && missing <= kLargestGap) lost_ += static_cast<std::uint64_t>(missing);
    gap_ = true;
  }
  Turn turn{std::move(first.packet), std::exchange(gap_, false)};
  expected_ = static_cast<std::uint16_t>(first.number + 1);
  held_.pop_front();
  if (held_.empty()) anew_ = false;
  return turn;
}

} // namespace fanlight
