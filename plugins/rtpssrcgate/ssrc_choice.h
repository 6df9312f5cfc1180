#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "mini_ref.h"

namespace fanlight {

/// Chooses the RTP source (RFC 3550, section 3) that goes on, if packets of several come to one
/// session. Threads: one at a time.
class SsrcChoice {
 public:
  /// So many packets of one source make it the chosen one.
  static constexpr std::size_t kEnough = 3;
  /// If so many wait before any source was chosen, the last one is chosen.
  static constexpr std::size_t kMostHeld = 32;

  struct Packet {
    std::uint32_t source = 0;
    std::uint32_t timestamp = 0;
    BufferRef buffer;
  };

  /// The packets that can go on because `packet` came, in their order; often only that one.
  /// Packets of other sources wait, or are dropped.
  std::vector<BufferRef> take(Packet packet);
  /// Whether a packet of `source` goes on, and nothing waits. For the many packets that need no
  /// take().
  bool passes(std::uint32_t source);
  /// Packets that were dropped.
  std::uint64_t dropped() const { return dropped_; }
  void forget();

 private:
  bool is_enough(std::uint32_t source) const;
  std::vector<BufferRef> choose(std::uint32_t source);

  std::optional<std::uint32_t> chosen_;
  /// Before the choice: of all sources. After it: of one other source, since the last packet of the
  /// chosen one.
  std::vector<Packet> held_;
  std::uint64_t dropped_ = 0;
};

} // namespace fanlight
