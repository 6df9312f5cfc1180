#include "load/rtc/reception.h"

#include <gmock/gmock.h>

#include "load/net/wire.h"

namespace fanlight::load {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

constexpr std::uint32_t kSsrc = 0xcafe;

class ReceptionTest : public testing::Test {
 protected:
  void receive(std::initializer_list<std::uint16_t> sequences) {
    for (const std::uint16_t sequence : sequences) reception_.on_packet(sequence, 0, now_);
  }
  void pass(Clock::duration time) { now_ += time; }
  std::vector<std::uint8_t> nack() {
    std::vector<std::uint8_t> fci;
    reception_.append_due(fci, now_);
    return fci;
  }
  /// Asks until everything that is missing has been given up.
  void give_up() {
    for (int i = 0; i < 20; ++i, pass(50ms)) nack();
  }
  const Counts& counts() const { return reception_.counts(); }

  Reception reception_{kSsrc, 90000, true};
  Time now_ = Clock::now();
};

TEST_F(ReceptionTest, CountsAnUnbrokenStreamAsThat) {
  receive({65533, 65534, 65535, 0, 1, 2});

  EXPECT_EQ(counts().media, 6U);
  EXPECT_EQ(counts().missing, 0U);
  EXPECT_EQ(counts().lost, 0U);
  EXPECT_FALSE(reception_.due());
}

TEST_F(ReceptionTest, NumbersPacketsAcrossTheWrap) {
  EXPECT_EQ(reception_.on_packet(65535, 0, now_), 0x1ffffU);
  EXPECT_EQ(reception_.on_packet(0, 0, now_), 0x20000U);
}

TEST_F(ReceptionTest, CountsWhatNeverComesAsLostOnlyWhenAskingWasInVain) {
  receive({65534, 1});
  EXPECT_EQ(counts().missing, 2U);
  EXPECT_EQ(counts().lost, 0U);

  give_up();

  EXPECT_EQ(counts().lost, 2U);
  EXPECT_EQ(counts().nacks, 20U); // Each ten times.
  EXPECT_FALSE(reception_.due());
}

TEST_F(ReceptionTest, TellsReorderingFromRepair) {
  receive({10, 12, 11}); // By itself, before anybody asked.
  receive({14});
  pass(5ms);
  EXPECT_THAT(nack(), ElementsAre(0, 13, 0, 0));
  receive({13}); // Sent again, plainly.

  EXPECT_EQ(counts().reordered, 1U);
  EXPECT_EQ(counts().repaired, 1U);
  EXPECT_EQ(counts().rtx, 0U);
  EXPECT_EQ(counts().media, 5U);
  give_up();
  EXPECT_EQ(counts().lost, 0U);
}

TEST_F(ReceptionTest, TakesRepairsByRtx) {
  receive({10, 12});

  EXPECT_EQ(reception_.on_rtx(11), 0x1000bU);

  EXPECT_EQ(counts().repaired, 1U);
  EXPECT_EQ(counts().rtx, 1U);
  EXPECT_EQ(counts().media, 3U);
  EXPECT_FALSE(reception_.on_rtx(11)) << "nobody misses it any more";
  EXPECT_EQ(counts().repeated, 1U);
}

TEST_F(ReceptionTest, CountsWhatComesTwiceOrTooLateAsRepeated) {
  receive({10, 11, 11, 13});
  give_up();
  receive({12});

  EXPECT_EQ(counts().repeated, 2U);
  EXPECT_EQ(counts().media, 3U);
  EXPECT_EQ(counts().lost, 1U);
}

TEST_F(ReceptionTest, AsksForManyInFewWords) {
  receive({100, 103, 119, 200});
  pass(5ms);

  const auto fci = nack();

  // 101, 102 and 104 to 117; 118, 120 to 134; and so on, sixteen after each.
  EXPECT_EQ(get16(fci, 0), 101);
  EXPECT_EQ(get16(fci, 2), 0b1111'1111'1111'1101);
  EXPECT_EQ(get16(fci, 4), 118);
  EXPECT_EQ(get16(fci, 6), 0b1111'1111'1111'1110);
  EXPECT_EQ(counts().nacks, counts().missing);
}

TEST_F(ReceptionTest, AsksAgainLaterAndNotBefore) {
  receive({1, 3});
  EXPECT_THAT(nack(), ElementsAre()) << "it may be reordering";
  pass(5ms);
  EXPECT_THAT(nack(), ElementsAre(0, 2, 0, 0));
  EXPECT_THAT(nack(), ElementsAre());
  EXPECT_EQ(reception_.due(), now_ + 50ms);
  pass(50ms);
  EXPECT_THAT(nack(), ElementsAre(0, 2, 0, 0));
}

TEST_F(ReceptionTest, AsksForNothingWhereItIsNotWanted) {
  Reception reception{kSsrc, 90000, false};
  for (const std::uint16_t sequence : {1, 3}) reception.on_packet(sequence, 0, now_);
  std::vector<std::uint8_t> fci;
  for (int i = 0; i < 20; ++i, pass(50ms)) reception.append_due(fci, now_);

  EXPECT_THAT(fci, ElementsAre());
  EXPECT_EQ(reception.counts().nacks, 0U);
  EXPECT_EQ(reception.counts().lost, 1U);
}

TEST_F(ReceptionTest, CountsAHugeGapWithoutAskingForAllOfIt) {
  receive({0, 5001});

  EXPECT_EQ(counts().missing, 5000U);
  EXPECT_EQ(counts().lost, 4000U);
  give_up();
  EXPECT_EQ(counts().lost, 5000U);
}

TEST_F(ReceptionTest, BeginsAnewWhenTheNumbersJump) {
  receive({1, 2, 30000, 30001});

  EXPECT_EQ(counts().jumps, 1U);
  EXPECT_EQ(counts().missing, 0U);
  EXPECT_EQ(counts().media, 4U);
}

TEST_F(ReceptionTest, KnowsWhetherAPictureIsWhole) {
  receive({10, 11, 13, 14});
  EXPECT_TRUE(reception_.has_all(0x1000a, 0x1000b));
  EXPECT_FALSE(reception_.has_all(0x1000a, 0x1000d));
  EXPECT_FALSE(reception_.has_all(0x1000d, 0x1000f)) << "15 has not come";
  EXPECT_FALSE(reception_.has_all(0x10009, 0x1000a)) << "9 was before the start";

  reception_.on_rtx(12);

  EXPECT_TRUE(reception_.has_all(0x1000a, 0x1000e));
}

TEST_F(ReceptionTest, DoesNotTakeAPictureForWholeThatHasALossInIt) {
  receive({10, 12});
  give_up();
  receive({13});

  EXPECT_FALSE(reception_.has_all(0x1000a, 0x1000c));
  EXPECT_TRUE(reception_.has_all(0x1000c, 0x1000d));
}

TEST_F(ReceptionTest, ReportsAsRfc3550Section641Has) {
  receive({65535, 1}); // 0 is missing: one of three.
  reception_.on_sender_report(0x12345678, now_);
  pass(500ms);
  std::vector<std::uint8_t> block;
  reception_.append_report(block, now_);

  ASSERT_EQ(block.size(), 24U);
  EXPECT_EQ(get32(block, 0), kSsrc);
  EXPECT_EQ(block[4], 85) << "of 256";
  EXPECT_EQ(get32(block, 4) & 0xffffff, 1U);
  EXPECT_EQ(get32(block, 8), 0x10001U) << "one cycle";
  EXPECT_EQ(get32(block, 16), 0x12345678U);
  EXPECT_EQ(get32(block, 20), 32768U) << "of 65536 a second";

  receive({2, 3});
  block.clear();
  reception_.append_report(block, now_);
  EXPECT_EQ(block[4], 0) << "since the last report nothing is missing";
  EXPECT_EQ(get32(block, 4) & 0xffffff, 1U);
}

TEST(CountsTest, AreAddedAndSubtractedMemberByMember) {
  Counts one{.received = 5, .lost = 2, .unauthentic = 1};
  one += Counts{.received = 10, .bytes = 7};

  EXPECT_EQ(one.received, 15U);
  EXPECT_EQ(one.bytes, 7U);
  EXPECT_EQ(one.lost, 2U);
  EXPECT_EQ((one - Counts{.received = 1, .unauthentic = 1}).received, 14U);
  EXPECT_EQ((one - Counts{.unauthentic = 1}).unauthentic, 0U);
}

} // namespace
} // namespace fanlight::load
