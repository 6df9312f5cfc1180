#include "webrtcfanout/send/track_sender.h"

#include <array>
#include <cstring>

#include "webrtcfanout/base/random.h"

namespace fanlight::fanout {
namespace {

/// Without RTX, a packet that is sent again must be identical, or its key stream would encrypt two
/// messages. Therefore it has no extensions that depend on the time of sending.
std::vector<Offer::Extension> sent_extensions(const AnsweredMedia& answered) {
  std::vector<Offer::Extension> extensions;
  for (const Offer::Extension& extension : answered.extensions) {
    const bool varies = extension.uri == extension_uri::kAbsSendTime ||
                        extension.uri == extension_uri::kTransportCc;
    if (answered.use_rtx || !answered.payload.nack || !varies) extensions.push_back(extension);
  }
  return extensions;
}

/// The payload as one contiguous piece: in place, or copied to `at`, where it may be encrypted in
/// place.
Bytes in_one_piece(const Frame::Payload& payload, std::uint8_t* at) {
  if (payload.head.empty()) return payload.body;
  payload.copy_to(at);
  return {at, payload.size()};
}

} // namespace

TrackSender::TrackSender(const AnsweredMedia& answered, const std::string& mid, bool video)
    : header_(answered.payload.type, answered.ssrc, sent_extensions(answered), mid),
      // In the lower half of the range, so that the first packets do not wrap around.
      rewriter_(static_cast<std::uint16_t>(random_u32() & 0x7fff), random_u32()), video_(video),
      repairs_negotiated_(answered.payload.nack), ssrc_(answered.ssrc),
      rtx_ssrc_(answered.use_rtx ? answered.rtx_ssrc : 0),
      clock_rate_(answered.payload.clock_rate) {
  if (!answered.use_rtx) return;
  rtx_header_ = RtpHeader(*answered.payload.rtx, answered.rtx_ssrc, answered.extensions, mid);
  rtx_index_ = random_u32() & 0x7fff;
}

void TrackSender::go_to(const Frame& start, const Frame& newest, std::uint32_t interval) {
  rewriter_.begin(start, newest, interval, clock_rate_);
  frame_ = start.number;
  edge_ = newest.number;
  packet_ = 0;
  started_ = true;
}

void TrackSender::write(const Frame& frame, std::size_t index, const Moment& moment,
                        std::uint16_t transport_sequence, RtpProtector& srtp, std::uint8_t* out) {
  const std::uint64_t packet = frame.first_packet + index;
  const std::uint64_t number = rewriter_.index_of(packet);
  const std::uint32_t timestamp = rewriter_.timestamp_of(frame);
  const Bytes payload = in_one_piece(frame.payload(index), out + header_.size());
  std::array<std::uint8_t, RtpHeader::kMaxSize> header;
  header_.write(header.data(), {static_cast<std::uint16_t>(number), timestamp,
                                frame.packets[index].marker, moment.send_time, transport_sequence});
  if (srtp.protect(Bytes{header.data(), header_.size()}, payload, number, out) == 0)
    std::memset(out, 0, packet_size(frame, index, srtp));
  rewriter_.sent(packet, timestamp);
  ++packets_sent_;
  octets_sent_ += static_cast<std::uint32_t>(payload.size());
}

std::size_t TrackSender::write_again(const Frame& frame, const RtpRewriter::Sent& sent,
                                     std::uint16_t sequence, const Moment& moment,
                                     std::uint16_t transport_sequence, RtpProtector& srtp,
                                     std::uint8_t* out) {
  const std::size_t index = sent.packet - frame.first_packet;
  const Frame::Payload payload = frame.payload(index);
  RtpHeader::Fields fields{sequence, rewriter_.timestamp_of(frame, *sent.run),
                           frame.packets[index].marker, moment.send_time, transport_sequence};
  std::array<std::uint8_t, RtpHeader::kMaxSize> header;
  if (rtx_ssrc_ == 0) {
    header_.write(header.data(), fields);
    return srtp.protect(Bytes{header.data(), header_.size()},
                        in_one_piece(payload, out + header_.size()), sent.index, out);
  }
  fields.sequence = static_cast<std::uint16_t>(rtx_index_);
  rtx_header_.write(header.data(), fields);
  std::array<std::uint8_t, kMaxPacket> original;
  write_u16(original.data(), sequence);
  payload.copy_to(original.data() + 2);
  return srtp.protect(Bytes{header.data(), rtx_header_.size()},
                      Bytes{original.data(), payload.size() + 2}, rtx_index_++, out);
}

} // namespace fanlight::fanout
