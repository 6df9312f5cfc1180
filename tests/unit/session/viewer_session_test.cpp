// From the offer to the connection: waiting, connecting, connected, disconnected.
#include "session/viewer_session.h"

#include <gmock/gmock.h>

#include "viewer_fixture.h"

namespace fanlight::session {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Stream = ViewedStream::State;

constexpr const char* kCandidate = "candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host";

/// Of which the reader of offers lets none through.
sdp::Offer without_picture() {
  sdp::Offer offer = sdp::test::parsed(plain());
  offer.media[0].direction = sdp::Offer::Direction::inactive;
  return offer;
}

using ViewerSessionTest = ViewerFixture;

TEST_F(ViewerSessionTest, AnswersAtOnceWhereTheCameraIsLive) {
  camera->main().go_live(h264("42e01f"));
  make(plain(), {.complete_answer = true});

  ASSERT_TRUE(viewer->begin());

  EXPECT_EQ(viewer->state(), State::connecting);
  ASSERT_EQ(transport().offers.size(), 1u);
  ASSERT_EQ(transport().accepted.size(), 1u);
  EXPECT_EQ(transport().accepted[0]->stream, "main");
  EXPECT_EQ(transport().accepted[0]->sent.encoding, "H264");
  EXPECT_TRUE(transport().complete_answer);
  EXPECT_THAT(transport().played, IsEmpty()) << "before it is connected";
  EXPECT_EQ(camera->main().watchers, 1);
}

TEST_F(ViewerSessionTest, SaysWhatItGetsAndWhy) {
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());

  const Info info = viewer->info();

  EXPECT_EQ(info.id, "ab12");
  EXPECT_EQ(info.camera, "front");
  EXPECT_EQ(info.state, State::connecting);
  EXPECT_EQ(info.transport, "fake");
  EXPECT_EQ(info.transport_reason.message, "for the test");
  EXPECT_EQ(info.video_codec, "H264");
  EXPECT_EQ(info.audio_codec, "");
  EXPECT_EQ(info.stream, "main");
  EXPECT_EQ(info.stream_reason.message, "the best stream");
}

TEST_F(ViewerSessionTest, WaitsForACameraThatIsNotThereAndTellsWhyInALaterTurn) {
  make();

  ASSERT_TRUE(viewer->begin());

  EXPECT_EQ(viewer->state(), State::waiting);
  EXPECT_EQ(transports.asked, 0);
  EXPECT_EQ(camera->main().claims, 1) << "so that it is connected";
  EXPECT_EQ(camera->main().watchers, 0);
  EXPECT_EQ(viewer->info().transport, "");
  EXPECT_THAT(listener.heard, IsEmpty());
  turn();
  EXPECT_THAT(listener.heard, ElementsAre("waiting: connecting to the camera"));
}

TEST_F(ViewerSessionTest, AnswersOnceTheCameraIsThere) {
  make();
  ASSERT_TRUE(viewer->begin());
  viewer->on_camera_changed();
  EXPECT_EQ(viewer->state(), State::waiting) << "nothing has come yet";

  camera->main().go_live(h264("42e01f"));
  viewer->on_camera_changed();

  EXPECT_EQ(viewer->state(), State::connecting);
  EXPECT_EQ(transports.asked, 1);
  EXPECT_EQ(camera->main().watchers, 1);
  turn();
  EXPECT_THAT(listener.heard, IsEmpty()) << "it does not wait any more";
}

TEST_F(ViewerSessionTest, GivesUpWaitingAfterTheTimeItWasGiven) {
  make(plain(), {.wait_ms = 1});
  camera->main().why = {"test"_reason, "the camera does not answer"};
  ASSERT_TRUE(viewer->begin());

  EXPECT_EQ(closed(), "camera_unavailable");
  EXPECT_EQ(listener.closed[0].message, "the camera does not answer");
}

TEST_F(ViewerSessionTest, GivesUpWaitingAfterTheTimeOfTheStream) {
  camera->main().patience = std::chrono::milliseconds{1};
  make();
  ASSERT_TRUE(viewer->begin());

  EXPECT_EQ(closed(), "camera_unavailable");
}

