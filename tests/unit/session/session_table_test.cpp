#include "session/session_table.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cameras/refusals.h"
#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using test::turn_until;
using testing::HasSubstr;

std::string offer() {
  std::ifstream file{OFFERS_DIR "/chromium-156-linux-video-audio.sdp"};
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

struct Listener : Session::Observer {
  void on_answer(Session&, const std::string& sdp) override { answers.push_back(sdp); }
  void on_candidate(Session&, const Candidate&) override {}
  void on_stream(Session&) override {}
  void on_state(Session&, State state, const Reason&) override { states.push_back(state); }
  void on_closed(Session&, const CloseReason& reason) override { closed.push_back(reason); }
  std::vector<std::string> answers;
  std::vector<State> states;
  std::vector<CloseReason> closed;
};

/// A table of cameras nobody answers for: port 9 of loopback is closed.
struct SessionTableTest : testing::Test {
  void SetUp() override {
    load_own_elements();
    for (const char* id : {"front", "garden"}) {
      config::Camera camera;
      camera.id = id;
      camera.streams = {{.url = "rtsp://user:sesame@127.0.0.1:9/" + std::string{id}}};
      config.cameras.push_back(camera);
    }
    config.cameras[0].max_viewers = 1;
    config.webrtc.max_viewers = 2;
    auto created = Transports::create(config);
    ASSERT_TRUE(created) << created.error().message;
    transports = std::move(*created);
    auto built = cameras::CameraRegistry::create(config.cameras);
    ASSERT_TRUE(built) << built.error().message;
    registry = std::move(*built);
    table = std::make_unique<SessionTable>(*registry, *transports);
  }
  void TearDown() override {
    table.reset();
    registry.reset();
    transports.reset();
    wait_for_stops(test::kHangLimit);
  }
  Result<Session*> open(const std::string& camera, const std::string& sdp, int wait_ms = 60'000) {
    return table->open(camera, sdp,
                       {.signalling = "whep", .remote_address = "127.0.0.1", .wait_ms = wait_ms},
                       listener);
  }

  bool apply(const config::Config& wanted) const {
    table->set_max_viewers(wanted.webrtc.max_viewers);
    return registry->apply(wanted.cameras).ok();
  }
  std::uint32_t viewers_of(const std::string& camera) const {
    return registry->find(camera)->viewers;
  }

  /// Viewers are let in without limit.
  config::Config many() const {
    config::Config wanted = config;
    wanted.cameras[0].max_viewers = 0;
    wanted.webrtc.max_viewers = 10'000;
    return wanted;
  }

  config::Config config;
  Listener listener;
  std::unique_ptr<Transports> transports;
  std::unique_ptr<cameras::CameraRegistry> registry;
  std::unique_ptr<SessionTable> table;
};

TEST_F(SessionTableTest, RefusesACameraThatDoesNotExist) {
  const auto opened = open("cellar", offer());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::not_found);
  EXPECT_THAT(opened.error().message, HasSubstr("cellar"));
}

TEST_F(SessionTableTest, RefusesAnOfferThatIsNone) {
  const auto opened = open("front", "hello");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, Errc::invalid);
}

TEST_F(SessionTableTest, HoldsAViewerUntilTheCameraIsThere) {
  const auto opened = open("front", offer());
  ASSERT_TRUE(opened) << opened.error().message;
  turn_until([this] { return !listener.states.empty(); }, "the state");
  EXPECT_EQ(listener.states.front(), State::waiting);
  EXPECT_EQ(viewers_of("front"), 1u);
  EXPECT_EQ((*opened)->info().state, State::waiting);
  EXPECT_EQ((*opened)->id().size(), 32u);
}

