// One viewer's sequence numbers and timestamps, over all that can happen to it.
#include "webrtcfanout/send/rtp_rewriter.h"

#include <vector>

#include <gmock/gmock.h>

#include "frames.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;

constexpr std::uint16_t kFirst = 1000;
constexpr std::uint32_t kOffset = 77;
constexpr int kClock = 90000;

class RtpRewriterTest : public testing::Test {
 protected:
  void make(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) frames.push_back(source.make(frames.empty()));
  }
  /// Frame `start` and all that there are behind it.
  void begin(std::size_t start) {
    rewriter.begin(*frames[start], *frames.back(), source.interval, kClock);
  }
  void send(const Frame& frame) {
    const std::uint32_t timestamp = rewriter.timestamp_of(frame);
    for (std::size_t i = 0; i < frame.packets.size(); ++i) {
      indices.push_back(rewriter.index_of(frame.first_packet + i));
      rewriter.sent(frame.first_packet + i, timestamp);
    }
    timestamps.push_back(timestamp);
  }
  void send_from(std::size_t start) {
    for (std::size_t i = start; i < frames.size(); ++i) send(*frames[i]);
  }
  void expect_growing_timestamps() {
    for (std::size_t i = 1; i < timestamps.size(); ++i)
      ASSERT_GT(static_cast<std::int32_t>(timestamps[i] - timestamps[i - 1]), 0) << "frame " << i;
  }
  void expect_no_gap_in_numbers() {
    for (std::size_t i = 0; i < indices.size(); ++i) ASSERT_EQ(indices[i], kFirst + i);
  }
  static std::uint32_t stream_timestamp(const Frame& frame) { return frame.timestamp + kOffset; }

  FrameSource source;
  std::vector<std::shared_ptr<Frame>> frames;
  RtpRewriter rewriter{kFirst, kOffset};
  std::vector<std::uint64_t> indices;
  std::vector<std::uint32_t> timestamps;
};

TEST_F(RtpRewriterTest, SqueezesWhatIsOldToOneMillisecondBeforeTheNewest) {
  make(4);
  begin(0);

  send_from(0);

  const std::uint32_t edge = stream_timestamp(*frames[3]);
  EXPECT_THAT(timestamps, ElementsAre(edge - 270, edge - 180, edge - 90, edge));
}

TEST_F(RtpRewriterTest, KeepsTheStreamsClockForWhatComesLater) {
  make(4);
  begin(0);
  send_from(0);

  make(2);
  send_from(4);

  EXPECT_EQ(timestamps[5], stream_timestamp(*frames[5]));
  expect_growing_timestamps();
  expect_no_gap_in_numbers();
}

TEST_F(RtpRewriterTest, ReplaysAGroupAboveWhatWasSent) {
  make(100);
  begin(0);
  send_from(0);

  for (int replays = 0; replays < 20; ++replays) {
    begin(0);
    send_from(0);
    make(1);
    send(*frames.back());
  }

  expect_growing_timestamps();
  expect_no_gap_in_numbers();
  EXPECT_EQ(timestamps.back(), stream_timestamp(*frames.back())) << "no lasting delay";
}

TEST_F(RtpRewriterTest, ReplaysLongGroupsOfManyFramesASecondAboveWhatWasSent) {
  source.interval = 1500; // 60 frames/s
  make(1800);
  begin(0);
  send_from(0);

  begin(0);
  send_from(0);
  make(10);
  send_from(1800);

  expect_growing_timestamps();
  EXPECT_EQ(timestamps.back(), stream_timestamp(*frames.back())) << "no lasting delay";
}

TEST_F(RtpRewriterTest, KeepsTheStreamsClockForAsLongAsARunLasts) {
  make(2);
  begin(0);
  send_from(0);
  begin(0);
  send_from(0);

  // More than half of the clock's range behind the edge.
  Frame late = *frames.back();
  late.number += 700'000;
  late.timestamp += 0x90000000;

  EXPECT_EQ(rewriter.timestamp_of(late), stream_timestamp(late));
}

TEST_F(RtpRewriterTest, GoesAheadWithoutAGapInNumbers) {
  make(3);
  begin(0);
  send_from(0);
  make(50);

  begin(40);
  send_from(40);

  expect_no_gap_in_numbers();
  expect_growing_timestamps();
  EXPECT_EQ(timestamps.back(), stream_timestamp(*frames.back()));
}

TEST_F(RtpRewriterTest, FitsSqueezedFramesIntoLittleRoom) {
  make(1);
  begin(0);
  send_from(0);
  make(1);
  frames.back()->timestamp = frames.front()->timestamp + 10;

  begin(0);
  send_from(0);

  expect_growing_timestamps();
}

