// One stream on its way to the workers.
#include "webrtcfanout/stream/rtp_stream.h"

#include <thread>

#include <gmock/gmock.h>

#include "frames.h"
#include "webrtcfanout/serve/stream_view.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;

class RtpStreamTest : public testing::Test {
 protected:
  void append(bool key) { stream->append(source.make(key)); }
  std::vector<std::uint64_t> numbers_from(std::uint64_t number) const {
    std::vector<FramePtr> frames;
    stream->copy_from(number, frames);
    std::vector<std::uint64_t> numbers;
    for (const FramePtr& frame : frames) numbers.push_back(frame->number);
    return numbers;
  }
  /// The numbers of the frames that this brings.
  static std::vector<std::uint64_t> catch_up(StreamView& view) {
    const std::uint64_t known = view.history().end();
    view.catch_up();
    std::vector<std::uint64_t> numbers;
    view.history().each_from(known,
                             [&](const FramePtr& frame) { numbers.push_back(frame->number); });
    return numbers;
  }

  FrameSource source;
  std::shared_ptr<RtpStream> stream = std::make_shared<RtpStream>("video_0", History::Bounds{});
  Mailbox worker;
  std::uint32_t timestamp = 0;
};

TEST_F(RtpStreamTest, TellsWorkersOfNews) {
  StreamView view(stream, worker);
  EXPECT_FALSE(view.has_news());

  append(true);
  append(false);

  EXPECT_TRUE(view.has_news());
  EXPECT_THAT(catch_up(view), ElementsAre(0, 1));
  EXPECT_FALSE(view.has_news());
}

TEST_F(RtpStreamTest, ShowsANewWorkerWhatThereIs) {
  append(true);
  append(false);

  const StreamView view(stream, worker);

  EXPECT_EQ(view.history().end(), 2U);
  EXPECT_EQ(view.history().group_start()->number, 0U);
}

TEST_F(RtpStreamTest, SharesFramesWithTheWorkers) {
  append(true);
  std::vector<FramePtr> frames;
  stream->copy_from(0, frames);

  const StreamView view(stream, worker);

  EXPECT_EQ(view.history().newest(), frames.front());
}

TEST_F(RtpStreamTest, KeepsForWorkersAsMuchAsItDoesItself) {
  stream = std::make_shared<RtpStream>("video_0", History::Bounds{.bytes = 64 * 1024 * 1024});
  stream->append(source.make(true, {60'000}));
  for (int i = 0; i < 300; ++i) stream->append(source.make(false, {60'000}));

  const StreamView view(stream, worker);

  ASSERT_NE(view.history().group_start(), nullptr) << "18 MB are within the bounds";
  EXPECT_EQ(view.history().bytes(), stream->cached_bytes());
}

TEST_F(RtpStreamTest, ForgetsWorkersThatLeave) {
  { const StreamView view(stream, worker); }
  EXPECT_EQ(stream->readers(), 0U);
}

TEST_F(RtpStreamTest, GivesALateWorkerWhatIsStillThere) {
  append(true);
  StreamView view(stream, worker);
  for (int i = 0; i < 99; ++i) append(false);
  append(true);
  for (int i = 0; i < 26; ++i) append(false);

  EXPECT_EQ(catch_up(view).front(), 100U) << "the group before ended more than a second ago";
  EXPECT_EQ(view.history().group_start()->number, 100U);
}

TEST_F(RtpStreamTest, HasNothingForNewViewersOnceItIsCleared) {
  append(true);

  stream->clear();

  EXPECT_THAT(numbers_from(0), ElementsAre());
  append(false);
  EXPECT_THAT(numbers_from(0), ElementsAre(1));
}

TEST_F(RtpStreamTest, HasWorkersForgetWhatItHadWhenItIsCleared) {
  append(true);
  append(false);
  StreamView view(stream, worker);

  stream->clear();

  EXPECT_TRUE(view.has_news());
  EXPECT_THAT(catch_up(view), ElementsAre());
  EXPECT_TRUE(view.history().empty());
  append(true);
  EXPECT_THAT(catch_up(view), ElementsAre(2));
}

TEST_F(RtpStreamTest, MeasuresItsRate) {
  for (int i = 0; i < 120; ++i) append(i == 0);

  EXPECT_EQ(stream->bit_rate(), 160U * 25 * 8);
}

TEST_F(RtpStreamTest, MeasuresTheDistanceOfItsFrames) {
  append(true);
  EXPECT_EQ(stream->interval(), 0U);

  for (int i = 0; i < 5; ++i) append(false);

  EXPECT_EQ(stream->interval(), 3600U);
}

TEST_F(RtpStreamTest, IsNotMisledByAGapBetweenItsFrames) {
  const auto append_after = [&](std::uint32_t step) {
    auto frame = source.make(false);
    timestamp += step;
    frame->timestamp = timestamp;
    stream->append(std::move(frame));
  };
  append_after(0);
  append_after(900'000); // The first thing it sees.
  append_after(3600);
  EXPECT_EQ(stream->interval(), 3600U);

  append_after(270'000);
  EXPECT_EQ(stream->interval(), 3600U);

  for (int i = 0; i < 4; ++i) append_after(18'000);
  EXPECT_EQ(stream->interval(), 18'000U) << "5 frames a second from now on";
}

TEST_F(RtpStreamTest, AsksForAKeyFrameOnceASecond) {
  int asked = 0;
  stream->on_key_wanted([&] { ++asked; });

  for (int i = 0; i < 100; ++i) stream->want_key();

  EXPECT_EQ(asked, 1);
}

TEST_F(RtpStreamTest, LosesNoNewsWhileAWorkerCatchesUp) {
  constexpr std::uint64_t kFrames = 5'000;
  StreamView view(stream, worker);
  std::thread streaming([&] {
    for (std::uint64_t i = 0; i < kFrames; ++i) append(i % 50 == 0);
  });
  std::vector<Mailbox::Task> tasks;
  std::uint64_t next = 0;
  while (next < kFrames) {
    worker.take(tasks);
    if (!view.has_news()) continue;
    // As time flies in this test, frames may have been dropped in between.
    for (const std::uint64_t number : catch_up(view)) {
      EXPECT_GE(number, next);
      next = number + 1;
    }
  }
  streaming.join();

  EXPECT_EQ(next, kFrames);
}

} // namespace
} // namespace fanlight::fanout
