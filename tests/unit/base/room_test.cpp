// What bounds the threads and descriptors of a process, read from files as Linux shows them.
#include "base/room.h"

#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

namespace fanlight {
namespace {

using testing::AllOf;
using testing::HasSubstr;
namespace fs = std::filesystem;

/// A machine's /proc and /sys in a temporary folder.
struct RoomTest : testing::Test {
  RoomTest() {
    std::string name = (fs::temp_directory_path() / "fanlight-room-XXXXXX").string();
    root = mkdtemp(name.data());
    write("proc/self/uid_map", "         0          0 4294967295\n");
    write("proc/self/status", status(3));
    write("proc/" + std::to_string(getpid()) + "/status", status(3));
  }
  ~RoomTest() override { fs::remove_all(root); }

  void write(const fs::path& path, const std::string& text) const {
    fs::create_directories((root / path).parent_path());
    std::ofstream{root / path} << text;
  }
  std::string status(int threads, const std::string& capabilities = "0000000000000000") const {
    const std::string id = std::to_string(uid);
    return "Name:\tfanlight\nUid:\t" + id + "\t" + id + "\t" + id + "\t" + id + "\nThreads:\t" +
           std::to_string(threads) + "\nCapEff:\t" + capabilities + "\n";
  }
  void write_limits(const std::string& processes, const std::string& files) const {
    write("proc/self/limits",
          "Limit                     Soft Limit           Hard Limit           Units     \n"
          "Max processes             " +
              processes +
              "  96365  processes \n"
              "Max open files            " +
              files + "  1048576  files     \n");
  }
  /// "LIMIT used USED", or empty.
  std::string tightest_of(Bound::Of of) const {
    const auto bounds = read_bounds(root);
    const Bound* bound = tightest(bounds, of);
    if (bound == nullptr) return {};
    return bound->name + " " + std::to_string(bound->limit) + " used " +
           std::to_string(bound->used);
  }

  const uid_t uid = getuid();
  fs::path root;
};

TEST_F(RoomTest, FindsNothingWhereNothingBounds) {
  EXPECT_EQ(tightest_of(Bound::Of::threads), "");
  EXPECT_EQ(tightest_of(Bound::Of::descriptors), "");
}

TEST_F(RoomTest, TakesTheTightestOfTheCgroupAndThoseAboveIt) {
  write("proc/self/cgroup", "0::/system.slice/fanlight.service\n");
  write("sys/fs/cgroup/system.slice/pids.max", "500\n");
  write("sys/fs/cgroup/system.slice/pids.current", "450\n");
  write("sys/fs/cgroup/system.slice/fanlight.service/pids.max", "120\n");
  write("sys/fs/cgroup/system.slice/fanlight.service/pids.current", "20\n");

  EXPECT_EQ(tightest_of(Bound::Of::threads), "pids.max 500 used 450");

  write("sys/fs/cgroup/system.slice/pids.max", "max\n");
  EXPECT_EQ(tightest_of(Bound::Of::threads), "pids.max 120 used 20");
}

TEST_F(RoomTest, ReadsTheContainersOwnCgroup) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/pids.max", "100\n");
  write("sys/fs/cgroup/pids.current", "7\n");

