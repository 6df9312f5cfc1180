#include "base/main_loop.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/driven_clock.h"
#include "support/turn_until.h"

namespace fanlight {
namespace {

using std::chrono_literals::operator""ms;
using test::DrivenClock;
using test::turn_until;

TEST(PostTest, RunsTasksOfAnotherThreadOnMainInOrder) {
  std::vector<int> seen;
  std::thread::id where;
  std::thread guest([&] {
    for (int i = 0; i < 100; ++i)
      post([&seen, &where, i] {
        seen.push_back(i);
        where = std::this_thread::get_id();
      });
  });
  EXPECT_TRUE(turn_until([&] { return seen.size() == 100; }, "the tasks"));
  guest.join();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<std::size_t>(i)], i);
  EXPECT_EQ(where, std::this_thread::get_id());
}

TEST(PostTest, NeverRunsATaskInsideTheCall) {
  bool ran = false;
  post([&] { ran = true; });
  EXPECT_FALSE(ran);
  EXPECT_TRUE(turn_until([&] { return ran; }, "the task"));
}

TEST(PostTest, RunsSoManyTasksInATurnHoweverManyWait) {
  std::size_t ran = 0;
  for (int i = 0; i < 1000; ++i) post([&ran] { ++ran; });
  std::size_t most = 0;
  while (ran < 1000) {
    const std::size_t before = ran;
    g_main_context_iteration(nullptr, TRUE);
    most = std::max(most, ran - before);
  }
  EXPECT_LE(most, kTasksPerTurn);
}

TEST(PostTest, RunsTasksInATurnForSoLongHoweverFewTheyAre) {
  const DrivenClock clock;
  int ran = 0;
  for (int i = 0; i < 3; ++i) {
    post([&ran] {
      DrivenClock::advance(kTimePerTurn);
      ++ran;
    });
  }

  for (int turn = 1; turn <= 3; ++turn) {
    g_main_context_iteration(nullptr, TRUE);
    EXPECT_EQ(ran, turn);
  }
}

TEST(PostTest, LetsATimerRunBetweenManyTasks) {
  std::size_t ran = 0;
  std::size_t ran_before_timer = 0;
  for (int i = 0; i < 1000; ++i) post([&ran] { ++ran; });
  Timer timer;
  timer.once(0ms, [&] { ran_before_timer = ran; });
  EXPECT_TRUE(turn_until([&] { return ran == 1000; }, "all tasks"));
  EXPECT_LT(ran_before_timer, 1000u);
  EXPECT_FALSE(timer.running());
}

TEST(PostTest, RunsWhatATaskPostsInALaterTurn) {
  int turn = 0;
  int posted_in = -1;
  int ran_in = -1;
  post([&] {
    posted_in = turn;
    post([&] { ran_in = turn; });
  });
  while (ran_in < 0) {
    ++turn;
    g_main_context_iteration(nullptr, TRUE);
  }
  EXPECT_GT(ran_in, posted_in);
}

TEST(PostTest, RunsOthersWhileATaskTurnsTheLoop) {
  bool inner = false;
  bool outer = false;
  post([&] {
    while (!inner) g_main_context_iteration(nullptr, TRUE);
    outer = true;
  });
  post([&] { inner = true; });
  EXPECT_TRUE(turn_until([&] { return outer; }, "the outer task"));
}

TEST(SpreadTest, DoesAFewAtOnceAndSaysSoBeforeItReturns) {
  const DrivenClock clock; // They take no time.
  std::vector<std::size_t> seen;
  bool done = false;
  spread(
      3, [&](std::size_t i) { seen.push_back(i); }, [&] { done = true; });
  EXPECT_EQ(seen, (std::vector<std::size_t>{0, 1, 2}));
  EXPECT_TRUE(done);
}

TEST(SpreadTest, DoesManyOverSeveralTurns) {
  std::size_t seen = 0;
  bool done = false;
  spread(
      1000, [&](std::size_t) { ++seen; }, [&] { done = true; });
  EXPECT_LE(seen, kTasksPerTurn);
  std::size_t most = 0;
  while (!done) {
    const std::size_t before = seen;
    g_main_context_iteration(nullptr, TRUE);
    most = std::max(most, seen - before);
  }
  EXPECT_EQ(seen, 1000u);
  EXPECT_LE(most, kTasksPerTurn);
}

