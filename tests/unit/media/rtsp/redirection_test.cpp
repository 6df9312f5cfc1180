#include "media/rtsp/redirection.h"

#include <gmock/gmock.h>

namespace fanlight::media {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kFrom = "rtsp://192.0.2.1:554/live/main?x=1";

std::string to(const char* location, bool tls = false) {
  const auto url = redirected_url(kFrom, location, tls);
  return url ? *url : url.error().message;
}

TEST(RedirectionTest, FollowsAnAddress) {
  EXPECT_EQ(to("rtsp://192.0.2.1:8554/other?y=2"), "rtsp://192.0.2.1:8554/other?y=2");
  EXPECT_EQ(to("rtsps://192.0.2.1/other"), "rtsps://192.0.2.1/other");
}

TEST(RedirectionTest, TakesNoLoginFromIt) {
  EXPECT_EQ(to("rtsp://user:secret@192.0.2.1:8554/a"), "rtsp://192.0.2.1:8554/a");
}

TEST(RedirectionTest, FollowsARelativeAddress) {
  EXPECT_EQ(to("/other"), "rtsp://192.0.2.1:554/other");
  EXPECT_EQ(to("sub"), "rtsp://192.0.2.1:554/live/sub");
  EXPECT_EQ(to("sub", true), "rtsps://192.0.2.1:554/live/sub");
}

TEST(RedirectionTest, DoesNotLeaveTls) {
  EXPECT_THAT(to("rtsp://user:secret@192.0.2.2/a", true),
              testing::AllOf(HasSubstr("without encryption"), HasSubstr("rtsp://192.0.2.2/a")));
  EXPECT_EQ(to("rtsp://192.0.2.1:554/a", true), "rtsps://192.0.2.1:554/a");
}

TEST(RedirectionTest, ShowsNoCredentialsOfAnAddressThatItDoesNotFollow) {
  EXPECT_THAT(to("http://192.0.2.1/live?user=me&password=secret"),
              testing::AllOf(HasSubstr("http://192.0.2.1/live"), Not(HasSubstr("secret"))));
  EXPECT_THAT(to("http://me:se/cret@192.0.2.1/"),
              testing::AllOf(HasSubstr("192.0.2.1"), Not(HasSubstr("cret"))));
  EXPECT_THAT(to("http://me:x@se/cret@192.0.2.1/"), Not(HasSubstr("cret")));
  EXPECT_THAT(to("rtsp://192.0.2.2/live?token=secret", true), Not(HasSubstr("secret")));
}

TEST(RedirectionTest, SaysWhyItDoesNotFollow) {
  EXPECT_THAT(to(""), HasSubstr("names no address"));
  EXPECT_THAT(to("http://192.0.2.1/"), HasSubstr("which is not RTSP"));
}

} // namespace
} // namespace fanlight::media
