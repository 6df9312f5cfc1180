#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

/// The H.264 and H.265 profiles that offers name.
namespace fanlight::sdp {

/// `profile-level-id` of H.264 (RFC 6184, section 8.1).
struct H264Profile {
  enum class Name {
    constrained_baseline,
    baseline,
    extended,
    main,
    constrained_high,
    high,
    high_10,
    high_422,
    high_444,
    unknown
  };
  Name name = Name::unknown;
  int level = 0; ///< Ten times the level: 31 means 3.1.

  /// None unless the text is six hexadecimal digits.
  static std::optional<H264Profile> parse(std::string_view profile_level_id);

  /// How far `decoder` exceeds this stream: 0 for the same profile, more for one that includes it;
  /// none if it does not include it.
  std::optional<int> distance_to(const H264Profile& decoder) const;
};
const char* to_string(H264Profile::Name name);

/// `profile-id`, `tier-flag`, ... of H.265 with the defaults of RFC 7798, section 7.1.
struct H265Profile {
  int space = 0;
  int id = 1; ///< 1 Main, 2 Main 10, ...
  int tier = 0;
  int level = 93; ///< Thirty times the level: 93 means 3.1.
  bool has_level = false;
  bool single_stream = true; ///< tx-mode SRST, the default.

  /// None if a value is not a number in its range.
  static std::optional<H265Profile> parse(const std::map<std::string, std::string>& fmtp);

  /// As for H264Profile.
  std::optional<int> distance_to(const H265Profile& decoder) const;
  std::string name() const; ///< "Main", "Main 10, high tier".
};

/// "3.1" from ten times the level.
std::string level_to_string(int tenths);

} // namespace fanlight::sdp
