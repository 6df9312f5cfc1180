// How a viewer is reached, and how it takes its leave.
#include <gmock/gmock.h>

#include "element_fixture.h"
#include "udp_end.h"

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

  ASSERT_TRUE(other->receive()) << "the check is answered";
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
  ASSERT_TRUE(other->receive());
  EXPECT_EQ(viewer_text(id, "remote-address"), before) << "both are: the better one counts";

  viewer.check(false);
  EXPECT_TRUE(gets_frames(viewer));
  viewer.check_over(*other, true, ViewerEnd::kPriority / 2);
  other->send(viewer.binding_success(ViewerEnd::next_check(*other)));

  EXPECT_TRUE(wait([&] { return viewer_text(id, "remote-address") != before; }));
}

/// Another address of the viewer's, or of somebody whose address is forged.
class NewAddressTest : public OneWorkerPathTest {
 protected:
  void SetUp() override {
    OneWorkerPathTest::SetUp();
    id = join(viewer);
    before = viewer_text(id, "remote-address");
    newest = viewer.next_video().sequence;
    other = LinkEnd::udp(viewer.server(), "127.0.0.2");
  }
  /// The viewer gets these frames without a gap or a packet twice.
  void expect_frames(int frames) {
    for (int i = 0; i < frames; ++i) push_frame(false);
    const auto pushed = static_cast<int>(frames_pushed());
    for (int frame = -1; frame + 1 < pushed || !last_marker_;) {
      const RtpPacket packet = viewer.next_video();
      EXPECT_EQ(packet.sequence, static_cast<std::uint16_t>(newest + 1));
      newest = packet.sequence;
      last_marker_ = packet.marker;
      if (!packet.marker) frame = frame_of(packet);
      frame_ = std::max(frame_, frame);
      frame = frame_;
    }
  }

  ViewerEnd viewer;
  std::string id;
  std::string before;
  std::uint16_t newest = 0;
  std::unique_ptr<LinkEnd> other;

 private:
  int frame_ = -1;
  bool last_marker_ = false;
};

