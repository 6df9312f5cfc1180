#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "http/forwarding.h"
#include "http/owned.h"

namespace fanlight::http {
namespace {

using Headers = std::vector<std::pair<const char*, const char*>>;

/// The client of a request from 192.0.2.1, where 192.0.2.0/24 and 2001:db8::/32 are trusted.
Client client_with(const Headers& headers, const std::string& peer = "192.0.2.1", bool tls = false,
                   SoupHTTPVersion version = SOUP_HTTP_1_1) {
  const Owned<SoupMessageHeaders, soup_message_headers_unref> all{
      soup_message_headers_new(SOUP_MESSAGE_HEADERS_REQUEST)};
  for (const auto& [name, value] : headers) soup_message_headers_append(all.get(), name, value);
  const std::vector<std::string> trusted{"192.0.2.0/24", "2001:db8::/32"};
  return client_of(all.get(), {.peer = peer, .tls = tls, .version = version}, trusted);
}

TEST(ForwardingTest, BelievesAProxyWhomItServes) {
  const Client client = client_with({{"Host", "fanlight:8080"},
                                     {"X-Forwarded-For", "198.51.100.7"},
                                     {"X-Forwarded-Proto", "https"},
                                     {"X-Forwarded-Host", "cameras.example.org"}});

  EXPECT_EQ(client.address, "198.51.100.7");
  EXPECT_EQ(client.peer, "192.0.2.1");
  EXPECT_EQ(client.host, "cameras.example.org");
  EXPECT_EQ(client.proxy_host, "fanlight:8080");
  EXPECT_TRUE(client.secure);
  EXPECT_TRUE(client.trusted_peer);
  EXPECT_FALSE(client.hidden);
}

TEST(ForwardingTest, BelievesNobodyElse) {
  const Client client = client_with({{"Host", "fanlight:8080"},
                                     {"X-Forwarded-For", "198.51.100.7"},
                                     {"X-Forwarded-Proto", "https"},
                                     {"X-Forwarded-Host", "cameras.example.org"}},
                                    "203.0.113.9");

  EXPECT_EQ(client.address, "203.0.113.9");
  EXPECT_EQ(client.host, "fanlight:8080");
  EXPECT_EQ(client.proxy_host, "");
  EXPECT_FALSE(client.secure);
  EXPECT_FALSE(client.trusted_peer);
  EXPECT_TRUE(client.hidden);
}

TEST(ForwardingTest, TakesTheAddressThatTheFirstTrustedProxyHasSeen) {
  // The client wrote 127.0.0.1 itself.
  EXPECT_EQ(client_with({{"X-Forwarded-For", "127.0.0.1, 198.51.100.7, 192.0.2.2"}}).address,
            "198.51.100.7");
  EXPECT_EQ(
      client_with({{"X-Forwarded-For", "127.0.0.1"}, {"X-Forwarded-For", "198.51.100.7"}}).address,
      "198.51.100.7");
  EXPECT_EQ(client_with({{"X-Forwarded-For", "192.0.2.3 ,192.0.2.2"}}).address, "192.0.2.3");
}

TEST(ForwardingTest, ReadsAddressesAsProxiesWriteThem) {
  for (const auto& [written, address] :
       std::vector<std::pair<const char*, const char*>>{{"198.51.100.7:4711", "198.51.100.7"},
                                                        {"[2001:DB9::7]:4711", "2001:db9::7"},
                                                        {"[2001:db9::7]", "2001:db9::7"},
                                                        {"2001:db9::7", "2001:db9::7"},
                                                        {"::ffff:198.51.100.7", "198.51.100.7"}})
    EXPECT_EQ(client_with({{"X-Forwarded-For", written}}).address, address) << written;
}

TEST(ForwardingTest, KnowsNoClientWhereTheListHasNoAddress) {
  for (const char* written : {"unknown", "198.51.100.7, unknown", "", ",", "198.51.100.7,", "[::1",
                              "198.51.100.7 198.51.100.8"}) {
    const Client client = client_with({{"X-Forwarded-For", written}});
    EXPECT_EQ(client.address, "192.0.2.1") << written;
    EXPECT_TRUE(client.hidden) << written;
  }
  EXPECT_TRUE(client_with({{"Via", "1.1 proxy"}}).hidden);
}

TEST(ForwardingTest, TakesTheNearestProxysWordForTheProtocol) {
  EXPECT_TRUE(client_with({{"X-Forwarded-Proto", "http, HTTPS"}}).secure);
  EXPECT_FALSE(client_with({{"X-Forwarded-Proto", "https, http"}}).secure);
  EXPECT_FALSE(client_with({{"X-Forwarded-Proto", "http"}}, "192.0.2.1", true).secure);
  EXPECT_TRUE(client_with({}, "192.0.2.1", true).secure);
  EXPECT_TRUE(client_with({{"X-Forwarded-Proto", "http"}}, "203.0.113.9", true).secure);
}

TEST(ForwardingTest, IsWhoeverConnectsWithoutAProxy) {
  const Client client = client_with({{"Host", "fanlight:8080"}}, "203.0.113.9");

  EXPECT_EQ(client.address, "203.0.113.9");
  EXPECT_EQ(client.host, "fanlight:8080");
  EXPECT_FALSE(client.hidden);
}

TEST(ForwardingTest, KnowsNoClientOfATrustedProxyThatNamesNone) {
  EXPECT_TRUE(client_with({{"Host", "fanlight:8080"}}).hidden);
  EXPECT_TRUE(client_with({{"X-Forwarded-Proto", "https"}}).hidden);
}

/// Its Connection header may have listed those of the proxy.
TEST(ForwardingTest, TrustsTheAbsenceOfHeadersOnlyAfterHttp10) {
  EXPECT_TRUE(client_with({}, "127.0.0.1", false, SOUP_HTTP_1_0).hidden);
  EXPECT_FALSE(client_with({}, "127.0.0.1", false, SOUP_HTTP_1_1).hidden);
  EXPECT_FALSE(
      client_with({{"X-Forwarded-For", "198.51.100.7"}}, "192.0.2.1", false, SOUP_HTTP_1_0).hidden);
}

} // namespace
} // namespace fanlight::http
