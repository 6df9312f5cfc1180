// How many viewers on webrtcbin the system lets there be.
#include "session/viewer_bound.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::session {
namespace {

using testing::AllOf;
using testing::HasSubstr;

Bound threads(std::uint64_t limit, std::uint64_t used) {
  return {Bound::Of::threads, "pids.max", limit, used, "raise TasksMax="};
}

Bound descriptors(std::uint64_t limit, std::uint64_t used) {
  return {Bound::Of::descriptors, "RLIMIT_NOFILE", limit, used, "raise LimitNOFILE="};
}

TEST(ViewerBoundTest, IsTheConfiguredOneOrWhatIsLeftBesideTheCameras) {
  struct Case {
    std::uint32_t configured;
    std::size_t streams;
    std::vector<Bound> bounds;
    std::uint32_t viewers;
  };
  // A viewer takes 10 threads and 16 descriptors, a stream 8 and 16; 64 of each are kept.
  const Case cases[]{
      {100, 4, {}, 100},
      {100, 4, {threads(100'000, 20)}, 100},
      {100, 4, {threads(1000 + 64 + 32 + 20, 20)}, 100},
      {100, 4, {threads(1000 + 64 + 32 + 19, 20)}, 99},
      {100, 64, {threads(1000 + 64 + 32 + 20, 20)}, 52},
      {100, 4, {threads(512, 20), threads(300, 20)}, 18},
      {100, 4, {threads(512, 20), descriptors(256, 30)}, 6},
      {100, 4, {threads(64, 20)}, 0},
      {100, 4, {threads(64, 200)}, 0},
      {0, 4, {threads(64, 20)}, 0},
      {1000, 0, {descriptors(1024, 30)}, 58},
  };
  for (const Case& each : cases) {
    const ViewerBound bound = bound_viewers(each.configured, each.streams, each.bounds);
    EXPECT_EQ(bound.viewers, each.viewers) << bound.warning;
    EXPECT_EQ(bound.warning.empty(), each.viewers == each.configured) << bound.warning;
  }
}

TEST(ViewerBoundTest, KnowsThatTheServerNeedsAThreadForEachWorker) {
  EXPECT_EQ(server_room(128).threads, 128 + server_room(1).threads - 1);
  EXPECT_GE(server_room(0).threads, server_room(1).threads);
}

TEST(ViewerBoundTest, SaysWhatIsBelowTheKeyAndWhatToDo) {
  const ViewerBound bound = bound_viewers(100, 4, {threads(300, 20)});

  EXPECT_EQ(bound.why, "webrtc.max_webrtcbin_viewers is 100, but pids.max is 300");
  EXPECT_THAT(bound.warning,
              AllOf(HasSubstr("at most 18 viewers on webrtcbin instead of the 100 of "
                              "webrtc.max_webrtcbin_viewers"),
                    HasSubstr("pids.max is 300, 20 are in use"), HasSubstr("raise TasksMax=")));
  EXPECT_EQ(bound_viewers(100, 4, {}).why, "webrtc.max_webrtcbin_viewers");
}

} // namespace
} // namespace fanlight::session
