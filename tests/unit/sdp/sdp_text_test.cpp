#include "sdp/sdp_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::sdp {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(SdpLinesTest, AreSplitAtEitherLineEndAndCounted) {
  const auto found = lines("v=0\r\n\n a= b \nnonsense");
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].type, 'v');
  EXPECT_EQ(found[1].value, "b");
  EXPECT_EQ(found[1].number, 3u);
  EXPECT_EQ(found[2].type, 0);
  EXPECT_EQ(found[2].value, "nonsense");
  EXPECT_THAT(lines(""), IsEmpty());
}

TEST(SdpWordsTest, AreSplitAtRunsOfBlanks) {
  EXPECT_THAT(words("  a\t b  c "), ElementsAre("a", "b", "c"));
  EXPECT_THAT(words(" \t"), IsEmpty());
  EXPECT_EQ(join(words(" a  b ")), "a b");
}

TEST(SdpCutTest, TakesTheFirstSeparatorAndTrims) {
  EXPECT_THAT(cut("a = b=c", '='), Pair("a", "b=c"));
  EXPECT_THAT(cut("abc", '='), Pair("abc", ""));
  EXPECT_THAT(cut("", '='), Pair("", ""));
}

TEST(SdpNumberTest, IsDigitsUpToItsMaximum) {
  EXPECT_EQ(number("127", 127), 127u);
  EXPECT_EQ(number("128", 127), std::nullopt);
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1x", "99999999999999999999"}) {
    EXPECT_EQ(number(text, 0xffffffff), std::nullopt) << text;
  }
}

TEST(SdpTokenTest, IsVisibleAscii) {
  EXPECT_TRUE(is_token("a:b!", 4));
  EXPECT_FALSE(is_token("", 4));
  EXPECT_FALSE(is_token("abcde", 4));
  EXPECT_FALSE(is_token("a b", 4));
  EXPECT_FALSE(is_token("\xc3\xa4", 4));
}

TEST(SdpExcerptTest, IsShortAndSafeToPrint) {
  EXPECT_EQ(excerpt("a\x1b\xff z"), "a?? z");
  EXPECT_EQ(excerpt(std::string(100, 'x')), std::string(60, 'x') + "...");
}

TEST(SdpCaseTest, IsThatOfAscii) {
  EXPECT_EQ(lower("Profile-ID\xc3\x84"), "profile-id\xc3\x84");
  EXPECT_EQ(upper("opus"), "OPUS");
  EXPECT_TRUE(equals_ignoring_case("SRST", "srst"));
  EXPECT_FALSE(equals_ignoring_case("SRST", "srs"));
}

} // namespace
} // namespace fanlight::sdp
