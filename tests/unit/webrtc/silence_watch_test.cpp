#include "webrtc/silence_watch.h"

#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/driven_clock.h"

namespace fanlight::webrtc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using News = SilenceWatch::News;
using std::chrono::seconds;

class SilenceWatchTest : public testing::Test {
 protected:
  SilenceWatchTest() { watch_.start(); }

  /// Looks each second, with ten packets sent in each.
  void pass(int count, bool playing = true) {
    for (int i = 0; i < count; ++i) {
      fanlight::test::DrivenClock::advance(seconds{1});
      if (playing) sent_ += 10;
      watch_.look();
    }
  }
  void hear() { *heard_us_ = g_get_monotonic_time(); }

  const fanlight::test::DrivenClock clock_;
  std::uint64_t sent_ = 0;
  int asked_ = 0;
  bool arrived_ = false;
  std::vector<News> told_;
  const HeardUs heard_us_ = std::make_shared<std::atomic<std::int64_t>>(0);
  SilenceWatch watch_{heard_us_, [this] { return std::exchange(arrived_, false); },
                      [this](const auto& answer) {
                        ++asked_;
                        answer(sent_);
                      },
                      [this](News news) { told_.push_back(news); }};
};

TEST_F(SilenceWatchTest, TellsThatAViewerIsSilentAndThenThatItIsGone) {
  pass(11);
  EXPECT_THAT(told_, IsEmpty());

  pass(1);
  EXPECT_THAT(told_, ElementsAre(News::silent));

  pass(2);
  EXPECT_THAT(told_, ElementsAre(News::silent, News::gone));
}

TEST_F(SilenceWatchTest, TellsOfOneThatComesBack) {
  pass(13);

  hear();
  pass(1);

  EXPECT_THAT(told_, ElementsAre(News::silent, News::back));
}

TEST_F(SilenceWatchTest, AsksNothingOfAViewerThatIsHeardOf) {
  for (int i = 0; i < 10; ++i) {
    pass(6);
    hear();
  }

  EXPECT_EQ(asked_, 0);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(SilenceWatchTest, CountsWhatArrivesInOtherWays) {
  for (int i = 0; i < 10; ++i) {
    pass(6);
    arrived_ = true;
  }

  EXPECT_EQ(asked_, 0);
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(SilenceWatchTest, ExpectsNoWordFromAViewerThatIsSentNothing) {
  pass(60, false);
  EXPECT_THAT(told_, IsEmpty());

  pass(8);
  EXPECT_THAT(told_, IsEmpty()) << "it has just begun to play again";
  pass(6);
  EXPECT_THAT(told_, ElementsAre(News::silent, News::gone));
}

TEST(SilenceWatchEndTest, TakesAnAnswerThatComesAfterItsEnd) {
  const fanlight::test::DrivenClock clock;
  std::function<void(std::uint64_t)> late;
  {
    SilenceWatch watch{std::make_shared<std::atomic<std::int64_t>>(0), [] { return false; },
                       [&](auto answer) { late = std::move(answer); },
                       [](News) { ADD_FAILURE() << "the watch has ended"; }};
    watch.start();
    fanlight::test::DrivenClock::advance(seconds{60});
    watch.look();
  }

  ASSERT_TRUE(late);
  late(1);
  late(2);
}

TEST(HearFromTest, NotesWhenAnythingIsPushed) {
  gst_init(nullptr, nullptr);
  const auto heard_us = std::make_shared<std::atomic<std::int64_t>>(0);
  GstElement* const source = gst_element_factory_make("identity", nullptr);
  hear_from(source, heard_us);
  GstPad* const pad = gst_element_get_static_pad(source, "src");
  gst_pad_set_active(pad, TRUE);
  gst_pad_push_event(pad, gst_event_new_stream_start("a"));

  gst_pad_push(pad, gst_buffer_new());

  EXPECT_GT(*heard_us, 0);
  gst_object_unref(pad);
  gst_object_unref(source);
}

} // namespace
} // namespace fanlight::webrtc
