#include "offers.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

namespace fanlight::sdp::test {

namespace fs = std::filesystem;

std::string recorded(const std::string& name) {
  std::ifstream file(fs::path(OFFERS_DIR) / (name + ".sdp"), std::ios::binary);
  EXPECT_TRUE(file) << name;
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<std::string> recorded_names() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(OFFERS_DIR)) {
    if (entry.path().extension() == ".sdp") names.push_back(entry.path().stem());
  }
  return names;
}

Offer parsed(std::string_view text) {
  auto offer = Offer::parse(text);
  if (!offer) {
    ADD_FAILURE() << offer.error().message;
    return {};
  }
  return std::move(*offer);
}

std::string plain() {
  return video_of("96 102 103", "a=rtpmap:96 VP8/90000\r\n"
                                "a=rtpmap:102 H264/90000\r\n"
                                "a=rtcp-fb:102 nack\r\n"
                                "a=rtcp-fb:102 nack pli\r\n"
                                "a=rtcp-fb:102 ccm fir\r\n"
                                "a=rtcp-fb:102 goog-remb\r\n"
                                "a=rtcp-fb:102 transport-cc\r\n"
                                "a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;"
                                "profile-level-id=42e01f\r\n"
                                "a=rtpmap:103 rtx/90000\r\n"
                                "a=fmtp:103 apt=102\r\n");
}

std::string plain_with_audio() {
  return with(plain(), "BUNDLE 0", "BUNDLE 0 1") +
         "m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8\r\n"
         "c=IN IP4 0.0.0.0\r\n"
         "a=ice-ufrag:abcd\r\n"
         "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
         "a=fingerprint:sha-256 "
         "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:"
         "DD:EE:FF\r\n"
         "a=setup:actpass\r\n"
         "a=mid:1\r\n"
         "a=extmap:14 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
         "a=recvonly\r\n"
         "a=rtcp-mux\r\n"
         "a=rtpmap:111 opus/48000/2\r\n"
         "a=fmtp:111 minptime=10;useinbandfec=1\r\n";
}

std::string video_of(const std::string& payload_types, const std::string& rtp_lines) {
  return "v=0\r\n"
         "o=- 4711 2 IN IP4 127.0.0.1\r\n"
         "s=-\r\n"
         "t=0 0\r\n"
         "a=group:BUNDLE 0\r\n"
         "m=video 9 UDP/TLS/RTP/SAVPF " +
         payload_types +
         "\r\n"
         "c=IN IP4 0.0.0.0\r\n"
         "a=ice-ufrag:abcd\r\n"
         "a=ice-pwd:abcdefghijklmnopqrstuvwx\r\n"
         "a=ice-options:trickle\r\n"
         "a=fingerprint:sha-256 "
         "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:"
         "DD:EE:FF\r\n"
         "a=setup:actpass\r\n"
         "a=mid:0\r\n"
         "a=extmap:5 http://www.webrtc.org/experiments/rtp-hdrext/playout-delay\r\n"
         "a=recvonly\r\n"
         "a=rtcp-mux\r\n"
         "a=rtcp-rsize\r\n" +
         rtp_lines;
}

std::string with(std::string text, std::string_view what, std::string_view instead) {
  const auto at = text.find(what);
  if (at == std::string::npos) {
    ADD_FAILURE() << "nothing to replace: " << what;
    return text;
  }
  return text.replace(at, what.size(), instead);
}

std::string with_every(std::string text, std::string_view what, std::string_view instead) {
  EXPECT_NE(text.find(what), std::string::npos) << "nothing to replace: " << what;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += instead.size()) {
    text.replace(at, what.size(), instead);
  }
  return text;
}

std::string as_offer(const std::string& answer) {
  const std::string text = with_every(answer, "a=sendonly", "a=sendrecv");
  return text.find("a=inactive") == std::string::npos
             ? text
             : with_every(text, "a=inactive", "a=sendrecv");
}

std::string without(std::string_view text, std::string_view prefix) {
  std::string result;
  bool found = false;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size() - 1);
    const std::string_view line = text.substr(0, end + 1);
    text.remove_prefix(end + 1);
    if (line.starts_with(prefix)) {
      found = true;
    } else {
      result += line;
    }
  }
  EXPECT_TRUE(found) << "no line to leave out: " << prefix;
  return result;
}

RtpFormat h264(const std::string& profile_level_id) {
  RtpFormat format{"H264", 90000, 1, {{"packetization-mode", "1"}}};
  if (!profile_level_id.empty()) format.fmtp["profile-level-id"] = profile_level_id;
  return format;
}

RtpFormat h265(const std::string& profile_id, const std::string& tier_flag,
               const std::string& level_id) {
  return {"H265",
          90000,
          1,
          {{"profile-id", profile_id}, {"tier-flag", tier_flag}, {"level-id", level_id}}};
}

} // namespace fanlight::sdp::test
