#pragma once

#include <memory>
#include <string>

#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {

inline const std::string kOffer =
    "v=0\\r\\nm=audio 9 X 0\\r\\na=mid:a\\r\\nm=video 9 X 0\\r\\na=mid:v\\r\\n";

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
