// One stream as one viewer gets it, read by libsrtp as the viewer.
#include "webrtcfanout/send/track_sender.h"

#include <gmock/gmock.h>

#include "frames.h"
#include "libsrtp_end.h"

namespace fanlight::fanout {
namespace {

constexpr std::size_t kTag = 16;

AnsweredMedia answered(bool nack, bool rtx) {
  AnsweredMedia media;
  media.payload = {.type = 96, .encoding = "H264", .clock_rate = 90000, .nack = nack};
  if (rtx) media.payload.rtx = 97;
  media.use_rtx = rtx;
  media.extensions = {
      {1, extension_uri::kMid}, {2, extension_uri::kAbsSendTime}, {3, extension_uri::kTransportCc}};
  media.ssrc = 0x1111;
  media.rtx_ssrc = 0x2222;
  return media;
}

/// What is in a packet that the viewer has decrypted.
struct Packet {
  explicit Packet(const Octets& bytes)
      : type(bytes[1] & 0x7f), marker((bytes[1] & 0x80) != 0), sequence(read_u16(&bytes[2])),
        timestamp(read_u32(&bytes[4])), ssrc(read_u32(&bytes[8])) {
    const std::size_t header =
        (bytes[0] & 0x10) != 0 ? std::size_t{16} + 4 * read_u16(&bytes[14]) : 12;
    payload.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
  }
  int type;
  bool marker;
  std::uint16_t sequence;
  std::uint32_t timestamp;
  std::uint32_t ssrc;
  Octets payload;
};

class TrackSenderTest : public testing::Test {
 protected:
  void make(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) frames.push_back(source.make(frames.empty()));
  }
  void go_to(std::size_t start) {
    track->go_to(*frames[start], *frames.back(), FrameSource::kInterval);
  }
  Octets write(const Frame& frame, std::size_t index) {
    Octets bytes(track->packet_size(frame, index, *srtp));
    track->write(frame, index, moment, transport_sequence++, *srtp, bytes.data());
    return bytes;
  }
  std::vector<Octets> write_all(const Frame& frame) {
    std::vector<Octets> packets;
    for (std::size_t i = 0; i < frame.packets.size(); ++i) packets.push_back(write(frame, i));
    return packets;
  }
  std::optional<Octets> write_again(std::uint16_t sequence) {
    const auto sent = track->find_sent(sequence);
    if (!sent) return std::nullopt;
    moment.send_time += 1000;
    Octets bytes(TrackSender::kMaxPacket);
    bytes.resize(track->write_again(*frame_of(sent->packet), *sent, sequence, moment,
                                    transport_sequence++, *srtp, bytes.data()));
    return bytes;
  }
  Packet received(const Octets& bytes) {
    const auto plain = viewer.unprotect_rtp(bytes);
    EXPECT_TRUE(plain) << "not authentic, or a replay";
    return Packet(plain.value_or(Octets(12)));
  }
  const Frame* frame_of(std::uint64_t packet) const {
    for (const auto& frame : frames)
      if (packet >= frame->first_packet && packet < frame->end_packet()) return frame.get();
    return nullptr;
  }
  /// A frame of a fragment with its head apart from it.
  void make_fragment() {
    frames.push_back(source.make(true, {100}));
    frames.back()->packets[0].head_size = 2;
    frames.back()->packets[0].head = {0x7c, 0x85};
  }
  void use(bool nack, bool rtx) { track.emplace(answered(nack, rtx), "v", true); }

