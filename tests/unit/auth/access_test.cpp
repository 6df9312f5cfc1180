#include "auth/access.h"

#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::auth {
namespace {

using config::Access;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string refusal(const Principal& principal, Access access) {
  config::Server server;
  server.settings = access;
  server.hosts = {"nvr.example.org", "nvr.example.org:8443"};
  return settings_refusal(principal, server).message;
}

Principal from(const std::string& address) {
  return {.address = address, .page = {.host = "192.168.1.5:8080"}};
}

TEST(SettingsAccessTest, LetsInPrivateNetworksOnly) {
  for (const char* address :
       {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.7.8",
        "169.254.1.1", "fe80::1", "fc00::1", "fd12::3", "::ffff:192.168.1.9", "::ffff:c0a8:109"})
    EXPECT_THAT(refusal(from(address), Access::private_networks), IsEmpty()) << address;
  for (const char* address : {"8.8.8.8", "172.32.0.1", "192.169.0.1", "100.64.0.1", "2001:db8::1",
                              "::ffff:8.8.8.8", "", "cellar"})
    EXPECT_THAT(refusal(from(address), Access::private_networks), HasSubstr("private networks"))
        << address;
}

TEST(SettingsAccessTest, LetsInThisMachineOnlyWhereThatIsAsked) {
  EXPECT_THAT(refusal(from("127.0.0.1"), Access::loopback), IsEmpty());
  EXPECT_THAT(refusal(from("::1"), Access::loopback), IsEmpty());
  EXPECT_THAT(refusal(from("192.168.1.9"), Access::loopback), HasSubstr("this machine"));
}

TEST(SettingsAccessTest, LetsInEverybodyOrNobodyWhereThatIsAsked) {
  EXPECT_THAT(refusal(from("8.8.8.8"), Access::all), IsEmpty());
  EXPECT_THAT(refusal(from("127.0.0.1"), Access::none), HasSubstr("server.settings"));
}

TEST(SettingsAccessTest, RefusesThePagesOfOthersWhereverTheyAreOpen) {
  Principal principal = from("127.0.0.1");
  principal.page.origin = "http://evil.example";
  EXPECT_THAT(refusal(principal, Access::all), HasSubstr("own page"));
  principal.page.origin = "null";
  EXPECT_THAT(refusal(principal, Access::all), HasSubstr("own page"));
  principal.page.origin = "http://192.168.1.5:9090"; // Another server on the machine.
  EXPECT_THAT(refusal(principal, Access::all), HasSubstr("own page"));
  for (const char* own :
       {"http://192.168.1.5:8080", "https://nvr.example.org", "https://nvr.example.org:8443"}) {
    principal.page.origin = own;
    EXPECT_THAT(refusal(principal, Access::all), IsEmpty()) << own;
  }
}

TEST(SettingsAccessTest, BelievesTheBrowserAboutWhoseThePageIs) {
  Principal principal = from("127.0.0.1");
  for (const char* site : {"cross-site", "same-site", "none", "nonsense"}) {
    principal.page.site = site;
    EXPECT_THAT(refusal(principal, Access::all), HasSubstr("own page")) << site;
  }
  principal.page.site = "same-origin";
  principal.page.origin = "https://behind-a-proxy.example"; // Which changed the Host on the way.
  EXPECT_THAT(refusal(principal, Access::all), IsEmpty());
  principal.page.site = "none"; // Typed in.
  principal.page.reads = true;
  EXPECT_THAT(refusal(principal, Access::all), IsEmpty());
}

TEST(SettingsAccessTest, RefusesANameThatAStrangerMayHavePointedHere) {
  Principal principal = from("192.168.1.9");
  for (const char* host : {"evil.example:8080", "a.b", "192.168.1.5.evil.example", ""}) {
    principal.page.host = host;
    EXPECT_THAT(refusal(principal, Access::private_networks), HasSubstr("private name")) << host;
  }
  for (const char* host :
       {"localhost:8080", "LOCALHOST", "nvr", "nvr.local:8080", "nvr.home.arpa", "cam.lan",
        "nvr.local.:8080", "[::1]:8080", "[fd12::3]", "10.0.0.1", "NVR.example.org"}) {
    principal.page.host = host;
    EXPECT_THAT(refusal(principal, Access::private_networks), IsEmpty()) << host;
  }
}

TEST(SettingsAccessTest, RefusesThatNameAlsoWhereEverybodyMayWatchAndChange) {
  Principal principal = from("192.168.1.9");
  principal.page.host = "evil.example:8080"; // Which leads here by now.
  principal.page.origin = "http://evil.example:8080";
  config::Server server;
  server.settings = Access::all;

  EXPECT_FALSE(viewing_refusal(principal.page, server, {{"*"}}));
  EXPECT_THAT(settings_refusal(principal, server).message, HasSubstr("private name"));
  principal.page.site = "same-origin";
  EXPECT_THAT(settings_refusal(principal, server).message, HasSubstr("not under evil.example"));
  server.hosts = {"evil.example"};
  EXPECT_THAT(settings_refusal(principal, server).message, IsEmpty());
}

TEST(SettingsAccessTest, RefusesWhatCameThroughAProxy) {
  Principal principal = from("127.0.0.1");
  principal.proxied = true;
  EXPECT_THAT(refusal(principal, Access::private_networks), HasSubstr("proxy"));
  EXPECT_THAT(refusal(principal, Access::all), IsEmpty());
}

struct Viewing {
  const char* host;
  const char* origin;
  const char* site;
  const char* code; ///< Empty: is let in.
  const char* mode = "cors";
  const char* dest = "empty";
};

constexpr std::string_view kLetIn;

/// What becomes of it with this configuration, as GET.
void expect(const Viewing& row, const config::Server& server, const config::Embed& embed) {
  const RequestOrigin page{.host = row.host,
                           .origin = row.origin,
                           .site = row.site,
                           .mode = row.mode,
                           .dest = row.dest,
                           .reads = true};
  const auto refused = viewing_refusal(page, server, embed);
  EXPECT_EQ(refused ? refused->code() : kLetIn, row.code)
      << row.host << ' ' << row.origin << ' ' << row.site;
}

TEST(ViewingAccessTest, KnowsPagesOfItsOwnAndClientsThatAreNoPages) {
  for (const Viewing& row : std::vector<Viewing>{
           {"192.168.1.5:8080", "http://192.168.1.5:8080", "", ""},
           {"192.168.1.5:8080", "", "", ""}, // A player, curl.
           {"", "", "", ""},                 // HTTP/1.0.
           {"nvr", "http://NVR", "", ""},
           {"nvr:80", "http://nvr", "", ""},
           {"nvr:443", "https://nvr", "", ""},
           {"[fd12::3]:8080", "http://[fd12::3]:8080", "", ""},
           {"localhost:8080", "http://localhost:8080", "same-origin", ""},
           {"localhost:8080", "", "same-origin", ""},
           {"localhost:8080", "", "none", ""}, // Typed in.
           // A proxy changed the Host, and the browser knows better.
           {"127.0.0.1:8080", "https://cameras.example.org", "same-origin", ""},
           // What some browsers say of their WebSockets.
           {"localhost:8080", "http://localhost:8080", "cross-site", ""},
       })
    expect(row, {}, {});
}

TEST(ViewingAccessTest, RefusesPagesOfOthers) {
  for (const Viewing& row : std::vector<Viewing>{
           {"192.168.1.5:8080", "https://evil.example", "", "foreign_page"},
           {"192.168.1.5:8080", "http://192.168.1.5", "", "foreign_page"},
           {"192.168.1.5:8080", "http://192.168.1.5:9090", "", "foreign_page"},
           {"192.168.1.5:8080", "http://192.168.1.5:8080.evil.example", "", "foreign_page"},
           {"192.168.1.5:8080", "null", "", "foreign_page"},
           {"192.168.1.5:8080", "nonsense", "", "foreign_page"},
           {"nvr", "https://nvr:8443", "", "foreign_page"},
           {"localhost", "capacitor://localhost", "", "foreign_page"}, // An app's, not ours.
           {"127.0.0.1:8080", "https://cameras.example.org", "", "foreign_page"},
           // Images, scripts and frames say no Origin.
           {"localhost:8080", "", "cross-site", "foreign_page", "no-cors", "image"},
           {"localhost:8080", "", "same-site", "foreign_page", "no-cors", "script"},
           {"localhost:8080", "", "cross-site", "foreign_page", "navigate", "iframe"},
           {"localhost:8080", "", "cross-site", "", "navigate", "document"}, // A link.
       })
    expect(row, {}, {});
}

TEST(ViewingAccessTest, LetsInTheOriginsOfTheConfiguration) {
  const config::Embed embed{
      {"https://intranet.example.org", "http://10.0.0.7:81", "capacitor://localhost"}};
  for (const Viewing& row : std::vector<Viewing>{
           {"nvr:8080", "https://intranet.example.org", "", ""},
           {"nvr:8080", "https://intranet.example.org", "cross-site", ""},
           {"nvr:8080", "http://10.0.0.7:81", "", ""},
           {"nvr:8080", "capacitor://localhost", "", ""},
           {"nvr:8080", "ionic://localhost", "", "foreign_page"},
           {"nvr:8080", "http://intranet.example.org", "", "foreign_page"},
           {"nvr:8080", "https://intranet.example.org:8443", "", "foreign_page"},
           {"nvr:8080", "https://intranet.example.org.evil.example", "", "foreign_page"},
           {"nvr:8080", "http://10.0.0.7", "", "foreign_page"},
           {"evil.example", "https://intranet.example.org", "", "unknown_host"},
       })
    expect(row, {}, embed);
  for (const Viewing& row : std::vector<Viewing>{{"nvr:8080", "https://evil.example", "", ""},
                                                 {"evil.example", "null", "cross-site", ""}})
    expect(row, {}, {{"*"}});
}

TEST(ViewingAccessTest, KnowsItsNamesSoThatNoPageCanMakeOneLeadHere) {
  config::Server server;
  server.hosts = {"cameras.example.org", "nvr.example.org:8443"};
  for (const Viewing& row : std::vector<Viewing>{
           {"evil.example:8080", "http://evil.example:8080", "", "unknown_host"},
           {"evil.example:8080", "", "same-origin", "unknown_host"},
           {"evil.example", "", "", "unknown_host"},
           {"192.168.1.5.evil.example", "", "", "unknown_host"},
           {"a.b, nvr", "", "", "unknown_host"}, // Two of them.
           {"nvr.local:8080", "", "", ""},
           {"nvr.home.arpa", "", "", ""},
           {"10.0.0.1", "", "", ""},
           {"[::1]:8080", "", "", ""},
           {"Cameras.example.org", "https://cameras.example.org", "", ""},
           {"cameras.example.org:8080", "", "", ""},
           {"nvr.example.org", "", "", ""},
           // Behind a proxy that changes the Host.
           {"127.0.0.1:8080", "https://cameras.example.org", "", ""},
           {"127.0.0.1:8080", "https://nvr.example.org:8443", "", ""},
           {"127.0.0.1:8080", "https://cameras.example.org:444", "", "foreign_page"},
           {"127.0.0.1:8080", "https://nvr.example.org", "", "foreign_page"},
       })
    expect(row, server, {});
}

TEST(ViewingAccessTest, SaysWhatToWriteIntoTheConfiguration) {
  const auto why = [](const std::string& host, const std::string& origin) {
    const auto refused = viewing_refusal({.host = host, .origin = origin}, {}, {});
    return refused ? refused->detail.message : "";
  };
  EXPECT_THAT(why("cameras.example.org:8080", ""),
              HasSubstr("server.hosts: [cameras.example.org]"));
  EXPECT_THAT(why("nvr", "https://Intranet.example.org:81"),
              HasSubstr("embed.origins: [\"https://Intranet.example.org:81\"]"));
  EXPECT_THAT(why("127.0.0.1:8080", "https://cameras.example.org"),
              HasSubstr("server.hosts: [\"cameras.example.org\"]"));
  // What is no name is not repeated.
  EXPECT_THAT(why("<b>.x", ""), Not(HasSubstr("<b>")));
  EXPECT_THAT(why("nvr", "https://<b>"), Not(HasSubstr("<b>")));
  EXPECT_LT(why("nvr", "https://" + std::string(10'000, 'a')).size(), 1000U);
  EXPECT_LT(why(std::string(10'000, '.'), "").size(), 1000U);
}

} // namespace
} // namespace fanlight::auth
