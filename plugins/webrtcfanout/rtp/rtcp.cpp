#include "webrtcfanout/rtp/rtcp.h"

#include <algorithm>
#include <optional>

namespace fanlight::fanout {
namespace {

// Packet types (RFC 3550, section 12.1; RFC 3611, section 6.1; RFC 4585, section 6.1).
constexpr std::uint8_t kSenderReport = 200;
constexpr std::uint8_t kReceiverReport = 201;
constexpr std::uint8_t kDescription = 202; // SDES.
constexpr std::uint8_t kBye = 203;
constexpr std::uint8_t kTransportFeedback = 205;
constexpr std::uint8_t kPayloadFeedback = 206;
constexpr std::uint8_t kExtendedReport = 207;

// Blocks of extended reports (RFC 3611, section 4).
constexpr std::uint8_t kReferenceTime = 4;
constexpr std::uint8_t kDelaySinceReference = 5;

// Formats of transport feedback (RFC 4585, section 6.2; draft-holmer, section 3.1).
constexpr std::uint8_t kGenericNack = 1;
constexpr std::uint8_t kTransportCc = 15;
// Formats of payload-specific feedback (RFC 4585, section 6.3; RFC 5104, section 4.3.1).
constexpr std::uint8_t kPictureLoss = 1;
constexpr std::uint8_t kFullIntraRequest = 4;
constexpr std::uint8_t kApplication = 15;

constexpr std::size_t kHeader = 4;
constexpr std::size_t kFeedbackHeader = 12; // With the SSRCs of sender and media.
constexpr std::size_t kBlock = 24;
constexpr std::size_t kSenderInfo = 20;
constexpr std::uint8_t kCname = 1;

/// One packet of a compound packet, without padding.
struct Packet {
  std::uint8_t count = 0; ///< Of reports or sources, or the format of feedback.
  std::uint8_t type = 0;
  Bytes bytes; ///< With the header.
};

/// Takes the next packet off `rest`; none if malformed.
std::optional<Packet> take_packet(Bytes& rest) {
  if (rest.size() < kHeader || rest[0] >> 6 != 2) return std::nullopt;
  const std::size_t size = (std::size_t{read_u16(&rest[2])} + 1) * 4;
  if (size > rest.size()) return std::nullopt;
  std::size_t padding = 0;
  if (rest[0] & 0x20) {
    // RFC 3550, section 6.4.1, allows padding only in the last packet and in whole words, but
    // Chromium pads each transport-wide feedback with one to three bytes.
    padding = rest[size - 1];
    if (padding == 0 || padding > size - kHeader) return std::nullopt;
  }
  const Packet packet{static_cast<std::uint8_t>(rest[0] & 0x1f), rest[1],
                      rest.first(size - padding)};
  rest = rest.subspan(size);
  return packet;
}

bool read_reports(const Packet& packet, std::size_t first, RtcpReader& reader) {
  if (packet.bytes.size() < first + packet.count * kBlock) return false;
  for (std::size_t i = 0; i < packet.count; ++i) {
    const std::uint8_t* const at = &packet.bytes[first + i * kBlock];
    ReportBlock block;
    block.ssrc = read_u32(at);
    block.fraction_lost = at[4];
    // 24 bits with a sign.
    block.cumulative_lost = static_cast<std::int32_t>(read_u24(at + 5) << 8) >> 8;
    block.highest_sequence = read_u32(at + 8);
    block.jitter = read_u32(at + 12);
    block.last_sr = read_u32(at + 16);
    block.delay_since_last_sr = read_u32(at + 20);
    reader.on_report(block);
  }
  return true;
}

bool read_bye(const Packet& packet, RtcpReader& reader) {
  if (packet.bytes.size() < kHeader + packet.count * 4U) return false;
  // A BYE without a source has no effect (section 6.6).
  if (packet.count > 0) reader.on_bye();
  return true;
}

/// RFC 4585, section 6.2.1: each entry has a number and a bit mask of the 16 numbers after it.
bool read_nack(Bytes bytes, RtcpReader& reader) {
  if (bytes.size() < kFeedbackHeader + 4) return false;
  const std::uint32_t ssrc = read_u32(&bytes[8]);
  for (std::size_t at = kFeedbackHeader; at + 4 <= bytes.size(); at += 4) {
    const std::uint16_t first = read_u16(&bytes[at]);
    reader.on_nack(ssrc, first);
    unsigned mask = read_u16(&bytes[at + 2]);
    for (unsigned i = 1; mask != 0; ++i, mask >>= 1)
      if (mask & 1) reader.on_nack(ssrc, static_cast<std::uint16_t>(first + i));
  }
  return true;
}

/// The status chunks of transport-wide feedback, one symbol per packet (draft-holmer,
/// sections 3.1.1 to 3.1.4).
class StatusSymbols {
 public:
  enum Symbol : std::uint8_t { missing = 0, small_delta = 1, large_delta = 2, reserved = 3 };

