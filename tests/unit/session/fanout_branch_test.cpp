#include "session/fanout_branch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gst/elements.h"
#include "gst/undertaker.h"
#include "support/fake_fanout.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using test::FakeFanout;
using test::turn_until;
using testing::HasSubstr;
using testing::Not;

struct Viewer : media::Branch::Observer {
  void on_branch_failed(const std::string& why) override { failures.push_back(why); }
  std::vector<std::string> failures;
};

/// The fanout of a camera nobody answers for, on an element that only pretends.
class FanoutBranchTest : public testing::Test, public media::Camera::Observer {
 protected:
  void SetUp() override {
    load_own_elements();
    FakeFanout::register_element();
    config::Camera config;
    config.id = "front";
    config.streams = {{.url = "rtsp://127.0.0.1:9/front"}};
    auto created = media::Camera::create(config, queue, *this);
    ASSERT_TRUE(created) << created.error().message;
    camera = std::move(*created);
    open();
  }
  void TearDown() override {
    branch.reset();
    camera.reset();
    wait_for_stops(test::kHangLimit);
  }
  void open(std::chrono::milliseconds linger = std::chrono::milliseconds{1}) {
    auto made = FanoutBranch::create(
        camera, {}, [this](FanoutBranch&) { ++ended; }, linger);
    ASSERT_TRUE(made) << made.error().message;
    branch = std::move(*made);
  }
  void on_camera_changed(media::Camera&) override {}

  static webrtc::Choices choices(const std::vector<std::string>& encodings) {
    webrtc::Choices all;
    for (const std::string& encoding : encodings) {
      webrtc::Choice choice;
      choice.sent = {encoding, 90000, 1, {}};
      choice.stream = "main";
      all.emplace_back(choice);
    }
    return all;
  }
  std::unique_ptr<FanoutBranch::Share> join(const std::vector<std::string>& encodings) {
    auto share = branch->join(choices(encodings), viewer);
    EXPECT_TRUE(share) << share.error().message;
    return share ? std::move(*share) : nullptr;
  }
  std::string drawing() const {
    std::string dot;
    camera->draw([&dot](const auto& drawn) { dot = drawn ? **drawn : drawn.error().message; });
    turn_until([&dot] { return !dot.empty(); }, "the drawing");
    return dot;
  }
  /// Whether the camera's tee of that encoding feeds the fanout.
  bool feeds(const std::string& encoding) const {
    const auto input = branch->fanout()->input("main", {encoding, 90000, 1, {}});
    return input && gst_pad_is_linked(input->pad.get());
  }

  media::ConnectQueue queue;
  std::shared_ptr<media::Camera> camera;
  std::shared_ptr<FanoutBranch> branch;
  Viewer viewer;
  int ended = 0;
};

TEST_F(FanoutBranchTest, IsPartOfTheCamerasPipeline) {
  const auto share = join({"H264"});

  const std::string dot = drawing();
  EXPECT_THAT(dot, HasSubstr("fanout"));
  EXPECT_THAT(dot, HasSubstr("GstRtpH264Pay"));
  EXPECT_THAT(dot, Not(HasSubstr("GstRtpH265Pay")));
  EXPECT_TRUE(feeds("H264"));
}

TEST_F(FanoutBranchTest, FeedsACodecAsLongAsOneOfItsViewersStays) {
  auto first = join({"H264"});
  auto second = join({"H264"});
  const auto other = join({"H265"});

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
  const auto stays = join({"H265"});
  join({"H264"}).reset();
  turn_until([this] { return !feeds("H264"); }, "the end of H264");

  const auto late = join({"H264"});

  EXPECT_TRUE(feeds("H264"));
}

TEST_F(FanoutBranchTest, EndsSomeTimeAfterItsLastViewer) {
  auto share = join({"H264"});
  share.reset();
  EXPECT_EQ(ended, 0);
  EXPECT_TRUE(turn_until([this] { return ended == 1; }, "the end"));
}

TEST_F(FanoutBranchTest, WaitsForAViewerWhoComesBackSoon) {
  branch.reset();
  open(std::chrono::seconds{60});
  join({"H264"}).reset();
  EXPECT_TRUE(feeds("H264"));

  const auto again = join({"H264"});

  EXPECT_TRUE(feeds("H264"));
  EXPECT_EQ(ended, 0);
}

TEST_F(FanoutBranchTest, HoldsRoomForItsThreadsWhileTheyStart) {
  const std::vector<Bound> bounds{{Bound::Of::threads, "pids.max", 100, 0, ""}};
  const auto has_room = [&bounds] { return Reservation::take({97, 0}, {}, "others", bounds).ok(); };
  ASSERT_TRUE(has_room());

  branch->hold(*Reservation::take(Room{4, 0}, {}, "the fanout", bounds),
               std::chrono::milliseconds{1});
  EXPECT_FALSE(has_room());
  EXPECT_TRUE(turn_until(has_room, "the end of its start"));

  branch->hold(*Reservation::take(Room{4, 0}, {}, "the fanout", bounds));
  EXPECT_FALSE(has_room());
  branch.reset();
  EXPECT_TRUE(has_room()) << "it has no threads any more";
}

TEST_F(FanoutBranchTest, RefusesAStreamThatTheCameraDoesNotSend) {
  const auto refused = branch->join(choices({"H264", "OPUS"}), viewer);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_TRUE(turn_until([this] { return ended == 1; }, "the end of what was fed for nothing"));
}

TEST_F(FanoutBranchTest, EndsItsViewersAndItselfOnAnErrorInsideAndNotTheCamera) {
  camera->start(); // Only a pipeline that runs has a bus.
  auto share = join({"H264"});
  GST_ELEMENT_ERROR(branch->fanout()->element(), RESOURCE, FAILED, ("out of luck"), (nullptr));
  GST_ELEMENT_ERROR(branch->fanout()->element(), RESOURCE, FAILED, ("once more"), (nullptr));

  EXPECT_TRUE(turn_until([this] { return ended == 1; }, "the end"));

  ASSERT_EQ(viewer.failures.size(), 1u);
  EXPECT_THAT(viewer.failures[0], HasSubstr("the fanout failed: out of luck"));
  EXPECT_TRUE(branch->failed());
  EXPECT_FALSE(branch->join(choices({"H264"}), viewer));
  const std::string dot = drawing();
  EXPECT_THAT(dot, Not(HasSubstr("GstRtpH264Pay")));
  EXPECT_THAT(dot, HasSubstr("GstGopTee"));
  share.reset(); // Of what is no more.
}

} // namespace
} // namespace fanlight::session