  FrameSource source;
  std::vector<std::shared_ptr<Frame>> frames;
  const SrtpKey key = key_of(SrtpProfile::aead_aes_128_gcm);
  std::unique_ptr<RtpProtector> srtp = RtpProtector::create(key);
  LibsrtpEnd viewer{key, ssrc_any_inbound};
  std::optional<TrackSender> track{std::in_place, answered(true, true), "v", true};
  TrackSender::Moment moment{.now_us = 1'000'000, .send_time = 4711};
  std::uint16_t transport_sequence = 0;
};

TEST_F(TrackSenderTest, WritesWhatTheViewerCanRead) {
  make(1);
  go_to(0);

  const Packet first = received(write(*frames[0], 0));
  const Packet second = received(write(*frames[0], 1));

  EXPECT_EQ(first.type, 96);
  EXPECT_EQ(first.ssrc, 0x1111U);
  EXPECT_FALSE(first.marker);
  EXPECT_TRUE(second.marker);
  EXPECT_EQ(second.sequence, static_cast<std::uint16_t>(first.sequence + 1));
  EXPECT_EQ(second.timestamp, first.timestamp);
  EXPECT_EQ(first.payload, payload_of(*frames[0], 0));
  EXPECT_EQ(second.payload, payload_of(*frames[0], 1));
}

TEST_F(TrackSenderTest, WritesTheHeadOfAFragmentBeforeIt) {
  make_fragment();
  go_to(0);
  Octets payload = hex("7c 85");
  payload.insert(payload.end(), frames[0]->data.begin(), frames[0]->data.end());

  const Packet packet = received(write(*frames[0], 0));
  const Packet again = received(*write_again(packet.sequence));

  EXPECT_EQ(packet.payload, payload);
  EXPECT_EQ(Octets(again.payload.begin() + 2, again.payload.end()), payload);
  EXPECT_EQ(track->octets_sent(), 102U);
}

TEST_F(TrackSenderTest, WritesAFragmentAgainToTheLastBitWithoutRtx) {
  use(true, false);
  make_fragment();
  go_to(0);
  const Octets bytes = write(*frames[0], 0);

  EXPECT_EQ(write_again(received(bytes).sequence), bytes);
}

TEST_F(TrackSenderTest, CountsForSenderReportsPayloadAlone) {
  make(1);
  go_to(0);
  write_all(*frames[0]);
  write_again(static_cast<std::uint16_t>(received(write(*frames[0], 0)).sequence));

  EXPECT_EQ(track->packets_sent(), 3U);
  EXPECT_EQ(track->octets_sent(), 260U);
}

TEST_F(TrackSenderTest, ComesToTheNextFrameBehindTheLastPacket) {
  make(2);
  go_to(0);

  track->advance(*frames[0]);
  EXPECT_EQ(track->frame(), 0U);
  EXPECT_EQ(track->packet(), 1U);
  track->advance(*frames[0]);

  EXPECT_EQ(track->frame(), 1U);
  EXPECT_EQ(track->packet(), 0U);
  EXPECT_EQ(track->edge(), 1U);
}

TEST_F(TrackSenderTest, GoesOnWithItsNumbersInAnotherGroup) {
  make(3);
  go_to(0);
  std::uint16_t last = 0;
  std::uint32_t timestamp = 0;
  for (const auto& frame : frames)
    for (const Octets& bytes : write_all(*frame)) {
      const Packet packet = received(bytes);
      last = packet.sequence;
      timestamp = packet.timestamp;
    }

  go_to(0);
  const Packet again = received(write(*frames[0], 0));

  EXPECT_EQ(again.sequence, static_cast<std::uint16_t>(last + 1));
  EXPECT_GT(static_cast<std::int32_t>(again.timestamp - timestamp), 0);
}

TEST_F(TrackSenderTest, IsReadOverTheWrapAroundOfSequenceNumbers) {
  make(1);
  std::uint16_t before = 0;
  int wraps = 0;
  for (int i = 0; i < 40'000; ++i) {
    go_to(0);
    for (const Octets& bytes : write_all(*frames[0])) {
      const auto plain = viewer.unprotect_rtp(bytes);
      ASSERT_TRUE(plain) << "round " << i;
      const std::uint16_t sequence = read_u16(&(*plain)[2]);
      wraps += sequence < before;
      before = sequence;
    }
  }
  EXPECT_GE(wraps, 1);

  EXPECT_TRUE(write_again(before)) << "and is found there";
}

TEST_F(TrackSenderTest, SendsAgainByRtxWithANumberOfItsOwn) {
  make(1);
  go_to(0);
  const Packet lost = received(write(*frames[0], 0));

  const Packet first = received(write_again(lost.sequence).value());
  const Packet second = received(write_again(lost.sequence).value());

  EXPECT_EQ(first.type, 97);
  EXPECT_EQ(first.ssrc, 0x2222U);
  EXPECT_EQ(first.timestamp, lost.timestamp);
  Octets original(2);
  write_u16(original.data(), lost.sequence);
  EXPECT_EQ(first.payload, original + lost.payload) << "RFC 4588, section 4";
  EXPECT_EQ(second.sequence, static_cast<std::uint16_t>(first.sequence + 1));
}

TEST_F(TrackSenderTest, SendsAgainAPacketOfAnEarlierRun) {
  make(4);
  go_to(0);
  std::vector<Packet> packets;
  for (const auto& frame : frames)
    for (const Octets& bytes : write_all(*frame)) packets.push_back(received(bytes));
  go_to(0);
  for (const auto& frame : frames) write_all(*frame);

  const Packet again = received(write_again(packets[3].sequence).value());

  EXPECT_EQ(again.timestamp, packets[3].timestamp);
  EXPECT_EQ(Octets(again.payload.begin() + 2, again.payload.end()), packets[3].payload);
  EXPECT_TRUE(again.marker);
}

TEST_F(TrackSenderTest, SendsAgainToTheLastBitWithoutRtx) {
  use(true, false);
  make(2);
  go_to(0);
  const std::vector<Octets> packets = write_all(*frames[0]);
  const std::uint16_t sequence = read_u16(&packets[1][2]);
  write_all(*frames[1]);

  EXPECT_EQ(write_again(sequence), packets[1])
      << "another packet under the same nonce would give away the key of GCM";
}

TEST_F(TrackSenderTest, SendsNothingAgainWhereThatWasNotNegotiated) {
  use(false, false);
  make(1);
  go_to(0);
  const Packet packet = received(write(*frames[0], 0));

  EXPECT_TRUE(track->has_transport_sequence()) << "no two packets are alike";
  EXPECT_FALSE(write_again(packet.sequence));
}

TEST_F(TrackSenderTest, SaysHowLargeAPacketWillBe) {
  make(1);
  go_to(0);

  EXPECT_EQ(track->packet_size(*frames[0], 0, *srtp), write(*frames[0], 0).size());
  EXPECT_EQ(track->packet_size(*frames[0], 0, *srtp), 16 + 12 + 100 + kTag)
      << "three extensions are 9 bytes, 12 in whole words";
}

} // namespace
} // namespace fanlight::fanout
