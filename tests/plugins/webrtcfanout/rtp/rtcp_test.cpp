// What receivers say by RTCP, byte by byte.
#include "webrtcfanout/rtp/rtcp.h"

#include <string>

#include <gmock/gmock.h>

#include "rtcp_told.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Octets padded_packet(unsigned count, std::uint8_t type, Octets body, std::size_t padding) {
  body.resize(body.size() + padding);
  body.back() = static_cast<std::uint8_t>(padding);
  Octets bytes = packet(count, type, body);
  bytes[0] |= 0x20;
  return bytes;
}

const Octets kBlock = hex("11111111 40 fffffe 00018765 00000123 89abcdef 00010000");
const Octets kReport = packet(1, 201, hex("00000001") + kBlock);
const Octets kPli = packet(1, 206, hex("00000001 00000007"));

Octets nack(const Octets& entries) { return packet(1, 205, hex("00000001 00000007") + entries); }
Octets fir(const Octets& entries) { return packet(4, 206, hex("00000001 00000000") + entries); }
Octets remb(const Octets& rest) {
  return packet(15, 206, hex("00000001 00000000 52454d42") + rest);
}
/// Base 1000, reference time 2 (128 ms), feedback 5; `rest` is filled up with zeros.
Octets transport_cc(std::uint16_t count, Octets rest) {
  rest.resize((rest.size() + 3) / 4 * 4);
  Octets body = hex("00000001 00000007 03e8 0000 000002 05") + rest;
  write_u16(&body[10], count);
  return packet(15, 205, body);
}

/// What is told of a packet that is malformed.
std::vector<std::string> told_of_malformed(const Octets& bytes) {
  Told told;
  EXPECT_FALSE(read_rtcp(bytes, told));
  return told.all;
}

TEST(RtcpTest, ReadsAReportBlock) {
  Told told;

  ASSERT_TRUE(read_rtcp(kReport, told));

  ASSERT_EQ(told.reports.size(), 1U);
  const ReportBlock& block = told.reports[0];
  EXPECT_EQ(block.ssrc, 0x11111111U);
  EXPECT_EQ(block.fraction_lost, 0x40);
  EXPECT_EQ(block.cumulative_lost, -2);
  EXPECT_EQ(block.highest_sequence, 0x00018765U);
  EXPECT_EQ(block.jitter, 0x123U);
  EXPECT_EQ(block.last_sr, 0x89abcdefU);
  EXPECT_EQ(block.delay_since_last_sr, 0x10000U);
}

TEST(RtcpTest, ReadsTheBlocksOfReportsOfBothKinds) {
  const Octets second = hex("22222222 00 7fffff 00000000 00000000 00000000 00000000");
  const Octets sender_info = hex("e0000001 00000002 00000003 00000004 00000005");

  EXPECT_THAT(told_of(packet(2, 201, hex("00000001") + kBlock + second)),
              ElementsAre("report 286331153", "report 572662306"));
  EXPECT_THAT(told_of(packet(2, 200, hex("00000001") + sender_info + kBlock + second)),
              ElementsAre("report 286331153", "report 572662306"));
}

TEST(RtcpTest, PassesOverExtensionsOfAReport) {
  EXPECT_THAT(told_of(packet(0, 201, hex("00000001 01020304 05060708"))), IsEmpty());
}

TEST(RtcpTest, RefusesReportsWithFewerBlocksThanAnnounced) {
  EXPECT_THAT(told_of_malformed(packet(2, 201, hex("00000001") + kBlock)), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(31, 201, hex("00000001"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(0, 201, {})), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(0, 200, hex("00000001 e0000001"))), IsEmpty());
}

TEST(RtcpTest, ReadsANackAndItsMask) {
  Told told;

  ASSERT_TRUE(read_rtcp(nack(hex("0064 8005")), told));

  EXPECT_THAT(told.lost, ElementsAre(100, 101, 103, 116));
  EXPECT_EQ(told.all[0], "nack 7");
}

