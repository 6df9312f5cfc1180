#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// Extracts datagrams from a TCP connection, where each follows its length (RFC 4571, section 2).
///
/// Holds at most one frame of the maximum size, and no memory before the first byte is read.
/// Threads: one at a time, any.
class FrameReader {
 public:
  /// Viewers do not send longer frames.
  static constexpr std::size_t kMaxFrame = 8192;

  /// Where to read the next bytes to, when next() returns none. Not empty then, unless the framing
  /// is broken.
  MutableBytes space();
  /// `count` bytes were read to space().
  void fill(std::size_t count);
  /// The next complete frame, not empty, valid until the next call of space(); none: incomplete.
  std::optional<Bytes> next();
  /// A frame longer than kMaxFrame was announced: the connection cannot be used any more.
  bool broken() const { return broken_; }

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool broken_ = false;
};

} // namespace fanlight::fanout
