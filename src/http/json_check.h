#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fanlight::http::json {

/// What one text from a client may hold.
struct Bounds {
  static constexpr std::size_t kBytes = 1024 * 1024;
  static constexpr std::size_t kDepth = 16;
  static constexpr std::size_t kMembers = 64;  ///< Of one object.
  static constexpr std::size_t kValues = 4096; ///< Of all objects and lists together.
  static constexpr std::size_t kKey = 128;     ///< Bytes of a member's name.
  static constexpr std::size_t kNumber = 32;   ///< Characters of a number.
};

/// Where and why a text is refused.
struct SyntaxError {
  std::size_t byte = 0; ///< Counted from 0.
  const char* why = "";

  std::string message() const { return "byte " + std::to_string(byte) + ": " + why; }
};

/// Nothing, if `text` is one JSON value by the letter of RFC 8259, within Bounds. In addition, what
/// parsers read in different ways is refused: a member's name that is there twice, NUL, half a
/// surrogate pair, and a number that a double or, if it is whole, 64 bits cannot hold.
///
/// Linear in the size of the text; the stack and the memory do not grow with its depth.
std::optional<SyntaxError> check(std::string_view text);

} // namespace fanlight::http::json
