#include "webrtcfanout/stream/frame_assembler.h"

#include <algorithm>
#include <utility>

#include "webrtcfanout/stream/key_frame.h"

namespace fanlight::fanout {
namespace {

struct Rtp {
  bool marker = false;
  std::uint32_t timestamp = 0;
  Bytes payload;
};

/// RFC 3550, section 5.1; header extensions and padding are passed over. Empty payload: malformed.
Rtp parse(Bytes packet) {
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
  if (begin >= end) return {};
  return {(packet[1] & 0x80) != 0, read_u32(packet.data() + 4), packet.subspan(begin, end - begin)};
}

} // namespace

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
    // Back by up to two seconds are B-frames; else, or far from what the clock on the wall says,
    // another source has taken over.
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
  open_timestamp_ = timestamp;
  open_->timestamp = on_our_clock(timestamp, now_us);
  open_->ntp = ntp;
  open_->arrived_us = now_us;
  open_->key = !format_.video || (!knows_key_pictures(format_.encoding) && !delta);
}

FrameAssembler::Outcome FrameAssembler::add(Bytes packet, bool delta, std::uint64_t ntp,
                                            std::int64_t now_us) {
  const Rtp rtp = parse(packet);
  if (rtp.payload.empty()) return Outcome::malformed;
  const bool ends = rtp.marker || !format_.video;
  if (open_ && rtp.timestamp != open_timestamp_) open_.reset(); // Its last packet never came.
  if (skipping_ && rtp.timestamp == open_timestamp_) return Outcome::too_large;
  skipping_ = false;
  if (!open_) begin(rtp.timestamp, delta, ntp, now_us);
  if (rtp.payload.size() > kMaxPayload || open_->data.size() + rtp.payload.size() > kMaxFrame) {
    open_.reset();
    skipping_ = !ends;
    return Outcome::too_large;
  }
  // The timestamp delimits, too; h264parse writes one before each picture, which would cost every
  // viewer a packet of its own, and a message to the kernel.
  if (!ends && is_delimiter(format_.encoding, rtp.payload)) return Outcome::more;
  open_->packets.push_back({static_cast<std::uint32_t>(open_->data.size()),
                            static_cast<std::uint16_t>(rtp.payload.size()), rtp.marker});
  open_->data.insert(open_->data.end(), rtp.payload.begin(), rtp.payload.end());
  open_->key = open_->key || has_key_picture(format_.encoding, rtp.payload);
  if (!ends) return Outcome::more;
  open_->number = next_frame_++;
  open_->first_packet = next_packet_;
  next_packet_ += open_->packets.size();
  open_->data.shrink_to_fit();
  open_->packets.shrink_to_fit();
  done_ = std::move(open_);
  return Outcome::complete;
}

FramePtr FrameAssembler::take() { return std::move(done_); }

} // namespace fanlight::fanout
