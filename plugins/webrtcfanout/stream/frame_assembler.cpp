#include "webrtcfanout/stream/frame_assembler.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "webrtcfanout/stream/key_frame.h"

namespace fanlight::fanout {
namespace {

struct Rtp {
  bool marker = false;
  std::uint32_t timestamp = 0;
  Bytes payload;
};

/// Parses RFC 3550, section 5.1; skips header extensions and padding. None: malformed.
std::optional<Rtp> parse(Bytes packet) {
  if (packet.size() < 12 || packet[0] >> 6 != 2) return {};
  std::size_t begin = 12 + 4 * (packet[0] & 15u);
  if ((packet[0] & 0x10) != 0) {
    if (packet.size() < begin + 4) return {};
    begin += 4 + 4 * std::size_t{read_u16(packet.data() + begin + 2)};
  }
  std::size_t end = packet.size();
  if ((packet[0] & 0x20) != 0) {
    if (packet.back() == 0 || packet.back() > end) return {};
    end -= packet.back();
  }
  if (begin > end) return {};
  return Rtp{(packet[1] & 0x80) != 0, read_u32(packet.data() + 4),
             packet.subspan(begin, end - begin)};
}

/// Copies the memory that the frame refers to, and releases it.
void copy_held(Frame& frame) {
  std::vector<std::uint8_t> data;
  data.reserve(frame.payload_bytes());
  for (std::size_t i = 0; i < frame.packets.size(); ++i) {
    const Frame::Payload payload = frame.payload(i);
    const Frame::Packet copied{.offset = static_cast<std::uint32_t>(data.size()),
                               .size = static_cast<std::uint16_t>(payload.size()),
                               .marker = frame.packets[i].marker};
    data.insert(data.end(), payload.head.begin(), payload.head.end());
    data.insert(data.end(), payload.body.begin(), payload.body.end());
    frame.packets[i] = copied;
  }
  frame.data = std::move(data);
  frame.held.clear();
}

} // namespace

bool FrameAssembler::can_have_tail(Bytes packet) {
  return parse(packet).has_value() && (packet[0] & 0x20) == 0;
}

void FrameAssembler::set_format(Format format) {
  format_ = std::move(format);
  open_.reset();
  skipping_ = false;
}

std::uint32_t FrameAssembler::on_our_clock(std::uint32_t timestamp, std::int64_t now_us) {
  if (!std::exchange(running_, true)) {
    last_out_ = timestamp;
  } else {
    const std::int64_t step = static_cast<std::int32_t>(timestamp - last_in_);
    const std::int64_t elapsed = (now_us - last_us_) * format_.clock_rate / 1'000'000;
    // Steps back by up to two seconds are B-frames. A greater step, or one that differs from the
    // wall clock, means that another source has taken over.
    const bool jumped = step < -2 * std::int64_t{format_.clock_rate} ||
                        step > elapsed + 10 * std::int64_t{format_.clock_rate};
    last_out_ += static_cast<std::uint32_t>(jumped ? std::max<std::int64_t>(elapsed, 1) : step);
  }
  last_in_ = timestamp;
  last_us_ = now_us;
  return last_out_;
}

void FrameAssembler::begin(std::uint32_t timestamp, bool delta, std::uint64_t ntp,
                           std::int64_t now_us) {
  open_ = std::make_shared<Frame>();
  open_bytes_ = 0;
  open_timestamp_ = timestamp;
  open_->timestamp = on_our_clock(timestamp, now_us);
  open_->ntp = ntp;
  open_->arrived_us = now_us;
  open_->key = !format_.video || (!knows_key_pictures(format_.encoding) && !delta);
}

/// Refers to the tail where it is.
bool FrameAssembler::refer_to(Bytes head, const Tail& tail, Frame::Packet& packet) {
  if (!tail.memory || tail.bytes.size() < kLeastHeld || head.size() > Frame::kMaxHead) return false;
  const Bytes whole = tail.memory->bytes;
  // The memory may have been shrunk after the tail was cut from it.
  if (tail.bytes.data() < whole.data() ||
      tail.bytes.data() + tail.bytes.size() > whole.data() + whole.size())
    return false;
  constexpr std::size_t kMost = 255; // The range of Packet::memory.
  auto& held = open_->held;
  if (held.empty() || held.back() != tail.memory) {
    if (held.size() == kMost) return false;
    held.push_back(tail.memory);
  }
  packet.offset = static_cast<std::uint32_t>(tail.bytes.data() - whole.data());
  packet.size = static_cast<std::uint16_t>(tail.bytes.size());
  packet.memory = static_cast<std::uint8_t>(held.size());
  packet.head_size = static_cast<std::uint8_t>(head.size());
  std::copy(head.begin(), head.end(), packet.head.begin());
  return true;
}

void FrameAssembler::append(Bytes head, const Tail& tail, bool marker) {
  Frame::Packet packet{.marker = marker};
  if (!refer_to(head, tail, packet)) {
    std::vector<std::uint8_t>& data = open_->data;
    packet.offset = static_cast<std::uint32_t>(data.size());
    packet.size = static_cast<std::uint16_t>(head.size() + tail.bytes.size());
    data.insert(data.end(), head.begin(), head.end());
    data.insert(data.end(), tail.bytes.begin(), tail.bytes.end());
  }
  open_->packets.push_back(packet);
  open_bytes_ += head.size() + tail.bytes.size();
}

FrameAssembler::Outcome FrameAssembler::add(Bytes packet, bool delta, std::uint64_t ntp,
                                            std::int64_t now_us) {
  return add(packet, delta, ntp, now_us, {});
}

FrameAssembler::Outcome FrameAssembler::add(Bytes packet, bool delta, std::uint64_t ntp,
                                            std::int64_t now_us, const Tail& tail) {
  const std::optional<Rtp> rtp = parse(packet);
  const std::size_t size = rtp ? rtp->payload.size() + tail.bytes.size() : 0;
  if (size == 0) return Outcome::malformed;
  const bool ends = rtp->marker || !format_.video;
  if (open_ && rtp->timestamp != open_timestamp_) open_.reset(); // Its last packet is missing.
  if (skipping_ && rtp->timestamp == open_timestamp_) return Outcome::too_large;
  skipping_ = false;
  if (!open_) begin(rtp->timestamp, delta, ntp, now_us);
  if (size > kMaxPayload || open_bytes_ + size > kMaxFrame) {
    open_.reset();
    skipping_ = !ends;
    return Outcome::too_large;
  }
  // A delimiter is contiguous: a payloader puts nothing before it.
  const Bytes start = rtp->payload.empty() ? tail.bytes : rtp->payload;
  // The timestamp already separates frames. h264parse writes a delimiter before each frame, which
  // would cost every viewer another packet and another message to the kernel.
  if (!ends && is_delimiter(format_.encoding, start)) return Outcome::more;
  append(rtp->payload, tail, rtp->marker);
  // The head of a fragment identifies it. Everything else is contiguous by now, even an aggregate,
  // whose units arrived in separate memories.
  const Frame::Payload kept = open_->payload(open_->packets.size() - 1);
  open_->key =
      open_->key || has_key_picture(format_.encoding, kept.head.empty() ? kept.body : kept.head);
  if (!ends) return Outcome::more;
  finish();
  return Outcome::complete;
}

void FrameAssembler::finish() {
  open_->number = next_frame_++;
  open_->first_packet = next_packet_;
  next_packet_ += open_->packets.size();
  // Does not hold memory of which the packets are only a small part.
  if (!open_->held.empty() && open_->memory_bytes() > 2 * open_bytes_) copy_held(*open_);
  open_->data.shrink_to_fit();
  open_->packets.shrink_to_fit();
  open_->held.shrink_to_fit();
  done_ = std::move(open_);
}

FramePtr FrameAssembler::take() { return std::move(done_); }

} // namespace fanlight::fanout
