#include "media/camera_clock.h"

#include <gtest/gtest.h>

namespace fanlight::media {
namespace {

struct CameraClockTest : testing::Test {
  /// A second later by our clock, and by the camera's so many.
  void second(double camera_s = 1) {
    now_us += 1'000'000;
    timestamp += static_cast<std::uint32_t>(static_cast<std::int64_t>(camera_s * 90'000));
    clock.update(timestamp, now_us);
  }
  void seconds(int count, double camera_s = 1) {
    for (int i = 0; i < count; ++i) second(camera_s);
  }

  CameraClock clock;
  std::int64_t now_us = 1'000'000'000;
  std::uint32_t timestamp = 0xffff0000; // Soon it begins at 0 again.
};

TEST_F(CameraClockTest, TakesAnOrdinaryClockForWhatItIs) {
  seconds(100'000);
  EXPECT_EQ(clock.jumps(), 0U);
}

TEST_F(CameraClockTest, CountsAClockThatIsSetAhead) {
  seconds(10);
  second(3601);
  seconds(10);
  EXPECT_EQ(clock.jumps(), 1U);
}

TEST_F(CameraClockTest, CountsAClockThatIsSetBack) {
  seconds(10);
  second(-9);
  seconds(10);
  EXPECT_EQ(clock.jumps(), 1U);
}

TEST_F(CameraClockTest, TakesAStallAndWhatItBringsForNoJump) {
  seconds(10);
  seconds(5, 0);
  second(6);
  seconds(10);
  EXPECT_EQ(clock.jumps(), 0U);
}

TEST_F(CameraClockTest, TakesSlowAndDriftingClocksForNoJump) {
  seconds(1000, 1.001);
  seconds(1000, 0.5);
  seconds(1000, 0);
  EXPECT_EQ(clock.jumps(), 0U);
}

TEST_F(CameraClockTest, TakesBFramesForNoJump) {
  for (int i = 0; i < 100; ++i) second(i % 2 == 0 ? 1.4 : 0.6);
  EXPECT_EQ(clock.jumps(), 0U);
}

TEST_F(CameraClockTest, TakesAnotherConnectionForNoJump) {
  seconds(10);
  clock.begin();
  second(-4000);
  seconds(10);
  EXPECT_EQ(clock.jumps(), 0U);
}

} // namespace
} // namespace fanlight::media
