#pragma once

#include <cstdint>
#include <string>

namespace fanlight::fanout {

/// A number from the kernel's generator.
std::uint32_t random_u32();
/// A random text in ICE's alphabet (RFC 8839, section 5.4: letters, digits, + and /), 6 bits per
/// character.
std::string random_ice_text(std::size_t length);
/// The same in an alphabet for URLs: - and _ instead of + and /.
std::string random_name(std::size_t length);

} // namespace fanlight::fanout
