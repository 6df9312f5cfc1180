#pragma once

#include <cstdint>
#include <string>

namespace fanlight::fanout {

/// From the kernel's generator.
std::uint32_t random_u32();
/// So many characters of ICE's alphabet (RFC 8839, section 5.4: letters, digits, + and /), 6 bits
/// each.
std::string random_ice_text(std::size_t length);
/// The same of an alphabet that may stand in URLs: - and _ in place of + and /.
std::string random_name(std::size_t length);

} // namespace fanlight::fanout
