// How fast goptee sends a cached group of pictures.
#include "tee_fixture.h"

namespace fanlight::test {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

/// Ten frames of 1000 bytes at 400 kbit/s: 20 ms each.
class PaceTest : public TeeTest {
 protected:
  void SetUp() override {
    TeeTest::SetUp();
    set("replay-bitrate", 400'000);
    begin();
    push(true, 1000);
    for (int i = 0; i < 9; ++i) push(false, 1000);
  }
};

TEST_F(PaceTest, SendsTheCachedGroupNoFasterThanItsBitrate) {
  const auto begun = Clock::now();
  const auto viewer = join();

  viewer->next(10);

  EXPECT_GE(Clock::now() - begun, 180ms) << "nine frames are ahead of the tenth";
}

TEST_F(PaceTest, SpreadsTheTimestampsOverTheTimeThatSendingTakes) {
  const auto frames = join()->next(10);

  for (std::size_t i = 0; i < frames.size(); ++i)
    EXPECT_EQ(frames[i].pts, 9 * kFrame - (9 - i) * 20 * GST_MSECOND) << i;
}

TEST_F(PaceTest, SendsTheKeyFrameAtOnceAndTheGroupWithinASecond) {
  set("replay-bitrate", 8); // A quarter of an hour for each frame.
  const auto viewer = join();

  EXPECT_EQ(numbers(viewer->next(10)), range(0, 9));
}

TEST_F(PaceTest, LetsTheLiveFramesFollowThePacedGroup) {
  const auto viewer = join();
  for (int i = 0; i < 5; ++i) push(false);

  const auto frames = viewer->next(15);

  EXPECT_EQ(numbers(frames), range(0, 14));
  EXPECT_TRUE(strictly_increasing(frames));
  EXPECT_EQ(viewer->counter("dropped-buffers"), 0U);
}

TEST_F(PaceTest, EndsAPacedGroupThatIsFlushed) {
  set("replay-bitrate", 8);
  const auto viewer = join();
  EXPECT_EQ(viewer->next().number, 0);

  gst_harness_push_event(source_, gst_event_new_flush_start());
  gst_harness_push_event(source_, gst_event_new_flush_stop(TRUE));
  begin();
  push(true);

  int late = 0; // A busy machine may let some of the old ones through before the flush.
  while (viewer->next().number < 10) ASSERT_LT(++late, 9);
}

TEST_F(PaceTest, LetsAPadGoInTheMiddleOfAPacedGroup) {
  set("replay-bitrate", 8);
  auto viewer = join();
  EXPECT_EQ(viewer->next().number, 0);

  EXPECT_TRUE(returns_in_time([&] { viewer.reset(); }));
}

} // namespace
} // namespace fanlight::test