TEST_F(ViewerSessionTest, IsRefusedAtOnceWhereTheCameraRefuses) {
  camera->main().go(Stream::refused, "401 Unauthorized");
  camera->sub().go(Stream::refused, "401 Unauthorized");
  make();

  const auto refused = viewer->begin();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unavailable);
  EXPECT_EQ(refused.error().message, "camera front: 401 Unauthorized");
}

TEST_F(ViewerSessionTest, EndsWhenTheCameraRefusesWhileItWaits) {
  make();
  ASSERT_TRUE(viewer->begin());
  camera->main().go(Stream::refused, "401 Unauthorized");
  camera->sub().go(Stream::refused, "401 Unauthorized");

  viewer->on_camera_changed();

  EXPECT_EQ(closed(), "camera_unavailable");
  EXPECT_EQ(listener.closed[0].message, "401 Unauthorized");
}

TEST_F(ViewerSessionTest, WaitsForTheOtherStreamWhereOneIsRefused) {
  make();
  ASSERT_TRUE(viewer->begin());
  camera->main().go(Stream::refused, "404 Not Found");

  viewer->on_camera_changed();

  EXPECT_EQ(viewer->state(), State::waiting);
  EXPECT_EQ(camera->main().claims, 0);
  EXPECT_EQ(camera->sub().claims, 1);
}

TEST_F(ViewerSessionTest, RefusesAnOfferWithoutACommonCodec) {
  camera->main().go_live(h265("1", "0", "120"));
  camera->sub().go_live(h265("1", "0", "120"), 360);
  make();

  const auto refused = viewer->begin();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::unsupported);
  EXPECT_THAT(refused.error().message, HasSubstr("H265"));
}

TEST_F(ViewerSessionTest, RefusesAnOfferThatWantsNoPicture) {
  camera->main().go_live(h264("42e01f"));
  make(without_picture(), plain().size());

  const auto refused = viewer->begin();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid);
}

TEST_F(ViewerSessionTest, RefusesWhatNoTransportTakes) {
  camera->main().go_live(h264("42e01f"));
  transports.error = Error{Errc::busy, "there are enough"};
  make();

  const auto refused = viewer->begin();

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::busy);
}

TEST_F(ViewerSessionTest, SaysByACodeWhyItCannotBeAnsweredAfterItHasWaited) {
  const auto code_after = [this](const sdp::Offer& offer, const RtpFormat& sent,
                                 std::optional<Error> error) {
    camera = std::make_shared<FakeCamera>();
    listener = {};
    make(offer, plain().size());
    EXPECT_TRUE(viewer->begin());
    camera->main().go_live(sent);
    camera->sub().go_live(sent, 360);
    transports.error = std::move(error);
    viewer->on_camera_changed();
    return closed();
  };
  const sdp::Offer usual = sdp::test::parsed(plain());

  EXPECT_EQ(code_after(usual, h265("1", "0", "120"), {}), "no_common_codec");
  EXPECT_EQ(code_after(without_picture(), h264("42e01f"), {}), "bad_offer");
  EXPECT_EQ(code_after(usual, h264("42e01f"), Error{Errc::busy, "enough"}), "busy");
  EXPECT_EQ(code_after(usual, h264("42e01f"), Error{Errc::internal, "oh"}), "internal");
}

TEST_F(ViewerSessionTest, KeepsUsableCandidatesUntilThereIsATransport) {
  make();
  ASSERT_TRUE(viewer->begin());
  viewer->add_candidate({0, kCandidate});
  viewer->add_candidate({0, "candidate:1 1 udp 1 somebody.local 50000 typ host"});
  viewer->add_candidate({0, ""});

  camera->main().go_live(h264("42e01f"));
  viewer->on_camera_changed();
  EXPECT_THAT(transport().candidates, ElementsAre(kCandidate, ""));

  viewer->add_candidate({0, "rubbish"});
  viewer->add_candidate({0, kCandidate});
  EXPECT_THAT(transport().candidates, ElementsAre(kCandidate, "", kCandidate));
}

