#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <memory>
#include <vector>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// Shared memory that does not change while it is held.
struct HeldMemory {
  virtual ~HeldMemory() = default;
  Bytes bytes;
  std::size_t cost = 0; ///< Bytes that it keeps allocated.
};

/// All RTP packets of one access unit (of audio: one packet), as they go to every viewer except for
/// the headers. Immutable once it is published: any thread.
///
/// The payloads lie in the memory of the access unit, which the GOP cache in front of the payloader
/// also holds, except for the few bytes that a payloader puts before a fragment. If that is
/// impossible or not worthwhile, they are copied to `data`.
struct Frame {
  /// The bytes that a payloader puts before a fragment: 2 (FU-A of H.264) or 3 (FU of H.265).
  static constexpr std::size_t kMaxHead = 3;

  struct Packet {
    std::uint32_t offset = 0; ///< Of the payload after its head.
    std::uint16_t size = 0;   ///< Of the payload after its head, in bytes.
    bool marker = false;
    std::uint8_t memory = 0; ///< Its memory: 0 is `data`, n is `held[n - 1]`.
    std::uint8_t head_size = 0;
    std::array<std::uint8_t, kMaxHead> head{};
  };
  struct Payload {
    Bytes head;
    Bytes body;
    std::size_t size() const { return head.size() + body.size(); }
    void copy_to(std::uint8_t* out) const {
      if (!head.empty()) std::memcpy(out, head.data(), head.size());
      std::memcpy(out + head.size(), body.data(), body.size());
    }
  };

  std::uint64_t number = 0;       ///< Consecutive within the stream.
  std::uint64_t first_packet = 0; ///< Packets are numbered through the whole stream.
  std::uint32_t timestamp = 0;    ///< RTP, of the stream's own clock, without jumps.
  std::uint64_t ntp = 0;          ///< The same moment as 32.32 s since 1900, common to all streams.
  std::int64_t arrived_us = 0;    ///< On the monotonic clock.
  bool key = true;                ///< A decoder can start here.
  std::vector<Packet> packets;    ///< At least one.
  std::vector<std::uint8_t> data;
  std::vector<std::shared_ptr<const HeldMemory>> held;

  Payload payload(std::size_t index) const {
    const Packet& packet = packets[index];
    const Bytes memory = packet.memory == 0 ? Bytes{data} : held[packet.memory - 1U]->bytes;
    return {Bytes{packet.head}.first(packet.head_size), memory.subspan(packet.offset, packet.size)};
  }
  std::size_t payload_size(std::size_t index) const {
    return std::size_t{packets[index].head_size} + packets[index].size;
  }
  /// Sum over all packets.
  std::size_t payload_bytes() const {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < packets.size(); ++i) bytes += payload_size(i);
    return bytes;
  }
  /// The memory that it holds, without the table of packets.
  std::size_t memory_bytes() const {
    std::size_t bytes = data.size();
    for (const auto& memory : held) bytes += memory->cost;
    return bytes;
  }
  std::uint64_t end_packet() const { return first_packet + packets.size(); }
};

using FramePtr = std::shared_ptr<const Frame>;

} // namespace fanlight::fanout
