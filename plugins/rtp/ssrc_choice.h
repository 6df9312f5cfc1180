#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace fanlight {

/// Chooses the RTP source (RFC 3550, section 3) that goes on, if packets of several come to one
/// session. Buffer: what holds a packet. Threads: one at a time.
template <typename Buffer> class SsrcChoice {
 public:
  /// So many packets of one source make it the chosen one.
  static constexpr std::size_t kEnough = 3;
  /// If so many wait before any source was chosen, the last one is chosen.
  static constexpr std::size_t kMostHeld = 32;

  struct Packet {
    std::uint32_t source = 0;
    std::uint32_t timestamp = 0;
    Buffer buffer;
  };

  /// The packets that can go on because `packet` came, in their order; often only that one.
  /// Packets of other sources wait, or are dropped.
  std::vector<Buffer> take(Packet packet);
  /// Whether a packet of `source` goes on, and nothing waits. For the many packets that need no
  /// take().
  bool passes(std::uint32_t source);
  /// Packets that were dropped.
  std::uint64_t dropped() const { return dropped_; }
  void forget();

 private:
  bool is_enough(std::uint32_t source) const;
  std::vector<Buffer> choose(std::uint32_t source);

  std::optional<std::uint32_t> chosen_;
  /// Before the choice: of all sources. After it: of one other source, since the last packet of the
  /// chosen one.
  std::vector<Packet> held_;
  std::uint64_t dropped_ = 0;
};

template <typename Buffer> bool SsrcChoice<Buffer>::passes(std::uint32_t source) {
  if (chosen_ != source) return false;
  if (!held_.empty()) {
    dropped_ += held_.size();
    held_.clear();
  }
  return true;
}

template <typename Buffer> std::vector<Buffer> SsrcChoice<Buffer>::take(Packet packet) {
  const std::uint32_t source = packet.source;
  if (passes(source)) {
    std::vector<Buffer> single;
    single.push_back(std::move(packet.buffer));
    return single;
  }
  if (chosen_ && !held_.empty() && held_.front().source != source) {
    dropped_ += held_.size();
    held_.clear();
  }
  held_.push_back(std::move(packet));
  if (is_enough(source) || held_.size() >= kMostHeld) return choose(source);
  return {};
}

template <typename Buffer> bool SsrcChoice<Buffer>::is_enough(std::uint32_t source) const {
  const auto count = static_cast<std::size_t>(
      std::count_if(held_.begin(), held_.end(),
                    [source](const Packet& packet) { return packet.source == source; }));
  if (count < kEnough) return false;
  // Two sources may take turns frame by frame. Only a source that has begun another frame, while
  // nothing came of the chosen one, has replaced it.
  return !chosen_ || held_.front().timestamp != held_.back().timestamp;
}

template <typename Buffer> std::vector<Buffer> SsrcChoice<Buffer>::choose(std::uint32_t source) {
  chosen_ = source;
  std::vector<Buffer> mine;
  for (Packet& packet : held_) {
    if (packet.source == source)
      mine.push_back(std::move(packet.buffer));
    else
      ++dropped_;
  }
  held_.clear();
  return mine;
}

template <typename Buffer> void SsrcChoice<Buffer>::forget() {
  chosen_.reset();
  held_.clear();
}

} // namespace fanlight
