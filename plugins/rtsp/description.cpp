#include "rtsp/description.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <vector>

#include <glib.h>

namespace fanlight::rtsp {
namespace {

constexpr std::string_view kControl = "a=control:";
constexpr std::size_t kMostBytes = 256 * 1024;
/// A recorder with 16 channels describes 33 media in a few hundred lines.
constexpr std::size_t kMostMedia = 64;
constexpr std::size_t kMostLines = 4096;
/// Of one medium: RTP has no more payload types.
constexpr std::size_t kMostFormats = 128;

/// The lines of the session, or of one medium; those of a medium begin with m=.
struct Section {
  std::vector<std::string> lines;
  bool is(std::string_view medium) const {
    return !lines.empty() && lines.front().starts_with("m=" + std::string{medium} + " ");
  }
  /// The first line with that beginning; null: none.
  std::string* find(std::string_view begin) {
    const auto found = std::find_if(lines.begin(), lines.end(), [&](const std::string& line) {
      return line.starts_with(begin);
    });
    return found == lines.end() ? nullptr : &*found;
  }
};

std::vector<Section> sections_of(const std::string& sdp) {
  std::vector<Section> sections(1);
  for (std::size_t at = 0; at < sdp.size();) {
    const std::size_t end = std::min(sdp.find('\n', at), sdp.size());
    std::string line = sdp.substr(at, end - at);
    if (line.ends_with('\r')) line.pop_back();
    if (line.starts_with("m=")) sections.emplace_back();
    if (!line.empty()) sections.back().lines.push_back(std::move(line));
    at = end + 1;
  }
  return sections;
}

bool is_absolute(const std::string& url) { return url.find("://") != std::string::npos; }

/// What follows "a=control:".
std::string control_of(const std::string* line) {
  if (line == nullptr) return {};
  const std::string value = line->substr(kControl.size());
  return value.substr(std::min(value.find_first_not_of(' '), value.size()));
}

void mend_control(Section& section, const std::string& base, bool only) {
  std::string* line = section.find(kControl);
  const std::string control = control_of(line);
  if (line == nullptr) {
    const auto attribute =
        std::find_if(section.lines.begin(), section.lines.end(),
                     [](const std::string& other) { return other.starts_with("a="); });
    if (only) section.lines.insert(attribute, std::string{kControl} + base);
  } else if (!control.empty() && control != "*" && !control.starts_with('/') &&
             !is_absolute(control)) {
    *line = std::string{kControl} + base + (base.ends_with('/') ? "" : "/") + control;
  }
}

/// The first payload type of an m= line; -1: none.
int payload_of(const std::string& line) {
  std::size_t at = 0;
  for (int word = 0; word < 3 && at != std::string::npos; ++word) at = line.find(' ', at + 1);
  return at == std::string::npos ? -1 : std::atoi(line.c_str() + at);
}

void mend_map(Section& section) {
  const int payload = payload_of(section.lines.front());
  if (payload < 96) return; // RFC 3551, section 6: static payload types have defined encodings.
  const std::string number = std::to_string(payload);
  if (section.find("a=rtpmap:" + number + " ") != nullptr) return;
  const std::string* fmtp = section.find("a=fmtp:" + number + " ");
  const bool h265 = fmtp != nullptr && fmtp->find("sprop-vps") != std::string::npos;
  section.lines.insert(section.lines.begin() + 1,
                       "a=rtpmap:" + number + (h265 ? " H265" : " H264") + "/90000");
}

/// Whether `text` is base64 of a NAL unit of one of `types`.
bool is_parameter_set(const std::string& text, const std::vector<int>& types, bool h265) {
  if (text.empty() ||
      text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") !=
          std::string::npos)
    return false;
  gsize size = 0;
  guchar* const bytes = g_base64_decode(text.c_str(), &size);
  const int first = size < 4 ? -1 : bytes[0];
  g_free(bytes);
  if (first < 0) return false;
  const int type = h265 ? (first >> 1) & 0x3f : first & 0x1f;
  return (first & 0x80) == 0 && std::find(types.begin(), types.end(), type) != types.end();
}

/// The usable part of an fmtp parameter: of a parameter-set parameter, the valid sets; of any other
/// parameter, all.
std::string sound_part(const std::string& parameter) {
  const auto equals = parameter.find('=');
  if (equals == std::string::npos) return parameter;
  std::string name = parameter.substr(0, equals);
  name.erase(0, name.find_first_not_of(' '));
  struct Kind {
    std::string_view name;
    std::vector<int> types;
    bool h265;
  };
  // SPS, its extension and PPS (ITU-T H.264, table 7-1); VPS, SPS, PPS (ITU-T H.265, table 7-1).
  static const std::vector<Kind> kinds{{"sprop-parameter-sets", {7, 8, 13, 15}, false},
                                       {"sprop-vps", {32}, true},
                                       {"sprop-sps", {33}, true},
                                       {"sprop-pps", {34}, true}};
  for (const Kind& kind : kinds) {
    if (name != kind.name) continue;
    std::string value = parameter.substr(equals + 1);
    while (value.ends_with(' ')) value.pop_back();
    std::string kept;
    for (std::size_t at = 0; at <= value.size();) {
      const std::size_t end = std::min(value.find(',', at), value.size());
      const std::string set = value.substr(at, end - at);
      if (is_parameter_set(set, kind.types, kind.h265)) kept += (kept.empty() ? "" : ",") + set;
      at = end + 1;
    }
    return kept.empty() ? "" : parameter.substr(0, equals + 1) + kept;
  }
  return parameter;
}

void mend_parameter_sets(Section& section) {
  for (std::string& line : section.lines) {
    if (!line.starts_with("a=fmtp:") || line.find("sprop-") == std::string::npos) continue;
    const std::size_t space = std::min(line.find(' '), line.size());
    std::string kept;
    for (std::size_t at = space + 1; at < line.size();) {
      const std::size_t end = std::min(line.find(';', at), line.size());
      const std::string part = sound_part(line.substr(at, end - at));
      if (!part.empty()) kept += (kept.empty() ? "" : ";") + part;
      at = end + 1;
    }
    line = line.substr(0, space) + " " + kept;
  }
}

/// How many formats an m= line has after its medium, port and protocol.
std::size_t formats_of(std::string_view line) {
  constexpr std::size_t kOthers = 3;
  constexpr const char* kSpaces = " \t\v\f\r\n";
  std::size_t words = 0;
  for (std::size_t at = line.find_first_not_of(kSpaces, 2); at != std::string_view::npos; ++words)
    at = line.find_first_not_of(kSpaces, line.find_first_of(kSpaces, at));
  return words - std::min(words, kOthers);
}

} // namespace

Excess excess_of(std::string_view sdp) {
  if (sdp.size() > kMostBytes) return Excess::bytes;
  std::size_t lines = 0;
  std::size_t media = 0;
  for (std::size_t at = 0; at < sdp.size(); ++lines) {
    // The parser of GStreamer splits lines in the same way.
    const std::size_t begin = sdp.find_first_not_of(" \t\v\f", at);
    const std::size_t end = std::min(sdp.find_first_of("\r\n", at), sdp.size() - 1);
    if (begin != std::string_view::npos && sdp.substr(begin).starts_with("m=")) {
      ++media;
      if (formats_of(sdp.substr(begin, end + 1 - begin)) > kMostFormats) return Excess::formats;
    }
    at = end;
    at += sdp.substr(at).starts_with("\r\n") ? 2 : 1;
  }
  if (media > kMostMedia) return Excess::media;
  return lines > kMostLines ? Excess::lines : Excess::none;
}

Description mended(const std::string& sdp, const std::string& base) {
  Description description;
  std::vector<Section> sections = sections_of(sdp);
  const std::string aggregate = control_of(sections.front().find(kControl));
  const std::string& from = is_absolute(aggregate) ? aggregate : base;
  description.url = from;
  for (std::size_t i = 1; i < sections.size(); ++i) {
    Section& section = sections[i];
    mend_control(section, from, sections.size() == 2);
    if (section.is("video")) {
      mend_map(section);
      mend_parameter_sets(section);
    }
    const std::string& medium = section.lines.front();
    description.media.emplace(control_of(section.find(kControl)),
                              medium.substr(2, medium.find(' ') - 2));
  }
  for (const Section& section : sections)
    for (const std::string& line : section.lines) description.sdp += line + "\r\n";
  return description;
}

} // namespace fanlight::rtsp
