#include "media/codec.h"

#include <cstdio>
#include <cstdlib>
#include <iterator>

namespace fanlight::media {
namespace {

struct H264Profile {
  const char* name;
  int profile_idc;
  int constraints; // constraint_set0_flag is the highest bit.
};

// ITU-T H.264, annex A.2.
constexpr H264Profile kH264Profiles[] = {
    {"constrained-baseline", 66, 0xe0},
    {"baseline", 66, 0x00},
    {"main", 77, 0x00},
    {"extended", 88, 0x00},
    {"high", 100, 0x00},
    {"progressive-high", 100, 0x08},
    {"constrained-high", 100, 0x0c},
    {"high-10", 110, 0x00},
    {"high-4:2:2", 122, 0x00},
    {"high-4:4:4", 244, 0x00},
};

struct H265Profile {
  const char* name;
  int profile_idc;
};

// ITU-T H.265, annex A.3.
constexpr H265Profile kH265Profiles[] = {
    {"main", 1}, {"main-10", 2}, {"main-still-picture", 3}, {"main-422-10", 4}, {"main-444", 4}};

std::string text_field(const GstStructure* structure, const char* field) {
  const char* text = gst_structure_get_string(structure, field);
  return text == nullptr ? "" : text;
}

/// "3.1" -> 31, "4" -> 40.
int level_times_ten(const std::string& level) {
  return static_cast<int>(std::strtod(level.c_str(), nullptr) * 10 + 0.5);
}

void read_picture(const GstStructure* structure, Stream& stream) {
  gst_structure_get_int(structure, "width", &stream.width);
  gst_structure_get_int(structure, "height", &stream.height);
  int numerator = 0;
  int denominator = 1;
  if (gst_structure_get_fraction(structure, "framerate", &numerator, &denominator) &&
      denominator > 0)
    stream.fps = static_cast<double>(numerator) / denominator;
}

Stream h264_stream(const GstStructure* structure) {
  Stream stream{.format = {.encoding = "H264", .clock_rate = 90000}};
  stream.format.fmtp["packetization-mode"] = "1";
  stream.format.fmtp["profile-level-id"] =
      h264_profile_level_id(text_field(structure, "profile"), text_field(structure, "level"));
  read_picture(structure, stream);
  return stream;
}

Stream h265_stream(const GstStructure* structure) {
  Stream stream{.format = {.encoding = "H265", .clock_rate = 90000}};
  int profile_id = 1;
  const std::string profile = text_field(structure, "profile");
  for (const H265Profile& known : kH265Profiles)
    if (profile == known.name) profile_id = known.profile_idc;
  stream.format.fmtp["profile-id"] = std::to_string(profile_id);
  stream.format.fmtp["tier-flag"] = text_field(structure, "tier") == "high" ? "1" : "0";
  // general_level_idc is thirty times the level (RFC 7798, section 7.1).
  const int level = level_times_ten(text_field(structure, "level"));
  stream.format.fmtp["level-id"] = std::to_string(level == 0 ? 93 : level * 3);
  stream.format.fmtp["tx-mode"] = "SRST";
  read_picture(structure, stream);
  return stream;
}

} // namespace

std::string h264_profile_level_id(const std::string& profile, const std::string& level) {
  H264Profile found = kH264Profiles[0];
  for (const H264Profile& known : kH264Profiles)
    if (profile == known.name) found = known;
  int level_idc = level_times_ten(level);
  if (level == "1b") {
    level_idc = 11;
    found.constraints |= 0x10; // Level 1b is level 1.1 with constraint_set3_flag.
  } else if (level_idc == 0) {
    level_idc = 31;
  }
  char text[8];
  std::snprintf(text, sizeof text, "%02x%02x%02x", found.profile_idc & 0xff,
                found.constraints & 0xff, level_idc & 0xff);
  return text;
}

std::optional<Stream> stream_of(const GstCaps* caps) {
  if (caps == nullptr || gst_caps_is_any(caps) || gst_caps_is_empty(caps)) return std::nullopt;
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  if (gst_structure_has_name(structure, "video/x-h264")) return h264_stream(structure);
  if (gst_structure_has_name(structure, "video/x-h265")) return h265_stream(structure);
  return std::nullopt;
}

bool is_aac(const std::string& encoding) {
  return encoding == "MPEG4-GENERIC" || encoding == "MP4A-LATM";
}

std::optional<Stream> sound_of(const std::string& encoding) {
  if (encoding == "OPUS" || is_aac(encoding))
    return Stream{.format = {.encoding = "OPUS", .clock_rate = 48000, .channels = 2}};
  if (encoding == "PCMU" || encoding == "PCMA")
    return Stream{.format = {.encoding = encoding, .clock_rate = 8000}};
  return std::nullopt;
}

std::string encoding_name(config::VideoCodec codec) {
  return codec == config::VideoCodec::h265 ? "H265" : "H264";
}

} // namespace fanlight::media
