#include "http/admission.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::http {
namespace {

using config::Access;
using testing::HasSubstr;
using testing::IsEmpty;

Visitor from(const std::string& address) {
  return {.address = address, .host = "192.168.1.5:8080", .origin = {}, .site = {}};
}

TEST(AdmissionTest, LetsInPrivateNetworksOnly) {
  for (const char* address :
       {"127.0.0.1", "::1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.7.8",
        "169.254.1.1", "fe80::1", "fc00::1", "fd12::3", "::ffff:192.168.1.9"})
    EXPECT_THAT(refusal(from(address), Access::private_networks), IsEmpty()) << address;
  for (const char* address : {"8.8.8.8", "172.32.0.1", "192.169.0.1", "100.64.0.1", "2001:db8::1",
                              "::ffff:8.8.8.8", "", "cellar"})
    EXPECT_THAT(refusal(from(address), Access::private_networks), HasSubstr("private networks"))
        << address;
}

TEST(AdmissionTest, LetsInThisMachineOnlyWhereThatIsAsked) {
  EXPECT_THAT(refusal(from("127.0.0.1"), Access::loopback), IsEmpty());
  EXPECT_THAT(refusal(from("::1"), Access::loopback), IsEmpty());
  EXPECT_THAT(refusal(from("192.168.1.9"), Access::loopback), HasSubstr("this machine"));
}

TEST(AdmissionTest, LetsInEverybodyOrNobodyWhereThatIsAsked) {
  EXPECT_THAT(refusal(from("8.8.8.8"), Access::all), IsEmpty());
  EXPECT_THAT(refusal(from("127.0.0.1"), Access::none), HasSubstr("server.settings"));
}

TEST(AdmissionTest, RefusesThePagesOfOthersWhereverTheyAreOpen) {
  Visitor visitor = from("127.0.0.1");
  visitor.origin = "http://evil.example";
  EXPECT_THAT(refusal(visitor, Access::all), HasSubstr("own page"));
  visitor.origin = "null";
  EXPECT_THAT(refusal(visitor, Access::all), HasSubstr("own page"));
  visitor.origin = "http://192.168.1.5:9090"; // Another server on the machine.
  EXPECT_THAT(refusal(visitor, Access::all), HasSubstr("own page"));
  visitor.origin = "http://192.168.1.5:8080";
  EXPECT_THAT(refusal(visitor, Access::all), IsEmpty());
}

TEST(AdmissionTest, BelievesTheBrowserAboutWhoseThePageIs) {
  Visitor visitor = from("127.0.0.1");
  for (const char* site : {"cross-site", "same-site", "none", "nonsense"}) {
    visitor.site = site;
    EXPECT_THAT(refusal(visitor, Access::all), HasSubstr("own page")) << site;
  }
  visitor.site = "same-origin";
  visitor.origin = "https://behind-a-proxy.example"; // Which changed the Host on the way.
  EXPECT_THAT(refusal(visitor, Access::all), IsEmpty());
  visitor.site = "none"; // Typed in.
  visitor.reads = true;
  EXPECT_THAT(refusal(visitor, Access::all), IsEmpty());
}

TEST(AdmissionTest, RefusesANameThatAStrangerMayHavePointedHere) {
  Visitor visitor = from("192.168.1.9");
  for (const char* host : {"evil.example:8080", "a.b", "192.168.1.5.evil.example", ""}) {
    visitor.host = host;
    EXPECT_THAT(refusal(visitor, Access::private_networks), HasSubstr("private name")) << host;
  }
  for (const char* host : {"localhost:8080", "LOCALHOST", "nvr", "nvr.local:8080", "nvr.home.arpa",
                           "cam.lan", "[::1]:8080", "[fd12::3]", "10.0.0.1"}) {
    visitor.host = host;
    EXPECT_THAT(refusal(visitor, Access::private_networks), IsEmpty()) << host;
  }
  visitor.host = "cameras.example.org";
  EXPECT_THAT(refusal(visitor, Access::all), IsEmpty());
}

TEST(AdmissionTest, RefusesWhatCameThroughAProxy) {
  Visitor visitor = from("127.0.0.1");
  visitor.proxied = true;
  EXPECT_THAT(refusal(visitor, Access::private_networks), HasSubstr("proxy"));
  EXPECT_THAT(refusal(visitor, Access::all), IsEmpty());
}

} // namespace
} // namespace fanlight::http
