#include <vector>

#include <gtest/gtest.h>

#include "base/fair_share.h"

namespace fanlight {
namespace {

/// Takes what it is given.
std::size_t take_all(FairShare& share, const std::string& address) {
  while (share.admits(address)) share.add(address);
  return share.taken_by(address);
}

TEST(FairShareTest, GivesThreeQuartersToOneAlone) {
  FairShare share{1000};
  EXPECT_EQ(take_all(share, "a"), 750u);
}

TEST(FairShareTest, LeavesAPlaceForTheNextHoweverManyTakeAllTheyCan) {
  FairShare share{1000};
  std::vector<std::string> greedy;
  for (char name = 'a'; name < 'k'; ++name) greedy.emplace_back(1, name);
  bool more = true;
  while (more) {
    more = false;
    for (const std::string& address : greedy)
      if (share.admits(address)) more = true, share.add(address);
  }

  EXPECT_TRUE(share.admits("next"));
  for (const std::string& address : greedy) EXPECT_GE(share.taken_by(address), 90u);
}

TEST(FairShareTest, GivesTheLastPlacesOfFew) {
  FairShare share{2};
  EXPECT_EQ(take_all(share, "a"), 2u);
}

TEST(FairShareTest, CountsBytes) {
  FairShare share{1000};
  EXPECT_FALSE(share.admits("a", 1001));
  EXPECT_TRUE(share.admits("a", 700));
  share.add("a", 700);
  EXPECT_FALSE(share.admits("a", 300));
  EXPECT_TRUE(share.admits("b", 300));
  share.remove("a", 700);
  EXPECT_EQ(share.taken(), 0u);
}

TEST(FairShareTest, TakesNobodyMoreWhereItHasShrunk) {
  FairShare share{10};
  take_all(share, "a");
  share.resize(5);
  EXPECT_FALSE(share.admits("b"));
}

} // namespace
} // namespace fanlight
