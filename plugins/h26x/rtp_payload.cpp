#include "h26x/rtp_payload.h"

#include <algorithm>
#include <iterator>

namespace fanlight::h26x {
namespace {

// RFC 6184, table 1.
constexpr unsigned kStapA = 24;
constexpr unsigned kFuA = 28;
constexpr unsigned kLastSingle = 23;
// RFC 7798, sections 4.4.2 and 4.4.3.
constexpr unsigned kAggregation = 48;
constexpr unsigned kFragmentation = 49;

Bytes without_start_code(Bytes unit) {
  std::size_t zeros = 0;
  while (zeros < unit.size() && unit[zeros] == 0) ++zeros;
  return zeros >= 2 && zeros < unit.size() && unit[zeros] == 1 ? unit.subspan(zeros + 1) : unit;
}

} // namespace

std::size_t next_start_code(Bytes bytes) {
  constexpr std::uint8_t kCode[] = {0, 0, 1};
  const auto code = std::search(bytes.begin(), bytes.end(), std::begin(kCode), std::end(kCode));
  if (code == bytes.end()) return bytes.size();
  auto at = static_cast<std::size_t>(code - bytes.begin());
  while (at > 0 && bytes[at - 1] == 0) --at;
  return at;
}

RtpPayload::RtpPayload(Codec codec, Bytes payload)
    : codec_(codec), rest_(without_start_code(payload)) {
  if (rest_.size() < header_size(codec)) return;
  const bool h264 = codec == Codec::h264;
  type_ = h264 ? rest_[0] & 31u : rest_[0] >> 1 & 63u;
  if (type_ == (h264 ? kStapA : kAggregation)) {
    kind_ = Kind::aggregate;
    rest_ = rest_.subspan(header_size(codec));
  } else if (type_ == (h264 ? kFuA : kFragmentation)) {
    kind_ = Kind::fragment;
  } else if (type_ > (h264 ? kLastSingle : kAggregation)) {
    malformed_ = true;
  }
}

std::optional<Piece> RtpPayload::reject() {
  malformed_ = true;
  rest_ = {};
  return {};
}

std::optional<Piece> RtpPayload::next() {
  if (rest_.empty() || malformed_) return {};
  if (kind_ == Kind::aggregate) return next_aggregated();
  if (kind_ == Kind::fragment) return fragment();
  return next_single();
}

std::optional<Piece> RtpPayload::next_single() {
  if (rest_.size() < header_size(codec_)) return reject();
  Piece piece;
  piece.bytes = rest_;
  using Role = NalHead::Role;
  const Role role = head_of(codec_, rest_).role;
  // An SEI that comes first stays whole, even if its data look like a start code.
  if (role == Role::parameter_set || role == Role::delimiter || (packed_ && role == Role::prefix))
    piece.bytes = rest_.first(next_start_code(rest_));
  packed_ = piece.bytes.size() < rest_.size();
  rest_ = without_start_code(rest_.subspan(piece.bytes.size()));
  return piece;
}

std::optional<Piece> RtpPayload::next_aggregated() {
  while (!rest_.empty()) {
    if (rest_.size() < 2) return reject();
    const std::size_t size = std::size_t{rest_[0]} << 8 | rest_[1];
    if (size > rest_.size() - 2) return reject();
    Piece piece;
    piece.bytes = without_start_code(rest_.subspan(2, size));
    rest_ = rest_.subspan(2 + size);
    // An empty unit is padding: some cameras send it.
    if (piece.bytes.size() >= header_size(codec_)) return piece;
  }
  return {};
}

std::optional<Piece> RtpPayload::fragment() {
  const std::size_t before = header_size(codec_) + 1; // The header of the fragment.
  if (rest_.size() <= before) return reject();
  const std::uint8_t fragment = rest_[before - 1];
  Piece piece;
  piece.begins = (fragment & 0x80) != 0;
  piece.ends = (fragment & 0x40) != 0;
  piece.bytes = rest_.subspan(before);
  if (codec_ == Codec::h264) {
    piece.header[0] = static_cast<std::uint8_t>((rest_[0] & 0xe0) | (fragment & 0x1f));
    piece.header_bytes = 1;
  } else {
    piece.header = {static_cast<std::uint8_t>((rest_[0] & 0x81) | (fragment & 0x3f) << 1),
                    rest_[1]};
    piece.header_bytes = 2;
  }
  rest_ = {};
  return piece;
}

} // namespace fanlight::h26x
