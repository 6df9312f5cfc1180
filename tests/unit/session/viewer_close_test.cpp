// Restarts, the ways in which a session ends, and what comes after its end.
#include <gmock/gmock.h>

#include "viewer_fixture.h"

namespace fanlight::session {
namespace {

using namespace test;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using Stream = ViewedStream::State;

/// `plain()` after an ICE restart.
std::string restarted() { return sdp::test::with(plain(), "a=ice-ufrag:abcd", "a=ice-ufrag:newU"); }

using ViewerCloseTest = ViewerFixture;

TEST_F(ViewerCloseTest, AnswersARestartOnTheSameTransport) {
  connect(plain(), {.complete_answer = true});
  transport().complete_answer = false;

  ASSERT_TRUE(viewer->restart(restarted()));

  EXPECT_EQ(transports.asked, 1);
  ASSERT_EQ(transport().offers.size(), 2u);
  EXPECT_TRUE(transport().complete_answer);
  EXPECT_EQ(viewer->state(), State::connected);
  EXPECT_EQ(transport().played.size(), 1u);
}

TEST_F(ViewerCloseTest, RefusesARestartBeforeItIsAnswered) {
  make();
  ASSERT_TRUE(viewer->begin());

  const auto refused = viewer->restart(restarted());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
}

TEST_F(ViewerCloseTest, RefusesARestartThatIsNoOfferOrOneOfOtherMedia) {
  connect();
  const std::string other_mid =
      sdp::test::with_every(sdp::test::with(plain(), "a=mid:0", "a=mid:x"), "BUNDLE 0", "BUNDLE x");
  const std::string without_codec = sdp::test::with_every(plain(), "H264/90000", "VP9/90000");

  for (const std::string& text :
       {std::string{"hello"}, plain_with_audio(), other_mid, without_codec}) {
    const auto refused = viewer->restart(text);
    ASSERT_FALSE(refused) << text;
    EXPECT_EQ(refused.error().code, Errc::invalid);
  }

  EXPECT_EQ(transport().offers.size(), 1u);
  EXPECT_EQ(viewer->state(), State::connected);
}

TEST_F(ViewerCloseTest, RefusesAnOfferThatMutesAndSaysWhatMutes) {
  camera->main().sound = media::TrackFormat{.rtp = {"OPUS", 48000, 2, {}}};
  const std::string offer = plain_with_audio();
  connect(offer);
  ASSERT_EQ(viewer->info().audio_codec, "OPUS");

  const auto sound_with = [&](const std::string& direction) {
    std::string text = offer;
    return text.replace(text.rfind("a=recvonly"), std::string_view{"a=recvonly"}.size(), direction);
  };
  for (const char* direction : {"a=inactive", "a=sendonly"}) {
    const auto refused = viewer->restart(sound_with(direction));
    ASSERT_FALSE(refused) << direction;
    EXPECT_EQ(refused.error().code, Errc::invalid);
    EXPECT_THAT(refused.error().message,
                HasSubstr("to mute, a player mutes its element or disables its track"));
  }

  EXPECT_EQ(viewer->state(), State::connected);
  EXPECT_TRUE(viewer->restart(sound_with("a=sendrecv")));
}

TEST_F(ViewerCloseTest, RefusesARestartThatIsMuchLargerThanTheFirstOffer) {
  connect();

  const auto refused = viewer->restart(plain() + "a=" + std::string(16 * 1024, 'x') + "\r\n");

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("much larger than the first one"));
}

TEST_F(ViewerCloseTest, RestartsIceByAFragmentOfItsLastOffer) {
  connect();
  sdp::IceFragment fragment;
  fragment.ufrag = "newU";
  fragment.pwd = "abcdefghijklmnopqrstuvwx";
  fragment.candidates = {{"0", 0, "candidate:1 1 udp 2113937151 192.0.2.7 5000 typ host"}};

  ASSERT_TRUE(viewer->restart(fragment));

  const sdp::Offer& accepted = transport().offers.back();
  EXPECT_EQ(accepted.media[0].transport.ice_ufrag, "newU");
  EXPECT_THAT(accepted.media[0].candidates, ElementsAre(fragment.candidates[0].candidate));
  EXPECT_EQ(viewer->offer().ice_ufrag(), "newU");
}

TEST_F(ViewerCloseTest, TakesNoFragmentThatNeedsMuchMoreMemoryThanItsFirstOffer) {
  connect();
  sdp::IceFragment fragment;
  fragment.ufrag = "newU";
  fragment.pwd = "abcdefghijklmnopqrstuvwx";
  fragment.candidates.assign(17, {"0", 0, std::string(1024, 'x')});

  const auto refused = viewer->restart(fragment);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::invalid);
  EXPECT_EQ(viewer->offer().ice_ufrag(), "abcd");
}

TEST_F(ViewerCloseTest, TellsARestartThatTheTransportRefuses) {
  connect();
  transport().accept_error = Error{Errc::busy, "not now"};

  const auto refused = viewer->restart(restarted());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::busy);
  EXPECT_EQ(viewer->state(), State::connected);
}

