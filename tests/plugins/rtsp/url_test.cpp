#include "rtsp/url.h"

#include <gtest/gtest.h>

namespace fanlight::rtsp {
namespace {

TEST(UrlTest, TellsTheHostFromThePort) {
  const auto url = parse_url("rtsp://user:pass@192.0.2.1:8554/live?x=1");

  ASSERT_TRUE(url);
  EXPECT_EQ(url->scheme, "rtsp");
  EXPECT_EQ(url->authority, "192.0.2.1:8554");
  EXPECT_EQ(url->host, "192.0.2.1");
  EXPECT_EQ(url->port, 8554);
  EXPECT_EQ(url->rest, "/live?x=1");
  EXPECT_EQ(url->text(), "rtsp://192.0.2.1:8554/live?x=1");
}

TEST(UrlTest, ReadsAnAddressOfVersion6) {
  EXPECT_EQ(parse_url("rtsp://[2001:db8::1]:554/")->host, "2001:db8::1");
  EXPECT_EQ(parse_url("rtsp://[2001:db8::1]:554/")->port, 554);
  EXPECT_EQ(parse_url("rtsp://[2001:db8::1]/")->port, 0);
}

TEST(UrlTest, RefusesWhatIsNone) {
  for (const char* text : {"", "/live", "rtsp:/host", "rtsp://host:x/", "rtsp://host:70000/",
                           "rtsp://host:0/", "rtsp://host:-1/"})
    EXPECT_FALSE(parse_url(text)) << text;
  EXPECT_TRUE(parse_url("rtsp://host:/"));
}

} // namespace
} // namespace fanlight::rtsp
