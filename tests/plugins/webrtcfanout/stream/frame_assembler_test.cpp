// Frames from RTP packets, and one clock whatever the camera's does.
#include "webrtcfanout/stream/frame_assembler.h"

#include <tuple>

#include <gtest/gtest.h>

#include "frames.h"
#include "hex.h"

namespace fanlight::fanout {
namespace {

using Outcome = FrameAssembler::Outcome;

const Octets kDelta = hex("41 9a 02");
const Octets kKey = hex("65 88 84");

class FrameAssemblerTest : public testing::Test {
 protected:
  FrameAssemblerTest() { assembler.set_format({.encoding = "H264"}); }

  static Octets packet(std::uint32_t timestamp, bool marker, const Octets& payload = kDelta) {
    Octets header = hex("8060 0001 00000000 11223344");
    if (marker) header[1] |= 0x80;
    write_u32(&header[4], timestamp);
    return header + payload;
  }
  Outcome add(const Octets& bytes, bool delta = false) {
    return assembler.add(bytes, delta, 0, now_us);
  }
  FramePtr frame(std::uint32_t timestamp, const Octets& payload = kDelta) {
    EXPECT_EQ(add(packet(timestamp, true, payload)), Outcome::complete);
    return assembler.take();
  }
  /// A frame `elapsed_us` after the one before.
  std::uint32_t timestamp_after(std::int64_t elapsed_us, std::uint32_t timestamp) {
    now_us += elapsed_us;
    return frame(timestamp)->timestamp;
  }

  FrameAssembler assembler;
  std::int64_t now_us = 1'000'000;
};

/// Fragments of an access unit that has memory of its own.
class SharedFrameTest : public FrameAssemblerTest {
 protected:
  struct Unit : HeldMemory {
    explicit Unit(std::size_t size) : octets(size) {
      for (std::size_t i = 0; i < size; ++i) octets[i] = static_cast<std::uint8_t>(i * 7);
      bytes = octets;
      cost = size;
    }
    Octets octets;
  };
  /// A packet of `head` and so many bytes of the unit from `offset` on.
  Outcome add_part(bool marker, const Octets& head, std::size_t offset, std::size_t size) {
    return assembler.add(packet(3600, marker, head), false, 0, now_us,
                         {unit->bytes.subspan(offset, size), unit});
  }

