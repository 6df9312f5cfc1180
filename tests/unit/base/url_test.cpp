#include "base/url.h"

#include <string>

#include <gtest/gtest.h>

namespace fanlight {
namespace {

TEST(SplitUrlTest, TakesAUrlApart) {
  const auto parts = split_url("rtsp://ad%40min:p:w@cam.example:8554/live?a=b#c");

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->scheme, "rtsp");
  EXPECT_EQ(parts->user_info, "ad%40min:p:w");
  EXPECT_EQ(parts->host, "cam.example:8554");
  EXPECT_EQ(parts->rest, "/live?a=b#c");
  EXPECT_EQ(parts->bare(), "rtsp://cam.example:8554/live?a=b#c");
}

TEST(SplitUrlTest, EndsTheHostWhereTheRestBegins) {
  for (const std::string rest : {"/a@b", "?a@b", "#a@b", ""}) {
    const auto parts = split_url("rtsp://cam" + rest);

    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->host, "cam") << rest;
    EXPECT_EQ(parts->user_info, std::nullopt);
    EXPECT_EQ(parts->rest, rest);
  }
}

TEST(SplitUrlTest, EndsThePasswordAtTheLastSign) {
  const auto parts = split_url("rtsp://a:b@c@[::1]:554");

  ASSERT_TRUE(parts);
  EXPECT_EQ(parts->user_info, "a:b@c");
  EXPECT_EQ(parts->host, "[::1]:554");
}

TEST(SplitUrlTest, KnowsWhatIsNone) { EXPECT_FALSE(split_url("cam/live")); }

TEST(UrlLoginTest, DecodesWhatIsEncoded) {
  const UrlLogin both = login_of("ad%40min:p%3Aw:x");
  EXPECT_EQ(both.username, "ad@min");
  EXPECT_EQ(both.password, "p:w:x");

  const UrlLogin name = login_of("admin");
  EXPECT_EQ(name.username, "admin");
  EXPECT_EQ(name.password, std::nullopt);

  EXPECT_EQ(login_of("a%zz:").username, "a%zz") << "which is no encoding";
  EXPECT_EQ(login_of("a:").password, "");
}

TEST(WithPortTest, AddsAPortWhereThereIsNone) {
  EXPECT_EQ(with_port("cam", 554), "cam:554");
  EXPECT_EQ(with_port("cam:80", 554), "cam:80");
  EXPECT_EQ(with_port("[::1]", 554), "[::1]:554");
  EXPECT_EQ(with_port("[::1]:80", 554), "[::1]:80");
}

} // namespace
} // namespace fanlight