TEST_F(SessionTableTest, GivesUpWaitingAfterTheLimitAndSaysWhy) {
  registry->start();
  const media::Camera& front = *registry->find("front")->camera;
  turn_until([&front] { return front.state() == media::Camera::State::retrying; },
             "the camera to be retried");
  ASSERT_TRUE(open("front", offer(), 1));
  turn_until([this] { return !listener.closed.empty(); }, "the end of waiting");
  ASSERT_EQ(listener.closed.size(), 1u);
  EXPECT_EQ(listener.closed[0].code, "camera_unavailable");
  EXPECT_THAT(listener.closed[0].message, HasSubstr("127.0.0.1:9"));
  turn_until([this] { return table->empty(); }, "the session to be gone");
}

TEST_F(SessionTableTest, EnforcesTheLimitsOfTheCameraAndOfAll) {
  ASSERT_TRUE(open("front", offer()));
  const auto second = open("front", offer());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::busy);
  EXPECT_THAT(second.error().message, HasSubstr("max_viewers"));
  ASSERT_TRUE(open("garden", offer()));
  const auto third = open("garden", offer());
  ASSERT_FALSE(third);
  EXPECT_EQ(third.error().code, Errc::busy);
}

TEST_F(SessionTableTest, GivesNoAddressAllTheSessions) {
  config::Config wanted = config;
  wanted.webrtc.max_viewers = 800;
  ASSERT_TRUE(apply(wanted));
  const auto open_from = [this](const char* address) {
    return table->open("garden", offer(),
                       {.signalling = "whep", .remote_address = address, .wait_ms = 60'000},
                       listener);
  };
  int opened = 0;
  while (open_from("192.0.2.1")) ++opened;

  EXPECT_EQ(opened, 512) << "as all of them wait";
  EXPECT_TRUE(open_from("::ffff:192.0.2.2"));
  EXPECT_FALSE(open_from("::ffff:192.0.2.1"));
}

TEST_F(SessionTableTest, WeighsTheOfferOfARestartAgainstTheFirst) {
  const auto opened = open("front", offer());
  ASSERT_TRUE(opened);

  const auto large = (*opened)->restart(offer() + "a=" + std::string(16 * 1024, 'x') + "\r\n");
  const auto small = (*opened)->restart(offer() + "a=" + std::string(15 * 1024, 'x') + "\r\n");

  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().code, Errc::invalid);
  EXPECT_THAT(large.error().message, HasSubstr("much larger than the first one"));
  ASSERT_FALSE(small);
  EXPECT_EQ(small.error().code, Errc::conflict) << "it has not been answered yet";
}

TEST_F(SessionTableTest, FreesThePlaceOfAViewerThatLeft) {
  const auto first = open("front", offer());
  ASSERT_TRUE(first);
  (*first)->close({"stopped", {"test"_reason, "by the test"}});
  turn_until([this] { return table->empty(); }, "the session to be gone");
  EXPECT_EQ(listener.closed.at(0).code, "stopped");
  EXPECT_TRUE(open("front", offer()));
}

TEST_F(SessionTableTest, TellsAViewerThatForgotItsObserverNothing) {
  const auto first = open("front", offer());
  ASSERT_TRUE(first);
  (*first)->forget_observer();
  (*first)->close({"stopped", {"test"_reason, "by the test"}});
  turn_until([this] { return table->empty(); }, "the session to be gone");
  EXPECT_TRUE(listener.closed.empty());
}

TEST_F(SessionTableTest, SaysGoodbyeToEverybodyAndLetsNobodyInWhenItDrains) {
  ASSERT_TRUE(open("front", offer()));
  ASSERT_TRUE(open("garden", offer()));
  table->drain({"shutting_down", cameras::shutting_down()});
  turn_until([this] { return table->empty(); }, "all sessions to be gone");
  ASSERT_EQ(listener.closed.size(), 2u);
  EXPECT_EQ(listener.closed[0].code, "shutting_down");
  const auto late = open("front", offer());
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::unavailable);
}

