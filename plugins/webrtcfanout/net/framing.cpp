#include "webrtcfanout/net/framing.h"

#include <algorithm>

namespace fanlight::fanout {
namespace {

constexpr std::size_t kLength = 2;

} // namespace

MutableBytes FrameReader::space() {
  if (broken_) return {};
  if (buffer_.empty()) buffer_.resize(kLength + kMaxFrame);
  if (begin_ > 0) {
    std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
    end_ -= begin_;
    begin_ = 0;
  }
  return MutableBytes(buffer_).subspan(end_);
}

void FrameReader::fill(std::size_t count) { end_ += std::min(count, buffer_.size() - end_); }

std::optional<Bytes> FrameReader::next() {
  while (!broken_ && end_ - begin_ >= kLength) {
    const std::size_t size = read_u16(&buffer_[begin_]);
    if (size > kMaxFrame) {
      broken_ = true;
      break;
    }
    if (end_ - begin_ < kLength + size) break;
    const Bytes frame = Bytes(buffer_).subspan(begin_ + kLength, size);
    begin_ += kLength + size;
    // An empty frame only keeps the connection alive (RFC 4571, section 2).
    if (!frame.empty()) return frame;
  }
  return std::nullopt;
}

} // namespace fanlight::fanout
