#include "sdp.h"

#include <algorithm>
#include <array>
#include <sstream>
#include <stdexcept>

#include <arpa/inet.h>

namespace fanlight::crowd {
namespace {

std::string rtx_of(int type) {
  const std::string apt = std::to_string(type);
  const std::string rtx = std::to_string(type + 1);
  return "a=rtpmap:" + rtx + " rtx/90000\r\na=fmtp:" + rtx + " apt=" + apt + "\r\n";
}

std::string video_format(int type, const std::string& encoding, const std::string& fmtp) {
  const std::string number = std::to_string(type);
  std::string text = "a=rtpmap:" + number + " " + encoding + "/90000\r\n";
  for (const char* feedback : {"goog-remb", "transport-cc", "ccm fir", "nack", "nack pli"})
    text += "a=rtcp-fb:" + number + " " + feedback + "\r\n";
  return text + "a=fmtp:" + number + " " + fmtp + "\r\n" + rtx_of(type);
}

std::string transport_lines(const OfferOptions& options) {
  char host[INET_ADDRSTRLEN];
  inet_ntop(AF_INET, &options.candidate.sin_addr, host, sizeof host);
  return "c=IN IP4 0.0.0.0\r\na=candidate:1 1 udp 2130706431 " + std::string(host) + " " +
         std::to_string(ntohs(options.candidate.sin_port)) +
         " typ host\r\na=end-of-candidates\r\na=ice-ufrag:" + options.ice.ufrag +
         "\r\na=ice-pwd:" + options.ice.password + "\r\na=fingerprint:" + options.fingerprint +
         "\r\na=setup:actpass\r\na=rtcp-mux\r\na=rtcp-rsize\r\na=recvonly\r\n";
}

constexpr std::string_view kVideoExtensions =
    "a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
    "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n"
    "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
    "a=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";

std::string drop_lines(const std::string& sdp, const std::vector<std::string>& without) {
  std::string kept;
  std::istringstream lines{sdp};
  for (std::string line; std::getline(lines, line);)
    if (std::none_of(without.begin(), without.end(),
                     [&line](const std::string& text) { return line.find(text) != line.npos; }))
      kept += line + '\n';
  return kept;
}

bool after(const std::string& line, std::string_view prefix, std::string& value) {
  if (!line.starts_with(prefix)) return false;
  value = line.substr(prefix.size());
  return true;
}

void read_candidate(const std::string& text, Answer& answer) {
  std::istringstream words{text};
  std::string foundation, component, transport, priority, host, port;
  words >> foundation >> component >> transport >> priority >> host >> port;
  std::transform(transport.begin(), transport.end(), transport.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  sockaddr_in address{};
  address.sin_family = AF_INET;
  if (transport != "udp" || inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1) return;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  answer.candidates.push_back(address);
}

} // namespace

std::string write_offer(const OfferOptions& options) {
  struct Format {
    int type;
    const char* encoding;
    const char* fmtp;
  };
  std::vector<Format> formats;
  if (options.h265)
    formats.push_back({49, "H265", "level-id=180;profile-id=1;tier-flag=0;tx-mode=SRST"});
  for (const auto& [type, profile] :
       {std::pair{102, "42001f"}, {108, "42e01f"}, {116, "4d001f"}, {118, "64001f"}}) {
    static std::vector<std::string> kept(128);
    kept[type] =
        std::string("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=") + profile;
    formats.push_back({type, "H264", kept[type].c_str()});
  }
  std::string types;
  std::string body;
  for (const Format& format : formats) {
    types += " " + std::to_string(format.type) + " " + std::to_string(format.type + 1);
    body += video_format(format.type, format.encoding, format.fmtp);
  }
  std::string sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0";
  sdp += options.audio ? " 1\r\n" : "\r\n";
  sdp += "a=msid-semantic: WMS\r\nm=video 9 UDP/TLS/RTP/SAVPF" + types + "\r\n" +
         transport_lines(options) + "a=mid:0\r\n" + std::string(kVideoExtensions) + body;
  if (options.audio)
    sdp += "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8\r\n" + transport_lines(options) +
           "a=mid:1\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n"
           "a=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\n";
  return options.without.empty() ? sdp : drop_lines(sdp, options.without);
}

Answer read_answer(const std::string& sdp) {
  Answer answer;
  std::istringstream lines{sdp};
  std::string line, value, media;
  bool rejected = false;
  while (std::getline(lines, line)) {
    if (line.ends_with('\r')) line.pop_back();
    if (after(line, "m=", value)) {
      media = value.substr(0, 5);
      rejected = value.substr(6).starts_with("0 ");
    }
    if (rejected) continue;
    if (after(line, "a=ice-ufrag:", value)) answer.ice.ufrag = value;
    if (after(line, "a=ice-pwd:", value)) answer.ice.password = value;
    if (after(line, "a=setup:", value)) answer.dtls_active = value == "active";
    if (after(line, "a=candidate:", value)) read_candidate(value, answer);
    if (media != "video" || !after(line, "a=rtpmap:", value)) continue;
    const auto type = static_cast<std::uint8_t>(std::stoi(value));
    const std::string encoding = value.substr(value.find(' ') + 1);
    if (encoding.starts_with("rtx/")) {
      answer.retransmitted.push_back(type);
    } else {
      answer.video.push_back(type);
      answer.video_encoding = encoding.substr(0, encoding.find('/'));
    }
  }
  if (answer.ice.ufrag.empty() || answer.ice.password.empty())
    throw std::runtime_error("the answer has no ICE credentials");
  if (answer.candidates.empty())
    throw std::runtime_error("the answer has no UDP candidate of IPv4");
  if (answer.video.empty()) throw std::runtime_error("the answer has no video");
  return answer;
}

} // namespace fanlight::crowd