TEST_F(RtpRewriterTest, GrowsOverTheWrapAroundOfTimestamps) {
  make(3);
  for (std::size_t i = 0; i < 3; ++i)
    frames[i]->timestamp = static_cast<std::uint32_t>(0xffffffff - kOffset - 3600 + i * 3600);
  begin(0);
  send_from(0);

  begin(0);
  send_from(0);

  expect_growing_timestamps();
}

TEST_F(RtpRewriterTest, SqueezesOnAClockOfLessThanAThousandHertz) {
  make(3);

  rewriter.begin(*frames[0], *frames[2], 10, 500);
  send_from(0);
  rewriter.begin(*frames[0], *frames[2], 10, 500);
  send_from(0);

  expect_growing_timestamps();
}

TEST_F(RtpRewriterTest, FindsWhatWasSentByItsNumber) {
  make(3);
  begin(0);
  send_from(0);

  const auto found = rewriter.find(kFirst + 3);

  ASSERT_TRUE(found);
  EXPECT_EQ(found->packet, 3U);
  EXPECT_EQ(found->index, kFirst + 3U);
  EXPECT_EQ(rewriter.timestamp_of(*frames[1], *found->run), timestamps[1]);
}

TEST_F(RtpRewriterTest, FindsNothingThatWasNotSent) {
  make(2);
  EXPECT_FALSE(rewriter.find(kFirst));

  begin(0);
  EXPECT_FALSE(rewriter.find(kFirst));
  send(*frames[0]);

  EXPECT_TRUE(rewriter.find(kFirst + 1));
  EXPECT_FALSE(rewriter.find(kFirst + 2));
  EXPECT_FALSE(rewriter.find(kFirst - 1));
}

TEST_F(RtpRewriterTest, FindsPacketsOfEarlierRunsWithTheTimestampsTheyHad) {
  make(3);
  begin(0);
  send_from(0);
  begin(0);
  send_from(0);

  const auto first = rewriter.find(kFirst + 2);
  const auto second = rewriter.find(kFirst + 6 + 2);

  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->packet, 2U);
  EXPECT_EQ(second->packet, 2U);
  EXPECT_EQ(rewriter.timestamp_of(*frames[1], *first->run), timestamps[1]);
  EXPECT_EQ(rewriter.timestamp_of(*frames[1], *second->run), timestamps[4]);
}

TEST_F(RtpRewriterTest, FindsNothingInTheMiddleOfAFrameThatWasBrokenOff) {
  make(2);
  begin(0);
  rewriter.sent(0, rewriter.timestamp_of(*frames[0])); // Of two packets.

  begin(1);
  send(*frames[1]);

  EXPECT_EQ(rewriter.find(kFirst)->packet, 0U);
  EXPECT_EQ(rewriter.find(kFirst + 1)->packet, 2U) << "the next run's";
}

TEST_F(RtpRewriterTest, ForgetsRunsOfLongAgo) {
  make(1);
  for (int i = 0; i < 9; ++i) {
    begin(0);
    send_from(0);
  }

  EXPECT_FALSE(rewriter.find(kFirst));
  EXPECT_TRUE(rewriter.find(kFirst + 2));
}

TEST_F(RtpRewriterTest, CountsOnOverTheWrapAroundOfSequenceNumbers) {
  make(1);
  begin(0);
  const std::uint64_t packets = 0x10000;
  for (std::uint64_t packet = 0; packet < packets; ++packet) rewriter.sent(packet, 1);

  EXPECT_EQ(rewriter.next_index(), kFirst + packets);
  const auto before = rewriter.find(0xfff0);
  const auto behind = rewriter.find(5);
  ASSERT_TRUE(before && behind);
  EXPECT_EQ(before->index, 0xfff0U);
  EXPECT_EQ(behind->index, 0x10005U);

  rewriter.sent(packets, 1);
  EXPECT_EQ(rewriter.find(kFirst)->packet, packets) << "the newest one of that number";
}

TEST_F(RtpRewriterTest, GoesOnOnTheClockOfAnotherStream) {
  make(3);
  begin(0);
  send_from(0);
  FrameSource other;
  const auto there = other.make(true, {100});
  there->timestamp = 4'000'000'000U;
  there->ntp = frames.back()->ntp + (std::uint64_t{1} << 32) / 2; // Half a second later.

  rewriter.change_clock(*frames.back(), *there, kClock);
  rewriter.begin(*there, *there, 3600, kClock);
  send(*there);

  expect_no_gap_in_numbers();
  EXPECT_EQ(timestamps.back(), stream_timestamp(*frames.back()) + kClock / 2);
  EXPECT_FALSE(rewriter.find(kFirst)) << "a packet of the stream that was";
  EXPECT_EQ(rewriter.find(static_cast<std::uint16_t>(indices.back()))->packet, 0U);
}

} // namespace
} // namespace fanlight::fanout
