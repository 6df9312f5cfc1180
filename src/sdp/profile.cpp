#include "sdp/profile.h"

#include <array>
#include <charconv>

#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

using Name = H264Profile::Name;

/// RFC 6184, table 5: profile_idc and constraint bits together give the profile. Only bits that
/// distinguish profiles count, because encoders set the others arbitrarily.
Name name_of(unsigned idc, unsigned constraints) {
  const bool set0 = constraints & 0x80;
  const bool set1 = constraints & 0x40;
  const bool set4_and_5 = (constraints & 0x0c) == 0x0c;
  switch (idc) {
  case 0x42: return set1 ? Name::constrained_baseline : Name::baseline;
  case 0x4d: return set0 ? Name::constrained_baseline : Name::main;
  case 0x58: return set0 ? (set1 ? Name::constrained_baseline : Name::baseline) : Name::extended;
  case 0x64: return set4_and_5 ? Name::constrained_high : Name::high;
  case 0x6e: return Name::high_10;
  case 0x7a: return Name::high_422;
  case 0x2c:
  case 0xf4: return Name::high_444;
  default: return Name::unknown;
  }
}

/// The profiles that include each other, the smallest first. Baseline counts as Constrained
/// Baseline: no camera sends what distinguishes them (FMO, ASO, redundant slices). Constrained High
/// ranks below High, but does not include Main (interlace).
std::optional<int> rank(Name name) {
  switch (name) {
  case Name::constrained_baseline: return 0;
  case Name::baseline: return 1;
  case Name::main: return 2;
  case Name::constrained_high: return 3;
  case Name::high: return 4;
  case Name::high_10: return 5;
  case Name::high_422: return 6;
  case Name::high_444: return 7;
  case Name::extended:
  case Name::unknown: break;
  }
  return {};
}

std::optional<int> value_of(const std::map<std::string, std::string>& fmtp, const char* key,
                            int missing, unsigned max) {
  const auto found = fmtp.find(key);
  if (found == fmtp.end()) return missing;
  const auto number = sdp::number(found->second, max);
  if (!number) return {};
  return static_cast<int>(*number);
}

} // namespace

std::optional<H264Profile> H264Profile::parse(std::string_view profile_level_id) {
  unsigned bits = 0;
  const char* const end = profile_level_id.data() + profile_level_id.size();
  const auto [stop, error] = std::from_chars(profile_level_id.data(), end, bits, 16);
  if (profile_level_id.size() != 6 || error != std::errc{} || stop != end) return {};
  H264Profile profile;
  profile.name = name_of(bits >> 16, (bits >> 8) & 0xff);
  profile.level = static_cast<int>(bits & 0xff);
  return profile;
}

std::optional<int> H264Profile::distance_to(const H264Profile& decoder) const {
  if (name == decoder.name) return name == Name::unknown ? std::nullopt : std::optional(0);
  const auto mine = rank(name);
  const auto other = rank(decoder.name);
  if (!mine || !other) return {};
  if (name == Name::baseline && decoder.name == Name::constrained_baseline) return 1;
  if (name == Name::main && decoder.name == Name::constrained_high) return {};
  if (*other < *mine) return {};
  return *other - *mine;
}

const char* to_string(H264Profile::Name name) {
  switch (name) {
  case Name::constrained_baseline: return "Constrained Baseline";
  case Name::baseline: return "Baseline";
  case Name::extended: return "Extended";
  case Name::main: return "Main";
  case Name::constrained_high: return "Constrained High";
  case Name::high: return "High";
  case Name::high_10: return "High 10";
  case Name::high_422: return "High 4:2:2";
  case Name::high_444: return "High 4:4:4";
  case Name::unknown: break;
  }
  return "unknown profile";
}

std::optional<H265Profile> H265Profile::parse(const std::map<std::string, std::string>& fmtp) {
  const auto space = value_of(fmtp, "profile-space", 0, 3);
  const auto id = value_of(fmtp, "profile-id", 1, 31);
  const auto tier = value_of(fmtp, "tier-flag", 0, 1);
  const auto level = value_of(fmtp, "level-id", 93, 255);
  if (!space || !id || !tier || !level) return {};
  H265Profile profile{*space, *id, *tier, *level, fmtp.contains("level-id"), true};
  if (const auto mode = fmtp.find("tx-mode"); mode != fmtp.end()) {
    profile.single_stream = sdp::equals_ignoring_case(mode->second, "SRST");
  }
  return profile;
}

std::optional<int> H265Profile::distance_to(const H265Profile& decoder) const {
  if (!decoder.single_stream || space != decoder.space || tier > decoder.tier) return {};
  int distance = decoder.tier - tier;
  if (id == decoder.id) return distance;
  // A Main 10 decoder decodes Main and Main Still Picture, a Main decoder the latter (H.265, A.3).
  const bool included = (id == 1 && decoder.id == 2) || (id == 3 && decoder.id <= 2);
  if (space != 0 || !included) return {};
  return distance + 2;
}

std::string H265Profile::name() const {
  static constexpr std::array<const char*, 5> kNames{nullptr, "Main", "Main 10",
                                                     "Main Still Picture", "Range Extensions"};
  std::string text = space == 0 && id > 0 && id < static_cast<int>(kNames.size())
                         ? std::string(kNames[static_cast<std::size_t>(id)])
                         : "profile-id " + std::to_string(id);
  if (tier == 1) text += ", high tier";
  return text;
}

std::string level_to_string(int tenths) {
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

} // namespace fanlight::sdp
