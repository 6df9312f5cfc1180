#include <gmock/gmock.h>

#include "http/listener.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

class ListenTest : public ServerTest {};

TEST_F(ListenTest, TakesAFreePortForZero) {
  start();
  EXPECT_GT(server->port(), 0);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(server->port()));
}

TEST_F(ListenTest, NamesTheAddressThatIsInUse) {
  start();
  config::Config second = config;
  second.server.listen = server->address();

  const auto other =
      http::WebService::create(second, directory, directory, store, *layouts, *policy, limits);

  ASSERT_FALSE(other.ok());
  EXPECT_EQ(other.error().code, Errc::unavailable);
  EXPECT_THAT(other.error().message, HasSubstr(server->address()));
  EXPECT_THAT(other.error().message, HasSubstr("another program listens on this address"));
  EXPECT_THAT(other.error().message, HasSubstr("server.listen"));
}

TEST_F(ListenTest, CanListenAgainAtOnce) {
  start();
  get("/health");
  config.server.listen = server->address();
  server.reset();
  start();
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(ListenTest, NamesAnAddressThatIsNotOurs) {
  config.server.listen = "192.0.2.77:0";
  const auto created =
      http::WebService::create(config, directory, directory, store, *layouts, *policy, limits);
  ASSERT_FALSE(created.ok());
  EXPECT_THAT(created.error().message, HasSubstr("192.0.2.77"));
  EXPECT_THAT(created.error().message, HasSubstr("an address of this machine"));
}

TEST_F(ListenTest, RefusesAnAddressThatIsNone) {
  config.server.listen = "here";
  const auto created =
      http::WebService::create(config, directory, directory, store, *layouts, *policy, limits);
  ASSERT_FALSE(created.ok());
  EXPECT_EQ(created.error().code, Errc::invalid);
}

TEST_F(ListenTest, NamesAWebRootThatIsNotThere) {
  config.server.web_root = "/nonexistent";
  const auto created =
      http::WebService::create(config, directory, directory, store, *layouts, *policy, limits);
  ASSERT_FALSE(created.ok());
  EXPECT_THAT(created.error().message, HasSubstr("/nonexistent"));
}

TEST_F(ListenTest, ServesIPv4OnTheAddressOfAllIPv6) {
  config.server.listen = "[::]:0";
  auto created =
      http::WebService::create(config, directory, directory, store, *layouts, *policy, limits);
  if (!created) GTEST_SKIP() << "no IPv6 here: " << created.error().message;
  server = std::move(created).value();
  EXPECT_EQ(get("/health").status, 200);
}

TEST_F(ListenTest, LetsGoOfAConnectionThatIsClosed) {
  http::Limits few;
  std::vector<http::Owned<GIOStream>> streams;
  auto listener = http::Listener::create({.address = "127.0.0.1:0"}, few,
                                         [&](GIOStream* stream, GSocketAddress*, GSocketAddress*) {
                                           streams.push_back(http::share(stream));
                                         });
  ASSERT_TRUE(listener.ok());
  const RawClient raw{(*listener)->port()};
  turn_until([&] { return streams.size() == 1; }, "the connection");
  EXPECT_EQ((*listener)->connections(), 1u);

  streams.clear();

  EXPECT_EQ((*listener)->connections(), 0u);
}

} // namespace
} // namespace fanlight::test
