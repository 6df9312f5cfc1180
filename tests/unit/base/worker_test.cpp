#include "base/worker.h"

#include <algorithm>
#include <future>
#include <memory>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

namespace fanlight {
namespace {

TEST(WorkerTest, DoesItsTasksInOrderOnOneOtherThread) {
  std::vector<int> done;
  std::vector<std::thread::id> threads;
  {
    Worker worker;
    EXPECT_FALSE(worker.started());
    for (int i = 0; i < 100; ++i)
      worker.push([&, i] {
        done.push_back(i);
        threads.push_back(std::this_thread::get_id());
      });
    EXPECT_TRUE(worker.started());
  } // Every task is done by now.
  ASSERT_EQ(done.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(done[static_cast<std::size_t>(i)], i);
  EXPECT_THAT(threads, testing::Each(threads.front()));
  EXPECT_NE(threads.front(), std::this_thread::get_id());
}

TEST(WorkerTest, CountsTheTasksThatHaveNotBegun) {
  std::promise<void> begun;
  std::promise<void> go_on;
  Worker worker;
  worker.push([&] {
    begun.set_value();
    go_on.get_future().wait();
  });
  begun.get_future().wait();
  EXPECT_EQ(worker.size(), 0U);
  worker.push([] {});
  worker.push([] {});
  EXPECT_EQ(worker.size(), 2U);
  go_on.set_value();
}

TEST(WorkerTest, ReleasesWhatATaskHoldsBeforeTheNextOne) {
  const auto held = std::make_shared<int>();
  const std::weak_ptr<int> seen = held;
  std::promise<long> count;
  Worker worker;
  worker.push([copy = held] {});
  worker.push([&] { count.set_value(seen.use_count()); });
  EXPECT_EQ(count.get_future().get(), 1) << "only that of the test";
}

TEST(WorkerTest, GivesWayToOtherThreads) {
  std::promise<int> niceness;
  const int before = getpriority(PRIO_PROCESS, 0);
  Worker worker{1};
  worker.push([&] { niceness.set_value(getpriority(PRIO_PROCESS, 0)); });
  EXPECT_EQ(niceness.get_future().get(), std::max(before, 1));
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before);
}

} // namespace
} // namespace fanlight