TEST_F(ViewerCloseTest, EndsAsTheTransportSays) {
  const auto code_after = [this](const std::function<void()>& end) {
    camera = std::make_shared<FakeCamera>();
    listener = {};
    listener.transport_alive = &transports.alive;
    connect();
    end();
    return closed();
  };

  EXPECT_EQ(code_after([this] { transport().say(Transport::closed); }), "stopped");
  EXPECT_EQ(code_after([this] { transport().fail("out of luck"); }), "internal");
  EXPECT_EQ(listener.closed[0].message, "out of luck");
  EXPECT_EQ(code_after([this] { transport().say(Transport::failed); }), "connection_failed");
  EXPECT_EQ(listener.closed[0].message, "the connection to the viewer broke");
  EXPECT_EQ(code_after([this] { transport().say(Transport::failed, "another certificate"); }),
            "connection_failed");
  EXPECT_EQ(listener.closed[0].message, "another certificate");
}

TEST_F(ViewerCloseTest, SaysThatNoPairOfAddressesWorksWhereItWasNeverConnected) {
  camera->main().go_live(h264("42e01f"));
  make();
  ASSERT_TRUE(viewer->begin());

  transport().say(Transport::failed);

  EXPECT_EQ(closed(), "connection_failed");
  EXPECT_EQ(listener.closed[0].message,
            "no network path works between viewer and server: is UDP between them blocked?");
}

TEST_F(ViewerCloseTest, EndsInALaterTurnTheTransportFirstAndTheHostLast) {
  connect();

  viewer->close({"stopped", {"test"_reason, "by the test"}});
  EXPECT_EQ(viewer->state(), State::closed);
  EXPECT_THAT(listener.heard, IsEmpty()) << "in a later turn";
  EXPECT_TRUE(transports.alive) << "it may be calling us";
  turn();

  EXPECT_THAT(listener.heard, ElementsAre("closed", "ended"));
  EXPECT_FALSE(listener.transport_at_close);
  EXPECT_EQ(listener.closed[0].message, "by the test");
}

TEST_F(ViewerCloseTest, EndsWhenItsTransportHasSaidGoodbye) {
  connect();
  transport().says_goodbye = true;

  viewer->close({"stopped", {"test"_reason, "by the test"}});
  turn();
  EXPECT_THAT(listener.heard, IsEmpty());
  EXPECT_TRUE(transports.alive);
  EXPECT_EQ(viewer->restart(restarted()).error().code, Errc::conflict);
  const auto said = transport().goodbye_said;
  said();

  EXPECT_THAT(listener.heard, ElementsAre("closed", "ended"));
  EXPECT_FALSE(listener.transport_at_close);
}

TEST_F(ViewerCloseTest, EndsOnceForTheFirstReason) {
  connect();

  viewer->close({"stopped", {"test"_reason, "first"}});
  viewer->close({"replaced", {"test"_reason, "second"}});
  transport().fail("third");
  turn();

  ASSERT_EQ(listener.closed.size(), 1u);
  EXPECT_EQ(listener.closed[0].message, "first");
}

TEST_F(ViewerCloseTest, LetsGoOfTheCameraWithTheSession) {
  connect();
  viewer->close({"stopped", {"test"_reason, "by the test"}});
  turn();

  viewer.reset();

  EXPECT_EQ(camera->main().claims, 0);
}

TEST_F(ViewerCloseTest, HearsNothingAfterItsEnd) {
  connect();
  // As where the transport is inside a call when its owner drops it.
  const auto kept = transports.last.lock();
  viewer->close({"stopped", {"test"_reason, "by the test"}});
  turn();
  listener.heard.clear();

  for (const Transport state : {Transport::connecting, Transport::connected,
                                Transport::disconnected, Transport::failed, Transport::closed})
    kept->say(state);
  kept->answer("v=0");
  kept->fail("too late");
  camera->main().go(Stream::refused, "401 Unauthorized");
  viewer->on_camera_changed();
  turn();

  EXPECT_EQ(viewer->state(), State::closed);
  EXPECT_THAT(listener.heard, IsEmpty());
  EXPECT_EQ(kept->played.size(), 1u);
}

TEST_F(ViewerCloseTest, TakesNothingAfterItsEnd) {
  connect();
  const auto kept = transports.last.lock();
  viewer->close({"stopped", {"test"_reason, "by the test"}});
  turn();

  viewer->add_candidate({0, "candidate:1 1 udp 2130706431 192.0.2.9 50000 typ host"});

  EXPECT_THAT(kept->candidates, IsEmpty());
  EXPECT_EQ(viewer->select({.stream = "sub"}).error().code, Errc::conflict);
  EXPECT_EQ(viewer->restart(restarted()).error().code, Errc::conflict);
  bool done = false;
  viewer->refresh_stats([&done] { done = true; });
  EXPECT_TRUE(done);
}

TEST_F(ViewerCloseTest, TakesCountersThatComeAfterItIsGone) {
  connect();
  bool done = false;
  viewer->refresh_stats([&done] { done = true; });
  const auto late = transport().stats_asked.at(0);

  viewer.reset();
  late({.packets_sent = 7});

  EXPECT_TRUE(done);
}

TEST_F(ViewerCloseTest, TellsNobodyWhereItsObserverForgotIt) {
  connect();

  viewer->forget_observer();
  transport().answer("v=0");
  transport().say(Transport::disconnected);
  viewer->close({"stopped", {"test"_reason, "by the test"}});
  turn();

  EXPECT_THAT(listener.heard, ElementsAre("ended"));
}

TEST_F(ViewerCloseTest, TellsNobodyWhereItWentWithItsTable) {
  make();
  ASSERT_TRUE(viewer->begin());
  viewer->close({"stopped", {"test"_reason, "by the test"}});

  viewer.reset();
  turn();

  EXPECT_THAT(listener.heard, IsEmpty());
}

} // namespace
} // namespace fanlight::session