TEST_F(SessionTableTest, RefreshesStatisticsAtOnceWhereNobodyIsConnected) {
  ASSERT_TRUE(open("front", offer()));
  bool done = false;
  table->refresh_stats("", 10, [&done] { done = true; });
  EXPECT_FALSE(done);
  EXPECT_TRUE(turn_until([&done] { return done; }, "the statistics"));
}

TEST_F(SessionTableTest, TellsOfSessionsPageByPageInTheOrderOfTheirIds) {
  ASSERT_TRUE(apply(many()));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(open("front", offer()));

  const auto all = table->sessions("", 10);
  const auto first = table->sessions("", 2);
  const auto rest = table->sessions(first.back().id, 10);

  ASSERT_EQ(all.size(), 5u);
  ASSERT_EQ(first.size(), 2u);
  ASSERT_EQ(rest.size(), 3u);
  EXPECT_LT(all[0].id, all[1].id);
  EXPECT_EQ(first[0].id, all[0].id);
  EXPECT_EQ(rest[0].id, all[2].id);
  EXPECT_TRUE(table->sessions(all.back().id, 10).empty());
  EXPECT_EQ(table->sessions(all[1].id.substr(0, 31), 10).size(), 4u) << "one that is not there";
  EXPECT_EQ(table->session_count(), 5u);
}

TEST_F(SessionTableTest, EndsManyViewersOverSeveralTurns) {
  ASSERT_TRUE(apply(many()));
  for (std::size_t i = 0; i < 3 * kTasksPerTurn; ++i) ASSERT_TRUE(open("front", offer()));
  turn_until([this] { return listener.states.size() == 3 * kTasksPerTurn; }, "all to wait");
  config::Config wanted = many();
  wanted.cameras.erase(wanted.cameras.begin());

  ASSERT_TRUE(apply(wanted));

  std::size_t most = 0;
  turn_until(
      [&, before = std::size_t{0}]() mutable {
        most = std::max(most, listener.closed.size() - before);
        before = listener.closed.size();
        return table->empty();
      },
      "all to be gone");
  EXPECT_EQ(listener.closed.size(), 3 * kTasksPerTurn);
  EXPECT_LE(most, kTasksPerTurn);
  EXPECT_EQ(listener.closed.back().code, "camera_removed");
}

TEST_F(SessionTableTest, LeavesAViewerAloneWhoseCameraStaysAsItIs) {
  ASSERT_TRUE(open("front", offer()));
  config::Config wanted = config;
  std::swap(wanted.cameras[0], wanted.cameras[1]);
  wanted.cameras[1].name = "Front door";
  wanted.cameras[1].max_viewers = 2;
  wanted.cameras[0].streams[0].latency = std::chrono::milliseconds{5};

  ASSERT_TRUE(apply(wanted));

  EXPECT_EQ(viewers_of("front"), 1u);
  EXPECT_TRUE(open("front", offer())) << "the new limit holds";
  turn_until([this] { return listener.states.size() == 2; }, "both to wait");
  EXPECT_TRUE(listener.closed.empty());
}

TEST_F(SessionTableTest, TellsViewersThatTheirCameraHasChangedOrIsGone) {
  registry->start();
  ASSERT_TRUE(open("front", offer()));
  ASSERT_TRUE(open("garden", offer()));
  config::Config wanted = config;
  wanted.cameras[0].codecs = {config::VideoCodec::h264};
  wanted.cameras.pop_back();

  ASSERT_TRUE(apply(wanted));

  turn_until([this] { return table->empty(); }, "both to be gone");
  std::vector<std::string> codes;
  for (const CloseReason& reason : listener.closed) codes.push_back(reason.code);
  EXPECT_THAT(codes, testing::UnorderedElementsAre("camera_changed", "camera_removed"));
  EXPECT_EQ(open("garden", offer()).error().code, Errc::not_found);
  EXPECT_TRUE(open("front", offer())) << "who comes back is let in";
}

} // namespace
} // namespace fanlight::session
