#include "http/frame_meter.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace fanlight::http {
namespace {

constexpr unsigned char kFin = 0x80;
constexpr unsigned char kControl = 0x08;
constexpr unsigned char kPing = 0x09;
constexpr unsigned char kOpcode = 0x0f;
constexpr unsigned char kMasked = 0x80;
constexpr unsigned char kLength = 0x7f;
constexpr std::size_t kMask = 4;

std::size_t extended_length(unsigned char length) {
  if (length == 126) return 2;
  if (length == 127) return 8;
  return 0;
}

} // namespace

void FrameMeter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (payload_ > 0) {
      const std::uint64_t step = std::min<std::uint64_t>(payload_, bytes.size());
      payload_ -= step;
      bytes.remove_prefix(static_cast<std::size_t>(step));
      continue;
    }
    header_[have_++] = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    if (have_ == 2)
      need_ = 2 + extended_length(header_[1] & kLength) + ((header_[1] & kMasked) != 0 ? kMask : 0);
    if (have_ >= 2 && have_ == need_) end_of_header();
  }
}

void FrameMeter::end_of_header() {
  ++frames_;
  payload_ = header_[1] & kLength;
  const std::size_t extended = extended_length(static_cast<unsigned char>(payload_));
  if (extended > 0) payload_ = 0;
  for (std::size_t i = 0; i < extended; ++i) payload_ = payload_ << 8 | header_[2 + i];

  control_ = (header_[0] & kControl) != 0;
  if (control_) {
    if ((header_[0] & kOpcode) == kPing) ++pings_;
  } else {
    if (message_over_) {
      message_bytes_ = 0;
      ++messages_;
    }
    // Prevents overflow by sizes near 2^64.
    message_bytes_ +=
        std::min(payload_, std::numeric_limits<std::uint64_t>::max() - message_bytes_);
    message_over_ = (header_[0] & kFin) != 0;
  }
  have_ = 0;
  need_ = 2;
}

std::uint64_t FrameMeter::unfinished_bytes() const {
  const std::uint64_t missing = control_ ? 0 : payload_;
  if (message_over_ && missing == 0) return have_;
  return std::max<std::uint64_t>(message_bytes_ - missing + have_, 1);
}

std::uint64_t FrameMeter::take_pings() { return std::exchange(pings_, 0); }

} // namespace fanlight::http
