// The arithmetic of timestamps behind a replayed group of pictures.
#include "goptee/squeeze.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace fanlight::goptee {
namespace {

constexpr GstClockTime kFrame = 40 * GST_MSECOND;

std::vector<Stamp> live(std::size_t count, GstClockTime start = 0) {
  std::vector<Stamp> frames;
  for (std::size_t i = 0; i < count; ++i)
    frames.push_back({start + i * kFrame, start + i * kFrame, kFrame});
  return frames;
}

/// I P B B with two frames of delay.
std::vector<Stamp> with_b_frames(std::size_t groups_of_three) {
  std::vector<Stamp> frames{{2 * kFrame, 0, kFrame}};
  for (std::size_t i = 0; i < groups_of_three; ++i) {
    const GstClockTime base = 3 * i * kFrame;
    frames.push_back({base + 5 * kFrame, base + 1 * kFrame, kFrame});
    frames.push_back({base + 3 * kFrame, base + 2 * kFrame, kFrame});
    frames.push_back({base + 4 * kFrame, base + 3 * kFrame, kFrame});
  }
  return frames;
}

void expect_decodable(const std::vector<Stamp>& frames) {
  for (std::size_t i = 0; i < frames.size(); ++i) {
    EXPECT_LE(frames[i].dts, frames[i].pts) << i;
    if (i > 0) {
      EXPECT_LT(frames[i - 1].dts, frames[i].dts) << i;
    }
  }
}

TEST(SqueezeTest, LeavesASingleFrameAlone) {
  const auto squeezed = squeeze(live(1, kFrame), {});

  EXPECT_EQ(squeezed[0].pts, kFrame);
  EXPECT_EQ(squeezed[0].duration, kFrame);
}

TEST(SqueezeTest, TakesNothingAndGivesNothing) { EXPECT_TRUE(squeeze({}, {}).empty()); }

TEST(SqueezeTest, NeverMovesTheFirstFrameBack) {
  std::vector<Stamp> fast;
  for (GstClockTime i = 0; i < 5; ++i) fast.push_back({i * 100000, i * 100000, 100000});

  const auto squeezed = squeeze(fast, {});

  EXPECT_EQ(squeezed[0].pts, 0U);
  EXPECT_EQ(squeezed[4].pts, 400000U);
  expect_decodable(squeezed);
}

TEST(SqueezeTest, UsesTheWholeStepWhereTheReceiverIsFarBehind) {
  const auto squeezed = squeeze(live(10), {.sent_pts = 0, .sent_dts = 0});

  EXPECT_EQ(squeezed[9].pts, 9 * kFrame);
  EXPECT_EQ(squeezed[8].pts, 9 * kFrame - GST_MSECOND);
}

TEST(SqueezeTest, StaysWithinHalfAFrameAfterTheLastSent) {
  const GstClockTime sent = 249 * kFrame;
  const auto squeezed =
      squeeze(live(250), {.interval = kFrame, .sent_pts = sent, .sent_dts = sent});

  EXPECT_GT(squeezed.front().pts, sent);
  EXPECT_LE(squeezed.back().pts, sent + kFrame / 2);
  expect_decodable(squeezed);
}

TEST(SqueezeTest, NeverGoesBelowAnRtpTickHoweverLongTheGroup) {
  const GstClockTime sent = 9999 * kFrame;
  const auto squeezed =
      squeeze(live(10000), {.interval = kFrame, .sent_pts = sent, .sent_dts = sent});

  for (std::size_t i = 1; i < squeezed.size(); ++i)
    ASSERT_GE(squeezed[i].pts - squeezed[i - 1].pts, kRtpTick);
  EXPECT_GT(squeezed.front().pts, sent);
}

TEST(SqueezeTest, KeepsPtsAndDtsApartWhenTheyDiffer) {
  auto frames = live(5, GST_SECOND);
  for (Stamp& frame : frames) frame.dts -= 10 * GST_MSECOND;

  const auto squeezed = squeeze(frames, {});

  EXPECT_EQ(squeezed[0].pts, frames[4].pts - 4 * GST_MSECOND);
  EXPECT_EQ(squeezed[0].dts, frames[4].dts - 4 * GST_MSECOND);
}

TEST(SqueezeTest, LeavesMissingTimesMissing) {
  auto frames = live(3);
  for (Stamp& frame : frames) frame.dts = GST_CLOCK_TIME_NONE;

  const auto squeezed = squeeze(frames, {});

  EXPECT_EQ(squeezed[0].dts, GST_CLOCK_TIME_NONE);
  EXPECT_EQ(squeezed[0].pts, 2 * kFrame - 2 * GST_MSECOND);
}

TEST(SqueezeTest, RisesEvenWhereTheSourceRepeatedATimestamp) {
  std::vector<Stamp> frames(4, Stamp{GST_SECOND, GST_SECOND, kFrame});

  const auto squeezed = squeeze(frames, {});

  for (std::size_t i = 1; i < squeezed.size(); ++i) EXPECT_LT(squeezed[i - 1].pts, squeezed[i].pts);
}

TEST(SqueezeTest, KeepsTheOrderOnTheScreenOfAStreamWithBFrames) {
  const auto frames = with_b_frames(5);
  ASSERT_TRUE(is_reordered(frames, {}));

  const auto squeezed = squeeze(frames, {});

  expect_decodable(squeezed);
  for (std::size_t a = 0; a < frames.size(); ++a)
    for (std::size_t b = 0; b < frames.size(); ++b)
      EXPECT_EQ(frames[a].pts < frames[b].pts, squeezed[a].pts < squeezed[b].pts) << a << " " << b;
}

TEST(SqueezeTest, LeavesRoomForTheBFramesThatAreStillToCome) {
  const auto all = with_b_frames(4);
  // A viewer may join after any frame; what is live then must fit between.
  for (std::size_t joined = 1; joined < all.size(); ++joined) {
    const std::vector<Stamp> cached(all.begin(), all.begin() + static_cast<long>(joined));
    auto mixed = squeeze(cached, {});
    mixed.insert(mixed.end(), all.begin() + static_cast<long>(joined), all.end());
    expect_decodable(mixed);
    for (std::size_t a = 0; a < all.size(); ++a)
      for (std::size_t b = 0; b < all.size(); ++b)
        ASSERT_EQ(all[a].pts < all[b].pts, mixed[a].pts < mixed[b].pts)
            << "joined after " << joined << ": frames " << a << " and " << b;
  }
}

TEST(SqueezeTest, TakesJitterOfTheDtsForNoReorderingWhereTheReceiverHasFrames) {
  auto frames = live(5, GST_SECOND);
  frames[1].dts -= 30 * GST_MSECOND;

  const auto squeezed = squeeze(
      frames, {.interval = kFrame, .sent_pts = frames.back().pts, .sent_dts = frames.back().dts});

  EXPECT_GT(squeezed[0].pts, frames.back().pts);
  expect_decodable(squeezed);
}

TEST(SqueezeTest, ShortensDurationsToTheNewSteps) {
  const auto squeezed = squeeze(live(3), {});

  EXPECT_EQ(squeezed[0].duration, GST_MSECOND);
  EXPECT_EQ(squeezed[1].duration, GST_MSECOND);
  EXPECT_EQ(squeezed[2].duration, kFrame);
}

} // namespace
} // namespace fanlight::goptee