TEST(RtcpTest, ReadsANackAcrossTheWrapOfSequenceNumbers) {
  Told told;

  ASSERT_TRUE(read_rtcp(nack(hex("fffe 0007 0010 0000")), told));

  EXPECT_THAT(told.lost, ElementsAre(0xfffe, 0xffff, 0, 1, 16));
}

TEST(RtcpTest, RefusesANackOfNothing) { EXPECT_THAT(told_of_malformed(nack({})), IsEmpty()); }

TEST(RtcpTest, ReadsAPictureLoss) { EXPECT_THAT(told_of(kPli), ElementsAre("pli 7")); }

TEST(RtcpTest, RefusesFeedbackWithoutItsMedia) {
  for (const unsigned format : {1, 4, 15, 20}) {
    EXPECT_THAT(told_of_malformed(packet(format, 206, hex("00000001"))), IsEmpty());
    EXPECT_THAT(told_of_malformed(packet(format, 205, hex("00000001"))), IsEmpty());
  }
}

TEST(RtcpTest, ReadsFullIntraRequests) {
  EXPECT_THAT(told_of(fir(hex("00000007 01000000 00000008 02000000"))),
              ElementsAre("fir 7", "fir 8"));
}

TEST(RtcpTest, RefusesFullIntraRequestsOfNobodyOrOfHalfAnEntry) {
  EXPECT_THAT(told_of_malformed(fir({})), IsEmpty());
  EXPECT_THAT(told_of_malformed(fir(hex("00000007"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(fir(hex("00000007 01000000 00000008"))), IsEmpty());
}

TEST(RtcpTest, ReadsAnEstimate) {
  // Exponent 3, mantissa 0x20001.
  EXPECT_THAT(told_of(remb(hex("01 0e0001 00000007"))), ElementsAre("remb 1048584"));
  EXPECT_THAT(told_of(remb(hex("02 000005 00000007 00000008"))), ElementsAre("remb 5"));
  EXPECT_THAT(told_of(remb(hex("00 000000"))), ElementsAre("remb 0"));
}

TEST(RtcpTest, RefusesAnEstimateOfMoreBitsThanThereAre) {
  EXPECT_THAT(told_of(remb(hex("00 b80001"))), ElementsAre("remb 70368744177664"));
  EXPECT_THAT(told_of_malformed(remb(hex("00 ffffff"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(remb(hex("00 fc0002"))), IsEmpty());
  EXPECT_THAT(told_of(remb(hex("00 fc0001"))), ElementsAre("remb 9223372036854775808"));
}

TEST(RtcpTest, RefusesAnEstimateWithAnotherNumberOfSources) {
  EXPECT_THAT(told_of_malformed(remb({})), IsEmpty());
  EXPECT_THAT(told_of_malformed(remb(hex("01 0e0001"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(remb(hex("01 0e0001 00000007 00000008"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(remb(hex("ff 0e0001 00000007"))), IsEmpty());
}

TEST(RtcpTest, PassesOverFeedbackOfOtherApplications) {
  EXPECT_THAT(told_of(packet(15, 206, hex("00000001 00000000 41414141"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(15, 206, hex("00000001 00000000"))), IsEmpty());
}

TEST(RtcpTest, ReadsTransportFeedbackOfRunsAndVectors) {
  // A run of 2 with small deltas; 14 bits: 1, 0, 1 and eleven lost; 7 pairs: large, none, small.
  const Octets feedback = transport_cc(19, hex("2002  a800  e100  04 08  0c 10  ff80 14"));
  Told told;

  ASSERT_TRUE(read_rtcp(feedback, told));

  EXPECT_EQ(told.feedback.count, 5);
  ASSERT_EQ(told.feedback.packets.size(), 19U);
  std::vector<std::pair<int, std::int64_t>> arrivals;
  for (const auto& packet : told.feedback.packets)
    if (packet.received) arrivals.emplace_back(packet.sequence, packet.arrival_us);
  EXPECT_THAT(arrivals, ElementsAre(std::pair(1000, 129'000), std::pair(1001, 131'000),
                                    std::pair(1002, 134'000), std::pair(1004, 138'000),
                                    std::pair(1016, 106'000), std::pair(1018, 111'000)));
}

TEST(RtcpTest, CountsTheSequenceNumbersOfFeedbackAcrossTheirWrap) {
  Octets feedback = transport_cc(3, hex("2003 01 01 01"));
  write_u16(&feedback[12], 0xfffe);
  Told told;

  ASSERT_TRUE(read_rtcp(feedback, told));

  EXPECT_EQ(told.feedback.packets[0].sequence, 0xfffe);
  EXPECT_EQ(told.feedback.packets[2].sequence, 0);
}

TEST(RtcpTest, ReadsAReferenceTimeBeforeZero) {
  Octets feedback = transport_cc(1, hex("2001 04"));
  feedback[16] = feedback[17] = feedback[18] = 0xff;
  Told told;

  ASSERT_TRUE(read_rtcp(feedback, told));

  EXPECT_EQ(told.feedback.packets[0].arrival_us, -63'000);
}

TEST(RtcpTest, ReadsFeedbackThatChromiumFillsUp) {
  // One status and one delta are three bytes; the fourth is padding, and counted.
  Octets feedback = transport_cc(1, hex("2001 04 01"));
  feedback[0] |= 0x20;

  EXPECT_THAT(told_of(feedback + kPli), ElementsAre("feedback 1", "pli 7"));
}

TEST(RtcpTest, RefusesTransportFeedbackThatEndsTooSoon) {
  EXPECT_THAT(told_of_malformed(transport_cc(0, hex("2001 04"))), IsEmpty());    // Of nothing.
  EXPECT_THAT(told_of_malformed(transport_cc(3, hex("2001 2001"))), IsEmpty());  // Of 3, 2.
  EXPECT_THAT(told_of_malformed(transport_cc(1, {})), IsEmpty());                // No status.
  EXPECT_THAT(told_of_malformed(transport_cc(9, hex("2009 01 01"))), IsEmpty()); // 9, 2 deltas.
  EXPECT_THAT(told_of_malformed(transport_cc(2, hex("4002 0101"))), IsEmpty());  // Half of them.
  EXPECT_THAT(told_of_malformed(packet(15, 205, hex("00000001 00000007"))), IsEmpty());
}

TEST(RtcpTest, RefusesStatusesThatAreNone) {
  EXPECT_THAT(told_of_malformed(transport_cc(2, hex("6002 0000"))), IsEmpty()); // Reserved, a run.
  EXPECT_THAT(told_of_malformed(transport_cc(2, hex("f000 0000"))), IsEmpty()); // In a vector.
  EXPECT_THAT(told_of_malformed(transport_cc(2, hex("2000 2002 0101"))), IsEmpty()); // Run of 0.
}

TEST(RtcpTest, PassesOverFeedbackOfMorePacketsThanAnyReceivesAtOnce) {
  const std::uint16_t most = TransportFeedback::kMaxPackets;

  EXPECT_THAT(told_of(transport_cc(most, hex("1fff 1fff"))), ElementsAre("feedback 8192"));
  EXPECT_THAT(told_of(transport_cc(most + 1, hex("1fff 1fff"))), IsEmpty());
}

TEST(RtcpTest, ReadsABye) {
  EXPECT_THAT(told_of(packet(1, 203, hex("00000001"))), ElementsAre("bye"));
  EXPECT_THAT(told_of(packet(1, 203, hex("00000001 03627965"))), ElementsAre("bye")); // "bye"
  EXPECT_THAT(told_of(packet(2, 203, hex("00000001 00000002"))), ElementsAre("bye"));
}

TEST(RtcpTest, HeedsNoByeOfNobody) {
  EXPECT_THAT(told_of(packet(0, 203, {})), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(2, 203, hex("00000001"))), IsEmpty());
}

TEST(RtcpTest, ReadsTheClockOfAReceiver) {
  Told told;

  // Behind a block of another kind.
  ASSERT_TRUE(
      read_rtcp(packet(0, 207, hex("00000009 06000001 00000000 04000002 e1e2e3e4a1a2a3a4")), told));

  EXPECT_THAT(told.all, ElementsAre("clock 9"));
  EXPECT_EQ(told.clock, 0xe1e2e3e4'a1a2a3a4U);
}

TEST(RtcpTest, RefusesBlocksOfExtendedReportsThatEndTooSoon) {
  EXPECT_THAT(told_of_malformed(packet(0, 207, {})), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(0, 207, hex("00000009 04000002 e1e2e3e4"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(0, 207, hex("00000009 04000001 e1e2e3e4"))), IsEmpty());
  EXPECT_THAT(told_of_malformed(packet(0, 207, hex("00000009 0600ffff 00000000"))), IsEmpty());
}

TEST(RtcpTest, PassesOverWhatItDoesNotKnow) {
  EXPECT_THAT(told_of(packet(1, 202, hex("00000001 01024142 00000000"))), IsEmpty()); // SDES
  EXPECT_THAT(told_of(packet(0, 204, hex("00000001 6e616d65"))), IsEmpty());          // APP
  EXPECT_THAT(told_of(packet(0, 207, hex("00000001"))), IsEmpty());                   // XR
  EXPECT_THAT(told_of(packet(3, 205, hex("00000001 00000007 00000000"))), IsEmpty());
  EXPECT_THAT(told_of(packet(2, 206, hex("00000001 00000007 00000000"))), IsEmpty());
}

TEST(RtcpTest, ReadsACompoundInItsOrder) {
  const Octets sdes = packet(1, 202, hex("00000001 01024142 00000000"));

  EXPECT_THAT(told_of(kReport + sdes + kPli + nack(hex("0001 0000")) + kPli),
              ElementsAre("report 286331153", "pli 7", "nack 7", "pli 7"));
}

TEST(RtcpTest, TellsWhatStoodBeforeTheMalformedPart) {
  Octets version = kPli;
  version[0] = 0x41;

  EXPECT_THAT(told_of_malformed(kReport + version + kPli), ElementsAre("report 286331153"));
  EXPECT_THAT(told_of_malformed(kPli + nack({}) + kPli), ElementsAre("pli 7"));
}

TEST(RtcpTest, RefusesEveryPieceOfACompound) {
  const Octets whole = kReport + kPli;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    Told told;
    const bool sound = read_rtcp(Bytes(whole).first(size), told);
    EXPECT_EQ(sound, size == kReport.size()) << size;
    EXPECT_EQ(told.all.size(), size < kReport.size() ? 0U : 1U) << size;
  }
}

TEST(RtcpTest, RefusesALengthBeyondTheDatagram) {
  for (const std::uint16_t words : {3, 4, 0x7fff, 0xffff}) {
    Octets longer = kPli;
    write_u16(&longer[2], words);
    EXPECT_THAT(told_of_malformed(longer), IsEmpty());
  }
}

TEST(RtcpTest, TakesPaddingOff) {
  // Without that, the last entry would be a NACK of packet 0.
  Told told;

  ASSERT_TRUE(read_rtcp(padded_packet(1, 205, hex("00000001 00000007 0064 0000"), 8), told));

  EXPECT_THAT(told.lost, ElementsAre(100));
}

TEST(RtcpTest, RefusesPaddingThatCannotBe) {
  const auto announcing = [](std::uint8_t padding) {
    Octets bytes = padded_packet(1, 206, hex("00000001 00000007"), 4);
    bytes.at(15) = padding;
    return bytes;
  };

  EXPECT_THAT(told_of(announcing(4)), ElementsAre("pli 7"));
  EXPECT_THAT(told_of_malformed(announcing(0)), IsEmpty());
  EXPECT_THAT(told_of_malformed(announcing(13)), IsEmpty()); // With the header.
  EXPECT_THAT(told_of_malformed(announcing(8)), IsEmpty());  // Of the media's SSRC.
}

} // namespace
} // namespace fanlight::fanout