  std::shared_ptr<Unit> unit = std::make_shared<Unit>(2000);
};

TEST_F(SharedFrameTest, RefersToPayloadsWhereTheyLie) {
  EXPECT_EQ(add_part(false, hex("7c 85"), 0, 1000), Outcome::more);
  EXPECT_EQ(add_part(true, hex("7c 45"), 1000, 1000), Outcome::complete);

  const FramePtr frame = assembler.take();

  EXPECT_EQ(frame->payload(0).body.data(), unit->octets.data());
  EXPECT_EQ(frame->payload(1).body.data(), unit->octets.data() + 1000);
  EXPECT_EQ(payload_of(*frame, 1),
            hex("7c 45") + Octets(unit->octets.begin() + 1000, unit->octets.end()));
  EXPECT_EQ(frame->payload_bytes(), 2004U);
  EXPECT_EQ(frame->memory_bytes(), 2000U);
  EXPECT_TRUE(frame->key) << "by the head of the fragment";
}

TEST_F(SharedFrameTest, HoldsTheMemoryOnceAndAsLongAsItLives) {
  add_part(false, {}, 0, 1000);
  add_part(true, {}, 1000, 1000);
  FramePtr frame = assembler.take();
  ASSERT_EQ(frame->held.size(), 1U);
  const std::weak_ptr<Unit> watched = std::exchange(unit, nullptr);
  EXPECT_FALSE(watched.expired());

  frame.reset();

  EXPECT_TRUE(watched.expired());
}

TEST_F(SharedFrameTest, CopiesWhatIsNotWorthAReference) {
  add_part(false, hex("78 00 64"), 0, 100);      // Small.
  add_part(true, hex("78 00 01 67"), 100, 1000); // Behind more than the head of a fragment.

  const FramePtr frame = assembler.take();

  EXPECT_TRUE(frame->held.empty());
  EXPECT_EQ(payload_of(*frame, 0),
            hex("78 00 64") + Octets(unit->octets.begin(), unit->octets.begin() + 100));
  EXPECT_EQ(payload_of(*frame, 1),
            hex("78 00 01 67") + Octets(unit->octets.begin() + 100, unit->octets.begin() + 1100));
}

TEST_F(SharedFrameTest, KnowsAKeyPictureThatIsAggregatedBehindItsParameterSets) {
  const Octets h264 =
      hex("78 0003 67420b 0002 6801 0080");         // STAP-A of an SPS, a PPS and 128 bytes.
  const Octets h265 = hex("6001 0003 440100 0080"); // AP of a PPS and 128 bytes.
  for (const auto& [encoding, head, first] : {std::tuple{"H264", h264, 0x65},
                                              {"H264", h264, 0x41},
                                              {"H265", h265, 0x26},
                                              {"H265", h265, 0x02}}) {
    assembler.set_format({.encoding = encoding});
    unit->octets[0] = static_cast<std::uint8_t>(first);

    EXPECT_EQ(add_part(true, head, 0, 128), Outcome::complete);

    EXPECT_EQ(assembler.take()->key, first == 0x65 || first == 0x26) << encoding << " " << first;
  }
}

TEST_F(SharedFrameTest, CopiesWhatIsASmallPartOfItsMemory) {
  unit = std::make_shared<Unit>(20'000);
  add_part(false, hex("7c 85"), 0, 1000);
  add_part(true, hex("7c 45"), 1000, 1000);

  const FramePtr frame = assembler.take();

  EXPECT_TRUE(frame->held.empty());
  EXPECT_EQ(frame->memory_bytes(), 2004U);
  EXPECT_EQ(payload_of(*frame, 0),
            hex("7c 85") + Octets(unit->octets.begin(), unit->octets.begin() + 1000));
  EXPECT_TRUE(frame->packets[1].marker);
}

TEST_F(SharedFrameTest, CopiesWhatLiesOutsideOfItsMemory) {
  unit->bytes = unit->bytes.first(500);

  EXPECT_EQ(assembler.add(packet(3600, true, {}), false, 0, now_us,
                          {Bytes{unit->octets}.subspan(100, 1000), unit}),
            Outcome::complete);

  EXPECT_TRUE(assembler.take()->held.empty());
}

TEST_F(SharedFrameTest, LeavesOutDelimitersInMemoryOfTheirOwn) {
  unit->octets = hex("09 f0");
  unit->bytes = unit->octets;

  EXPECT_EQ(add_part(false, {}, 0, 2), Outcome::more);

  EXPECT_EQ(frame(3600)->packets.size(), 1U);
}

TEST_F(SharedFrameTest, RefusesAPacketThatIsTooLargeWithItsEnd) {
  EXPECT_EQ(add_part(true, Octets(233), 0, 1000), Outcome::too_large);
}

TEST_F(FrameAssemblerTest, TellsWhatCanHaveItsEndElsewhere) {
  EXPECT_TRUE(FrameAssembler::can_have_tail(packet(0, true, {})));
  EXPECT_TRUE(FrameAssembler::can_have_tail(packet(0, true, hex("7c 85"))));
  EXPECT_FALSE(FrameAssembler::can_have_tail(hex("80e00001")));
  EXPECT_FALSE(FrameAssembler::can_have_tail(hex("90e0 0001 00000e10 11223344 bede")))
      << "half an extension";
  EXPECT_FALSE(FrameAssembler::can_have_tail(hex("a0e0 0001 00000e10 11223344 419a 02")))
      << "padding";
}

TEST_F(FrameAssemblerTest, PutsThePacketsOfATimestampTogether) {
  EXPECT_EQ(add(packet(3600, false, hex("41 01"))), Outcome::more);
  EXPECT_EQ(add(packet(3600, true, hex("41 02 03"))), Outcome::complete);

  const FramePtr frame = assembler.take();

  ASSERT_EQ(frame->packets.size(), 2U);
  EXPECT_EQ(payload_of(*frame, 0), hex("41 01"));
  EXPECT_EQ(payload_of(*frame, 1), hex("41 02 03"));
  EXPECT_FALSE(frame->packets[0].marker);
  EXPECT_TRUE(frame->packets[1].marker);
  EXPECT_FALSE(frame->key);
}

TEST_F(FrameAssemblerTest, LeavesOutDelimiters) {
  EXPECT_EQ(add(packet(3600, false, hex("09 f0"))), Outcome::more);

  EXPECT_EQ(frame(3600)->packets.size(), 1U);

  assembler.set_format({.encoding = "H265"});
  EXPECT_EQ(add(packet(7200, false, hex("46 01 50"))), Outcome::more);
  EXPECT_EQ(frame(7200, hex("02 01 80"))->packets.size(), 1U);
}

TEST_F(FrameAssemblerTest, NumbersFramesAndPacketsWithoutGaps) {
  add(packet(0, false));
  add(packet(0, true));
  assembler.take();

  const FramePtr second = frame(3600);

  EXPECT_EQ(second->number, 1U);
  EXPECT_EQ(second->first_packet, 2U);
  EXPECT_EQ(second->end_packet(), 3U);
}

TEST_F(FrameAssemblerTest, KnowsKeyFramesByTheirSlices) {
  add(packet(0, false, hex("67 42 c0 1f")));
  add(packet(0, true, kKey), true);

  EXPECT_TRUE(assembler.take()->key);
}

TEST_F(FrameAssemblerTest, TakesTheBuffersWordForCodecsItDoesNotKnow) {
  assembler.set_format({.encoding = "VP8"});

  EXPECT_EQ(add(packet(0, true), false), Outcome::complete);
  EXPECT_TRUE(assembler.take()->key);
  EXPECT_EQ(add(packet(3600, true), true), Outcome::complete);
  EXPECT_FALSE(assembler.take()->key);
}

TEST_F(FrameAssemblerTest, MakesAFrameOfEachPacketOfSound) {
  assembler.set_format({.encoding = "OPUS", .clock_rate = 48000, .video = false});

  EXPECT_EQ(add(packet(960, false)), Outcome::complete);

  EXPECT_TRUE(assembler.take()->key);
}

TEST_F(FrameAssemblerTest, PassesOverSourcesExtensionsAndPadding) {
  const Octets bytes = hex("b1e0 0001 00000e10 11223344"
                           "aabbccdd"          // A contributing source.
                           "bede0001 10ff0000" // An extension.
                           "41 9a 02"
                           "0000 03"); // Padding.

  ASSERT_EQ(add(bytes), Outcome::complete);

  const FramePtr frame = assembler.take();
  EXPECT_EQ(payload_of(*frame, 0), kDelta);
}

TEST_F(FrameAssemblerTest, RefusesWhatIsNoRtp) {
  for (const Octets& bytes : {
           Octets{}, hex("80e00001"),
           hex("40e0 0001 00000e10 11223344 419a"),                   // Version 1.
           hex("80e0 0001 00000e10 11223344"),                        // No payload.
           hex("8fe0 0001 00000e10 11223344 419a"),                   // Sources that are not there.
           hex("90e0 0001 00000e10 11223344 bede"),                   // Half an extension.
           hex("90e0 0001 00000e10 11223344 bede00ff 10ff0000 419a"), // A longer one than there is.
           hex("a0e0 0001 00000e10 11223344 419a 00"),                // Padding of no length.
           hex("a0e0 0001 00000e10 11223344 419a ff"),                // More of it than there is.
       })
    EXPECT_EQ(add(bytes), Outcome::malformed);
}

TEST_F(FrameAssemblerTest, LeavesOutAFrameWhoseEndNeverCame) {
  add(packet(0, false));

  const FramePtr next = frame(3600);

  EXPECT_EQ(next->number, 0U);
  EXPECT_EQ(next->packets.size(), 1U);
}

TEST_F(FrameAssemblerTest, LeavesOutAllOfAFrameWithTooLargeAPacket) {
  EXPECT_EQ(add(packet(0, false)), Outcome::more);
  EXPECT_EQ(add(packet(0, false, Octets(FrameAssembler::kMaxPayload + 1, 1))), Outcome::too_large);
  EXPECT_EQ(add(packet(0, true)), Outcome::too_large);

  EXPECT_EQ(frame(3600)->number, 0U);
}

TEST_F(FrameAssemblerTest, TakesTheLargestPayloadThatFits) {
  EXPECT_EQ(add(packet(0, true, Octets(FrameAssembler::kMaxPayload, 1))), Outcome::complete);
}

TEST_F(FrameAssemblerTest, KeepsTheCamerasTimestamps) {
  EXPECT_EQ(timestamp_after(0, 500), 500U);
  EXPECT_EQ(timestamp_after(40'000, 500 + 3600), 4100U);
  EXPECT_EQ(timestamp_after(40'000, 500 + 1800), 2300U) << "B-frames go back";
}

TEST_F(FrameAssemblerTest, KeepsThemOverTheirWrapAround) {
  EXPECT_EQ(timestamp_after(0, 0xffffff00), 0xffffff00U);
  EXPECT_EQ(timestamp_after(40'000, 0xffffff00 + 3600), 0xffffff00U + 3600);
}

TEST_F(FrameAssemblerTest, GoesOnWithTheTimeOnTheWallWhenTheSourceIsAnother) {
  const std::uint32_t last = timestamp_after(0, 0x90000000);

  EXPECT_EQ(timestamp_after(5'000'000, 1234), last + 5 * 90000);
  EXPECT_EQ(timestamp_after(40'000, 1234 + 3600), last + 5 * 90000 + 3600);
}

TEST_F(FrameAssemblerTest, IsNeverStoodStillByAJump) {
  const std::uint32_t last = timestamp_after(0, 0x90000000);

  EXPECT_EQ(timestamp_after(0, 1234), last + 1);
}

} // namespace
} // namespace fanlight::fanout
