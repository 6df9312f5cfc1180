#include "load/rtc/local.h"

#include <array>
#include <sstream>
#include <string_view>
#include <vector>

namespace fanlight::load {
namespace {

struct Format {
  int type;
  const char* encoding;
  const char* fmtp;
};

constexpr std::array kH264{
    Format{102, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42001f"},
    Format{108, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    Format{116, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=4d001f"},
    Format{118, "H264", "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=64001f"}};
constexpr Format kH265{49, "H265", "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"};

constexpr std::string_view kVideoExtensions =
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
    "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
    "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";

std::string rtx_of(int type) {
  const std::string rtx = std::to_string(type + 1);
  return "a=rtpmap:" + rtx + " rtx/90000\r\na=fmtp:" + rtx + " apt=" + std::to_string(type) +
         "\r\n";
}

std::string format_lines(const Format& format, bool nack) {
  const std::string number = std::to_string(format.type);
  std::string text = "a=rtpmap:" + number + " " + format.encoding + "/90000\r\n";
  std::vector<const char*> feedback{"goog-remb", "transport-cc", "ccm fir", "nack pli"};
  if (nack) feedback.push_back("nack");
  for (const char* kind : feedback) text += "a=rtcp-fb:" + number + " " + kind + "\r\n";
  return text + "a=fmtp:" + number + " " + format.fmtp + "\r\n" + (nack ? rtx_of(format.type) : "");
}

std::string candidate_line(const Local& local) {
  // An active candidate does not have a port yet (RFC 6544, section 4.5).
  const std::string end = local.tcp ? "9 typ host tcptype active"
                                    : std::to_string(local.candidate.port()) + " typ host";
  return "a=candidate:1 1 " + std::string(local.tcp ? "tcp " : "udp ") +
         std::to_string(kHostPriority) + " " + local.candidate.host() + " " + end + "\r\n";
}

std::string transport_lines(const Local& local, const char* setup) {
  return "c=IN IP4 0.0.0.0\r\n" + candidate_line(local) +
         "a=end-of-candidates\r\na=ice-ufrag:" + local.ice.ufrag +
         "\r\na=ice-pwd:" + local.ice.password + "\r\na=fingerprint:" + local.fingerprint +
         "\r\na=setup:" + setup + "\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=recvonly\r\n";
}

/// The lines of one media of an offer; the first is m=.
using Section = std::vector<std::string>;

std::vector<Section> sections_of(const std::string& sdp) {
  std::vector<Section> sections;
  std::istringstream lines{sdp};
  for (std::string line; std::getline(lines, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.starts_with("m=")) sections.emplace_back();
    if (!sections.empty()) sections.back().push_back(line);
  }
  return sections;
}

bool describes_format(const std::string& line, bool nack) {
  if (!nack && line.starts_with("a=rtcp-fb:") && line.ends_with(" nack")) return false;
  for (const char* prefix : {"a=rtpmap:", "a=fmtp:", "a=rtcp-fb:", "a=extmap:", "a=mid:"})
    if (line.starts_with(prefix)) return true;
  return false;
}

/// The m= line with another port.
std::string media_line(const std::string& line, const char* port) {
  const auto space = line.find(' ');
  return line.substr(0, space + 1) + port + line.substr(line.find(' ', space + 1));
}

} // namespace

std::string write_offer(const Local& local) {
  std::vector<Format> formats;
  if (local.h265) formats.push_back(kH265);
  formats.insert(formats.end(), kH264.begin(), kH264.end());
  std::string types;
  std::string body;
  for (const Format& format : formats) {
    types += " " + std::to_string(format.type);
    if (local.nack) types += " " + std::to_string(format.type + 1);
    body += format_lines(format, local.nack);
  }
  std::string sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0";
  sdp += local.audio ? " 1\r\n" : "\r\n";
  sdp += "a=msid-semantic: WMS\r\nm=video 9 UDP/TLS/RTP/SAVPF" + types + "\r\n" +
         transport_lines(local, "actpass") + "a=mid:0\r\n" + std::string(kVideoExtensions) + body;
  if (local.audio)
    sdp += "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8\r\n" + transport_lines(local, "actpass") +
           "a=mid:1\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
           "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n";
  return sdp;
}

std::string write_answer(const Local& local, const std::string& offer) {
  std::string mids;
  std::string media;
  bool has_video = false;
  bool has_audio = !local.audio;
  for (const Section& section : sections_of(offer)) {
    const bool video = section.front().starts_with("m=video ");
    bool& has = video ? has_video : has_audio;
    const bool taken = (video || section.front().starts_with("m=audio ")) && !has;
    media += media_line(section.front(), taken ? "9" : "0") + "\r\n";
    if (taken) media += transport_lines(local, "active");
    for (const std::string& line : section) {
      const bool mid = line.starts_with("a=mid:");
      if (mid && taken) mids += " " + line.substr(6);
      if (mid || (taken && describes_format(line, local.nack))) media += line + "\r\n";
    }
    has |= taken;
  }
  return "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE" + mids + "\r\n" +
         media;
}

} // namespace fanlight::load
