#include "camsim/picture/sei.h"

#include <algorithm>

namespace fanlight::camsim {
namespace {

using config::VideoCodec;
using Bytes = std::span<const std::uint8_t>;

constexpr std::uint8_t kUserDataUnregistered = 5;
constexpr std::size_t kPayloadSize = kSendStampUuid.size() + 8 + 4;

std::size_t header_size(VideoCodec codec) { return codec == VideoCodec::h264 ? 1 : 2; }

bool is_sei(VideoCodec codec, Bytes nal) {
  if (nal.size() <= header_size(codec)) return false;
  if (codec == VideoCodec::h264) return (nal[0] & 0x1f) == 6;
  const int type = nal[0] >> 1 & 0x3f;
  return type == 39 || type == 40;
}

void append_big_endian(std::vector<std::uint8_t>& out, std::uint64_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<std::uint8_t>(value >> shift));
}

std::uint64_t read_big_endian(Bytes bytes) {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

/// Appends `rbsp` with emulation prevention: an 0x03 before any byte below 4 that follows two
/// zeros.
void append_escaped(std::vector<std::uint8_t>& out, Bytes rbsp) {
  int zeros = 0;
  for (const std::uint8_t byte : rbsp) {
    if (zeros == 2 && byte <= 3) {
      out.push_back(3);
      zeros = 0;
    }
    out.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
}

std::vector<std::uint8_t> unescape(Bytes nal) {
  std::vector<std::uint8_t> rbsp;
  rbsp.reserve(nal.size());
  int zeros = 0;
  for (const std::uint8_t byte : nal) {
    if (zeros >= 2 && byte == 3) {
      zeros = 0;
      continue;
    }
    rbsp.push_back(byte);
    zeros = byte == 0 ? zeros + 1 : 0;
  }
  return rbsp;
}

/// The `ff ff .. n` coding of payload type and size; empty at the end of the bytes.
std::optional<std::size_t> take_sei_number(Bytes& bytes) {
  std::size_t number = 0;
  while (!bytes.empty()) {
    const std::uint8_t byte = bytes.front();
    bytes = bytes.subspan(1);
    number += byte;
    if (byte != 0xff) return number;
  }
  return {};
}

std::vector<Bytes> split_lengths(Bytes unit) {
  std::vector<Bytes> nals;
  while (unit.size() > 4) {
    const std::uint64_t size = read_big_endian(unit.first(4));
    unit = unit.subspan(4);
    if (size > unit.size()) break;
    nals.push_back(unit.first(size));
    unit = unit.subspan(size);
  }
  return nals;
}

std::vector<Bytes> split_start_codes(Bytes unit) {
  constexpr std::array<std::uint8_t, 3> kStartCode = {0, 0, 1};
  std::vector<Bytes> nals;
  auto code = std::search(unit.begin(), unit.end(), kStartCode.begin(), kStartCode.end());
  while (code != unit.end()) {
    const auto begin = code + kStartCode.size();
    code = std::search(begin, unit.end(), kStartCode.begin(), kStartCode.end());
    auto end = code;
    while (end != begin && *(end - 1) == 0) --end; // trailing_zero_8bits, or a four-byte code.
    if (end != begin) nals.emplace_back(begin, end);
  }
  return nals;
}

} // namespace

std::vector<std::uint8_t> write_send_stamp(VideoCodec codec, SendStamp stamp) {
  std::vector<std::uint8_t> rbsp = {kUserDataUnregistered, kPayloadSize};
  rbsp.insert(rbsp.end(), kSendStampUuid.begin(), kSendStampUuid.end());
  append_big_endian(rbsp, stamp.unix_us, 8);
  append_big_endian(rbsp, stamp.frame, 4);
  rbsp.push_back(0x80); // rbsp_trailing_bits

  std::vector<std::uint8_t> nal;
  nal.reserve(rbsp.size() + 8);
  if (codec == VideoCodec::h264)
    nal = {0x06};
  else
    nal = {39 << 1, 0x01}; // PREFIX_SEI_NUT, layer 0, temporal id 0.
  append_escaped(nal, rbsp);
  return nal;
}

std::optional<SendStamp> read_send_stamp(VideoCodec codec, Bytes nal) {
  if (!is_sei(codec, nal)) return {};
  const std::vector<std::uint8_t> rbsp = unescape(nal.subspan(header_size(codec)));
  Bytes rest(rbsp);
  while (rest.size() > 2) {
    const auto type = take_sei_number(rest);
    const auto size = take_sei_number(rest);
    if (!type || !size || *size > rest.size()) return {};
    const Bytes payload = rest.first(*size);
    if (*type == kUserDataUnregistered && *size == kPayloadSize &&
        std::equal(kSendStampUuid.begin(), kSendStampUuid.end(), payload.begin())) {
      return SendStamp{read_big_endian(payload.subspan(16, 8)),
                       static_cast<std::uint32_t>(read_big_endian(payload.subspan(24, 4)))};
    }
    rest = rest.subspan(*size);
  }
  return {};
}

std::optional<SendStamp> find_send_stamp(VideoCodec codec, NalFraming framing, Bytes access_unit) {
  for (const Bytes nal : split_nals(framing, access_unit)) {
    if (const auto stamp = read_send_stamp(codec, nal)) return stamp;
  }
  return {};
}

bool has_idr(VideoCodec codec, Bytes length_prefixed) {
  for (const Bytes nal : split_lengths(length_prefixed)) {
    if (nal.empty()) continue;
    const int type = codec == VideoCodec::h264 ? nal[0] & 0x1f : nal[0] >> 1 & 0x3f;
    // H.265: all IRAP pictures.
    if (codec == VideoCodec::h264 ? type == 5 : type >= 16 && type <= 21) return true;
  }
  return false;
}

std::vector<Bytes> split_nals(NalFraming framing, Bytes access_unit) {
  return framing == NalFraming::length_prefixed ? split_lengths(access_unit)
                                                : split_start_codes(access_unit);
}

} // namespace fanlight::camsim
