#include <gmock/gmock.h>

#include "session/quota.h"

namespace fanlight::session {
namespace {

using testing::HasSubstr;

constexpr std::size_t kOffer = 6000;

/// Opens sessions until they are refused; the number.
std::size_t open_all(Quota& quota, const std::string& address, const Quota::Waits& waits,
                     std::size_t most = 100'000) {
  std::size_t opened = 0;
  while (opened < most && quota.check(address, kOffer)) {
    quota.add(address + "/" + std::to_string(opened), address, kOffer, waits);
    ++opened;
  }
  return opened;
}

bool yes() { return true; }
bool no() { return false; }

TEST(QuotaTest, BoundsTheSessionsThatWaitOfOneAddress) {
  Quota quota{10'000};

  EXPECT_EQ(open_all(quota, "192.0.2.1", yes), 3750u);
  const auto refused = quota.check("192.0.2.1", kOffer);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::busy);
  EXPECT_THAT(refused.error().message, HasSubstr("wait for their camera"));
  EXPECT_TRUE(quota.check("192.0.2.2", kOffer));
}

TEST(QuotaTest, TakesAWholeNetworkOfIPv6ForOneClient) {
  Quota quota{10'000};
  open_all(quota, "2001:db8::1", yes);

  EXPECT_FALSE(quota.check("2001:db8::2", kOffer));
  EXPECT_TRUE(quota.check("2001:db8:0:1::2", kOffer));
}

TEST(QuotaTest, ServesAHouseOfManyWallsBesideAClientThatTakesAllItCanGet) {
  Quota quota{10'000};
  open_all(quota, "192.0.2.1", yes);

  // 256 tiles on one page; then 500 pages with five tiles each, as each begins to play.
  EXPECT_EQ(open_all(quota, "192.0.2.2", yes, 256), 256u);
  EXPECT_EQ(open_all(quota, "192.0.2.3", no, 2500), 2500u);
}

TEST(QuotaTest, LeavesPlacesToOthersWhereOneHasManyThatRun) {
  Quota quota{10'000};

  EXPECT_EQ(open_all(quota, "192.0.2.1", no), 7500u);
  EXPECT_EQ(open_all(quota, "192.0.2.2", no, 1000), 1000u);
}

TEST(QuotaTest, ServesAWholeWallWhereThereAreFewViewers) {
  for (const std::size_t viewers : {4u, 256u, 512u}) {
    Quota quota{viewers};
    EXPECT_EQ(open_all(quota, "192.0.2.1", yes, viewers), viewers);
  }
  Quota quota{512};
  EXPECT_EQ(open_all(quota, "192.0.2.1", no, 256), 256u);
  EXPECT_EQ(open_all(quota, "192.0.2.2", no, 256), 256u);
}

TEST(QuotaTest, BoundsTheBytesOfOffers) {
  Quota quota{1000};
  std::size_t bytes = 0;
  const std::size_t large = 256 * 1024;
  for (int i = 0; quota.check("192.0.2.1", large); ++i, bytes += large)
    quota.add(std::to_string(i), "192.0.2.1", large, no);

  EXPECT_LE(bytes, 16u * 1024 * 1024);
  EXPECT_TRUE(quota.check("192.0.2.2", kOffer));
}

TEST(QuotaTest, DoesNotAskAllSessionsWheneverOneIsRefused) {
  Quota quota{10'000};
  std::size_t asked = 0;
  const auto began = std::chrono::steady_clock::now();
  const std::size_t open = open_all(quota, "192.0.2.1", [&asked] { return ++asked > 0; });
  for (int i = 0; i < 1000; ++i) EXPECT_FALSE(quota.check("192.0.2.1", kOffer));

  // Ten times a second, however long this took.
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LE(asked, open * static_cast<std::size_t>(2 + took / std::chrono::milliseconds{100}));
}

TEST(QuotaTest, GivesBackWhatASessionHad) {
  Quota quota{1000};
  EXPECT_EQ(open_all(quota, "192.0.2.1", yes), 512u);
  EXPECT_FALSE(quota.check("192.0.2.1", kOffer));

  quota.remove("192.0.2.1/0");

  EXPECT_TRUE(quota.check("192.0.2.1", kOffer));
}

TEST(QuotaTest, FollowsAChangeOfTheLimit) {
  Quota quota{1000};
  EXPECT_EQ(open_all(quota, "192.0.2.1", no), 750u);

  quota.resize(2000);

  EXPECT_TRUE(quota.check("192.0.2.1", kOffer));
}

} // namespace
} // namespace fanlight::session
