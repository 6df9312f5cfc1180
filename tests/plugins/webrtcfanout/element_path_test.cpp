// How a viewer is reached, and how it takes its leave.
#include <gmock/gmock.h>

#include "element_fixture.h"

namespace fanlight::fanout {
namespace {

using testing::HasSubstr;

class ElementPathTest : public ElementTest {
 protected:
  void SetUp() override {
    begin_video();
    push_group(1);
  }
  /// Pushes frames until one comes to the viewer over the link it has now: a check is answered
  /// before it has come to the worker that serves it.
  [[nodiscard]] bool gets_frames(ViewerEnd& viewer) {
    viewer.pump();
    while (viewer.unread(viewer.video_ssrc()) > 0) viewer.next_video();
    return viewer.until([&] {
      if (viewer.unread(viewer.video_ssrc()) > 0) return true;
      push_frame(false);
      return false;
    });
  }
};

TEST_F(ElementPathTest, FollowsAViewerToAnotherAddress) {
  ViewerEnd viewer;
  const std::string id = join(viewer);
  const std::string before = viewer_text(id, "remote-address");

  ASSERT_TRUE(viewer.move_to_another_port());

  EXPECT_TRUE(gets_frames(viewer));
  EXPECT_NE(viewer_text(id, "remote-address"), before);
}

TEST_F(ElementPathTest, ListensToAViewerAtItsNewAddress) {
  ViewerEnd viewer;
  const std::string id = join(viewer);
  const RtpPacket packet = viewer.next_video();
  // Often enough for the kernel to choose the other worker once.
  for (int i = 1; i <= 8; ++i) {
    ASSERT_TRUE(viewer.move_to_another_port());
    viewer.ask_again(viewer.video_ssrc(), packet.sequence);
    EXPECT_TRUE(wait([&] { return viewer_stat(id, "nack-count") == std::uint64_t(i); })) << i;
  }
  EXPECT_EQ(stat("transport-stray-datagrams"), 0U);
}

TEST_F(ElementPathTest, StaysWhereItWasWhileAnotherPathIsOnlyTried) {
  ViewerEnd viewer;
  const std::string id = join(viewer);
  const std::string before = viewer_text(id, "remote-address");
  const auto other = LinkEnd::udp(viewer.server());

  viewer.check_over(*other, false);

  ASSERT_TRUE(other->receive(20'000)) << "the check is answered";
  EXPECT_TRUE(gets_frames(viewer));
  EXPECT_EQ(viewer_text(id, "remote-address"), before);
}

/// Checks from several ports are heard in their order.
class OneWorkerPathTest : public ElementPathTest {
 protected:
  void SetUp() override {
    g_object_set(element(), "workers", 1, nullptr);
    ElementPathTest::SetUp();
  }
};

TEST_F(OneWorkerPathTest, GoesOverToANominatedPathOfLessPriorityOnceTheOldOneIsNominatedNoMore) {
  ViewerEnd viewer;
  const std::string id = join(viewer);
  ASSERT_TRUE(viewer.check_and_wait());
  const std::string before = viewer_text(id, "remote-address");
  const auto other = LinkEnd::udp(viewer.server());

  viewer.check_over(*other, true, ViewerEnd::kPriority / 2);
  ASSERT_TRUE(other->receive(20'000));
  EXPECT_EQ(viewer_text(id, "remote-address"), before) << "both are: the better one counts";

  viewer.check(false);
  EXPECT_TRUE(gets_frames(viewer));
  viewer.check_over(*other, true, ViewerEnd::kPriority / 2);

  EXPECT_TRUE(wait([&] { return viewer_text(id, "remote-address") != before; }));
}

TEST_F(ElementPathTest, AnswersFromTheAddressThatWasAsked) {
  ViewerEnd viewer;
  viewer.set_server_ip("127.0.0.3");

  join(viewer);

  EXPECT_TRUE(gets_frames(viewer)) << "its socket takes nothing from another address";
}

TEST_F(ElementPathTest, KeepsTheActiveAddressHoweverManyOthersAreTried) {
  ViewerEnd viewer;
  const std::string id = join(viewer);
  const RtpPacket packet = viewer.next_video();
  std::vector<std::unique_ptr<LinkEnd>> others;
  for (int i = 0; i < 20; ++i) {
    others.push_back(LinkEnd::udp(viewer.server()));
    viewer.check_over(*others.back(), false);
    ASSERT_TRUE(others.back()->receive(20'000));
  }

  viewer.ask_again(viewer.video_ssrc(), packet.sequence);

  EXPECT_TRUE(wait([&] { return viewer_stat(id, "nack-count") == 1; }));
}

TEST_F(ElementPathTest, GoesOnThroughAnIceRestart) {
  ViewerEnd viewer;
  const std::string id = join(viewer);

  viewer.restart_ice();
  const Reply reply = restart(id, viewer.offer());
  ASSERT_FALSE(reply.sdp.empty()) << reply.message;
  viewer.take_answer(reply.sdp);
  ASSERT_TRUE(viewer.move_to_another_port());

  EXPECT_TRUE(gets_frames(viewer));
  EXPECT_EQ(viewer.refused(), 0U) << "the keys are the same";
}

TEST_F(ElementPathTest, RefusesARestartOfSomebodyElse) {
  EXPECT_EQ(restart("nobody", ViewerEnd().offer()).code, "unknown-viewer");
  ViewerEnd viewer;
  const std::string id = admit(viewer);

  EXPECT_EQ(restart(id, ViewerEnd({.audio = true}).offer()).code, "bad-offer");
}

TEST_F(ElementPathTest, HearsAViewersGoodbye) {
  for (const bool tcp : {false, true}) {
    ViewerEnd viewer({.tcp = tcp});
    const std::string id = join(viewer);

    viewer.goodbye();

    EXPECT_THAT(wait_for_state(id, "closed"), HasSubstr("the viewer closed"));
    EXPECT_EQ(restart(id, viewer.offer()).code, "unknown-viewer");
  }
}

TEST_F(ElementPathTest, SaysGoodbyeToAViewerThatIsRemoved) {
  for (const bool tcp : {false, true}) {
    ViewerEnd viewer({.tcp = tcp});
    const std::string id = join(viewer);

    EXPECT_TRUE(remove(id));

    EXPECT_TRUE(viewer.until([&] { return viewer.dtls().heard_goodbye(); }));
    EXPECT_FALSE(remove(id));
  }
}

TEST_F(ElementPathTest, SaysGoodbyeToAllWhenItStops) {
  ViewerEnd first;
  ViewerEnd second({.tcp = true});
  join(first);
  join(second);

  gst_element_set_state(element(), GST_STATE_NULL);

  EXPECT_TRUE(first.until([&] { return first.dtls().heard_goodbye(); }));
  EXPECT_TRUE(second.until([&] { return second.dtls().heard_goodbye(); }));
}

TEST_F(ElementPathTest, ServesAViewerOnThatComesBackOverTcp) {
  ViewerEnd viewer({.tcp = true});
  join(viewer);

  ASSERT_TRUE(viewer.move_to_another_port());

  EXPECT_TRUE(gets_frames(viewer));
}

TEST_F(ElementPathTest, MissesAViewerAsSoonAsItsTcpConnectionEnds) {
  ViewerEnd viewer({.tcp = true});
  const std::string id = join(viewer);

  viewer.cut_off();

  EXPECT_EQ(wait_for_state(id, "disconnected"), "the viewer's TCP connection has ended");
  EXPECT_THAT(wait_for_state(id, "failed"), HasSubstr("it has made no other"));
}

TEST_F(ElementPathTest, LeavesATcpConnectionToTheViewerThatItCameFor) {
  ViewerEnd first({.tcp = true});
  ViewerEnd second;
  const std::string id = join(first);
  join(second);

  // Somebody who knows both tries to make one of the other.
  second.check_over(first.link(), true);

  EXPECT_TRUE(wait([&] { return stat("transport-bad-stun") == 1; }));
  EXPECT_TRUE(gets_frames(first));
  // When the connection ends, nobody holds on to it.
  EXPECT_TRUE(remove(id));
  EXPECT_TRUE(first.until([&] { return first.link().ended(); }));
  EXPECT_TRUE(gets_frames(second));
}

} // namespace
} // namespace fanlight::fanout
