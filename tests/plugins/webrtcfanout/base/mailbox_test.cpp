// What other threads want of a worker.
#include "webrtcfanout/base/mailbox.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>
#include <poll.h>

#include "support/hang_limit.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;

bool readable(const Mailbox& mailbox) {
  pollfd waiting{mailbox.fd(), POLLIN, 0};
  return poll(&waiting, 1, 0) == 1;
}

/// As a worker does: true if there was something.
bool look(Mailbox& mailbox, std::vector<Mailbox::Task>& tasks) {
  if (readable(mailbox)) mailbox.clear_wakeup();
  mailbox.take(tasks);
  for (const Mailbox::Task& task : tasks) task();
  return !tasks.empty();
}

TEST(MailboxTest, GivesTasksInTheirOrder) {
  Mailbox mailbox;
  std::vector<int> done;
  for (int i = 0; i < 3; ++i) mailbox.post([&done, i] { done.push_back(i); });
  std::vector<Mailbox::Task> tasks;

  EXPECT_TRUE(readable(mailbox));
  look(mailbox, tasks);

  EXPECT_THAT(done, ElementsAre(0, 1, 2));
  EXPECT_FALSE(readable(mailbox));
  EXPECT_FALSE(look(mailbox, tasks));
}

TEST(MailboxTest, WakesWithoutATask) {
  Mailbox mailbox;
  std::vector<Mailbox::Task> tasks;

  mailbox.wake();

  EXPECT_TRUE(readable(mailbox));
  EXPECT_FALSE(look(mailbox, tasks));
  EXPECT_FALSE(readable(mailbox));
}

TEST(MailboxTest, DropsWhatComesOnceItIsClosed) {
  Mailbox mailbox;
  auto held = std::make_shared<int>();
  mailbox.post([held] {});

  mailbox.close();
  mailbox.post([held] {});

  EXPECT_EQ(held.use_count(), 1);
  std::vector<Mailbox::Task> tasks;
  EXPECT_FALSE(look(mailbox, tasks));
}

// A worker that is awake for another reason takes a task while the one that posted it is about to
// write to the descriptor.
TEST(MailboxTest, IsQuietWhenAllWasTakenWheneverItCame) {
  constexpr int kRounds = 300;
  Mailbox mailbox;
  std::atomic<int> posted{0};
  std::atomic<int> seen{0};
  std::thread poster([&] {
    for (int i = 1; i <= kRounds; ++i) {
      while (seen.load() != i - 1) std::this_thread::yield();
      mailbox.post([] {});
      posted.store(i);
    }
  });
  std::vector<Mailbox::Task> tasks;
  int noisy = 0;
  for (int i = 1; i <= kRounds; ++i) {
    do mailbox.take(tasks);
    while (tasks.empty());
    while (posted.load() != i) std::this_thread::yield();
    look(mailbox, tasks);
    noisy += readable(mailbox);
    seen.store(i);
  }
  poster.join();

  EXPECT_EQ(noisy, 0);
}

TEST(MailboxTest, LosesNoWakeUpHoweverManyPost) {
  constexpr int kEach = 5'000;
  constexpr int kPosters = 4;
  Mailbox mailbox;
  int done = 0; // Only the taker's.
  std::vector<std::thread> posters;
  for (int i = 0; i < kPosters; ++i)
    posters.emplace_back([&] {
      for (int k = 0; k < kEach; ++k) mailbox.post([&done] { ++done; });
    });
  std::vector<Mailbox::Task> tasks;

  while (done < kPosters * kEach) {
    pollfd waiting{mailbox.fd(), POLLIN, 0};
    ASSERT_EQ(poll(&waiting, 1, std::chrono::milliseconds{test::kHangLimit}.count()), 1)
        << "after " << done << " tasks";
    look(mailbox, tasks);
  }

  for (std::thread& poster : posters) poster.join();
  EXPECT_EQ(done, kPosters * kEach);
}

} // namespace
} // namespace fanlight::fanout
