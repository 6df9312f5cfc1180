#include "h26x/nal_unit.h"

#include "h26x/rbsp.h"

namespace fanlight::h26x {
namespace {

using Role = NalHead::Role;

// H.264, table 7-1.
Role role_h264(unsigned type) {
  switch (type) {
  case 1: // Slice, slice partitions A to C, slice of an IDR picture.
  case 2:
  case 3:
  case 4:
  case 5: return Role::slice;
  case 6: return Role::prefix;
  case 7: // SPS, PPS.
  case 8: return Role::parameter_set;
  case 9: return Role::delimiter;
  case 10: // End of sequence, end of stream.
  case 11: return Role::suffix;
  default: return Role::useless;
  }
}

// H.265, table 7-1.
Role role_h265(unsigned type) {
  if (type <= 9 || (type >= 16 && type <= 21)) return Role::slice;
  switch (type) {
  case 32: // VPS, SPS, PPS.
  case 33:
  case 34: return Role::parameter_set;
  case 35: return Role::delimiter;
  case 36: // End of sequence, end of bitstream, suffix SEI.
  case 37:
  case 40: return Role::suffix;
  case 39: return Role::prefix;
  default: return Role::useless;
  }
}

/// `ff ff .. n`: the coding of an SEI's type and size.
std::uint32_t sei_number(Rbsp& bits) {
  std::uint32_t number = 0;
  while (bits.ok()) {
    const std::uint32_t byte = bits.bits(8);
    number += byte;
    if (byte != 0xff) break;
  }
  return number;
}

} // namespace

NalHead head_of(Codec codec, Bytes begin) {
  NalHead head;
  const std::size_t size = header_size(codec);
  // forbidden_zero_bit
  if (begin.size() < size || (begin[0] & 0x80) != 0) return head;
  if (codec == Codec::h264) {
    head.type = begin[0] & 31u;
    head.role = role_h264(head.type);
    head.key = head.type == 5;
  } else {
    head.type = begin[0] >> 1 & 63u;
    const bool base_layer = (begin[0] & 1u) == 0 && begin[1] >> 3 == 0;
    if (base_layer) head.role = role_h265(head.type);
    head.key = head.type >= 16 && head.type <= 21;
  }
  if (head.role != Role::slice) return {.role = head.role, .type = head.type};
  // first_mb_in_slice is 0, which is a single 1 bit; first_slice_segment_in_pic_flag. Partitions B
  // and C of H.264 have neither.
  const bool partition = codec == Codec::h264 && (head.type == 3 || head.type == 4);
  head.first = !partition && begin.size() > size && (begin[size] & 0x80) != 0;
  return head;
}

bool is_intra_slice(Codec codec, Bytes begin) {
  // Where slice_type is in H.265 depends on the PPS; encoders of H.265 have IRAP pictures.
  if (codec != Codec::h264 || begin.size() < 2) return false;
  Rbsp bits(begin.subspan(1));
  bits.ue(); // first_mb_in_slice
  const std::uint32_t type = bits.ue();
  return bits.ok() && type % 5 == 2;
}

bool has_recovery_point(Codec codec, Bytes unit) {
  constexpr std::uint32_t kRecoveryPoint = 6;
  if (unit.size() <= header_size(codec)) return false;
  Rbsp bits(unit.subspan(header_size(codec)));
  while (true) {
    const std::uint32_t type = sei_number(bits);
    const std::uint32_t size = sei_number(bits);
    if (!bits.ok()) return false;
    if (type == kRecoveryPoint) return true;
    if (size > unit.size()) return false;
    bits.skip(8 * size);
  }
}

} // namespace fanlight::h26x
