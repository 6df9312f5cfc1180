#pragma once

#include <memory>
#include <string>

#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {

inline const std::string kOffer =
    R"(v=0\r\na=group:BUNDLE a v\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n)"
    R"(a=setup:actpass\r\na=fingerprint:sha-256 00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF)"
    R"(:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF\r\na=recvonly\r\n)"
    R"(m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:a\r\na=rtcp-mux\r\n)"
    R"(m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\na=rtcp-mux\r\n)";

/// Pages on WebSockets of the server.
class SignallingTest : public ServerTest {
 protected:
  std::unique_ptr<Page> open() { return std::make_unique<Page>(client.get(), url("/ws")); }
  static std::string watch(const std::string& session, const std::string& camera = "front") {
    return R"({"type":"watch","session":")" + session + R"(","camera":")" + camera +
           R"(","sdp":")" + kOffer + "\"}";
  }
};

} // namespace fanlight::test
