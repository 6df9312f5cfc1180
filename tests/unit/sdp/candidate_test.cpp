#include "sdp/candidate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::sdp {
namespace {

using testing::ElementsAre;

constexpr const char* kV4 = "candidate:1 1 UDP 2015363327 10.0.0.5 43210 typ host";
constexpr const char* kV6 = "candidate:2 1 UDP 2015363583 fd00::5 43211 typ host";

TEST(AnnounceTest, ReplacesTheAddressOfAHostCandidateByThePublicOneOfItsFamily) {
  EXPECT_THAT(announce(kV4, {"2001:db8::9", "203.0.113.9"}),
              ElementsAre("candidate:1 1 UDP 2015363327 203.0.113.9 43210 typ host"));
  EXPECT_THAT(announce(kV6, {"203.0.113.9", "2001:db8::9"}),
              ElementsAre("candidate:2 1 UDP 2015363583 2001:db8::9 43211 typ host"));
}

TEST(AnnounceTest, AnnouncesEveryPublicAddressWithAFoundationOfItsOwn) {
  EXPECT_THAT(announce(kV4, {"203.0.113.9", "198.51.100.9"}),
              ElementsAre("candidate:1 1 UDP 2015363327 203.0.113.9 43210 typ host",
                          "candidate:1p1 1 UDP 2015363327 198.51.100.9 43210 typ host"));
}

TEST(AnnounceTest, LeavesAloneWhatHasNoPublicAddressOrIsNoHostCandidate) {
  EXPECT_THAT(announce(kV4, {}), ElementsAre(kV4));
  EXPECT_THAT(announce(kV6, {"203.0.113.9"}), ElementsAre(kV6));
  const std::string reflexive =
      "candidate:3 1 UDP 1677724415 198.51.100.1 43210 typ srflx raddr 10.0.0.5 rport 43210";
  EXPECT_THAT(announce(reflexive, {"203.0.113.9"}), ElementsAre(reflexive));
  EXPECT_THAT(announce("", {"203.0.113.9"}), ElementsAre(""));
  EXPECT_THAT(announce("candidate:1 1 UDP 1 x.local 9 typ host", {"203.0.113.9"}),
              ElementsAre("candidate:1 1 UDP 1 x.local 9 typ host"));
}

TEST(AnnounceTest, KeepsWhatFollowsTheType) {
  EXPECT_THAT(
      announce("candidate:4 1 TCP 1015021823 10.0.0.5 9 typ host tcptype active", {"203.0.113.9"}),
      ElementsAre("candidate:4 1 TCP 1015021823 203.0.113.9 9 typ host tcptype active"));
}

TEST(SamePlaceTest, IsOfLocalAddressesBehindOnePublicOne) {
  const std::string first = announce(kV4, {"203.0.113.9"}).front();
  const std::string second =
      announce("candidate:7 1 UDP 2015363071 10.8.0.5 43210 typ host", {"203.0.113.9"}).front();

  EXPECT_TRUE(same_place(first, second));
  EXPECT_FALSE(same_place(first, kV4));
  EXPECT_FALSE(same_place(first, "candidate:1 1 UDP 2015363327 203.0.113.9 43211 typ host"));
  EXPECT_FALSE(same_place(first, "candidate:1 1 TCP 2015363327 203.0.113.9 43210 typ host"));
  EXPECT_FALSE(same_place(first, ""));
  EXPECT_TRUE(same_place("", ""));
}

TEST(UsableCandidateTest, TakesAddressesOfTheFirstComponent) {
  EXPECT_TRUE(is_usable_candidate(kV4));
  EXPECT_TRUE(is_usable_candidate(kV6));
  EXPECT_TRUE(is_usable_candidate(
      "candidate:4 1 tcp 1015021823 10.0.0.5 9 typ host tcptype active generation 0"));
}

TEST(UsableCandidateTest, RefusesNamesOtherComponentsAndWhatIsMalformed) {
  for (const std::string candidate :
       {"", "candidate:", "candidate:1 1 udp 1 x.local 9 typ host",
        "candidate:1 1 udp 1 example.com 9 typ host", "candidate:1 2 udp 1 10.0.0.5 9 typ host",
        "candidate:1 1 sctp 1 10.0.0.5 9 typ host", "candidate:1 1 udp 1 10.0.0.5 0 typ host",
        "candidate:1 1 udp 1 10.0.0.5 65536 typ host", "candidate:1 1 udp -1 10.0.0.5 9 typ host",
        "candidate:1 1 udp 4294967296 10.0.0.5 9 typ host", "candidate:1 1 udp 1 10.0.0.5 9 typ",
        "candidate:1 1 udp 1 10.0.0.5 9 host typ", "1 1 udp 1 10.0.0.5 9 typ host",
        "candidate:1 1 udp 1 10.0.0.256 9 typ host"}) {
    EXPECT_FALSE(is_usable_candidate(candidate)) << candidate;
  }
  EXPECT_FALSE(is_usable_candidate(kV4 + std::string(2000, 'x')));
  EXPECT_FALSE(is_usable_candidate(kV4 + std::string(" a\nb")));
}

} // namespace
} // namespace fanlight::sdp
