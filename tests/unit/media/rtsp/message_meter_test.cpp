#include "media/rtsp/message_meter.h"

#include <gmock/gmock.h>

namespace fanlight::media {
namespace {

using testing::HasSubstr;

/// A camera that says so much as GstRTSPConnection reads it.
class MessageMeterTest : public testing::Test {
 protected:
  std::string byte(bool inside, char c = 'R') {
    const std::string why = meter_.ask(inside, 1).message;
    return why.empty() ? meter_.give(inside, 1, 1, c, plays_).message : why;
  }
  /// A message of a head and a body of that many bytes; a packet where it begins with a dollar.
  std::string message(std::size_t head, std::size_t body, char first = 'R') {
    std::string why = byte(false, first);
    for (std::size_t at = 1; at < head && why.empty(); ++at) why = byte(true);
    if (why.empty() && body > 0) why = meter_.ask(true, body).message;
    if (why.empty() && body > 0) why = meter_.give(true, body, body, 'v', plays_).message;
    return why;
  }

  MessageMeter meter_;
  bool plays_ = false;
};

TEST_F(MessageMeterTest, LetsABigDescriptionPass) {
  EXPECT_EQ(message(1000, 200), "");
  EXPECT_EQ(message(MessageMeter::kMostHead, MessageMeter::kMostBody), "");
}

TEST_F(MessageMeterTest, SaysWhoseBodyIsTooLong) {
  EXPECT_THAT(message(100, MessageMeter::kMostBody + 1), HasSubstr("message is larger than 256"));
  meter_.set_request("DESCRIBE");
  EXPECT_THAT(message(100, MessageMeter::kMostBody + 1), HasSubstr("description is larger than"));
  meter_.set_request("GET_PARAMETER");
  plays_ = true;
  EXPECT_THAT(message(100, 3'000'000'000), HasSubstr("answer to GET_PARAMETER is larger than 256"));
}

TEST_F(MessageMeterTest, BoundsTheHeadOfEachMessageEvenOfOneThatPlays) {
  plays_ = true;
  for (int i = 0; i < 3; ++i) EXPECT_EQ(message(MessageMeter::kMostHead, 0), "");
  EXPECT_THAT(message(MessageMeter::kMostHead + 2, 0), HasSubstr("header of the camera's message"));
}

TEST_F(MessageMeterTest, BoundsAllMessagesBeforePlayTogether) {
  std::size_t said = 0;
  while (message(4, 1000).empty()) said += 1004;
  EXPECT_LE(said, MessageMeter::kMostBeforePlay);
  EXPECT_GT(said + 1004, MessageMeter::kMostBeforePlay);
}

TEST_F(MessageMeterTest, BoundsPacketsBeforePlayByThemselves) {
  std::size_t sent = 0;
  std::string why;
  while ((why = message(1, 1003, '$')).empty()) sent += 1004;
  EXPECT_EQ(why, "the camera sent more than 16 MiB of media before it answered PLAY");
  EXPECT_GT(sent + 1004, MessageMeter::kMostPacketsBeforePlay);
}

TEST_F(MessageMeterTest, BoundsNoPacketsOfACameraThatPlays) {
  plays_ = true;
  for (std::size_t sent = 0; sent <= 2 * MessageMeter::kMostPacketsBeforePlay; sent += 65536)
    ASSERT_EQ(message(1, 65535, '$'), "");
}

TEST_F(MessageMeterTest, GivesAMessageTimeFromItsFirstWaitToItsEnd) {
  EXPECT_EQ(meter_.wait_until_us(false, 5), 0) << "nothing was begun";
  EXPECT_EQ(byte(false), "");
  const std::int64_t end = meter_.wait_until_us(true, 7);
  EXPECT_EQ(end, 7 + MessageMeter::kMessageUs);
  EXPECT_EQ(byte(true), "");
  EXPECT_EQ(meter_.wait_until_us(true, 8'000'000), end) << "a byte begins nothing anew";
  EXPECT_EQ(byte(false), "");
  EXPECT_EQ(meter_.wait_until_us(true, 8'000'000), 8'000'000 + MessageMeter::kMessageUs);
}

} // namespace
} // namespace fanlight::media
