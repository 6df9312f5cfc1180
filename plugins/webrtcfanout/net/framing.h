#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "webrtcfanout/base/bytes.h"

namespace fanlight::fanout {

/// Takes datagrams out of a TCP stream, where each has its length before it (RFC 4571, section 2).
///
/// Bounded: holds no more than the longest frame, and nothing before the first byte is read.
/// Threads: one at a time, any.
class FrameReader {
 public:
  /// Longer frames than this are nothing that a viewer sends.
  static constexpr std::size_t kMaxFrame = 8192;

  /// Where to read the next bytes of the stream to, once next() has none. Not empty then, but for a
  /// broken stream.
  MutableBytes space();
  /// So many bytes were read to space().
  void fill(std::size_t count);
  /// The next whole frame, not empty, valid until the next call of space(); none: none yet.
  std::optional<Bytes> next();
  /// A frame was announced that is longer than kMaxFrame: the connection is of no use any more.
  bool broken() const { return broken_; }

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool broken_ = false;
};

} // namespace fanlight::fanout
