#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "h26x/nal_unit.h"

namespace fanlight::h26x {

/// A NAL unit in an RTP payload, or a part of one.
struct Piece {
  std::array<std::uint8_t, 2> header{}; ///< Of the unit, if `bytes` lacks it.
  std::uint8_t header_bytes = 0;
  Bytes bytes;
  bool begins = true; ///< The first part of its unit.
  bool ends = true;   ///< The last part, as far as the payload says.
};

/// Where the next start code of a byte stream begins, with its zeros; the end: there is none.
std::size_t next_start_code(Bytes bytes);

/// Takes an RTP payload apart (RFC 6184 without interleaving; RFC 7798 without DONL and PACI),
/// without a copy. Some cameras leave start codes: those before a unit are skipped, and a payload
/// of one unit is taken apart if a start code follows a parameter set or a delimiter.
class RtpPayload {
 public:
  RtpPayload(Codec codec, Bytes payload);
  /// The next piece; none: the payload is used up, or the rest is malformed.
  std::optional<Piece> next();
  bool malformed() const { return malformed_; }
  unsigned type() const { return type_; } ///< The NAL unit type that the payload begins with.

 private:
  std::optional<Piece> next_single();
  std::optional<Piece> next_aggregated();
  std::optional<Piece> fragment();
  std::optional<Piece> reject();

  const Codec codec_;
  Bytes rest_;
  unsigned type_ = 0;
  enum class Kind { single, aggregate, fragment } kind_ = Kind::single;
  bool malformed_ = false;
  bool packed_ = false; ///< A start code has ended a single unit.
};

} // namespace fanlight::h26x
