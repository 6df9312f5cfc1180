#include "rtsp/message_head.h"

#include <gmock/gmock.h>

namespace fanlight::rtsp {
namespace {

using State = HeadScan::State;

constexpr std::string_view kGood = "RTSP/1.0 200 OK\r\nCSeq: 3\r\nPublic: OPTIONS\r\n\r\n";

TEST(MessageHeadTest, LeavesAGoodHeadAsItIs) { EXPECT_EQ(mended_head(kGood, 3), kGood); }

TEST(MessageHeadTest, AddsASequenceNumberWhereThereIsNoneThatIsValid) {
  for (const char* line : {"", "CSeq:\r\n", "CSeq: x\r\n", "CSeq: 4\r\n", "CSeq: -1\r\n"})
    EXPECT_EQ(mended_head("RTSP/1.0 200 OK\r\n" + std::string{line} + "\r\n", 3),
              "RTSP/1.0 200 OK\r\nCSeq: 0\r\n\r\n")
        << line;
}

TEST(MessageHeadTest, KeepsOneSequenceNumber) {
  EXPECT_EQ(mended_head("RTSP/1.0 200 OK\r\ncseq : 2\r\nCSEQ: 2\r\n\r\n", 3),
            "RTSP/1.0 200 OK\r\ncseq : 2\r\n\r\n");
}

TEST(MessageHeadTest, WritesTheFirstLineAsTheStandardDoes) {
  for (const char* line : {"rtsp/1.0 200 OK", "RTSP/1.1 200 OK", "Rtsp/1.00 200 OK"})
    EXPECT_EQ(mended_head(std::string{line} + "\r\nCSeq: 1\r\n\r\n", 1),
              "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
  EXPECT_EQ(mended_head("OPTIONS * rtsp/1.0\r\n\r\n", 1), "OPTIONS * RTSP/1.0\r\nCSeq: 0\r\n\r\n");
}

TEST(MessageHeadTest, DropsLinesThatAreNoHeaders) {
  EXPECT_EQ(mended_head("RTSP/1.0 200 OK\r\nCSeq: 1\r\nnonsense\r\n: x\r\nA: b\r\n c\r\n\r\n", 1),
            "RTSP/1.0 200 OK\r\nCSeq: 1\r\nA: b\r\n c\r\n\r\n");
}

TEST(MessageHeadTest, EndsLinesAsTheStandardDoes) {
  for (const char* end : {"\n", "\r\n", "\r\r\n"}) {
    const std::string e{end};
    const std::string head = "RTSP/1.0 200 OK" + e + "CSeq: 1" + e + e;
    EXPECT_EQ(scan_head(head + "body").size, head.size());
    EXPECT_EQ(mended_head(head, 1), "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
  }
}

TEST(MessageHeadTest, FindsTheEndWhereverTheBytesAreCut) {
  const std::string all = std::string{kGood} + "more";
  std::size_t scanned = 0;
  for (std::size_t size = 1; size < kGood.size(); ++size) {
    const HeadScan scan = scan_head(std::string_view{all}.substr(0, size), scanned);
    ASSERT_EQ(scan.state, State::unfinished) << size;
    scanned = scan.size;
  }

  const HeadScan scan = scan_head(all, scanned);

  EXPECT_EQ(scan.state, State::complete);
  EXPECT_EQ(scan.size, kGood.size());
}

TEST(MessageHeadTest, KnowsWhatIsNoRtsp) {
  for (const char* bytes : {"\x01\x01", "HTTP/1.0 400 Bad Request\r\n", "220 smtp ready\r\n",
                            "RTSP\r\n", "GET / HTTP/1.1\r\n"})
    EXPECT_EQ(scan_head(bytes).state, State::foreign) << bytes;
  EXPECT_EQ(scan_head(std::string(5000, 'a')).state, State::foreign);
  EXPECT_EQ(scan_head("RTSP/1.0 2").state, State::unfinished);
}

TEST(MessageHeadTest, ShowsTheFirstLineOfText) {
  EXPECT_EQ(shown_line("HTTP/1.0 400 Bad Request\r\nServer: x\r\n"), "HTTP/1.0 400 Bad Request");
  EXPECT_EQ(shown_line("\x01\x02zzzz\n"), "");
  EXPECT_EQ(shown_line(std::string(500, 'a')).size(), 60u);
}

} // namespace
} // namespace fanlight::rtsp
