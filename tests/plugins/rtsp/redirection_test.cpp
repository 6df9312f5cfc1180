#include "rtsp/redirection.h"

#include <gtest/gtest.h>

namespace fanlight::rtsp {
namespace {

using Fault = Redirection::Fault;

constexpr const char* kFrom = "rtsp://192.0.2.1:554/live/main?x=1";

TEST(RedirectionTest, FollowsAnAddress) {
  EXPECT_EQ(redirection_of(kFrom, "rtsp://u:p@192.0.2.2:8554/a", false).url,
            "rtsp://192.0.2.2:8554/a");
  EXPECT_EQ(redirection_of(kFrom, "sub", false).url, "rtsp://192.0.2.1:554/live/sub");
  EXPECT_EQ(redirection_of(kFrom, "/sub", true).url, "rtsps://192.0.2.1:554/sub");
}

TEST(RedirectionTest, SaysWhyItDoesNotFollow) {
  EXPECT_EQ(redirection_of(kFrom, "", false).fault, Fault::nowhere);
  EXPECT_EQ(redirection_of(kFrom, "http://192.0.2.1/", false).fault, Fault::not_rtsp);
  EXPECT_EQ(redirection_of(kFrom, "rtsp://192.0.2.2/", true).fault, Fault::unencrypted);
  EXPECT_EQ(redirection_of(kFrom, "rtsp://192.0.2.1:554/other", true).fault, Fault::none);
}

} // namespace
} // namespace fanlight::rtsp
