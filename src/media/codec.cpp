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

RtpFormat rtp_format(Codec codec, int clock_rate, int channels) {
  return {
      .encoding = encoding_name(codec), .clock_rate = clock_rate, .channels = channels, .fmtp = {}};
}

void read_picture(const GstStructure* structure, TrackFormat& format) {
  gst_structure_get_int(structure, "width", &format.width);
  gst_structure_get_int(structure, "height", &format.height);
  int numerator = 0;
  int denominator = 1;
  if (gst_structure_get_fraction(structure, "framerate", &numerator, &denominator) &&
      denominator > 0)
    format.fps = static_cast<double>(numerator) / denominator;
}

TrackFormat h264_format(const GstStructure* structure) {
  TrackFormat format{.rtp = rtp_format(Codec::h264, 90000, 1)};
  format.rtp.fmtp["packetization-mode"] = "1";
  format.rtp.fmtp["profile-level-id"] =
      h264_profile_level_id(text_field(structure, "profile"), text_field(structure, "level"));
  read_picture(structure, format);
  return format;
}

TrackFormat h265_format(const GstStructure* structure) {
  TrackFormat format{.rtp = rtp_format(Codec::h265, 90000, 1)};
  int profile_id = 1;
  const std::string profile = text_field(structure, "profile");
  for (const H265Profile& known : kH265Profiles)
    if (profile == known.name) profile_id = known.profile_idc;
  format.rtp.fmtp["profile-id"] = std::to_string(profile_id);
  format.rtp.fmtp["tier-flag"] = text_field(structure, "tier") == "high" ? "1" : "0";
  // general_level_idc is thirty times the level (RFC 7798, section 7.1).
  const int level = level_times_ten(text_field(structure, "level"));
  format.rtp.fmtp["level-id"] = std::to_string(level == 0 ? 93 : level * 3);
  format.rtp.fmtp["tx-mode"] = "SRST";
  read_picture(structure, format);
  return format;
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

std::optional<TrackFormat> video_format(const GstCaps* caps) {
  if (caps == nullptr || gst_caps_is_any(caps) || gst_caps_is_empty(caps)) return std::nullopt;
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  if (gst_structure_has_name(structure, "video/x-h264")) return h264_format(structure);
  if (gst_structure_has_name(structure, "video/x-h265")) return h265_format(structure);
  return std::nullopt;
}

std::optional<TrackFormat> sound_format(Codec codec) {
  switch (codec) {
  case Codec::opus: return TrackFormat{.rtp = rtp_format(codec, 48000, 2)};
  case Codec::pcmu:
  case Codec::pcma: return TrackFormat{.rtp = rtp_format(codec, 8000, 1)};
  case Codec::aac:
  case Codec::g726:
  case Codec::l16:
  case Codec::h264:
  case Codec::h265: break;
  }
  return std::nullopt;
}

} // namespace fanlight::media
