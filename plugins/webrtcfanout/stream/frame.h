#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// All RTP packets of one access unit (of sound: one packet), as they go to every viewer but for
/// their headers. Immutable once it was given out: any thread.
struct Frame {
  struct Packet {
    std::uint32_t offset = 0; ///< Of its payload in `data`.
    std::uint16_t size = 0;   ///< Of its payload, in bytes.
    bool marker = false;
  };

  std::uint64_t number = 0;       ///< Consecutive within the stream.
  std::uint64_t first_packet = 0; ///< Packets are numbered through the stream, too.
  std::uint32_t timestamp = 0;    ///< RTP, of the stream's own clock, without jumps.
  std::uint64_t ntp = 0;          ///< The same moment as 32.32 s since 1900, of all streams alike.
  std::int64_t arrived_us = 0;    ///< On the monotonic clock.
  bool key = true;                ///< A decoder can start here.
  std::vector<Packet> packets;    ///< At least one.
  std::vector<std::uint8_t> data;

  Bytes payload(std::size_t index) const {
    return Bytes{data}.subspan(packets[index].offset, packets[index].size);
  }
  std::uint64_t end_packet() const { return first_packet + packets.size(); }
};

using FramePtr = std::shared_ptr<const Frame>;

} // namespace fanlight::fanout