  explicit StatusSymbols(Bytes chunks) : rest_(chunks) {}

  /// Also returns `reserved` at the end.
  Symbol next() {
    if (left_ == 0 && !take_chunk()) return reserved;
    --left_;
    if (run_) return symbol_;
    if (bits_ == 1) return bit(left_) ? small_delta : missing;
    return static_cast<Symbol>(bit(2 * left_ + 1) << 1 | bit(2 * left_));
  }
  /// The bytes after the last chunk that was read.
  Bytes rest() const { return rest_; }

 private:
  bool take_chunk() {
    if (rest_.size() < 2) return false;
    chunk_ = read_u16(rest_.data());
    rest_ = rest_.subspan(2);
    run_ = !(chunk_ & 0x8000);
    if (run_) {
      symbol_ = static_cast<Symbol>(chunk_ >> 13 & 3);
      left_ = chunk_ & 0x1fff;
    } else {
      bits_ = chunk_ & 0x4000 ? 2 : 1;
      left_ = 14U / bits_;
    }
    return left_ > 0;
  }
  unsigned bit(unsigned i) const { return chunk_ >> i & 1U; }

  Bytes rest_;
  std::uint16_t chunk_ = 0;
  bool run_ = false;
  Symbol symbol_ = missing; ///< The symbol of a run.
  unsigned bits_ = 1;       ///< Bits per symbol, in a vector.
  unsigned left_ = 0;       ///< Symbols in this chunk.
};

bool read_transport_cc(Bytes bytes, RtcpReader& reader) {
  constexpr std::size_t kFixed = kFeedbackHeader + 8;
  constexpr std::int64_t kReferenceUs = 64'000;
  constexpr std::int64_t kDeltaUs = 250;
  if (bytes.size() < kFixed) return false;
  const std::uint16_t base = read_u16(&bytes[12]);
  const std::size_t count = read_u16(&bytes[14]);
  if (count == 0) return false;
  if (count > TransportFeedback::kMaxPackets) return true;

  TransportFeedback feedback;
  feedback.count = bytes[19];
  feedback.packets.resize(count);
  StatusSymbols all(bytes.subspan(kFixed));
  for (std::size_t i = 0; i < count; ++i)
    if (all.next() == StatusSymbols::reserved) return false;

  StatusSymbols symbols(bytes.subspan(kFixed));
  Bytes deltas = all.rest();
  std::int64_t arrival = (static_cast<std::int32_t>(read_u24(&bytes[16]) << 8) >> 8) * kReferenceUs;
  for (std::size_t i = 0; i < count; ++i) {
    TransportFeedback::Packet& packet = feedback.packets[i];
    packet.sequence = static_cast<std::uint16_t>(base + i);
    const std::size_t size = symbols.next();
    if (size == StatusSymbols::missing) continue;
    // The value of a symbol is also the size of its delta.
    if (deltas.size() < size) return false;
    arrival +=
        kDeltaUs * (size == 1 ? deltas[0] : static_cast<std::int16_t>(read_u16(deltas.data())));
    deltas = deltas.subspan(size);
    packet.received = true;
    packet.arrival_us = arrival;
  }
  reader.on_transport_feedback(feedback);
  return true;
}

/// RFC 5104, section 4.3.1.1: entries of SSRC, sequence number and three reserved bytes.
bool read_full_intra_request(Bytes bytes, RtcpReader& reader) {
  constexpr std::size_t kEntry = 8;
  if (bytes.size() < kFeedbackHeader + kEntry || (bytes.size() - kFeedbackHeader) % kEntry != 0)
    return false;
  for (std::size_t at = kFeedbackHeader; at < bytes.size(); at += kEntry)
    reader.on_full_intra_request(read_u32(&bytes[at]));
  return true;
}

/// draft-alvestrand-rmcat-remb, section 2.2: "REMB", the number of SSRCs, 6 bits of exponent and 18
/// of mantissa, the SSRCs.
bool read_remb(Bytes bytes, RtcpReader& reader) {
  constexpr std::uint32_t kRemb = 0x52454d42;
  constexpr std::size_t kFixed = kFeedbackHeader + 8;
  if (bytes.size() < kFeedbackHeader + 4) return false;
  if (read_u32(&bytes[kFeedbackHeader]) != kRemb) return true; // Another application's.
  if (bytes.size() < kFixed || bytes.size() != kFixed + bytes[kFixed - 4] * 4U) return false;
  const std::uint64_t mantissa = read_u24(&bytes[kFixed - 3]) & 0x3ffff;
  const unsigned exponent = bytes[kFixed - 3] >> 2;
  if (mantissa << exponent >> exponent != mantissa) return false;
  reader.on_estimate(mantissa << exponent);
  return true;
}

bool read_feedback(const Packet& packet, RtcpReader& reader) {
  const Bytes bytes = packet.bytes;
  if (bytes.size() < kFeedbackHeader) return false;
  if (packet.type == kTransportFeedback) {
    if (packet.count == kGenericNack) return read_nack(bytes, reader);
    if (packet.count == kTransportCc) return read_transport_cc(bytes, reader);
    return true;
  }
  switch (packet.count) {
  case kPictureLoss: reader.on_picture_loss(read_u32(&bytes[8])); return true;
  case kFullIntraRequest: return read_full_intra_request(bytes, reader);
  case kApplication: return read_remb(bytes, reader);
  default: return true;
  }
}

bool read_extended_report(Bytes bytes, RtcpReader& reader) {
  constexpr std::size_t kBlockHeader = 4;
  if (bytes.size() < kHeader + 4) return false;
  const std::uint32_t ssrc = read_u32(&bytes[kHeader]);
  for (Bytes rest = bytes.subspan(kHeader + 4); !rest.empty();) {
    if (rest.size() < kBlockHeader) return false;
    const std::size_t size = kBlockHeader + std::size_t{read_u16(&rest[2])} * 4;
    if (size > rest.size()) return false;
    if (rest[0] == kReferenceTime) {
      if (size != kBlockHeader + 8) return false;
      reader.on_reference_time(ssrc, read_u64(&rest[kBlockHeader]));
    }
    rest = rest.subspan(size);
  }
  return true;
}

bool read(const Packet& packet, RtcpReader& reader) {
  switch (packet.type) {
  case kSenderReport: return read_reports(packet, kHeader + 4 + kSenderInfo, reader);
  case kReceiverReport: return read_reports(packet, kHeader + 4, reader);
  case kBye: return read_bye(packet, reader);
  case kTransportFeedback:
  case kPayloadFeedback: return read_feedback(packet, reader);
  case kExtendedReport: return read_extended_report(packet.bytes, reader);
  default: return true;
  }
}

/// `size` in bytes, a multiple of 4.
void write_header(std::uint8_t* at, unsigned count, std::uint8_t type, std::size_t size) {
  at[0] = static_cast<std::uint8_t>(0x80 | count);
  at[1] = type;
  write_u16(at + 2, static_cast<std::uint16_t>(size / 4 - 1));
}

} // namespace

bool read_rtcp(Bytes packet, RtcpReader& reader) {
  if (packet.empty()) return false;
  while (!packet.empty()) {
    const auto next = take_packet(packet);
    if (!next || !read(*next, reader)) return false;
  }
  return true;
}

std::size_t write_sender_report(MutableBytes out, const SenderReport& report,
                                std::string_view cname) {
  constexpr std::size_t kReport = kHeader + 4 + kSenderInfo;
  cname = cname.substr(0, 255);
  // SSRC, item type and length, and at least one zero to end the list (RFC 3550, section 6.5).
  const std::size_t description = (kHeader + 4 + 2 + cname.size() + 1 + 3) / 4 * 4;
  if (out.size() < kReport + description) return 0;

  std::uint8_t* at = out.data();
  write_header(at, 0, kSenderReport, kReport);
  write_u32(at + 4, report.ssrc);
  write_u64(at + 8, report.ntp);
  write_u32(at + 16, report.rtp_timestamp);
  write_u32(at + 20, report.packets);
  write_u32(at + 24, report.octets);

  at += kReport;
  std::fill_n(at, description, std::uint8_t{0});
  write_header(at, 1, kDescription, description);
  write_u32(at + 4, report.ssrc);
  at[8] = kCname;
  at[9] = static_cast<std::uint8_t>(cname.size());
  std::copy(cname.begin(), cname.end(), at + 10);
  return kReport + description;
}

std::size_t write_reference_reply(MutableBytes out, std::uint32_t ssrc,
                                  const ReferenceReply& reply) {
  constexpr std::uint16_t kWords = 3; // Of the only entry.
  if (out.size() < kReferenceReply) return 0;
  write_header(out.data(), 0, kExtendedReport, kReferenceReply);
  write_u32(&out[4], ssrc);
  out[8] = kDelaySinceReference;
  out[9] = 0;
  write_u16(&out[10], kWords);
  write_u32(&out[12], reply.ssrc);
  write_u32(&out[16], reply.ntp);
  write_u32(&out[20], reply.delay);
  return kReferenceReply;
}

std::size_t write_bye(MutableBytes out, std::uint32_t ssrc) {
  if (out.size() < kByeSize) return 0;
  write_header(out.data(), 1, kBye, kByeSize);
  write_u32(&out[4], ssrc);
  return kByeSize;
}

} // namespace fanlight::fanout
