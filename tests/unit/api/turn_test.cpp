#include "api/turn.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::http {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

const std::vector<config::IceServer> kServers{
    {.urls = {"stun:stun.example.org"}, .username = "", .credential = ""},
    {.urls = {"turn:a.example.org"}, .username = "user", .credential = "word"},
    {.urls = {"turn:b.example.org"},
     .username = "",
     .credential = "",
     .secret = "north",
     .ttl = 600s}};
const auto kNow = std::chrono::system_clock::time_point{1433895318s};

TEST(TurnTest, TellsEverybodyOnlyOfServersWithoutCredentials) {
  EXPECT_THAT(open_ice_servers(kServers), ElementsAre(kServers[0]));
  EXPECT_THAT(open_ice_servers({}), IsEmpty());
}

TEST(TurnTest, MakesCredentialsOfASecretForEachSession) {
  const auto servers = ice_servers_of_session(kServers, "s1", kNow);

  ASSERT_EQ(servers.size(), 3U);
  EXPECT_EQ(servers[0], kServers[0]);
  EXPECT_EQ(servers[1], kServers[1]);
  EXPECT_EQ(servers[2].urls, kServers[2].urls);
  // printf s1 | sha256sum: who holds a session's id may end it, so that it is not said to others.
  EXPECT_EQ(servers[2].username, "1433895918:e8bc163c82eee187");
  // printf 1433895918:e8bc163c82eee187 | openssl dgst -sha1 -hmac north -binary | base64
  EXPECT_EQ(servers[2].credential, "7dXFT0EVa5uae8ZuO8z7vcmhyAI=");
  EXPECT_EQ(servers[2].secret, "");
  EXPECT_NE(ice_servers_of_session(kServers, "s2", kNow)[2].credential, servers[2].credential);
}

} // namespace
} // namespace fanlight::http