TEST_F(NewAddressTest, GetsOnlyAFewChecksWhileItDoesNotAnswer) {
  viewer.check_over(*other, true);
  ViewerEnd::next_check(*other);
  expect_frames(50);

  std::size_t bytes = 0;
  int checks = 1;
  while (const auto datagram = other->receive(2'000)) {
    ASSERT_LE((*datagram)[0], 3) << "it is STUN";
    checks += read_u16(datagram->data()) == 1;
    bytes += datagram->size();
  }

  EXPECT_LE(checks, 3);
  EXPECT_LE(bytes, 400U);
  EXPECT_EQ(viewer_text(id, "remote-address"), before);
  expect_frames(5);
}

TEST_F(NewAddressTest, GetsMediaOnceItHasAnsweredOurCheck) {
  viewer.check_over(*other, true);
  const Octets check = ViewerEnd::next_check(*other);
  expect_frames(5);

  other->send(viewer.binding_success(check));

  EXPECT_TRUE(wait([&] { return viewer_text(id, "remote-address") != before; }));
  viewer.pump();
  viewer.use(std::move(other));
  expect_frames(5);
}

TEST_F(NewAddressTest, GetsNoMediaForAForgedAnswer) {
  viewer.check_over(*other, true);
  const Octets answer = viewer.binding_success(ViewerEnd::next_check(*other));
  Octets of_another_check = answer;
  of_another_check[19] ^= 1;
  Octets without_password = answer;
  without_password[24] ^= 1; // The first byte of MESSAGE-INTEGRITY.
  Octets an_error = answer;
  an_error[1] = 0x11;

  for (const Octets& forged : {of_another_check, without_password, an_error}) other->send(forged);
  const auto third = LinkEnd::udp(viewer.server(), "127.0.0.3");
  viewer.check_over(*third, false);
  ASSERT_TRUE(third->receive()) << "it is known as one of the viewer's";
  third->send(answer);
  viewer.link().send(answer);

  ASSERT_TRUE(viewer.check_and_wait());
  expect_frames(5);
  EXPECT_EQ(viewer_text(id, "remote-address"), before);
}

TEST_F(NewAddressTest, ThatRepeatsAnOverheardCheckGetsNoMedia) {
  // Without the password of the offer there is no answer to our check.
  const UdpEnd thief("127.0.0.4");
  thief.send(viewer.binding_request(true), viewer.server());
  while (read_u16(thief.receive().bytes.data()) != 1) {
  }
  for (int i = 0; i < 3; ++i) expect_frames(5);

  EXPECT_EQ(viewer_text(id, "remote-address"), before);
}

TEST_F(NewAddressTest, IsAskedAgainWhenACheckIsLost) {
  viewer.check_over(*other, true);
  const Octets lost = ViewerEnd::next_check(*other);

  const Octets again = ViewerEnd::next_check(*other);

  other->send(viewer.binding_success(again));
  EXPECT_TRUE(wait([&] { return viewer_text(id, "remote-address") != before; }));
}

TEST_F(NewAddressTest, OfLessPriorityIsTakenWhenTheOldOneDoesNotAnswer) {
  ASSERT_TRUE(viewer.check_and_wait());
  viewer.check_over(*other, true, ViewerEnd::kPriority / 2);
  viewer.use(std::move(other)); // Nobody answers at the old one any more.

  EXPECT_TRUE(viewer.until([&] { return viewer_text(id, "remote-address") != before; }));
  EXPECT_TRUE(gets_frames(viewer));
}

TEST_F(NewAddressTest, IsToAnswerOverTcpAsWell) {
  other = LinkEnd::tcp(viewer.server(), "127.0.0.2");
  viewer.check_over(*other, true);
  const Octets check = ViewerEnd::next_check(*other);
  expect_frames(5);
  EXPECT_EQ(viewer_text(id, "candidate"), "udp");

  other->send(viewer.binding_success(check));

  EXPECT_TRUE(wait([&] { return viewer_text(id, "candidate") == "tcp"; }));
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
    ASSERT_TRUE(others.back()->receive());
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

TEST_F(ElementPathTest, ServesViewersWithWhomTheApplicationHasNegotiated) {
  ViewerEnd viewer;
  const Reply first = add_negotiated(viewer.offer());
  ASSERT_FALSE(first.sdp.empty()) << first.message;
  viewer.take_answer(first.sdp);
  ASSERT_TRUE(viewer.join());
  EXPECT_TRUE(gets_frames(viewer));

  viewer.restart_ice();
  const Reply restarted = restart_negotiated(first.id, viewer.offer());
  ASSERT_FALSE(restarted.sdp.empty()) << restarted.message;
  viewer.take_answer(restarted.sdp);
  ASSERT_TRUE(viewer.move_to_another_port());

  EXPECT_TRUE(gets_frames(viewer));
}

TEST_F(ElementPathTest, SaysWhatIsWrongWithANegotiatedOffer) {
  for (const char* signal : {"add-negotiated-viewer", "restart-negotiated-viewer"}) {
    GstStructure* reply = nullptr;
    if (g_str_has_prefix(signal, "add"))
      g_signal_emit_by_name(element(), signal, nullptr, nullptr, &reply);
    else
      g_signal_emit_by_name(element(), signal, "nobody", nullptr, &reply);
    ASSERT_NE(reply, nullptr);
    EXPECT_STREQ(gst_structure_get_string(reply, "code"), "bad-offer");
    EXPECT_STREQ(gst_structure_get_string(reply, "message"), "there is no offer");
    gst_structure_free(reply);
  }
}

TEST_F(ElementPathTest, KeepsItsCredentialsWhereANewOfferKeepsTheViewers) {
  ViewerEnd viewer;
  const std::string offer = viewer.offer();
  const Reply first = add(offer);
  const auto credentials = [](const std::string& sdp) {
    return sdp.substr(sdp.find("a=ice-ufrag:"),
                      sdp.find("a=fingerprint:") - sdp.find("a=ice-ufrag:"));
  };

  const Reply again = restart(first.id, offer);
  viewer.restart_ice();
  const Reply restarted = restart(first.id, viewer.offer());
  const Reply once_more = restart(first.id, viewer.offer());

  EXPECT_EQ(credentials(again.sdp), credentials(first.sdp));
  EXPECT_NE(credentials(restarted.sdp), credentials(first.sdp));
  EXPECT_EQ(credentials(once_more.sdp), credentials(restarted.sdp));
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
  EXPECT_THAT(wait_for_state(id, "failed"), HasSubstr("the viewer has not opened another one"));
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
