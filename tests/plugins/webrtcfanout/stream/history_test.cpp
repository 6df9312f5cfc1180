// What is kept for new viewers and for repair.
#include "webrtcfanout/stream/history.h"

#include <gmock/gmock.h>

#include "frames.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;

class HistoryTest : public testing::Test {
 protected:
  void append(History& history, bool key) { history.append(source.make(key)); }
  void append_group(History& history, int deltas) {
    append(history, true);
    for (int i = 0; i < deltas; ++i) append(history, false);
  }
  FrameSource source;
};

TEST_F(HistoryTest, HasNothingAtFirst) {
  const History history{{}};

  EXPECT_TRUE(history.empty());
  EXPECT_EQ(history.end(), 0U);
  EXPECT_EQ(history.find(0), nullptr);
  EXPECT_EQ(history.find_packet(0), nullptr);
  EXPECT_EQ(history.group_start(), nullptr);
}

TEST_F(HistoryTest, KeepsAGroupHoweverLongAgoItBegan) {
  History history{{}};

  append_group(history, 500);

  ASSERT_NE(history.group_start(), nullptr);
  EXPECT_EQ(history.group_start()->number, 0U);
  EXPECT_EQ(history.end(), 501U);
}

TEST_F(HistoryTest, CountsTheMemoryThatItsFramesHold) {
  History history{{}};
  const auto held = std::make_shared<HeldMemory>();
  held->cost = 1000;
  const auto frame = source.make(true);
  frame->held.push_back(held);

  history.append(frame);

  EXPECT_EQ(history.bytes(), 1160U);
  history.clear();
  EXPECT_EQ(history.bytes(), 0U);
}

TEST_F(HistoryTest, KeepsTheGroupBeforeASecondLongerForRepair) {
  History history{{}};
  append_group(history, 99);

  append_group(history, 25);

  EXPECT_EQ(history.group_start()->number, 100U);
  EXPECT_EQ(history.first(), 0U) << "25 frames are a second";
  append(history, false);
  EXPECT_EQ(history.first(), 100U);
}

TEST_F(HistoryTest, KeepsASecondOfGroupsThatAreShorter) {
  History history{{}};

  for (int i = 0; i < 20; ++i) append_group(history, 4);

  EXPECT_EQ(history.first(), 70U) << "the next one began with 75, 0.96 s before the last frame";
}

TEST_F(HistoryTest, StartsNobodyInAGroupThatHasLostItsBeginning) {
  History history{{.bytes = 10 * 160, .duration_us = 60'000'000}};

  append_group(history, 10);

  EXPECT_EQ(history.group_start(), nullptr);
  EXPECT_LE(history.bytes(), 1600U);
  append(history, true);
  EXPECT_EQ(history.group_start()->number, 11U);
}

TEST_F(HistoryTest, DropsAGroupThatBeganTooLongAgo) {
  History history{{.bytes = 1 << 20, .duration_us = 2'000'000}};

  append_group(history, 60);

  EXPECT_EQ(history.group_start(), nullptr);
  EXPECT_EQ(history.first(), 35U) << "only repair needs the rest";
}

TEST_F(HistoryTest, KeepsTheNewestFrameWhateverItsSize) {
  History history{{.bytes = 1, .duration_us = 1}};

  append_group(history, 3);

  EXPECT_EQ(history.newest()->number, 3U);
  EXPECT_EQ(history.bytes(), 160U);
}

TEST_F(HistoryTest, FindsFramesByTheirPackets) {
  History history{{}};
  append_group(history, 3);

  EXPECT_EQ(history.find_packet(0)->number, 0U);
  EXPECT_EQ(history.find_packet(5)->number, 2U);
  EXPECT_EQ(history.find_packet(7)->number, 3U);
  EXPECT_EQ(history.find_packet(8), nullptr);
}

TEST_F(HistoryTest, FindsNoPacketOfFramesThatWereDropped) {
  History history{{}};
  append_group(history, 99);
  append_group(history, 26);

  EXPECT_EQ(history.find_packet(199), nullptr);
  EXPECT_EQ(history.find_packet(200)->number, 100U);
}

TEST_F(HistoryTest, StartsAnewWhereFramesAreMissing) {
  History history{{}};
  append_group(history, 3);

  source.skip();
  append(history, false);

  EXPECT_EQ(history.first(), 5U);
  EXPECT_EQ(history.group_start(), nullptr) << "the group before is not this one's";
  EXPECT_EQ(history.find(3), nullptr);
}

TEST_F(HistoryTest, CountsTheGroupsBetweenTwoFrames) {
  History history{{}};
  append_group(history, 1);
  append_group(history, 1);
  append_group(history, 1);

  EXPECT_EQ(history.groups_between(0, 6), 3U);
  EXPECT_EQ(history.groups_between(1, 4), 1U) << "frame 2 only, 4 is not in between";
}

TEST_F(HistoryTest, GoesThroughAllFromANumberOn) {
  History history{{}};
  append_group(history, 4);
  const auto from = [&](std::uint64_t number) {
    std::vector<std::uint64_t> numbers;
    history.each_from(number, [&](const FramePtr& frame) { numbers.push_back(frame->number); });
    return numbers;
  };

  EXPECT_THAT(from(3), ElementsAre(3, 4));
  EXPECT_THAT(from(5), ElementsAre());
}

} // namespace
} // namespace fanlight::fanout
