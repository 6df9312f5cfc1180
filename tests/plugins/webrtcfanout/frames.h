#pragma once

#include <initializer_list>
#include <memory>
#include <vector>

#include "webrtcfanout/stream/frame.h"

namespace fanlight::fanout {

/// Frames of 25 a second on a clock of 90 kHz, numbered from 0, two packets each unless other sizes
/// are given.
class FrameSource {
 public:
  static constexpr std::uint32_t kInterval = 3600;
  static constexpr std::int64_t kIntervalUs = 40'000;

  std::shared_ptr<Frame> make(bool key, std::initializer_list<std::size_t> sizes = {100, 60}) {
    auto frame = std::make_shared<Frame>();
    frame->number = next_;
    frame->first_packet = next_packet_;
    frame->timestamp = static_cast<std::uint32_t>(kFirstTimestamp + next_ * interval);
    frame->arrived_us = kFirstUs + static_cast<std::int64_t>(next_) * kIntervalUs;
    frame->ntp = next_ << 30;
    frame->key = key;
    for (const std::size_t size : sizes) {
      frame->packets.push_back({static_cast<std::uint32_t>(frame->data.size()),
                                static_cast<std::uint16_t>(size), false});
      for (std::size_t i = 0; i < size; ++i)
        frame->data.push_back(static_cast<std::uint8_t>(next_ * 7 + i));
    }
    frame->packets.back().marker = true;
    ++next_;
    next_packet_ += frame->packets.size();
    return frame;
  }
  /// What comes next has a number that does not follow.
  void skip() { ++next_; }

  static constexpr std::uint64_t kFirstTimestamp = 1'000'000;
  static constexpr std::int64_t kFirstUs = 5'000'000;
  std::uint32_t interval = kInterval;

 private:
  std::uint64_t next_ = 0;
  std::uint64_t next_packet_ = 0;
};

/// All of a packet's payload, in one piece.
inline std::vector<std::uint8_t> payload_of(const Frame& frame, std::size_t index) {
  std::vector<std::uint8_t> bytes(frame.payload_size(index));
  frame.payload(index).copy_to(bytes.data());
  return bytes;
}

} // namespace fanlight::fanout