TEST_F(ViewerSessionTest, PassesOnTheAnswerAndTheCandidatesOfTheTransport) {
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());

  transport().answer("v=0");
  transport().announce({0, kCandidate});

  EXPECT_THAT(listener.heard, ElementsAre("answer v=0", std::string{"candidate "} + kCandidate));
}

TEST_F(ViewerSessionTest, PlaysOnceWhenItIsConnected) {
  camera->main().go_live(h264("42e01f"));
  camera->main().sound = media::TrackFormat{.rtp = {"OPUS", 48000, 2, {}}};
  make(plain_with_audio());
  ASSERT_TRUE(viewer->begin());

  transport().say(Transport::connecting);
  EXPECT_EQ(viewer->state(), State::connecting);
  transport().say(Transport::connected);
  transport().say(Transport::connected);

  EXPECT_EQ(viewer->state(), State::connected);
  EXPECT_THAT(transport().played, ElementsAre("main-H264 main-OPUS"));
  EXPECT_THAT(listener.heard, ElementsAre("connected"));
}

TEST_F(ViewerSessionTest, EndsWhereWhatWasChosenCannotBePlayed) {
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());
  transport().play_error = Error{Errc::internal, "no pad"};

  transport().say(Transport::connected);

  EXPECT_EQ(closed(), "internal");
  EXPECT_EQ(listener.closed[0].message, "no pad");
  EXPECT_THAT(listener.heard, ElementsAre("closed", "ended")) << "it was never connected";
}

TEST_F(ViewerSessionTest, EndsWhereNoConnectionComesAboutInTime) {
  limits.connect = std::chrono::milliseconds{1};
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());

  EXPECT_EQ(closed(), "timeout");
  EXPECT_THAT(listener.closed[0].message, HasSubstr("is UDP between viewer and server blocked?"));
}

TEST_F(ViewerSessionTest, WaitsForAViewerWhoseNetworkWentAway) {
  connect();

  transport().say(Transport::disconnected);
  EXPECT_EQ(viewer->state(), State::disconnected);
  transport().say(Transport::connected);

  EXPECT_EQ(viewer->state(), State::connected);
  EXPECT_THAT(
      listener.heard,
      ElementsAre("disconnected: the server receives nothing from the viewer and waits for it",
                  "connected"));
  EXPECT_EQ(transport().played.size(), 1u) << "it plays all the time";
}

TEST_F(ViewerSessionTest, EndsWhereAViewerStaysAway) {
  limits.disconnect = std::chrono::milliseconds{1};
  connect();

  transport().say(Transport::disconnected);

  EXPECT_EQ(closed(), "connection_failed");
  EXPECT_EQ(listener.closed[0].message, "the server has received nothing from the viewer for 15 s");
}

TEST_F(ViewerSessionTest, KeepsAViewerWhoCameBackBeyondTheTimeItHad) {
  limits.disconnect = std::chrono::milliseconds{1};
  connect();
  transport().say(Transport::disconnected);
  transport().say(Transport::connected);

  // Its timer would have come before this one.
  Timer later;
  bool over = false;
  later.once(std::chrono::milliseconds{20}, [&over] { over = true; });
  turn_until([&over] { return over; }, "a moment");

  EXPECT_EQ(viewer->state(), State::connected);
}

TEST_F(ViewerSessionTest, ReadsTheCountersOfAViewerThatPlays) {
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());
  int done = 0;
  viewer->refresh_stats([&done] { ++done; });
  EXPECT_EQ(done, 1) << "there are none before it plays";
  transport().say(Transport::connected);

  viewer->refresh_stats([&done] { ++done; });
  EXPECT_EQ(done, 1);
  ASSERT_EQ(transport().stats_asked.size(), 1u);
  transport().stats_asked[0]({.packets_sent = 7, .groups_dropped = 2, .candidate = "udp"});

  EXPECT_EQ(done, 2);
  EXPECT_EQ(viewer->info().packets_sent, 7u);
  EXPECT_EQ(viewer->info().groups_dropped, 2u);
  EXPECT_EQ(viewer->info().candidate, "udp");
}

} // namespace
} // namespace fanlight::session
