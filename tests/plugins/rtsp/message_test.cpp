#include "rtsp/message.h"

#include <gmock/gmock.h>

namespace fanlight::rtsp {
namespace {

using testing::ElementsAre;

TEST(MessageTest, ReadsAnAnswer) {
  const auto answer =
      read_head("RTSP/1.0 401 Unauthorized\r\nCSeq: 2\r\nWWW-Authenticate: Basic\r\n"
                "www-authenticate :Digest realm=\"x\"\r\n\r\n");

  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 401);
  EXPECT_EQ(answer->reason, "Unauthorized");
  EXPECT_EQ(answer->first("cseq"), "2");
  EXPECT_THAT(answer->all("WWW-Authenticate"), ElementsAre("Basic", "Digest realm=\"x\""));
}

TEST(MessageTest, ReadsOddHeads) {
  EXPECT_EQ(read_head("rtsp/1.1  200\n\n")->status, 200);
  EXPECT_EQ(read_head("RTSP/1.0 200 OK\nno colon\n: none\nPublic: A,\n B\n\n")->first("Public"),
            "A, B");
  EXPECT_EQ(read_head("OPTIONS rtsp://x/ RTSP/1.0\r\n\r\n")->method, "OPTIONS");
  EXPECT_FALSE(read_head("RTSP/1.0 OK\r\n\r\n"));
  EXPECT_FALSE(read_head("RTSP/1.0 20 OK\r\n\r\n"));
  EXPECT_FALSE(read_head("\r\n"));
}

TEST(MessageTest, TellsHowLongTheBodyIs) {
  EXPECT_EQ(body_size_of(*read_head("RTSP/1.0 200 OK\r\nContent-length: 12\r\n\r\n")), 12u);
  EXPECT_EQ(body_size_of(*read_head("RTSP/1.0 200 OK\r\n\r\n")), 0u);
  EXPECT_GT(body_size_of(*read_head("RTSP/1.0 200 OK\r\nContent-Length: x\r\n\r\n")), 1u << 30);
  EXPECT_GT(body_size_of(*read_head("RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n")), 1u << 30);
}

TEST(MessageTest, ReadsTheTimeOfASessionInAnyCase) {
  EXPECT_EQ(timeout_of("1234; Timeout = 30"), 30);
  EXPECT_EQ(timeout_of("1234;x=1;timeout=\"60\""), 60);
  EXPECT_EQ(timeout_of("1234"), std::nullopt);
  EXPECT_EQ(timeout_of("1234;timeout"), std::nullopt);
}

} // namespace
} // namespace fanlight::rtsp
