#include "sdp/profile.h"

#include <gtest/gtest.h>

namespace fanlight::sdp {
namespace {

using Name = H264Profile::Name;

Name name_of(const char* profile_level_id) {
  const auto profile = H264Profile::parse(profile_level_id);
  return profile ? profile->name : Name::unknown;
}

std::optional<int> distance(const char* stream, const char* decoder) {
  return H264Profile::parse(stream)->distance_to(*H264Profile::parse(decoder));
}

TEST(H264ProfileTest, IsNamedByIdcAndConstraints) {
  EXPECT_EQ(name_of("42e01f"), Name::constrained_baseline);
  EXPECT_EQ(name_of("42C028"), Name::constrained_baseline);
  EXPECT_EQ(name_of("4d801f"), Name::constrained_baseline);
  EXPECT_EQ(name_of("58c01f"), Name::constrained_baseline);
  EXPECT_EQ(name_of("42001f"), Name::baseline);
  EXPECT_EQ(name_of("42801f"), Name::baseline);
  EXPECT_EQ(name_of("58001f"), Name::extended);
  EXPECT_EQ(name_of("4d001f"), Name::main);
  EXPECT_EQ(name_of("4d4028"), Name::main);
  EXPECT_EQ(name_of("640c1f"), Name::constrained_high);
  EXPECT_EQ(name_of("640028"), Name::high);
  EXPECT_EQ(name_of("6e0028"), Name::high_10);
  EXPECT_EQ(name_of("7a0028"), Name::high_422);
  EXPECT_EQ(name_of("f4001f"), Name::high_444);
  EXPECT_EQ(H264Profile::parse("640028")->level, 40);
}

TEST(H264ProfileTest, IsNotReadFromWhatIsNotSixHexadecimalDigits) {
  for (const char* text : {"", "42e0", "42e01g", "42e01f0", "-2e01f", "0x42e0", " 42e01"}) {
    EXPECT_FALSE(H264Profile::parse(text)) << text;
  }
}

TEST(H264ProfileTest, IsIncludedInLargerProfilesOnly) {
  EXPECT_EQ(distance("640028", "64001f"), 0);
  EXPECT_LT(distance("42e01f", "4d001f"), distance("42e01f", "64001f"));
  EXPECT_EQ(distance("640028", "42e01f"), std::nullopt);
  EXPECT_EQ(distance("4d0028", "640c1f"), std::nullopt); // No interlace there.
  EXPECT_TRUE(distance("42001f", "42e01f"));
  EXPECT_EQ(distance("58001f", "64001f"), std::nullopt);
  EXPECT_EQ(distance("ff001f", "ff001f"), std::nullopt); // Unknown is never the same.
}

TEST(H265ProfileTest, HasTheDefaultsOfTheRfc) {
  const auto profile = H265Profile::parse({});
  ASSERT_TRUE(profile);
  EXPECT_EQ(profile->id, 1);
  EXPECT_EQ(profile->tier, 0);
  EXPECT_EQ(profile->level, 93);
  EXPECT_FALSE(profile->has_level);
  EXPECT_TRUE(profile->single_stream);
}

TEST(H265ProfileTest, IsNotReadFromNumbersOutOfRange) {
  EXPECT_FALSE(H265Profile::parse({{"profile-id", "32"}}));
  EXPECT_FALSE(H265Profile::parse({{"profile-id", ""}}));
  EXPECT_FALSE(H265Profile::parse({{"tier-flag", "2"}}));
  EXPECT_FALSE(H265Profile::parse({{"level-id", "256"}}));
  EXPECT_FALSE(H265Profile::parse({{"level-id", "9x"}}));
}

TEST(H265ProfileTest, IncludesLowerTiersAndMainInMain10) {
  const auto main = *H265Profile::parse({{"profile-id", "1"}});
  const auto main_high = *H265Profile::parse({{"profile-id", "1"}, {"tier-flag", "1"}});
  const auto main10 = *H265Profile::parse({{"profile-id", "2"}});
  EXPECT_EQ(main.distance_to(main), 0);
  EXPECT_TRUE(main.distance_to(main_high));
  EXPECT_FALSE(main_high.distance_to(main));
  EXPECT_TRUE(main.distance_to(main10));
  EXPECT_FALSE(main10.distance_to(main));
}

} // namespace
} // namespace fanlight::sdp
