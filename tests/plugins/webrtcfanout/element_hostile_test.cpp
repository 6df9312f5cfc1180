// What comes to the port and is of no viewer's, or of a viewer that means no good.
#include <gmock/gmock.h>

#include "element_fixture.h"
#include "udp_end.h"

namespace fanlight::fanout {
namespace {

class ElementHostileTest : public ElementTest {
 protected:
  void SetUp() override {
    begin_video();
    push_group(1);
    id = join(viewer);
    viewer.next(viewer.video_ssrc(), 4);
  }
  /// The viewer has lost nothing and is told of nothing.
  void TearDown() override {
    push_frame(false);
    viewer.next(viewer.video_ssrc(), 2);
    EXPECT_EQ(states_of(id), (std::vector<std::string>{"connecting", "connected"}));
    EXPECT_EQ(viewer.refused(), 1U) << "but the very first packet, which goes twice";
  }
  void count(const char* name, std::uint64_t value) {
    EXPECT_TRUE(wait([&] { return stat(name) >= value; })) << name << ": " << stat(name);
    EXPECT_EQ(stat(name), value) << name;
  }
  Octets any_octets(std::size_t size) {
    Octets bytes(size);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(seed_ = seed_ * 69069 + 1);
    return bytes;
  }

  ViewerEnd viewer;
  std::string id;
  UdpEnd stranger;

 private:
  std::uint32_t seed_ = 1;
};

TEST_F(ElementHostileTest, CountsGarbageAndAnswersNothing) {
  for (unsigned first = 0; first < 256; ++first) {
    Octets bytes = any_octets(1 + first * 5);
    bytes[0] = static_cast<std::uint8_t>(first);
    stranger.send(bytes, viewer.server());
  }

  // 0 to 3 are STUN's, but the one of a single byte is nothing's.
  count("transport-bad-stun", 3);
  count("transport-stray-datagrams", 253);
  EXPECT_FALSE(stranger.has_datagram());
}

TEST_F(ElementHostileTest, AnswersNoCheckOfSomebodyWithoutThePassword) {
  Octets forged = viewer.binding_request(true);
  forged[forged.size() - 20] ^= 1; // In its integrity; the fingerprint is wrong then, too.
  stranger.send(forged, viewer.server());
  ViewerEnd other;
  admit(other);
  Octets cut = other.binding_request(true);
  cut.erase(cut.end() - 8, cut.end());
  stranger.send(cut, viewer.server());

  count("transport-bad-stun", 2);
  EXPECT_FALSE(stranger.has_datagram());
}

TEST_F(ElementHostileTest, KeepsDtlsAndRtcpOfStrangersFromViewers) {
  stranger.send(viewer.dtls_sent().front(), viewer.server());
  stranger.send(viewer.protect_rtcp(hex("80c9 0001 00000001")), viewer.server());

  count("transport-stray-datagrams", 2);
  EXPECT_FALSE(stranger.has_datagram());
}

TEST_F(ElementHostileTest, IsNotMovedByReplayedDtls) {
  for (const Octets& datagram : viewer.dtls_sent()) viewer.link().send(datagram);

  ASSERT_TRUE(viewer.check_and_wait());
  push_frame(false);
  EXPECT_EQ(viewer.next(viewer.video_ssrc(), 2).size(), 2U);
}

TEST_F(ElementHostileTest, IsNotMovedByGarbageOfDtls) {
  for (int i = 0; i < 200; ++i) {
    Octets bytes = any_octets(20 + i);
    bytes[0] = static_cast<std::uint8_t>(20 + i % 44);
    viewer.link().send(bytes);
  }
  ASSERT_TRUE(viewer.check_and_wait());
}

TEST_F(ElementHostileTest, DropsRtcpThatIsCutTamperedWithOrReplayed) {
  const Octets nack = viewer.protect_rtcp(hex("81cd 0003 00000001 00000002 00010000"));
  for (std::size_t size = 2; size < nack.size(); ++size)
    viewer.link().send(Bytes{nack}.first(size));
  Octets tampered = nack;
  tampered[10] ^= 1;
  viewer.link().send(tampered);
  viewer.link().send(nack);
  viewer.link().send(nack);

  count("transport-bad-rtcp", nack.size() - 2 + 2);
  EXPECT_EQ(viewer_stat(id, "nack-count"), 1U);
}

TEST_F(ElementHostileTest, DropsAuthenticRtcpFromWhereItIsMalformed) {
  // A receiver report that announces a block which is not there, behind a sound one.
  viewer.send_rtcp(hex("80c9 0001 00000001 81c9 0001 00000001"));

  count("transport-bad-rtcp", 1);
}

TEST_F(ElementHostileTest, EndsTcpConnectionsThatAreNoUse) {
  const auto link = LinkEnd::tcp(viewer.server());

  link->send(Octets(9000)); // Longer than a frame may be.

  while (!link->ended()) ASSERT_FALSE(link->receive());
}

TEST_F(ElementHostileTest, TakesGarbageOverTcpForWhatItIs) {
  const auto link = LinkEnd::tcp(viewer.server());

  link->send(any_octets(100));
  for (const std::uint8_t first : {1, 22, 128}) {
    Octets bytes = any_octets(100);
    bytes[0] = first;
    link->send(bytes);
  }

  EXPECT_TRUE(
      wait([&] { return stat("transport-bad-stun") + stat("transport-stray-datagrams") >= 4; }));
}

TEST_F(ElementHostileTest, ServesOthersWhileTenThousandHaveOnlyAsked) {
  const std::string offer = ViewerEnd().offer();
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_FALSE(add(offer).sdp.empty());
    if (i % 100 == 0) viewer.check(); // It is there all the time, however long this takes.
  }
  ViewerEnd late;

