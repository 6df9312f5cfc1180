#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "bytes.h"

namespace fanlight::fanout {

/// Takes datagrams out of a TCP stream, where each has its length before it (RFC 4571, section 2).
///
/// Bounded: holds one frame at most. Threads: none of its own.
class FrameReader {
 public:
  /// Longer frames than this are nothing that a viewer sends.
  static constexpr std::size_t kMaxFrame = 8192;

  /// Where to read the next bytes of the stream to; never empty while the stream is sound.
  MutableBytes space();
  /// So many bytes were read to space().
  void fill(std::size_t count);
  /// The next whole frame, valid until the next call of this class; none if there is none yet.
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