  EXPECT_EQ(tightest_of(Bound::Of::threads), "pids.max 100 used 7");
}

TEST_F(RoomTest, ReadsVersionOneWhereverItIsMounted) {
  write("proc/self/cgroup", "9:name=systemd:/x\n8:cpu,pids:/docker/abc\n0::/\n");
  write("sys/fs/cgroup/pids/pids.max", "90\n"); // Mounted in the container as its root.
  write("sys/fs/cgroup/pids/pids.current", "9\n");
  EXPECT_EQ(tightest_of(Bound::Of::threads), "pids.max 90 used 9");

  write("sys/fs/cgroup/pids/docker/abc/pids.max", "70\n");
  write("sys/fs/cgroup/pids/docker/abc/pids.current", "8\n");
  EXPECT_EQ(tightest_of(Bound::Of::threads), "pids.max 70 used 8");
}

TEST_F(RoomTest, LooksAtTheNamespacesRootFromOutsideOfIt) {
  write("proc/self/cgroup", "0::/../../other\n");
  write("sys/fs/cgroup/pids.max", "100\n");
  write("sys/fs/cgroup/pids.current", "7\n");

  EXPECT_EQ(tightest_of(Bound::Of::threads), "pids.max 100 used 7");
}

TEST_F(RoomTest, CountsAllThreadsOfTheUserAgainstItsLimit) {
  // In a namespace of users even its root is bound.
  write("proc/self/uid_map", "         0     100000      65536\n");
  write_limits("64", "unlimited");
  write("proc/4000000/status", status(5));
  write("proc/not-a-process/status", status(500));

  EXPECT_EQ(tightest_of(Bound::Of::threads), "RLIMIT_NPROC 64 used 8");
}

TEST_F(RoomTest, IsNotBoundByTheUsersLimitWithTheRightToPassIt) {
  write("proc/self/status", status(3, "0000000001000000"));
  write_limits("64", "unlimited");

  EXPECT_EQ(tightest_of(Bound::Of::threads), "");
}

TEST_F(RoomTest, ReadsWhatTheKernelAllowsAll) {
  write("proc/loadavg", "0.20 0.18 0.12 2/345 11206\n");
  write("proc/sys/kernel/threads-max", "96000\n");
  write("proc/sys/kernel/pid_max", "32768\n");

  EXPECT_EQ(tightest_of(Bound::Of::threads), "kernel.pid_max 32768 used 345");
}

TEST_F(RoomTest, CountsDescriptors) {
  write_limits("unlimited", "1024");
  for (const char* fd : {"0", "1", "2", "7"}) write(fs::path{"proc/self/fd"} / fd, "");

  EXPECT_EQ(tightest_of(Bound::Of::descriptors), "RLIMIT_NOFILE 1024 used 4");
}

TEST_F(RoomTest, SurvivesFilesThatSayNothing) {
  write("proc/self/cgroup", "\n::\n0::\nx\n8:pids\n");
  write("proc/self/limits", "Max processes\nMax open files   \n");
  write("proc/loadavg", "/\n");
  write("sys/fs/cgroup/pids.max", "-1\n");
  write("sys/fs/cgroup/pids.current", "x\n");

  EXPECT_EQ(tightest_of(Bound::Of::threads), "");
}

TEST(ReservationTest, RefusesInWordsWhatWouldNotLeaveTheSpare) {
  const std::vector<Bound> bounds{{Bound::Of::threads, "pids.max", 100, 20, ""},
                                  {Bound::Of::descriptors, "RLIMIT_NOFILE", 1000, 900, ""}};

  EXPECT_TRUE(Reservation::take({16, 60}, {64, 40}, {"test"_reason, "one"}, bounds).ok());
  const auto threads =
      Reservation::take({17, 60}, {64, 40}, {"test"_reason, "another viewer"}, bounds);
  const auto descriptors =
      Reservation::take({16, 61}, {64, 40}, {"test"_reason, "another viewer"}, bounds);

  ASSERT_FALSE(threads.ok());
  EXPECT_EQ(threads.error().code, Errc::busy);
  EXPECT_EQ(threads.error().message, "the server has no threads left for another viewer (pids.max "
                                     "is 100, 20 are in use or reserved, and 81 must be free)");
  ASSERT_FALSE(descriptors.ok());
  EXPECT_THAT(descriptors.error().message,
              AllOf(HasSubstr("no file descriptors left"), HasSubstr("RLIMIT_NOFILE is 1000")));
}

TEST(ReservationTest, CountsWhatOthersHaveReservedUntilTheyEnd) {
  const std::vector<Bound> bounds{{Bound::Of::threads, "pids.max", 100, 50, ""}};
  auto first = Reservation::take({20, 0}, {10, 0}, {"test"_reason, "a"}, bounds);
  ASSERT_TRUE(first.ok());

  EXPECT_FALSE(Reservation::take({21, 0}, {10, 0}, {"test"_reason, "b"}, bounds).ok());
  {
    const auto second = Reservation::take({20, 0}, {10, 0}, {"test"_reason, "b"}, bounds);
    EXPECT_TRUE(second.ok());
    const Reservation moved = std::move(*first);
    const auto third = Reservation::take({1, 0}, {10, 0}, {"test"_reason, "c"}, bounds);
    ASSERT_FALSE(third.ok());
    EXPECT_THAT(third.error().message, HasSubstr("90 are in use or reserved"));
  }

  EXPECT_TRUE(Reservation::take({40, 0}, {10, 0}, {"test"_reason, "b"}, bounds).ok());
}

TEST(RecentBoundsTest, AreReadOnceForAllWhoAskInATenthOfASecond) {
  int readings = 0;
  RecentBounds recent{[&readings] {
    return std::vector<Bound>{
        {Bound::Of::threads, "pids.max", 100, static_cast<std::uint64_t>(++readings), ""}};
  }};
  constexpr std::int64_t kStart = 1'000'000;

  for (std::int64_t us = 0; us < 100'000; us += 100)
    EXPECT_EQ(recent.at(kStart + us).at(0).used, 1u);
  EXPECT_EQ(readings, 1);
  EXPECT_EQ(recent.at(kStart + 100'000).at(0).used, 2u);
}

TEST(RecentBoundsTest, CountWhatHasStartedSinceTheyWereRead) {
  RecentBounds recent{[] {
    return std::vector<Bound>{{Bound::Of::threads, "pids.max", 100, 20, ""},
                              {Bound::Of::descriptors, "RLIMIT_NOFILE", 1000, 30, ""}};
  }};
  recent.count({5, 6}); // Nothing has been read that it could be missing from.
  EXPECT_EQ(recent.at(0).at(0).used, 20u);

  recent.count({5, 6});

  EXPECT_EQ(recent.at(1).at(0).used, 25u);
  EXPECT_EQ(recent.at(1).at(1).used, 36u);
  EXPECT_EQ(recent.at(100'000).at(0).used, 20u) << "by now it is in what was read";
}

TEST(ReservationTest, FindsRoomOnThisMachine) {
  EXPECT_TRUE(Reservation::take({1, 1}, {}, {"test"_reason, "a test"}).ok());
}

} // namespace
} // namespace fanlight
