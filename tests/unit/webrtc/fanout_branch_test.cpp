#include "webrtc/fanout_branch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/fake_fanout.h"
#include "support/fake_media_source.h"
#include "support/turn_until.h"

namespace fanlight::webrtc {
namespace {

using fanlight::test::FakeFanout;
using fanlight::test::FakeMediaSource;
using fanlight::test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Viewer : MediaFeed::Observer {
  void on_feed_failed(const std::string& why) override { failures.push_back(why); }
  std::vector<std::string> failures;
};

/// The fanout of a camera, on an element that only pretends.
class FanoutBranchTest : public testing::Test {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    FakeFanout::register_element();
    camera = std::make_shared<FakeMediaSource>();
    open();
  }
  void open(std::chrono::milliseconds linger = std::chrono::milliseconds{1}) {
    auto made = FanoutBranch::create(
        camera, {}, [this](FanoutBranch&) { ++ended; }, linger);
    ASSERT_TRUE(made) << made.error().message;
    branch = std::move(*made);
  }

  static sdp::Choices choices(const std::vector<std::string>& encodings) {
    sdp::Choices all;
    for (const std::string& encoding : encodings) {
      sdp::Choice choice;
      choice.sent = {encoding, 90000, 1, {}};
      choice.stream = "main";
      all.emplace_back(choice);
    }
    return all;
  }
  std::unique_ptr<FanoutBranch::Subscription> subscribe(const std::vector<std::string>& encodings) {
    auto subscription = branch->subscribe(choices(encodings), viewer);
    EXPECT_TRUE(subscription) << subscription.error().message;
    return subscription ? std::move(*subscription) : nullptr;
  }
  bool feeds(const std::string& encoding) const { return camera->feeds("main", encoding); }

  std::shared_ptr<FakeMediaSource> camera;
  std::shared_ptr<FanoutBranch> branch;
  Viewer viewer;
  int ended = 0;
};

TEST_F(FanoutBranchTest, FeedsWhatWasChosen) {
  const auto subscription = subscribe({"H264"});

  EXPECT_EQ(camera->bin(), branch->fanout()->bin());
  EXPECT_THAT(camera->fed, ElementsAre("main-H264"));
}

TEST_F(FanoutBranchTest, FeedsACodecAsLongAsOneOfItsViewersStays) {
  auto first = subscribe({"H264"});
  auto second = subscribe({"H264"});
  const auto other = subscribe({"H265"});

  first.reset();
  // The timer of whoever is no longer fed would have come before this one.
  Timer later;
  bool over = false;
  later.once(std::chrono::milliseconds{20}, [&over] { over = true; });
  turn_until([&over] { return over; }, "a moment");
  EXPECT_TRUE(feeds("H264"));

  second.reset();
  EXPECT_TRUE(turn_until([this] { return !feeds("H264"); }, "the end of H264"));
  EXPECT_TRUE(feeds("H265"));
  EXPECT_EQ(ended, 0);
}

TEST_F(FanoutBranchTest, FeedsACodecAgainForWhoComesLater) {
  const auto stays = subscribe({"H265"});
  subscribe({"H264"}).reset();
  turn_until([this] { return !feeds("H264"); }, "the end of H264");

  const auto late = subscribe({"H264"});

  EXPECT_TRUE(feeds("H264"));
}

TEST_F(FanoutBranchTest, EndsSomeTimeAfterItsLastViewer) {
  auto subscription = subscribe({"H264"});
  subscription.reset();
  EXPECT_EQ(ended, 0);
  EXPECT_TRUE(turn_until([this] { return ended == 1; }, "the end"));
}

TEST_F(FanoutBranchTest, WaitsForAViewerWhoComesBackSoon) {
  branch.reset();
  open(std::chrono::seconds{60});
  subscribe({"H264"}).reset();
  EXPECT_TRUE(feeds("H264"));

  const auto again = subscribe({"H264"});

  EXPECT_TRUE(feeds("H264"));
  EXPECT_EQ(ended, 0);
}

TEST_F(FanoutBranchTest, HoldsRoomForItsThreadsWhileTheyStart) {
  const std::vector<Bound> bounds{{Bound::Of::threads, "pids.max", 100, 0, ""}};
  const auto has_room = [&bounds] {
    return Reservation::take({97, 0}, {}, {"test"_reason, "others"}, bounds).ok();
  };
  ASSERT_TRUE(has_room());

  branch->hold(*Reservation::take(Room{4, 0}, {}, {"test"_reason, "the fanout"}, bounds),
               std::chrono::milliseconds{1});
  EXPECT_FALSE(has_room());
  EXPECT_TRUE(turn_until(has_room, "the end of its start"));

  branch->hold(*Reservation::take(Room{4, 0}, {}, {"test"_reason, "the fanout"}, bounds));
  EXPECT_FALSE(has_room());
  branch.reset();
  EXPECT_TRUE(has_room()) << "it has no threads any more";
}

TEST_F(FanoutBranchTest, RefusesAStreamThatTheCameraDoesNotSend) {
  const auto refused = branch->subscribe(choices({"H264", "OPUS"}), viewer);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_TRUE(turn_until([this] { return ended == 1; }, "the end of what was fed for nothing"));
}

TEST_F(FanoutBranchTest, EndsItsViewersAndItselfOnAnErrorInside) {
  auto subscription = subscribe({"H264"});
  camera->fail("out of luck");
  camera->fail("once more");

  EXPECT_TRUE(turn_until([this] { return ended == 1; }, "the end"));

  ASSERT_EQ(viewer.failures.size(), 1u);
  EXPECT_THAT(viewer.failures[0], HasSubstr("webrtcfanout failed: out of luck"));
  EXPECT_TRUE(branch->failed());
  EXPECT_FALSE(branch->subscribe(choices({"H264"}), viewer));
  EXPECT_THAT(camera->fed, IsEmpty());
  subscription.reset(); // Of what is no more.
}

} // namespace
} // namespace fanlight::webrtc
