#include "description.h"

#include <cstdlib>
#include <string_view>

namespace fanlight {
namespace {

constexpr unsigned kMostLength = 32;   // Bits of one field of the header of an access unit.
constexpr unsigned kMostUnit = 0xffff; // Bytes.

std::string_view text(const GstStructure* fields, const char* name) {
  const char* const value = gst_structure_get_string(fields, name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

/// A parameter of the SDP is text.
bool read(const GstStructure* fields, const char* name, unsigned most, unsigned& value) {
  const std::string_view digits = text(fields, name);
  if (digits.empty() || digits.find_first_not_of("0123456789") != std::string_view::npos)
    return false;
  const unsigned long number = std::strtoul(digits.data(), nullptr, 10);
  if (number > most) return false;
  value = static_cast<unsigned>(number);
  return true;
}

std::vector<std::uint8_t> bytes_of(std::string_view hexadecimal) {
  constexpr std::size_t kMost = 512; // Digits.
  std::vector<std::uint8_t> bytes;
  if (hexadecimal.size() > kMost || hexadecimal.size() % 2 != 0) return bytes;
  for (std::size_t i = 0; i < hexadecimal.size(); i += 2) {
    const int high = g_ascii_xdigit_value(hexadecimal[i]);
    const int low = g_ascii_xdigit_value(hexadecimal[i + 1]);
    if (high < 0 || low < 0) return {};
    bytes.push_back(static_cast<std::uint8_t>(high << 4 | low));
  }
  return bytes;
}

} // namespace

aac::Description description_of(const GstCaps* caps) {
  const GstStructure* const fields = gst_caps_get_structure(caps, 0);
  aac::Description description;
  description.latm = text(fields, "encoding-name") == "MP4A-LATM";
  description.config = bytes_of(text(fields, "config"));
  gst_structure_get_int(fields, "clock-rate", &description.clock_rate);
  unsigned channels = 0;
  if (read(fields, "encoding-params", 2, channels))
    description.channels = static_cast<int>(channels);
  // RFC 6416, section 7.3: 1 if it is not there; but cameras that give a configuration leave it
  // out.
  const std::string_view present = text(fields, "cpresent");
  description.config_in_stream = present.empty() ? description.config.empty() : present != "0";
  // RFC 3640, section 4.1: a length that is not there is 0. Cameras that give none at all send
  // AAC-hbr, or AAC-lbr if they say so.
  const std::string_view mode = text(fields, "mode");
  if (read(fields, "sizelength", kMostLength, description.size_length) ||
      read(fields, "constantsize", kMostUnit, description.constant_size)) {
    if (description.constant_size != 0) description.size_length = 0;
    description.index_length = description.index_delta_length = 0;
    read(fields, "indexlength", kMostLength, description.index_length);
    read(fields, "indexdeltalength", kMostLength, description.index_delta_length);
  } else if (g_ascii_strncasecmp(mode.data() ? mode.data() : "", "AAC-lbr", 7) == 0) {
    description.size_length = 6;
    description.index_length = description.index_delta_length = 2;
  } else {
    description.lengths_said = false;
  }
  read(fields, "ctsdeltalength", kMostLength, description.cts_delta_length);
  read(fields, "dtsdeltalength", kMostLength, description.dts_delta_length);
  read(fields, "streamstateindication", kMostLength, description.other_length);
  unsigned random_access = 0;
  if (read(fields, "randomaccessindication", 1, random_access))
    description.other_length += random_access;
  read(fields, "auxiliarydatasizelength", kMostLength, description.auxiliary_size_length);
  return description;
}

} // namespace fanlight
