#include "base/codec.h"

#include <glib.h>

namespace fanlight {
namespace {

struct Encoding {
  const char* name;
  Codec codec;
};

// The first entry of a codec gives its encoding name.
constexpr Encoding kEncodings[] = {
    {"H264", Codec::h264},         {"H265", Codec::h265},         {"MPEG4-GENERIC", Codec::aac},
    {"MP4A-LATM", Codec::aac},     {"OPUS", Codec::opus},         {"PCMU", Codec::pcmu},
    {"PCMA", Codec::pcma},         {"G726-32", Codec::g726},      {"G726-16", Codec::g726},
    {"G726-24", Codec::g726},      {"G726-40", Codec::g726},      {"AAL2-G726-16", Codec::g726},
    {"AAL2-G726-24", Codec::g726}, {"AAL2-G726-32", Codec::g726}, {"AAL2-G726-40", Codec::g726},
    {"L16", Codec::l16},
};

bool same_word(std::string_view one, std::string_view other) {
  return one.size() == other.size() &&
         g_ascii_strncasecmp(one.data(), other.data(), one.size()) == 0;
}

} // namespace

MediaKind kind_of(Codec codec) {
  return codec == Codec::h264 || codec == Codec::h265 ? MediaKind::video : MediaKind::audio;
}

bool is_converted(Codec codec) {
  return codec == Codec::aac || codec == Codec::g726 || codec == Codec::l16;
}

const char* encoding_name(Codec codec) {
  for (const Encoding& encoding : kEncodings)
    if (encoding.codec == codec) return encoding.name;
  return "";
}

std::optional<Codec> codec_of(std::string_view name) {
  for (const Encoding& encoding : kEncodings)
    if (same_word(name, encoding.name)) return encoding.codec;
  return std::nullopt;
}

std::optional<Codec> codec_of_payload_type(int payload_type) {
  if (payload_type == 0) return Codec::pcmu;
  if (payload_type == 8) return Codec::pcma;
  return std::nullopt;
}

} // namespace fanlight
