#include "camsim/relay/sdp_faults.h"

#include <sstream>
#include <string_view>
#include <vector>

namespace fanlight::camsim {
namespace {

constexpr const char* kStream = "stream=";
constexpr const char* kQuery = "?channel=1&track=";

/// Removes `;name=value` from an fmtp line, wherever it stands.
std::string without(std::string line, const std::string& name) {
  const std::size_t at = line.find(name + "=");
  if (at == line.npos) return line;
  std::size_t end = line.find(';', at);
  end = end == line.npos ? line.size() : end + 1;
  line.erase(at, end - at);
  while (line.ends_with(';')) line.pop_back();
  return line;
}

std::string control(const std::string& line, const std::set<std::string>& faults,
                    const std::string& base) {
  const std::string value = line.substr(line.find(':') + 1);
  if (value == "*" || line.find(kStream) == line.npos) return line;
  const std::string number = value.substr(value.find(kStream) + std::string{kStream}.size());
  if (faults.contains("no_control")) return {};
  if (faults.contains("control_absolute")) return "a=control:" + base + "/" + kStream + number;
  if (faults.contains("control_relative")) return "a=control:" + std::string{kStream} + number;
  if (faults.contains("control_query"))
    return "a=control:" + std::string{kStream} + number + kQuery + number;
  if (faults.contains("control_star")) return "a=control:*";
  return line;
}

std::string spoil_medium(std::string line, const std::set<std::string>& faults) {
  constexpr std::string_view kTypes = " RTP/AVP ";
  const bool video = line.starts_with("m=video ");
  const auto types = line.find(kTypes);
  if (types == line.npos) return line;
  if (video && faults.contains("mjpeg")) return line.substr(0, types) + " RTP/AVP 26";
  if (video && faults.contains("mpeg_ts")) return line.substr(0, types) + " RTP/AVP 33";
  if (faults.contains("more_types")) {
    // Types that never come, before the one that does.
    line.insert(types + kTypes.size(), video ? "35 " : "98 ");
    if (!video)
      line += "\r\na=rtpmap:98 MPEG4-GENERIC/16000/1\r\n"
              "a=fmtp:98 mode=AAC-hbr;sizelength=13;indexlength=3;indexdeltalength=3;config=1408";
  }
  if (faults.contains("all_sendonly") || (!video && faults.contains("sound_sendonly")))
    line += "\r\na=sendonly";
  return line;
}

std::string spoil_line(std::string line, const std::set<std::string>& faults,
                       const std::string& base) {
  if (line.starts_with("a=rtpmap:") && faults.contains("no_rtpmap")) return {};
  // Video only: sound has another clock rate.
  if (line.starts_with("a=rtpmap:") && line.ends_with("/90000") && faults.contains("pli"))
    return line + "\r\na=rtcp-fb:" + line.substr(9, line.find(' ') - 9) + " nack pli";
  constexpr std::string_view kAac = "MPEG4-GENERIC";
  if (const auto at = line.find(kAac); at != line.npos && faults.contains("bad_latm"))
    return line.replace(at, kAac.size(), "MP4A-LATM");
  if (line.find("mode=AAC") != line.npos && faults.contains("bad_latm"))
    return line.substr(0, line.find(' ')) + " cpresent=0;config=ffff";
  if (line.starts_with("a=control:")) return control(line, faults, base);
  if (line.starts_with("m=")) return spoil_medium(std::move(line), faults);
  if (!line.starts_with("a=fmtp:")) return line;
  if (faults.contains("no_aac_config")) line = without(std::move(line), "config");
  if (const auto at = line.find("config="); at != line.npos && faults.contains("bad_aac_config"))
    line = without(std::move(line), "config") + ";config=0000";
  for (const char* name : {"sprop-parameter-sets", "sprop-vps", "sprop-sps", "sprop-pps"}) {
    if (faults.contains("no_sprop")) line = without(line, name);
    const std::size_t at = line.find(std::string{name} + "=");
    if (faults.contains("broken_sprop") && at != line.npos)
      line = without(line, name) + ";" + name + "=!!not,base64,,Zw==";
  }
  return line;
}

} // namespace

std::string spoil_sdp(const std::string& sdp, const std::set<std::string>& faults,
                      const std::string& base) {
  std::string out;
  std::istringstream lines(sdp);
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    line = spoil_line(std::move(line), faults, base);
    if (!line.empty()) out += line + "\r\n";
  }
  if (faults.contains("extra_media"))
    out += "m=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\n"
           "a=control:" +
           base + "/metadata\r\n";
  if (faults.contains("backchannel"))
    out += "m=audio 0 RTP/AVP 0\r\na=rtpmap:0 PCMU/8000\r\na=sendonly\r\n"
           "a=control:" +
           base + "/backchannel\r\n";
  return out;
}

std::string sound_uri(const std::string& uri, int number) {
  if (const std::size_t at = uri.find(kQuery); at != uri.npos) return uri.substr(0, at);
  if (uri.find(kStream) != uri.npos) return uri;
  const std::string base = uri.ends_with("/*") ? uri.substr(0, uri.size() - 1) : uri;
  return (base.ends_with('/') ? base : base + "/") + kStream + std::to_string(number);
}

bool is_backchannel(const std::string& uri) { return uri.ends_with("/backchannel"); }

bool is_metadata(const std::string& uri) { return uri.ends_with("/metadata"); }

} // namespace fanlight::camsim
