// How cameras with odd answers write them.
#include "camsim/relay/answer_faults.h"

#include <gmock/gmock.h>

namespace fanlight::camsim {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string spoilt(const std::string& fault, const std::string& method = "SETUP") {
  RtspMessage answer{.head = "RTSP/1.0 200 OK\r\nCSeq: 3\r\nTransport: "
                             "RTP/AVP/TCP;unicast;interleaved=2-3;ssrc=1\r\nSession: "
                             "7;timeout=60\r\n\r\n",
                     .body = {}};
  spoil_answer(answer, method, {fault});
  return answer.head;
}

TEST(AnswerFaultsTest, NamesNoChannelsOrOthers) {
  EXPECT_THAT(spoilt("no_interleaved"), HasSubstr("Transport: RTP/AVP/TCP;unicast;ssrc=1\r\n"));
  EXPECT_THAT(spoilt("other_channels"), HasSubstr(";interleaved=22-23;"));
  EXPECT_THAT(spoilt("same_channels"), HasSubstr(";interleaved=0-1;"));
  EXPECT_THAT(spoilt("no_transport"), Not(HasSubstr("Transport")));
  EXPECT_THAT(spoilt("no_transport"), testing::EndsWith("timeout=60\r\n\r\n"));
}

TEST(AnswerFaultsTest, WritesTheTransportWithSpaces) {
  EXPECT_THAT(spoilt("spaced_transport"), HasSubstr("; interleaved=2-3; ssrc=1; Mode=\"PLAY\""));
}

TEST(AnswerFaultsTest, ChangesOnlyTheTransportOfSetup) {
  EXPECT_EQ(spoilt("no_transport", "PLAY"), spoilt("", "PLAY"));
}

TEST(AnswerFaultsTest, LeavesTheNumberOut) {
  EXPECT_THAT(spoilt("no_cseq"), Not(HasSubstr("CSeq")));
}

TEST(AnswerFaultsTest, WritesHeadsInOddCase) {
  const std::string head = spoilt("odd_case");
  EXPECT_THAT(head, testing::StartsWith("rtsp/1.0 200 OK\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\ncSeQ: 3\r\n"));
  EXPECT_THAT(head, HasSubstr("; Timeout = 60\r\n"));
  EXPECT_THAT(head, testing::EndsWith("\r\n\r\n"));
}

TEST(AnswerFaultsTest, EndsLinesWithLineFeeds) {
  EXPECT_THAT(spoilt("line_feeds"), Not(HasSubstr("\r")));
}

} // namespace
} // namespace fanlight::camsim
