#include "media/rtsp/media_lines.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <string_view>

#include "base/codec.h"
#include "gst/ref.h"

namespace fanlight::media {
namespace {

constexpr std::size_t kMostName = 64; // Bytes; a reason does not repeat a longer name.

struct StaticEncoding {
  int payload_type;
  const char* name;
};

/// RFC 3551, section 6: SDP may leave out the rtpmap of these.
constexpr StaticEncoding kStatic[] = {
    {0, "PCMU"},  {3, "GSM"},   {4, "G723"},  {5, "DVI4"},  {6, "DVI4"},   {7, "LPC"},
    {8, "PCMA"},  {9, "G722"},  {10, "L16"},  {11, "L16"},  {12, "QCELP"}, {14, "MPA"},
    {15, "G728"}, {18, "G729"}, {25, "CELB"}, {26, "JPEG"}, {28, "NV"},    {31, "H261"},
    {32, "MPV"},  {33, "MP2T"}, {34, "H263"}};

std::string static_encoding(int payload_type) {
  for (const StaticEncoding& known : kStatic)
    if (known.payload_type == payload_type) return known.name;
  return {};
}

std::string field(const GstCaps* caps, const char* name) {
  const char* text = gst_structure_get_string(gst_caps_get_structure(caps, 0), name);
  return text == nullptr ? "" : text;
}

struct AudioType {
  unsigned type;
  const char* name;
};

/// Of MPEG-4 (ISO/IEC 14496-3, table 1.17), those that the server does not convert.
constexpr AudioType kOtherTypes[] = {
    {6, "AAC-Scalable"},  {7, "TwinVQ"},  {8, "CELP"},     {9, "HVXC"},
    {20, "AAC-Scalable"}, {21, "TwinVQ"}, {22, "BSAC"},    {24, "CELP"},
    {25, "HVXC"},         {32, "MPEG-1"}, {33, "MPEG-1"},  {34, "MPEG-1"},
    {36, "ALS"},          {37, "SLS"},    {39, "AAC-ELD"}, {42, "USAC"}};

/// The name of the kind of MPEG-4 sound, if the server does not convert it. An invalid
/// configuration is no kind: whoever reads the frames finds out what they are.
std::string other_mpeg4(const GstCaps* caps, const std::string& encoding) {
  if (field(caps, "mode").starts_with("CELP")) return "CELP";
  if (field(caps, "mode").starts_with("HVXC")) return "HVXC";
  constexpr std::size_t kDigits = 8; // Type and rate are in the first 30 bits.
  const std::string config = field(caps, "config").substr(0, kDigits);
  if (config.size() < 4 || config.find_first_not_of("0123456789abcdefABCDEF") != config.npos)
    return {};
  std::uint64_t bits = std::strtoull(config.c_str(), nullptr, 16) << (64 - 4 * config.size());
  if (encoding == "MP4A-LATM") {
    if (bits >> 63 != 0) return {}; // Another version of StreamMuxConfig.
    bits <<= 15;
  }
  unsigned type = static_cast<unsigned>(bits >> 59);
  bits <<= 5;
  if (type == 31) {
    type = 32 + static_cast<unsigned>(bits >> 58);
    bits <<= 6;
  }
  const unsigned rate = static_cast<unsigned>(bits >> 60);
  if (rate == 13 || rate == 14) return {}; // Reserved.
  for (const AudioType& other : kOtherTypes)
    if (other.type == type) return other.name;
  return {};
}

Reason audio_fault(const GstCaps* caps, const std::string& encoding) {
  const auto codec = codec_of(encoding);
  gint rate = 8000;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "clock-rate", &rate);
  if ((codec == Codec::pcmu || codec == Codec::pcma || codec == Codec::g726) && rate != 8000)
    return {"sound_rate"_reason,
            "the camera sends {codec} at {rate} Hz, but browsers play it only at 8000 Hz",
            {{"codec", encoding}, {"rate", rate}}};
  const bool carried = codec && kind_of(*codec) == MediaKind::audio;
  std::string other = carried ? "" : encoding.empty() ? "unnamed" : encoding;
  if (codec == Codec::aac) other = other_mpeg4(caps, encoding);
  if (!other.empty())
    return {"sound_codec"_reason,
            "the camera sends {codec} sound, which the server does not carry",
            {{"codec", other}}};
  return {};
}

} // namespace

std::string encoding_of(const GstCaps* caps) {
  std::string encoding = field(caps, "encoding-name");
  std::transform(encoding.begin(), encoding.end(), encoding.begin(),
                 [](unsigned char c) { return static_cast<char>(g_ascii_toupper(c)); });
  gint payload = -1;
  if (encoding.empty() &&
      gst_structure_get_int(gst_caps_get_structure(caps, 0), "payload", &payload))
    return static_encoding(payload);
  return encoding;
}

std::vector<MediaLine> media_lines_of(const GstSDPMessage* sdp) {
  std::vector<MediaLine> lines;
  for (guint i = 0; i < gst_sdp_message_medias_len(sdp); ++i) {
    const GstSDPMedia* media = gst_sdp_message_get_media(sdp, i);
    const char* kind = gst_sdp_media_get_media(media);
    const char* protocol = gst_sdp_media_get_proto(media);
    MediaLine line{.kind = kind == nullptr ? "" : kind,
                   .secure = protocol != nullptr &&
                             std::string_view{protocol}.find("SAVP") != std::string_view::npos,
                   .send_only = gst_sdp_media_get_attribute_val(media, "sendonly") != nullptr,
                   .formats = {}};
    for (guint format = 0; format < gst_sdp_media_formats_len(media); ++format) {
      const int payload = std::atoi(gst_sdp_media_get_format(media, format));
      const auto caps = Ref<GstCaps>::adopt(gst_sdp_media_get_caps_from_media(media, payload));
      std::string encoding = caps ? encoding_of(caps.get()) : "";
      if (encoding.empty()) encoding = static_encoding(payload);
      if (encoding.size() > kMostName) encoding.clear();
      const Reason fault =
          caps && line.kind == "audio" ? audio_fault(caps.get(), encoding) : Reason{};
      if (encoding.empty()) encoding = "payload type " + std::to_string(payload);
      line.formats.push_back({.encoding = std::move(encoding), .fault = fault});
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

bool is_back_channel(const MediaLine& line, const std::vector<MediaLine>& all) {
  return line.send_only && std::none_of(all.begin(), all.end(), [](const MediaLine& other) {
           return other.kind == "video" && other.send_only;
         });
}

} // namespace fanlight::media
