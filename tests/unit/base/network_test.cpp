#include <gtest/gtest.h>

#include "base/network.h"

namespace fanlight {
namespace {

TEST(NetworkTest, IsTheAddressItselfWithIPv4) {
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_NE(network_of("192.0.2.1"), network_of("192.0.2.2"));
}

TEST(NetworkTest, KnowsAnIPv4AddressThatIsMappedIntoIPv6) {
  EXPECT_EQ(network_of("::ffff:192.0.2.1"), "192.0.2.1");
}

TEST(NetworkTest, WritesAMappedAddressAsIPv4AndNoOtherDifferently) {
  for (const char* mapped : {"::ffff:192.0.2.1", "::FFFF:c000:201", "0:0:0:0:0:ffff:c000:201"})
    EXPECT_EQ(unmapped(mapped), "192.0.2.1") << mapped;
  for (const char* other :
       {"192.0.2.1", "::192.0.2.1", "2001:db8::1", "fe80::1%eth0", "cellar", ""})
    EXPECT_EQ(unmapped(other), other);
}

TEST(NetworkTest, IsTheSlash64WithIPv6) {
  EXPECT_EQ(network_of("2001:db8::1"), "2001:db8::/64");
  EXPECT_EQ(network_of("2001:db8:0:0:ffff::9"), "2001:db8::/64");
  EXPECT_EQ(network_of("2001:db8:0:1::1"), "2001:db8:0:1::/64");
  EXPECT_EQ(network_of("fe80::1%eth0"), "fe80::/64");
}

TEST(NetworkTest, LetsAnythingElseStandForItself) {
  EXPECT_EQ(network_of(""), "");
  EXPECT_EQ(network_of("somewhere"), "somewhere");
}

} // namespace
} // namespace fanlight
