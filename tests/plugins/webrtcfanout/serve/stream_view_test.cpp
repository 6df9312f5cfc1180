// How a worker passes a stream's frames on to its viewers, a slice at a time.
#include "webrtcfanout/serve/stream_view.h"

#include <gmock/gmock.h>

#include "frames.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kPlenty = 1'000'000'000;
/// For one member: budgets end a slice after the member that uses them up.
constexpr std::int64_t kOne = 1;

class StreamViewTest : public testing::Test {
 protected:
  StreamViewTest() {
    view.catch_up();
    for (int i = 0; i < 4; ++i) {
      members.push_back(std::make_unique<Connection>(
          std::make_shared<Subscriber>(Subscriber::Settings{.id = std::to_string(i)}), batch));
      view.join(*members.back(), track);
    }
  }
  void append(bool key) {
    stream->append(source.make(key));
    view.catch_up();
  }
  /// "frame>viewer" of all that is passed on for that budget.
  std::vector<std::string> distribute(std::int64_t budget) {
    std::vector<std::string> passed;
    view.distribute(budget, [&](const StreamView::Member& member, const Frame& frame) {
      passed.push_back(std::to_string(frame.number) + ">" +
                       member.connection->subscriber().settings().id);
    });
    return passed;
  }
  void leave(std::size_t index) { view.leave(*members[index]); }

  FrameSource source;
  WorkerCounters counters;
  SendBatch batch{-1, counters};
  Mailbox worker;
  std::shared_ptr<RtpStream> stream = std::make_shared<RtpStream>("video_0", History::Bounds{});
  TrackSender track{AnsweredMedia{}, "0", true};
  StreamView view{stream, worker};
  std::vector<std::unique_ptr<Connection>> members;
};

TEST_F(StreamViewTest, PassesEveryFrameToEveryMember) {
  append(true);
  append(false);

  EXPECT_THAT(distribute(kPlenty),
              ElementsAre("0>0", "0>1", "0>2", "0>3", "1>0", "1>1", "1>2", "1>3"));

  EXPECT_FALSE(view.is_behind());
  EXPECT_THAT(distribute(kPlenty), IsEmpty());
}

TEST_F(StreamViewTest, GoesOnWhereItsBudgetEnded) {
  append(true);

  EXPECT_THAT(distribute(kOne), ElementsAre("0>0"));
  EXPECT_TRUE(view.is_behind());
  append(false);

  EXPECT_THAT(distribute(kPlenty), ElementsAre("0>1", "0>2", "0>3", "1>0", "1>1", "1>2", "1>3"));
}

TEST_F(StreamViewTest, PassesOverNobodyWhenOneLeavesThatHasTheFrame) {
  append(true);
  distribute(kOne);
  distribute(kOne);

  leave(0);

  EXPECT_THAT(distribute(kPlenty), ElementsAre("0>3", "0>2"));
}

TEST_F(StreamViewTest, PassesOverNobodyWhenOneLeavesThatWaitsForTheFrame) {
  append(true);
  distribute(kOne);

  leave(1);

  EXPECT_THAT(distribute(kPlenty), ElementsAre("0>3", "0>2"));
}

TEST_F(StreamViewTest, GivesWhoComesMeanwhileTheFrameToo) {
  append(true);
  distribute(kOne);
  leave(3);

  view.join(*members[3], track);

  EXPECT_THAT(distribute(kPlenty), ElementsAre("0>1", "0>2", "0>3"));
}

TEST_F(StreamViewTest, GoesOnWithWhatTheHistoryStillHas) {
  append(true);
  distribute(kOne);
  for (int i = 0; i < 99; ++i) append(false);
  append(true);
  for (int i = 0; i < 26; ++i) append(false);

  EXPECT_THAT(distribute(kOne), ElementsAre("100>0")) << "the group before ended too long ago";
}

TEST_F(StreamViewTest, PassesOnNothingThatWasCleared) {
  append(true);
  distribute(kOne);

  stream->clear();
  append(false);

  EXPECT_THAT(distribute(kOne), ElementsAre("1>0"));
}

TEST_F(StreamViewTest, PassesOnNothingFromBeforeItBegan) {
  append(true);

  StreamView late{stream, worker};

  EXPECT_FALSE(late.is_behind());
}

} // namespace
} // namespace fanlight::fanout
