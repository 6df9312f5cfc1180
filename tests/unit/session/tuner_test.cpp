// What a viewer keeps connected of a camera with two streams.
#include "session/tuner.h"

#include <gmock/gmock.h>

#include "gst/elements.h"
#include "gst/undertaker.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using testing::HasSubstr;
using State = media::Intake::State;

/// A camera nobody answers for, whose streams connect on demand and rest at once.
struct TunerTest : testing::Test, media::Camera::Observer {
  void SetUp() override {
    load_own_elements();
    config::Camera config;
    config.id = "front";
    for (const char* id : {"main", "sub"})
      config.streams.push_back({.id = id,
                                .url = "rtsp://127.0.0.1:9/" + std::string{id},
                                .pull = config::Pull::on_demand,
                                .grace = std::chrono::milliseconds{0}});
    auto created = media::Camera::create(config, queue, *this);
    ASSERT_TRUE(created) << created.error().message;
    camera = std::move(*created);
    camera->start();
  }
  void TearDown() override {
    camera->stop();
    camera.reset();
    wait_for_stops(test::kHangLimit);
  }
  void on_camera_changed(media::Camera&) override {}

  static std::string can_play_all(const media::Intake&) { return {}; }
  static std::string cannot_play_main(const media::Intake& intake) {
    return intake.id() == "main" ? "main is H265" : "";
  }
  static std::string can_play_none(const media::Intake& intake) { return intake.id() + " is VP8"; }
  State state(const std::string& id) const { return camera->find(id)->state(); }
  bool rests(const std::string& id) const {
    return test::turn_until([&] { return state(id) == State::idle; }, id + " to rest");
  }

  media::ConnectQueue queue;
  std::shared_ptr<media::Camera> camera;
};

TEST_F(TunerTest, ConnectsWhatFitsAndNothingElse) {
  Tuner tuner{camera, {.stream = "auto", .width = 320, .height = 180}};
  EXPECT_EQ(tuner.wanted(), nullptr);

  ASSERT_TRUE(tuner.tune(can_play_all));

  ASSERT_NE(tuner.wanted(), nullptr);
  EXPECT_EQ(tuner.wanted()->id(), "sub");
  EXPECT_EQ(tuner.current(), nullptr);
  EXPECT_EQ(state("sub"), State::connecting);
  EXPECT_EQ(state("main"), State::idle);
}

TEST_F(TunerTest, KeepsWhatItHasUntilItTakesTheOther) {
  Tuner tuner{camera, {.stream = "main"}};
  ASSERT_TRUE(tuner.tune(can_play_all));
  tuner.take();
  EXPECT_EQ(tuner.current()->id(), "main");
  EXPECT_EQ(camera->find("main")->viewers(), 1U);

  tuner.wish({.stream = "sub"});
  ASSERT_TRUE(tuner.tune(can_play_all));

  EXPECT_EQ(tuner.current()->id(), "main");
  EXPECT_EQ(tuner.wanted()->id(), "sub");
  EXPECT_NE(state("sub"), State::idle);
  tuner.take();
  EXPECT_EQ(tuner.current()->id(), "sub");
  EXPECT_EQ(tuner.reason(), "asked for");
  EXPECT_TRUE(rests("main"));
}

TEST_F(TunerTest, LetsGoOfWhatItDoesNotWantAnyMore) {
  Tuner tuner{camera, {.stream = "main"}};
  ASSERT_TRUE(tuner.tune(can_play_all));
  tuner.take();
  tuner.wish({.stream = "sub"});
  ASSERT_TRUE(tuner.tune(can_play_all));

  tuner.wish({.stream = "main"});
  ASSERT_TRUE(tuner.tune(can_play_all));

  EXPECT_EQ(tuner.wanted()->id(), "main");
  EXPECT_TRUE(rests("sub"));
}

TEST_F(TunerTest, PassesOverWhatTheViewerCannotPlay) {
  Tuner tuner{camera, {}};

  ASSERT_TRUE(tuner.tune(cannot_play_main));
  tuner.take();

  EXPECT_EQ(tuner.current()->id(), "sub");
  EXPECT_EQ(tuner.reason(), "in place of main: main is H265");
}

TEST_F(TunerTest, SaysWhyThereIsNothingAndChangesNothing) {
  Tuner tuner{camera, {}};
  ASSERT_TRUE(tuner.tune(can_play_all));
  tuner.take();

  const auto none = tuner.tune(can_play_none);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unsupported);
  EXPECT_EQ(none.error().message, "main is VP8");
  tuner.wish({.stream = "nothing"});
  const auto unknown = tuner.tune(can_play_all);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::not_found);
  EXPECT_THAT(unknown.error().message, HasSubstr("no stream nothing; it has main, sub"));

  EXPECT_EQ(tuner.current()->id(), "main");
}

TEST_F(TunerTest, LooksWithoutAnyConsequence) {
  Tuner tuner{camera, {.stream = "sub"}};

  const auto found = tuner.look(can_play_all);

  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->id(), "sub");
  EXPECT_EQ(tuner.wanted(), nullptr);
  EXPECT_EQ(state("sub"), State::idle);
}

TEST_F(TunerTest, GoesOverToWhatIsNotDown) {
  Tuner tuner{camera, {}};
  ASSERT_TRUE(tuner.tune(can_play_all));
  EXPECT_EQ(tuner.wanted()->id(), "main");
  ASSERT_TRUE(test::turn_until([this] { return state("main") == State::retrying; }, "it to fail"));

  ASSERT_TRUE(tuner.tune(can_play_all));

  EXPECT_EQ(tuner.wanted()->id(), "sub");
  tuner.take();
  EXPECT_THAT(tuner.reason(), HasSubstr("in place of main: cannot connect to 127.0.0.1:9"));
}

} // namespace
} // namespace fanlight::session
