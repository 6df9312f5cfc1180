#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace fanlight {

/// Puts code words of G.726 that begin at the lowest bit of the first byte (RFC 3551, section
/// 4.5.4) into the order of AAL2 and of decoders, which begin at the highest (section 4.5.4 of the
/// same, and ITU-T I.366.2, annex E). `bits`: of a code word, 2 to 5. Bytes at the end are
/// dropped if they make no group: three or five bytes of eight code words, with 3 or 5 bits each.
std::vector<std::uint8_t> in_decoding_order(std::span<const std::uint8_t> bytes, unsigned bits);

} // namespace fanlight
