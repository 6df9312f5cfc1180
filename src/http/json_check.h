#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace fanlight::http::json {

/// Limits for one text from a client.
struct Bounds {
  static constexpr std::size_t kBytes = 1024 * 1024;
  static constexpr std::size_t kDepth = 16;
  static constexpr std::size_t kMembers = 64;  ///< Of one object.
  static constexpr std::size_t kValues = 4096; ///< Of all objects and lists together.
  static constexpr std::size_t kKey = 128;     ///< Bytes of a member's name.
  static constexpr std::size_t kNumber = 32;   ///< Characters of a number.
};

/// Where and why a text is rejected.
struct SyntaxError {
  std::size_t byte = 0; ///< Counted from 0.
  const char* why = "";

  std::string message() const { return "byte " + std::to_string(byte) + ": " + why; }
};

/// None if `text` is exactly one JSON value (RFC 8259) within Bounds. Also rejects what parsers
/// read in different ways: duplicate names of members, NUL, unpaired surrogates, and numbers that
/// do not fit into a double or, if integer, into 64 bits.
///
/// Takes linear time; the stack and the memory do not grow with the depth.
std::optional<SyntaxError> check(std::string_view text);

} // namespace fanlight::http::json
