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

bool is_in(const char* address, const char* subnet) {
  const auto parsed = Subnet::parse(subnet);
  return parsed && parsed->contains(address);
}

TEST(SubnetTest, IsARangeOfAddresses) {
  EXPECT_TRUE(is_in("192.0.2.200", "192.0.2.0/24"));
  EXPECT_FALSE(is_in("192.0.3.1", "192.0.2.0/24"));
  EXPECT_TRUE(is_in("10.15.255.255", "10.0.0.0/12"));
  EXPECT_FALSE(is_in("10.16.0.0", "10.0.0.0/12"));
  EXPECT_TRUE(is_in("2001:db8:ffff::1", "2001:db8::/32"));
  EXPECT_FALSE(is_in("2001:db9::1", "2001:db8::/32"));
  EXPECT_TRUE(is_in("198.51.100.1", "0.0.0.0/0"));
  EXPECT_FALSE(is_in("2001:db8::1", "0.0.0.0/0"));
  EXPECT_TRUE(is_in("2001:db8::1", "::/0"));
  EXPECT_FALSE(is_in("198.51.100.1", "::/0"));
  EXPECT_FALSE(is_in("198.51.100.1", "::/80"));
}

TEST(SubnetTest, IsASingleAddress) {
  EXPECT_TRUE(is_in("192.0.2.1", "192.0.2.1"));
  EXPECT_FALSE(is_in("192.0.2.2", "192.0.2.1"));
  EXPECT_TRUE(is_in("2001:DB8:0::1", "2001:db8::1"));
  EXPECT_TRUE(is_in("fe80::1%eth0", "fe80::1"));
}

TEST(SubnetTest, KnowsAnIPv4AddressOfADualStackSocket) {
  EXPECT_TRUE(is_in("::ffff:192.0.2.1", "192.0.2.0/24"));
  EXPECT_TRUE(is_in("192.0.2.1", "::ffff:192.0.2.1"));
  EXPECT_TRUE(is_in("192.0.2.1", "::ffff:192.0.2.0/120"));
  EXPECT_FALSE(is_in("192.0.3.1", "::ffff:192.0.2.0/120"));
}

TEST(SubnetTest, IsNothingElse) {
  for (const char* text :
       {"", "proxy", "192.0.2.0/33", "192.0.2.0/", "192.0.2/24", "192.0.2.0/-1", "192.0.2.0/24x",
        "2001:db8::/129", "192.0.2.1:80", "/24", "::ffff:10.0.0.0/8", "::ffff:0:0/95"})
    EXPECT_FALSE(Subnet::parse(text)) << text;
  EXPECT_FALSE(is_in("proxy", "0.0.0.0/0"));
  EXPECT_FALSE(is_in("", "::/0"));
}

} // namespace
} // namespace fanlight