  join(late);

  EXPECT_EQ(frame_of(late.next_video()), 0);
}

TEST_F(ElementHostileTest, TakesNoMoreThanTheLimitOfThoseThatOnlyAsk) {
  g_object_set(element(), "max-viewers", 100, nullptr);
  const std::string offer = ViewerEnd().offer();
  int answered = 0;

  for (int i = 0; i < 200; ++i) answered += !add(offer).sdp.empty();

  EXPECT_EQ(answered, 99) << "and the one that is there";
}

TEST_F(ElementHostileTest, LetsAViewerThatDoesNotReadLoseGroupsAndNobodyElse) {
  ViewerEnd slow({.tcp = true});
  const std::string slow_id = join(slow);
  slow.next_video();
  std::uint16_t next = 0;
  bool any = false;

  EXPECT_TRUE(wait([&] {
    push_group(9, 1200);
    slow.check();
    viewer.check();
    for (const RtpPacket& packet : viewer.next(viewer.video_ssrc(), 20)) {
      if (std::exchange(any, true)) {
        EXPECT_EQ(packet.sequence, next);
      }
      next = static_cast<std::uint16_t>(packet.sequence + 1);
    }
    return viewer_stat(slow_id, "groups-dropped") >= 3;
  })) << "it has lost "
      << viewer_stat(slow_id, "groups-dropped");

  EXPECT_EQ(viewer_stat(id, "groups-dropped"), 0U);
  // Once it reads again it gets what is there now.
  RtpPacket packet = slow.next_video();
  const auto newest = [&] {
    push_frame(false);
    viewer.next(viewer.video_ssrc(), 2);
    slow.pump();
    while (slow.unread(slow.video_ssrc()) > 0) {
      const RtpPacket following = slow.next_video();
      EXPECT_EQ(following.sequence, static_cast<std::uint16_t>(packet.sequence + 1));
      packet = following;
    }
    return frame_of(packet) + 3 > static_cast<int>(frames_pushed());
  };
  EXPECT_TRUE(wait(newest));
  EXPECT_EQ(slow.refused(), 0U);
}

} // namespace
} // namespace fanlight::fanout
