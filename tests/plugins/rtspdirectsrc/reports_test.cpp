#include "rtspdirectsrc/reports.h"

#include <algorithm>

#include <gmock/gmock.h>

namespace fanlight::direct {
namespace {

using testing::ElementsAre;
using Packet = std::vector<std::uint8_t>;

Packet sender_report(std::uint8_t source) {
  Packet packet(28);
  packet[0] = 0x80;
  packet[1] = 200;
  packet[3] = 6;
  packet[7] = source;
  for (std::uint8_t i = 0; i < 8; ++i) packet[8 + i] = static_cast<std::uint8_t>(i + 1);
  packet[19] = 99;
  return packet;
}

TEST(ReportsTest, ReadsTheSenderReportOfTheSource) {
  Reports reports{1, "name"};
  EXPECT_FALSE(reports.take(sender_report(6), 7, 0));
  EXPECT_FALSE(reports.sender_report());

  EXPECT_FALSE(reports.take(sender_report(7), 7, 0));

  ASSERT_TRUE(reports.sender_report());
  EXPECT_EQ(reports.sender_report()->ntp, 0x0102030405060708u);
  EXPECT_EQ(reports.sender_report()->timestamp, 99u);
}

TEST(ReportsTest, IgnoresASenderReportWithoutATime) {
  Reports reports{1, "name"};
  Packet without = sender_report(7);
  std::fill(without.begin() + 8, without.begin() + 16, std::uint8_t{0});

  reports.take(without, 7, 0);
  EXPECT_FALSE(reports.sender_report());
  reports.take(sender_report(7), 7, 0);
  reports.take(without, 7, 1'000'000);

  ASSERT_TRUE(reports.sender_report());
  EXPECT_EQ(reports.sender_report()->ntp, 0x0102030405060708u);
}

TEST(ReportsTest, HearsTheGoodbyeOfTheSource) {
  Reports reports{1, "name"};
  const Packet goodbye{0x81, 203, 0, 1, 0, 0, 0, 7};
  Packet both = sender_report(7);
  both.insert(both.end(), goodbye.begin(), goodbye.end());

  EXPECT_TRUE(reports.take(both, 7, 0));
  EXPECT_FALSE(reports.take(both, 8, 0));
  EXPECT_FALSE(reports.take(Bytes{both}.first(both.size() - 1), 7, 0));
}

TEST(ReportsTest, ReportsWhatWasReceivedAndLost) {
  Reports reports{1, "ab"};
  reports.take(sender_report(7), 7, 1'000'000);

  const Packet first = reports.write(
      {.source = 7, .highest = 0x10002, .received = 96, .lost = 32, .jitter = 5}, {}, 1'500'000);
  const Packet second = reports.write(
      {.source = 7, .highest = 0x10003, .received = 97, .lost = 32, .jitter = 5}, {}, 1'500'000);

  EXPECT_THAT(Packet(first.begin(), first.begin() + 32),
              ElementsAre(0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 7, 64, 0, 0, 32, 0, 1, 0, 2, 0, 0,
                          0, 5, 3, 4, 5, 6, 0, 0, 0x80, 0));
  EXPECT_THAT(Packet(first.begin() + 32, first.end()),
              ElementsAre(0x81, 202, 0, 3, 0, 0, 0, 1, 1, 2, 'a', 'b', 0, 0, 0, 0));
  EXPECT_EQ(second[12], 0) << "nothing was lost since";
}

TEST(ReportsTest, AsksForAKeyFrame) {
  Reports reports{1, "ab"};
  const auto request_of = [&](Reports::Request request) {
    const Packet packet = reports.write({.source = 7}, request, 0);
    return Packet(packet.begin() + 48, packet.end());
  };

  EXPECT_THAT(request_of(Reports::Request::picture_loss),
              ElementsAre(0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 7));
  EXPECT_THAT(request_of(Reports::Request::full_intra),
              ElementsAre(0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 7, 1, 0, 0, 0));
  EXPECT_EQ(request_of(Reports::Request::full_intra)[16], 2) << "another request";
}

} // namespace
} // namespace fanlight::direct
