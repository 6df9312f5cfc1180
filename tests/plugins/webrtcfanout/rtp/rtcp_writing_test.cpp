// Our reports, byte by byte.
#include "webrtcfanout/rtp/rtcp.h"

#include <string>

#include <gmock/gmock.h>

#include "rtcp_told.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

const SenderReport kOurs{.ssrc = 0x01020304,
                         .ntp = 0xe1e2e3e4'a1a2a3a4,
                         .rtp_timestamp = 0x11223344,
                         .packets = 100,
                         .octets = 120000};

TEST(RtcpWritingTest, WritesASenderReportAndItsCname) {
  Octets out(kMaxSenderReport);

  out.resize(write_sender_report(out, kOurs, "fan1"));

  EXPECT_THAT(out, ElementsAreArray(hex("80c8 0006 01020304 e1e2e3e4 a1a2a3a4 11223344 00000064"
                                        "0001d4c0"
                                        "81ca 0003 01020304 01 04 66616e31 0000")));
}

TEST(RtcpWritingTest, EndsTheCnameWithAZeroWhateverItsLength) {
  for (std::size_t size = 0; size <= 255; ++size) {
    Octets out(kMaxSenderReport, 0xee);
    const std::string cname(size, 'x');

    out.resize(write_sender_report(out, kOurs, cname));

    ASSERT_GT(out.size(), 28 + 10 + size);
    EXPECT_EQ(out.size() % 4, 0U);
    EXPECT_LE(out.size() - (28 + 10 + size), 4U);
    EXPECT_EQ(out[28 + 9], size);
    EXPECT_EQ(std::string(out.begin() + 38, out.begin() + 38 + static_cast<long>(size)), cname);
    for (std::size_t i = 38 + size; i < out.size(); ++i) EXPECT_EQ(out[i], 0) << size;
    EXPECT_THAT(told_of(out), IsEmpty());
  }
}

TEST(RtcpWritingTest, CutsACnameThatIsTooLong) {
  Octets out(kMaxSenderReport);

  const std::size_t size = write_sender_report(out, kOurs, std::string(400, 'x'));

  EXPECT_LE(size, kMaxSenderReport);
  EXPECT_EQ(out[28 + 9], 255);
}

TEST(RtcpWritingTest, WritesAByeThatIsReadBehindAReport) {
  Octets out(kMaxSenderReport + kByeSize);
  const std::size_t report = write_sender_report(out, kOurs, "fan1");

  out.resize(report + write_bye(MutableBytes(out).subspan(report), 0x01020304));

  EXPECT_THAT(Bytes(out).last(8), ElementsAreArray(hex("81cb 0001 01020304")));
  EXPECT_THAT(told_of(out), ElementsAre("bye"));
}

TEST(RtcpWritingTest, WritesHowLongAgoAClockWasRead) {
  Octets out(kMaxSenderReport + kReferenceReply);
  const std::size_t report = write_sender_report(out, kOurs, "fan1");

  out.resize(report + write_reference_reply(MutableBytes(out).subspan(report), 0x01020304,
                                            {.ssrc = 9, .ntp = 0xe3e4a1a2, .delay = 0x8000}));

  EXPECT_THAT(Bytes(out).last(24),
              ElementsAreArray(hex("80cf 0005 01020304 05 00 0003 00000009 e3e4a1a2 00008000")));
  EXPECT_THAT(told_of(out), IsEmpty());
}

TEST(RtcpWritingTest, WritesNothingWhereThereIsNoRoom) {
  Octets out(28 + 16 - 1);

  EXPECT_EQ(write_sender_report(out, kOurs, "fan1"), 0U);
  EXPECT_EQ(write_bye(MutableBytes(out).first(7), 1), 0U);
  EXPECT_EQ(write_reference_reply(MutableBytes(out).first(23), 1, {}), 0U);
}

} // namespace
} // namespace fanlight::fanout
