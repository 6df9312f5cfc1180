#pragma once

#include <map>
#include <string>

#include "server_fixture.h"

namespace fanlight::test {

inline constexpr const char* kFragment = "application/trickle-ice-sdpfrag";
inline const std::string kPlayersOffer =
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE a v\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=setup:actpass\r\n"
    "a=fingerprint:sha-256 "
    "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:"
    "FF\r\na=recvonly\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtcp-mux\r\n"
    "a=candidate:1 1 udp 1 192.0.2.9 9 typ host\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=rtcp-mux\r\n";
inline const std::string kTrickle =
    "a=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\n"
    "a=mid:v\r\na=candidate:2 1 udp 1 192.0.2.1 7 typ host\r\n";
inline const std::string kRestart =
    "a=ice-ufrag:efgh\r\na=ice-pwd:mnopqrstuvmnopqrstuvmn\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\n"
    "a=mid:v\r\na=candidate:3 1 udp 1 192.0.2.2 7 typ host\r\n";

class WhepTest : public ServerTest {
 protected:
  /// A page that may watch.
  static constexpr const char* kPage = "https://intranet.example.org";

  WhepTest() { config.embed.origins = {kPage}; }
  Response post(const std::string& offer = kPlayersOffer, const std::string& camera = "front") {
    return send({"POST", "/whep/" + camera, offer, "application/sdp", {{"Origin", kPage}}});
  }
  Response patch(const std::string& location, const std::string& body, const std::string& if_match,
                 const std::string& type = kFragment) {
    std::map<std::string, std::string> headers;
    if (!if_match.empty()) headers["If-Match"] = if_match;
    return send({"PATCH", location, body, type, headers});
  }
};

} // namespace fanlight::test
