// Frames of AAC, whatever the SDP says of them and however they are packed.
#include "aac/unpacker.h"

#include <string>

#include <gmock/gmock.h>

namespace fanlight::aac {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

using Unit = std::vector<std::uint8_t>;

constexpr int kRate = 16000;

/// The first three bits tell mono (0) from stereo (1).
const Unit kMono{0x01, 0x02, 0x03, 0x04, 0x05};
const Unit kStereo{0x21, 0x02, 0x03, 0x04, 0x05, 0x06};

Unit operator+(Unit one, const Unit& other) {
  one.insert(one.end(), other.begin(), other.end());
  return one;
}

/// The sizes as AAC-hbr has them.
Unit headers(const std::vector<std::size_t>& sizes) {
  const std::size_t bits = sizes.size() * 16;
  Unit out{static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
  for (const std::size_t size : sizes)
    out = out + Unit{static_cast<std::uint8_t>(size >> 5), static_cast<std::uint8_t>(size << 3)};
  return out;
}

/// A frame of 16 kHz, mono.
Unit adts(const Unit& frame) {
  const std::size_t size = frame.size() + 7;
  return Unit{0xff,
              0xf1,
              0x60,
              static_cast<std::uint8_t>(0x40 | size >> 11),
              static_cast<std::uint8_t>(size >> 3),
              static_cast<std::uint8_t>(size << 5 | 0x1f),
              0xfc} +
         frame;
}

/// A camera that sends one packet after the other.
struct UnpackerTest : testing::Test {
  /// Of MPEG4-GENERIC.
  void describe(Unit config, int clock_rate = kRate) {
    unpacker.emplace(Description{.config = std::move(config), .clock_rate = clock_rate});
  }
  void describe_latm(Unit config, bool in_stream) {
    unpacker.emplace(Description{.latm = true,
                                 .config_in_stream = in_stream,
                                 .config = std::move(config),
                                 .clock_rate = kRate});
  }
  void send(const Unit& payload, bool marker = true, std::uint32_t ticks = 1024) {
    unpacker->take(payload, marker, timestamp, timestamp);
    timestamp += ticks;
    while (auto frame = unpacker->next()) {
      frames.push_back(frame->bytes);
      last = *frame;
    }
  }
  void send_mono(int packets, std::uint32_t ticks = 1024) {
    for (int i = 0; i < packets; ++i) send(headers({kMono.size()}) + kMono, true, ticks);
  }

  std::optional<Unpacker> unpacker;
  std::uint32_t timestamp = 0xffff'f000;
  std::vector<Unit> frames;
  Frame last;
};

const Unit kMono16k{0x14, 0x08};
const Unit kStereo16k{0x14, 0x10};
const Unit kMono48k{0x11, 0x88};

TEST_F(UnpackerTest, BelievesARightDescriptionAtOnce) {
  describe(kMono16k);
  send_mono(1);

  ASSERT_THAT(frames, ElementsAre(kMono));
  EXPECT_EQ(last.config->bytes, kMono16k);
  EXPECT_EQ(last.config->rate, kRate);
  EXPECT_EQ(last.config->channels, 1);
}

/// 16 kHz, and channels as a program_config_element says: one front element that is a pair, and a
/// comment of two bytes.
const Unit kLayout16k{0x14, 0x00, 0x06, 0x04, 0x00, 0x00, 0x20, 0x02, 'a', 'b'};

TEST_F(UnpackerTest, PassesTheConfigurationAsItIs) {
  const Unit kLateSbr = kMono16k + Unit{0x56, 0xe5, 0xa8};
  for (const Unit& config : {kLayout16k, kLateSbr}) {
    describe(config);
    send_mono(1);

    EXPECT_EQ(last.config->bytes, config);
  }
  EXPECT_EQ(last.config->rate, kRate);
}

TEST_F(UnpackerTest, ReadsALayoutOfChannelsToItsEnd) {
  Bits bits(kLayout16k);
  const auto config = read_config(bits);

  ASSERT_TRUE(config);
  EXPECT_EQ(config->channels, 0);
  EXPECT_EQ(config->bytes, kLayout16k);
  Bits half(Bytes{kLayout16k}.first(9));
  EXPECT_FALSE(read_config(half));
}

TEST_F(UnpackerTest, BelievesNoRateThatNoStreamHas) {
  describe({}, 192001);
  for (unsigned i = 0; i < ConfigJudge::kPatience; ++i) send_mono(1, 900 + i * 37);

  EXPECT_THAT(frames, IsEmpty());
}

TEST_F(UnpackerTest, TakesSeveralUnitsOutOfAPacket) {
  describe(kMono16k);
  send(headers({kMono.size(), kStereo.size()}) + kMono + kStereo, true, 2048);

  EXPECT_THAT(frames, ElementsAre(kMono, kStereo));
  EXPECT_EQ(last.ahead, 1U);
}

/// The headers of all units are as long as that of the first.
TEST_F(UnpackerTest, ReadsHeadersThatAreLongerThanTheDescriptionSays) {
  unpacker.emplace(Description{
      .config = kMono16k, .clock_rate = kRate, .index_length = 3, .index_delta_length = 0});
  send(headers({kMono.size(), kStereo.size(), kMono.size()}) + kMono + kStereo + kMono);

  EXPECT_THAT(frames, ElementsAre(kMono, kStereo, kMono));
}

TEST_F(UnpackerTest, LeavesBytesBehindTheOnlyUnit) {
  describe(kMono16k);
  send(headers({kMono.size()}) + kMono + Unit{1, 2, 3, 4});

  EXPECT_THAT(frames, ElementsAre(kMono));
}

TEST_F(UnpackerTest, TakesAWholeAdtsFrameWhateverSizeIsSaid) {
  describe(kMono16k);
  send(headers({kMono.size()}) + adts(kMono));

  EXPECT_THAT(frames, ElementsAre(kMono));
}

TEST_F(UnpackerTest, TakesPayloadsWithoutHeadersIfNoneAreDescribed) {
  unpacker.emplace(Description{.config = kMono16k, .clock_rate = kRate, .lengths_said = false});
  send(kStereo);
  send({kMono.begin(), kMono.begin() + 2}, false, 0);
  send({kMono.begin() + 2, kMono.end()});
  send(headers({kStereo.size()}) + kStereo);
  send(headers({kStereo.size(), kMono.size()}) + kStereo + kMono);

  EXPECT_THAT(frames, ElementsAre(kStereo, kMono, kStereo, kStereo, kMono));
}

TEST_F(UnpackerTest, JoinsThePartsOfAUnit) {
  describe(kMono16k);
  const Unit frame = kMono + Unit(100, 7);
  const Unit header = headers({frame.size()});
  send(header + Unit{frame.begin(), frame.begin() + 50}, false, 0);
  EXPECT_THAT(frames, IsEmpty());
  send(header + Unit{frame.begin() + 50, frame.end()}, true);

  EXPECT_THAT(frames, ElementsAre(frame));
}

TEST_F(UnpackerTest, DropsThePartsOfAUnitAfterALoss) {
  describe(kMono16k);
  const Unit frame = kMono + Unit(100, 7);
  const Unit header = headers({frame.size()});
  send(header + Unit{frame.begin(), frame.begin() + 50}, false);
  unpacker->lose();
  send_mono(1);

  EXPECT_THAT(frames, ElementsAre(kMono));
}

TEST_F(UnpackerTest, FindsOutWhatTheDescriptionLacks) {
  for (const Unit& config : {Unit{}, Unit{0, 0}, Unit{0xff, 0xff}}) {
    describe(config);
    frames.clear();
    send_mono(4);

    ASSERT_THAT(frames, SizeIs(4)) << "the first ones waited";
    EXPECT_EQ(last.config->bytes, kMono16k);
  }
}

TEST_F(UnpackerTest, SeesStereoInTheFirstFrame) {
  describe(kMono16k);
  send(headers({kStereo.size()}) + kStereo);

  EXPECT_EQ(last.config->bytes, kStereo16k);
}

TEST_F(UnpackerTest, SeesTheRateInTheTimestamps) {
  constexpr int kClock = 90000;
  describe(kMono48k, kClock);
  send_mono(4, 1024 * kClock / kRate);

  ASSERT_THAT(frames, SizeIs(4));
  EXPECT_EQ(last.config->bytes, kMono16k);
}

/// They count samples: that fits any rate.
TEST_F(UnpackerTest, BelievesTheConfigurationIfTimestampsFitItAndTheClock) {
  for (const int clock : {8000, 48000, 90000}) {
    describe(kMono16k, clock);
    frames.clear();
    send_mono(4);

    ASSERT_THAT(frames, SizeIs(4));
    EXPECT_EQ(last.config->bytes, kMono16k) << clock;
  }
}

TEST_F(UnpackerTest, LeavesTheRateOfTheCoreOfSbr) {
  describe(kMono16k, 32000);
  send_mono(4, 2048);

  ASSERT_THAT(frames, SizeIs(4));
  EXPECT_EQ(last.config->bytes, kMono16k);
}

TEST_F(UnpackerTest, BelievesTheDescriptionIfTimestampsShowNothing) {
  describe(kMono48k);
  for (unsigned i = 0; i < ConfigJudge::kPatience; ++i) send_mono(1, 900 + i * 37);

  ASSERT_THAT(frames, SizeIs(ConfigJudge::kPatience));
  EXPECT_EQ(last.config->bytes, kMono48k);
}

TEST_F(UnpackerTest, ReadsBareAdtsFrames) {
  describe(kMono48k);
  send(adts(kMono) + adts(kStereo));
  const Unit third = adts(kMono);
  send(Unit{third.begin(), third.begin() + 5});
  send(Unit{third.begin() + 5, third.end()});

  EXPECT_THAT(frames, ElementsAre(kMono, kStereo, kMono));
  EXPECT_EQ(last.config->bytes, kMono16k);
}

/// The channels are in the frames, which begin with another element.
TEST_F(UnpackerTest, WaitsNotForeverForTheChannelsOfAdtsFrames) {
  describe({});
  const Unit layout{0xa0, 0x02, 0x03};
  Unit frame = adts(layout);
  frame[3] = static_cast<std::uint8_t>(frame[3] & 0x3f);
  for (unsigned i = 0; i < ConfigJudge::kPatience; ++i) send(frame);

  ASSERT_THAT(frames, SizeIs(ConfigJudge::kPatience));
  EXPECT_EQ(last.bytes, layout);
  EXPECT_EQ(last.config->rate, kRate);
}

TEST_F(UnpackerTest, CountsPacketsWhoseFramesCannotWait) {
  describe({}, 192001); // Nothing says the rate.
  for (int i = 0; i < 70; ++i) send_mono(1, 900 + i * 37);

  EXPECT_THAT(frames, IsEmpty());
  EXPECT_EQ(unpacker->malformed(), 6U);
}

TEST_F(UnpackerTest, ReadsAdtsFramesInUnits) {
  describe(kMono48k);
  const Unit unit = adts(kMono);
  send(headers({unit.size()}) + unit);

  EXPECT_THAT(frames, ElementsAre(kMono));
  EXPECT_EQ(last.config->bytes, kMono16k);
}

TEST_F(UnpackerTest, LooksAgainHowFramesArePackedAfterOneThatItCannotRead) {
  describe(kMono16k);
  send(adts(kMono));
  send(headers({kMono.size()}) + kMono); // Unreadable as ADTS.
  send_mono(1);

  EXPECT_THAT(frames, ElementsAre(kMono, kMono));
}

TEST_F(UnpackerTest, CountsWhatItCannotRead) {
  describe(kMono16k);
  send({0x00, 0x07, 0x01});
  send({0xff});
  send_mono(1);

  EXPECT_THAT(frames, ElementsAre(kMono));
  EXPECT_EQ(unpacker->malformed(), 2U);
}

/// A StreamMuxConfig of 16 kHz, mono; then three zero bits.
const Unit kMux{0x40, 0x00, 0x28, 0x10, 0x3f, 0xc0};

TEST_F(UnpackerTest, ReadsLatmWithTheConfigurationOfTheDescription) {
  describe_latm(kMux, false);
  const Unit frame = kMono + Unit(300, 7);
  send(Unit{255, 50} + frame);

  EXPECT_THAT(frames, ElementsAre(frame));
  EXPECT_EQ(last.config->bytes, kMono16k);
}

TEST_F(UnpackerTest, ReadsSeveralElementsOfAPacket) {
  describe_latm(kMux, false);
  const auto element = [](const Unit& frame) {
    return Unit{static_cast<std::uint8_t>(frame.size())} + frame;
  };
  send(element(kMono) + element(kStereo));
  EXPECT_THAT(frames, ElementsAre(kMono, kStereo));
  EXPECT_EQ(last.ahead, 1U);
  send(element(kMono) + Unit{0, 0}); // Nothing that could be read.

  EXPECT_THAT(frames, ElementsAre(kMono, kStereo, kMono));
}

TEST_F(UnpackerTest, JoinsThePartsOfAnElement) {
  describe_latm(kMux, false);
  const Unit element = Unit{static_cast<std::uint8_t>(kMono.size())} + kMono;
  send(Unit{element.begin(), element.begin() + 3}, false, 0);
  send(Unit{element.begin() + 3, element.end()});

  EXPECT_THAT(frames, ElementsAre(kMono));
}

/// An element with its configuration: a zero bit, and the one above without its padding of four
/// bits; then the length and the frame, all of it three bits early.
Unit element_with_config(const Unit& frame) {
  std::string bits = "0";
  for (const std::uint8_t byte : kMux)
    for (int bit = 7; bit >= 0; --bit) bits += (byte >> bit & 1) != 0 ? '1' : '0';
  bits.resize(bits.size() - 4);
  for (const std::uint8_t byte : Unit{static_cast<std::uint8_t>(frame.size())} + frame)
    for (int bit = 7; bit >= 0; --bit) bits += (byte >> bit & 1) != 0 ? '1' : '0';
  bits.resize((bits.size() + 7) / 8 * 8, '0');
  Unit out;
  for (std::size_t i = 0; i < bits.size(); i += 8)
    out.push_back(static_cast<std::uint8_t>(std::stoi(bits.substr(i, 8), nullptr, 2)));
  return out;
}

TEST_F(UnpackerTest, ReadsTheConfigurationInTheStreamWhateverIsSaidOfIt) {
  for (const bool said : {true, false}) {
    describe_latm({}, said);
    frames.clear();
    send(element_with_config(kMono));
    ASSERT_THAT(frames, ElementsAre(kMono));
    EXPECT_EQ(last.config->bytes, kMono16k);
    // LOAS: the same behind a header.
    const Unit element = element_with_config(kMono);
    send(Unit{0x56, 0xe0, static_cast<std::uint8_t>(element.size())} + element);

    EXPECT_THAT(frames, ElementsAre(kMono, kMono));
  }
}

TEST_F(UnpackerTest, CountsTheFramesOfLoasThatComeInOnePacket) {
  describe_latm({}, true);
  const Unit element = element_with_config(kMono);
  const Unit loas = Unit{0x56, 0xe0, static_cast<std::uint8_t>(element.size())} + element;
  send(loas + loas + loas);

  EXPECT_THAT(frames, ElementsAre(kMono, kMono, kMono));
  EXPECT_EQ(last.ahead, 2U);
}

TEST_F(UnpackerTest, ReadsLatmWithoutAnyConfiguration) {
  describe_latm({}, false);
  for (int i = 0; i < 4; ++i) send(Unit{static_cast<std::uint8_t>(kMono.size())} + kMono);

  ASSERT_THAT(frames, SizeIs(4));
  EXPECT_EQ(last.config->bytes, kMono16k);
}

TEST_F(UnpackerTest, ReadsAdtsFramesThatAreCalledLatm) {
  describe_latm({}, true);
  send(adts(kMono));

  EXPECT_THAT(frames, ElementsAre(kMono));
}

} // namespace
} // namespace fanlight::aac