TEST(SpreadTest, SaysAtOnceThatNothingWasToBeDone) {
  bool done = false;
  spread(
      0, [](std::size_t) {}, [&] { done = true; });
  EXPECT_TRUE(done);
}

TEST(TimerTest, RunsOnceAndIsNotRunningInsideItsTask) {
  Timer timer;
  int runs = 0;
  bool running_inside = true;
  timer.once(1ms, [&] {
    ++runs;
    running_inside = timer.running();
  });
  EXPECT_TRUE(timer.running());
  EXPECT_TRUE(turn_until([&] { return runs == 1; }, "the timer"));
  EXPECT_FALSE(running_inside);
  bool later = false;
  Timer other;
  other.once(20ms, [&] { later = true; });
  EXPECT_TRUE(turn_until([&] { return later; }, "the other timer"));
  EXPECT_EQ(runs, 1);
}

TEST(TimerTest, RepeatsUntilItsTaskStopsIt) {
  Timer timer;
  int runs = 0;
  timer.every(1ms, [&] {
    if (++runs == 3) timer.stop();
  });
  EXPECT_TRUE(turn_until([&] { return !timer.running(); }, "three runs"));
  EXPECT_EQ(runs, 3);
}

TEST(TimerTest, MayBeStartedAgainByItsTask) {
  Timer timer;
  int runs = 0;
  std::function<void()> task = [&] {
    if (++runs < 3) timer.once(1ms, task);
  };
  timer.once(1ms, task);
  EXPECT_TRUE(turn_until([&] { return runs == 3; }, "three runs"));
  EXPECT_FALSE(timer.running());
}

TEST(TimerTest, MayBeDestroyedByItsTask) {
  bool ran = false;
  auto timer = std::make_unique<Timer>();
  auto kept = std::make_shared<int>(1);
  timer->every(1ms, [&, kept] {
    timer.reset();
    ran = *kept == 1; // The task itself outlives its timer.
  });
  EXPECT_TRUE(turn_until([&] { return ran; }, "the task"));
}

TEST(TimerTest, DoesNotRunAfterItIsDestroyed) {
  bool ran = false;
  {
    Timer().once(0ms, [&] { ran = true; });
  }
  bool later = false;
  Timer other;
  other.once(5ms, [&] { later = true; });
  EXPECT_TRUE(turn_until([&] { return later; }, "the other timer"));
  EXPECT_FALSE(ran);
}

TEST(TimerTest, RunsWhatIsDueInItsOrder) {
  std::vector<int> seen;
  Timer late;
  Timer early;
  late.once(2ms, [&] { seen.push_back(2); });
  early.once(1ms, [&] { seen.push_back(1); });
  EXPECT_TRUE(turn_until([&] { return seen.size() == 2; }, "both timers"));
  EXPECT_EQ(seen, (std::vector<int>{1, 2}));
}

TEST(TimerTest, DoesNotRunOneThatAnotherOfTheSameTurnStops) {
  bool ran = false;
  bool stopped = false;
  Timer first;
  Timer second;
  first.once(0ms, [&] { second.stop(), stopped = true; });
  second.once(0ms, [&] { ran = true; });
  EXPECT_TRUE(turn_until([&] { return stopped; }, "the first timer"));
  g_main_context_iteration(nullptr, FALSE);
  EXPECT_FALSE(ran);
}

TEST(TimerTest, RunsSoManyInATurnHoweverManyAreDue) {
  const DrivenClock clock; // They take no time.
  std::vector<Timer> timers(1000);
  std::size_t ran = 0;
  for (Timer& timer : timers) timer.once(0ms, [&ran] { ++ran; });
  std::size_t most = 0;
  while (ran < timers.size()) {
    const std::size_t before = ran;
    g_main_context_iteration(nullptr, TRUE);
    most = std::max(most, ran - before);
  }
  EXPECT_EQ(most, kTasksPerTurn);
}

TEST(TimerTest, RunsOthersWhileItsTaskTurnsTheLoop) {
  bool inner = false;
  bool outer = false;
  Timer first;
  Timer second;
  first.once(0ms, [&] {
    while (!inner) g_main_context_iteration(nullptr, TRUE);
    outer = true;
  });
  second.once(0ms, [&] { inner = true; });
  EXPECT_TRUE(turn_until([&] { return outer; }, "the outer task"));
}

} // namespace
} // namespace fanlight
