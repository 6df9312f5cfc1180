#include "load/net/loop.h"

#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/hang_limit.h"

namespace fanlight::load {
namespace {

using namespace std::chrono_literals;

/// Ends the test if nothing else does.
class LoopTest : public testing::Test {
 protected:
  void run() {
    watchdog_.start(Clock::now() + test::kHangLimit);
    loop_.run();
  }

  Loop loop_;
  Timer watchdog_{loop_, [this] {
                    ADD_FAILURE() << "the loop was not stopped";
                    loop_.stop();
                  }};
};

TEST_F(LoopTest, RunsTimersInTheOrderOfTheirTimesAndNeverEarly) {
  std::string order;
  const Time start = Clock::now();
  Timer second{loop_, [&] {
                 order += "b";
                 EXPECT_GE(Clock::now(), start + 40ms);
                 loop_.stop();
               }};
  Timer first{loop_, [&] {
                order += "a";
                EXPECT_GE(Clock::now(), start + 10ms);
              }};
  second.start(start + 40ms);
  first.start(start + 10ms);

  run();

  EXPECT_EQ(order, "ab");
}

TEST_F(LoopTest, RunsATimerThatIsFurtherAwayThanTheWheelIsRound) {
  const Time start = Clock::now();
  Timer timer{loop_, [&] { loop_.stop(); }};
  timer.start(start + 2700ms);

  run();

  EXPECT_GE(Clock::now(), start + 2700ms);
}

TEST_F(LoopTest, LetsATaskStartItsTimerAgainAndStopOthers) {
  int runs = 0;
  Timer victim{loop_, [] { ADD_FAILURE() << "it was stopped"; }};
  Timer timer{loop_, [&] {
                victim.stop();
                if (++runs == 3) return loop_.stop();
                timer.start(Clock::now());
              }};
  const Time now = Clock::now();
  timer.start(now);
  victim.start(now);

  run();

  EXPECT_EQ(runs, 3);
  EXPECT_FALSE(timer.started());
}

TEST_F(LoopTest, MovesATimerThatIsStartedTwice) {
  int runs = 0;
  Timer moved{loop_, [&] { ++runs; }};
  Timer end{loop_, [&] { loop_.stop(); }};
  moved.start(Clock::now());
  moved.start(Clock::now() + 20ms);
  end.start(Clock::now() + 60ms);

  run();

  EXPECT_EQ(runs, 1);
}

/// Two ends of a wire; reading one forgets the other.
class Pair : public Loop::Listener {
 public:
  explicit Pair(Loop& loop) : loop_(loop) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0);
    loop_.watch(ends_[0], EPOLLIN, *this);
    EXPECT_EQ(write(ends_[1], "x", 1), 1);
  }
  ~Pair() override {
    forget();
    close(ends_[0]);
    close(ends_[1]);
  }

  void forget() { loop_.forget(ends_[0], *this); }
  void on_ready(std::uint32_t) override {
    ++events;
    other->forget();
    loop_.stop();
  }

  Pair* other = nullptr;
  int events = 0;

 private:
  Loop& loop_;
  int ends_[2] = {-1, -1};
};

TEST_F(LoopTest, TellsNothingOfASocketThatAnotherOneForgotInTheSameBreath) {
  Pair one{loop_};
  Pair two{loop_};
  one.other = &two;
  two.other = &one;

  run();

  EXPECT_EQ(one.events + two.events, 1);
}

/// One end of a wire on which there is always more to read.
class Flood : public Loop::Listener {
 public:
  Flood(Loop& loop, std::string& order, std::string name)
      : loop_(loop), order_(order), name_(std::move(name)) {
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends_), 0);
    loop_.watch(ends_[0], EPOLLIN, *this);
    EXPECT_EQ(write(ends_[1], "x", 1), 1);
  }
  ~Flood() override {
    loop_.forget(ends_[0], *this);
    close(ends_[0]);
    close(ends_[1]);
  }

  void join_crowd() { loop_.join_crowd(ends_[0], EPOLLIN, *this); }
  void on_ready(std::uint32_t) override {
    order_ += name_;
    if (order_.size() >= 100) loop_.stop();
  }

 private:
  Loop& loop_;
  std::string& order_;
  const std::string name_;
  int ends_[2] = {-1, -1};
};

TEST_F(LoopTest, HasTheCrowdYieldToTheOthers) {
  std::string order;
  std::vector<std::unique_ptr<Flood>> crowd;
  for (int i = 0; i < 50; ++i) {
    crowd.push_back(std::make_unique<Flood>(loop_, order, "c"));
    crowd.back()->join_crowd();
  }
  Flood first{loop_, order, "f"};

  run();

  EXPECT_THAT(order, testing::HasSubstr("c")) << "the crowd has its turn, too";
  EXPECT_EQ(order.find(std::string(17, 'c')), order.npos) << order;
}

TEST_F(LoopTest, TellsNothingOfAForgottenOneOfTheCrowd) {
  std::string order;
  auto forgotten = std::make_unique<Flood>(loop_, order, "c");
  forgotten->join_crowd();
  Flood other{loop_, order, "f"};
  forgotten.reset();

  run();

  EXPECT_EQ(order, std::string(100, 'f'));
}

} // namespace
} // namespace fanlight::load
