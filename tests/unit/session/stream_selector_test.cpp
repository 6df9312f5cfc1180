// What a viewer keeps connected of a camera with two streams.
#include "session/stream_selector.h"

#include <gmock/gmock.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "session/media_camera.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using testing::HasSubstr;
using State = media::CameraStream::State;

/// A camera nobody answers for, whose streams connect on demand and rest at once.
struct StreamSelectorTest : testing::Test, media::Camera::Observer {
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
    viewed = std::make_shared<MediaCamera>(camera);
    camera->start();
  }
  void TearDown() override {
    viewed.reset();
    camera->stop();
    camera.reset();
    wait_for_stops(test::kHangLimit);
  }
  void on_camera_changed(media::Camera&) override {}

  static Reason can_play_all(const ViewedStream&) { return {}; }
  static Reason cannot_play_main(const ViewedStream& stream) {
    return stream.id() == "main" ? Reason{"test"_reason, "main is H265"} : Reason{};
  }
  static Reason can_play_none(const ViewedStream& stream) {
    return {"test"_reason, "{stream} is VP8", {{"stream", stream.id()}}};
  }
  State state(const std::string& id) const { return camera->find(id)->state(); }
  bool rests(const std::string& id) const {
    return test::turn_until([&] { return state(id) == State::idle; }, id + " to rest");
  }

  media::ConnectQueue queue;
  std::shared_ptr<media::Camera> camera;
  std::shared_ptr<MediaCamera> viewed;
};

TEST_F(StreamSelectorTest, ConnectsWhatFitsAndNothingElse) {
  StreamSelector selector{viewed, {.stream = "auto", .width = 320, .height = 180}};
  EXPECT_EQ(selector.wanted(), nullptr);

  ASSERT_TRUE(selector.select(can_play_all));

  ASSERT_NE(selector.wanted(), nullptr);
  EXPECT_EQ(selector.wanted()->id(), "sub");
  EXPECT_EQ(selector.current(), nullptr);
  EXPECT_EQ(state("sub"), State::connecting);
  EXPECT_EQ(state("main"), State::idle);
}

TEST_F(StreamSelectorTest, KeepsWhatItHasUntilItTakesTheOther) {
  StreamSelector selector{viewed, {.stream = "main"}};
  ASSERT_TRUE(selector.select(can_play_all));
  selector.take();
  EXPECT_EQ(selector.current()->id(), "main");
  EXPECT_EQ(camera->find("main")->viewers(), 1U);

  selector.prefer({.stream = "sub"});
  ASSERT_TRUE(selector.select(can_play_all));

  EXPECT_EQ(selector.current()->id(), "main");
  EXPECT_EQ(selector.wanted()->id(), "sub");
  EXPECT_NE(state("sub"), State::idle);
  selector.take();
  EXPECT_EQ(selector.current()->id(), "sub");
  EXPECT_EQ(selector.reason().message, "requested");
  EXPECT_TRUE(rests("main"));
}

TEST_F(StreamSelectorTest, LetsGoOfWhatItDoesNotWantAnyMore) {
  StreamSelector selector{viewed, {.stream = "main"}};
  ASSERT_TRUE(selector.select(can_play_all));
  selector.take();
  selector.prefer({.stream = "sub"});
  ASSERT_TRUE(selector.select(can_play_all));

  selector.prefer({.stream = "main"});
  ASSERT_TRUE(selector.select(can_play_all));

  EXPECT_EQ(selector.wanted()->id(), "main");
  EXPECT_TRUE(rests("sub"));
}

TEST_F(StreamSelectorTest, PassesOverWhatTheViewerCannotPlay) {
  StreamSelector selector{viewed, {}};

  ASSERT_TRUE(selector.select(cannot_play_main));
  selector.take();

  EXPECT_EQ(selector.current()->id(), "sub");
  EXPECT_EQ(selector.reason().message, "instead of main: main is H265");
}

TEST_F(StreamSelectorTest, SaysWhyThereIsNothingAndChangesNothing) {
  StreamSelector selector{viewed, {}};
  ASSERT_TRUE(selector.select(can_play_all));
  selector.take();

  const auto none = selector.select(can_play_none);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::unsupported);
  EXPECT_EQ(none.error().message, "main is VP8");
  selector.prefer({.stream = "nothing"});
  const auto unknown = selector.select(can_play_all);
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, Errc::no_stream);
  EXPECT_THAT(unknown.error().message, HasSubstr("no stream nothing; it has main, sub"));

  EXPECT_EQ(selector.current()->id(), "main");
}

TEST_F(StreamSelectorTest, LooksWithoutAnyConsequence) {
  StreamSelector selector{viewed, {.stream = "sub"}};

  const auto found = selector.find_best(can_play_all);

  ASSERT_TRUE(found);
  EXPECT_EQ((*found)->id(), "sub");
  EXPECT_EQ(selector.wanted(), nullptr);
  EXPECT_EQ(state("sub"), State::idle);
}

TEST_F(StreamSelectorTest, GoesOverToWhatIsNotDown) {
  StreamSelector selector{viewed, {}};
  ASSERT_TRUE(selector.select(can_play_all));
  EXPECT_EQ(selector.wanted()->id(), "main");
  ASSERT_TRUE(test::turn_until([this] { return state("main") == State::retrying; }, "it to fail"));

  ASSERT_TRUE(selector.select(can_play_all));

  EXPECT_EQ(selector.wanted()->id(), "sub");
  selector.take();
  EXPECT_THAT(selector.reason().message, HasSubstr("instead of main: cannot reach 127.0.0.1:9"));
}

} // namespace
} // namespace fanlight::session
