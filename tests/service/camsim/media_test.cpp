#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <memory>
#include <numbers>
#include <ostream>

#include <gtest/gtest.h>

#include "camsim/picture/sei.h"
#include "camsim_process.h"
#include "rtsp_reader.h"

namespace fanlight::test {
namespace {

using camsim::NalFraming;
using config::VideoCodec;

/// A small picture, quickly encoded; the loop is one second of 20 frames, two GOPs.
constexpr const char* kSmall = ",size=320x180,fps=20,gop=10,loop=1,bitrate=300";
constexpr std::uint32_t kLoopFrames = 20;

struct Stream {
  const char* name;
  const char* camera;
  const char* encoding;
  const char* transport;
  VideoCodec codec = VideoCodec::h264;
};
void PrintTo(const Stream& stream, std::ostream* out) { *out << stream.name; }

const Stream kStreams[] = {
    {"BaselineTcp", "profile=baseline,audio=none", "H264", "tcp"},
    {"MainUdp", "profile=main", "H264", "udp"},
    {"HighTcp", "profile=high,audio=pcmu", "H264", "tcp"},
    {"H265Tcp", "codec=h265", "H265", "tcp", VideoCodec::h265},
    {"H265OfTwoUdp", "codec=h265+h264", "H265", "udp", VideoCodec::h265},
    {"H264OfTwoTcp", "codec=h265+h264", "H264", "tcp"},
};

class CamsimVideoTest : public testing::TestWithParam<Stream> {
 protected:
  void SetUp() override {
    camsim_ = std::make_unique<CamsimProcess>(
        std::vector<std::string>{"--camera", std::string("id=cam,") + GetParam().camera + kSmall});
    ASSERT_TRUE(camsim_->wait_ready()) << camsim_->read_errors();
  }
  RtspReader open() const {
    return RtspReader::video(camsim_->url("cam"), GetParam().encoding, GetParam().transport);
  }
  std::unique_ptr<CamsimProcess> camsim_;
};

TEST_P(CamsimVideoTest, ShowsEveryFrameOnceAndRunsOnOverTheLoopPoint) {
  RtspReader reader = open();
  for (std::uint32_t frame = 0; frame < kLoopFrames + 10; ++frame)
    ASSERT_EQ(reader.strip(), frame % kLoopFrames) << "frame " << frame;
}

TEST_P(CamsimVideoTest, NumbersPacketsAndTimeOnOverTheLoopPoint) {
  RtspReader reader = open();
  const auto first = reader.packet();
  ASSERT_TRUE(first);
  const std::uint32_t span = (kLoopFrames + 10) * 90000 / 20;
  std::uint16_t sequence = first->sequence;
  std::uint32_t time = first->timestamp;
  while (time - first->timestamp < span) {
    const auto packet = reader.packet();
    ASSERT_TRUE(packet);
    EXPECT_EQ(packet->sequence, ++sequence);
    EXPECT_EQ(packet->ssrc, first->ssrc);
    const std::uint32_t step = packet->timestamp - time;
    EXPECT_TRUE(step == 0 || step == 90000 / 20) << step;
    time = packet->timestamp;
  }
}

TEST_P(CamsimVideoTest, StampsEachAccessUnitWithFrameAndTimeOfSending) {
  const gint64 begin_us = g_get_real_time();
  RtspReader reader = open();
  for (std::uint32_t frame = 0; frame < kLoopFrames + 10; ++frame) {
    const auto unit = reader.access_unit();
    ASSERT_TRUE(unit);
    const auto stamp = camsim::find_send_stamp(GetParam().codec, NalFraming::byte_stream, *unit);
    ASSERT_TRUE(stamp) << "frame " << frame;
    EXPECT_EQ(stamp->frame, frame % kLoopFrames);
    EXPECT_GE(static_cast<gint64>(stamp->unix_us), begin_us) << "that of the encoding";
    EXPECT_LE(static_cast<gint64>(stamp->unix_us), g_get_real_time());
  }
}

TEST_P(CamsimVideoTest, SendsParameterSetsBeforeEachKeyFrame) {
  RtspReader reader = open();
  const bool h264 = GetParam().codec == VideoCodec::h264;
  for (std::uint32_t frame = 0; frame <= 20; ++frame) {
    const auto unit = reader.access_unit();
    ASSERT_TRUE(unit);
    if (frame == 0) continue; // The depayloader puts those of the SDP in front.
    std::vector<int> types;
    for (const auto nal : camsim::split_nals(NalFraming::byte_stream, *unit))
      types.push_back(h264 ? nal[0] & 0x1f : nal[0] >> 1 & 0x3f);
    std::vector<int> expected = h264 ? std::vector{6, 1} : std::vector{39, 1};
    if (frame % 10 == 0)
      expected = h264 ? std::vector{7, 8, 6, 5} : std::vector{32, 33, 34, 39, types.back()};
    EXPECT_EQ(types, expected) << "frame " << frame;
    if (!h264 && frame % 10 == 0) {
      EXPECT_TRUE(types.back() == 19 || types.back() == 20) << types.back(); // IDR
    }
  }
}

INSTANTIATE_TEST_SUITE_P(, CamsimVideoTest, testing::ValuesIn(kStreams),
                         [](const auto& stream) { return stream.param.name; });

/// How much of a frequency is in the samples (Goertzel's algorithm), as an amplitude 0..1.
double level_of(const std::vector<std::int16_t>& samples, double hz, int rate = 48000) {
  const double w = 2 * std::numbers::pi * hz / rate;
  double s1 = 0;
  double s2 = 0;
  for (const std::int16_t sample : samples) {
    const double s = sample / 32768.0 + 2 * std::cos(w) * s1 - s2;
    s2 = s1;
    s1 = s;
  }
  const double power = s1 * s1 + s2 * s2 - 2 * std::cos(w) * s1 * s2;
  return 2 * std::sqrt(power) / static_cast<double>(samples.size());
}

TEST(CamsimAudioTest, PlaysTheCamerasToneAndABeepASecondInEveryCodec) {
  CamsimProcess camsim({"--camera", std::string("id=aac,tone=500,audio=aac") + kSmall,   //
                        "--camera", std::string("id=opus,tone=600,audio=opus") + kSmall, //
                        "--camera", std::string("id=pcma,tone=700,audio=pcma") + kSmall, //
                        "--camera", std::string("id=pcmu,tone=800,audio=pcmu") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  struct Sound {
    int tone;
    int rate;
    RtspReader reader;
  };
  Sound sounds[] = {
      {500, 48000, RtspReader::audio(camsim.url("aac"), "MPEG4-GENERIC", "tcp")},
      {600, 48000, RtspReader::audio(camsim.url("opus"), "OPUS", "udp")},
      {700, 8000, RtspReader::audio(camsim.url("pcma"), "PCMA", "tcp")},
      {800, 8000, RtspReader::audio(camsim.url("pcmu"), "PCMU", "udp")},
  };

  for (auto& [tone, rate, reader] : sounds) {
    // Nine and a half seconds: over the end of the sound's loop of eight.
    const std::size_t count = static_cast<std::size_t>(rate) * 19 / 2;
    const auto samples = reader.sound(count);
    ASSERT_GE(samples.size(), count) << tone;
    for (int second = 1; second < 9; ++second) {
      const std::vector part(samples.begin() + second * rate,
                             samples.begin() + (second + 1) * rate);
      EXPECT_NEAR(level_of(part, tone, rate), 0.06, 0.02) << tone << ", second " << second;
      EXPECT_NEAR(level_of(part, 1760, rate), 0.022, 0.01) << tone << ", second " << second;
      EXPECT_LT(level_of(part, tone + 50, rate), 0.005) << tone << ", second " << second;
    }
  }
}

TEST(CamsimPauseTest, GoesOnWhereItWasWhenTheClientPlaysAgain) {
  CamsimProcess camsim({"--camera", std::string("id=cam,audio=none") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  RtspReader reader = RtspReader::video(camsim.url("cam"));
  std::uint32_t frame = 0;
  for (; frame < 5; ++frame) ASSERT_EQ(reader.strip(), frame);

  ASSERT_TRUE(reader.pause());
  reader.play();

  for (; frame < 2 * kLoopFrames; ++frame) ASSERT_EQ(reader.strip(), frame % kLoopFrames);
}

/// How far a beep is from the lamp that is nearest to it, at most. The reader stamps what it gets
/// with the time when it came.
void measure_beeps(const std::string& url, gint64& farthest) {
  RtspReader reader = RtspReader::both(url);
  std::vector<GstClockTime> lamps; // Frame 0 of each loop of a second.
  while (lamps.size() < 4) {
    const auto frame = reader.strip();
    ASSERT_TRUE(frame);
    if (*frame == 0) lamps.push_back(reader.strip_time());
  }
  const auto [begin, samples] = reader.sound_from(48000 * 3);
  ASSERT_GE(samples.size(), 48000u * 3);

  // The onsets of the beep, to 10 ms: loud after at least half a second of quiet.
  std::vector<GstClockTime> beeps;
  constexpr std::size_t kWindow = 480;
  std::size_t quiet = 0;
  for (std::size_t at = 0; at + kWindow <= samples.size(); at += kWindow) {
    const std::vector window(samples.begin() + at, samples.begin() + at + kWindow);
    const bool loud = level_of(window, 1760) > 0.1;
    if (loud && quiet >= 50) beeps.push_back(begin + gst_util_uint64_scale(at, GST_SECOND, 48000));
    quiet = loud ? 0 : quiet + 1;
  }
  ASSERT_GE(beeps.size(), 2u);
  farthest = 0;
  for (const GstClockTime beep : beeps) {
    gint64 nearest = G_MAXINT64;
    for (const GstClockTime lamp : lamps)
      nearest = std::min(nearest, std::abs(GST_CLOCK_DIFF(lamp, beep)));
    farthest = std::max(farthest, nearest);
  }
}

TEST(CamsimSyncTest, BeepsWhenTheLampLights) {
  CamsimProcess camsim({"--camera", std::string("id=cam,audio=aac") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();

  // Where the machine pauses while one of the two begins, the next reading tells.
  gint64 farthest = G_MAXINT64;
  const auto end = std::chrono::steady_clock::now() + kHangLimit;
  while (farthest >= static_cast<gint64>(60 * GST_MSECOND) && !testing::Test::HasFatalFailure() &&
         std::chrono::steady_clock::now() < end)
    measure_beeps(camsim.url("cam"), farthest);
  EXPECT_LT(farthest, static_cast<gint64>(60 * GST_MSECOND));
}

TEST(CamsimLiveTest, ShowsTheWallClockInTheStrip) {
  const gint64 begin_ms = g_get_real_time() / 1000;
  CamsimProcess camsim({"--camera", std::string("id=cam,live=true") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  RtspReader reader = RtspReader::video(camsim.url("cam"));
  ASSERT_TRUE(reader.strip()); // The first picture waits for the client: it may be old.

  std::uint32_t last = 0;
  for (int i = 0; i < 40; ++i) {
    const auto value = reader.strip();
    ASSERT_TRUE(value) << i;
    const auto age_ms = static_cast<std::uint32_t>(g_get_real_time() / 1000) - *value;
    EXPECT_LE(age_ms, g_get_real_time() / 1000 - begin_ms) << "it was painted since the start";
    if (i > 0) {
      EXPECT_GE(*value, last) << i; // Two may be painted within one millisecond.
    }
    last = *value;
  }
}

TEST(CamsimLiveTest, HasSoundToo) {
  CamsimProcess camsim({"--camera", std::string("id=cam,live=true,tone=500") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  const auto samples = RtspReader::audio(camsim.url("cam"), "MPEG4-GENERIC").sound(48000 * 2);
  ASSERT_GE(samples.size(), 48000u * 2);
  EXPECT_NEAR(level_of(samples, 500), 0.06, 0.02);
}

TEST(CamsimBFramesTest, ShowsFramesInOrder) {
  CamsimProcess camsim({"--camera", std::string("id=cam,bframes=2") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  RtspReader reader = RtspReader::video(camsim.url("cam"));
  for (std::uint32_t frame = 0; frame < kLoopFrames + 5; ++frame)
    ASSERT_EQ(reader.strip(), frame % kLoopFrames) << "frame " << frame;
}

TEST(CamsimStampTest, IsInAsManyPicturesAsIsWished) {
  CamsimProcess camsim({"--camera", std::string("id=cam,stamp=4") + kSmall});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  RtspReader reader = RtspReader::video(camsim.url("cam"));
  int stamps = 0;
  for (int frame = 0; frame < 12; ++frame) {
    const auto unit = reader.access_unit();
    ASSERT_TRUE(unit);
    if (camsim::find_send_stamp(VideoCodec::h264, NalFraming::byte_stream, *unit)) ++stamps;
  }
  EXPECT_EQ(stamps, 3);
}

TEST(CamsimLowBitrateTest, KeepsTheStripReadable) {
  CamsimProcess camsim({"--camera", "id=cam,size=1280x720,fps=30,gop=60,loop=2,bitrate=150"});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  RtspReader reader = RtspReader::video(camsim.url("cam"));
  for (std::uint32_t frame = 0; frame < 70; ++frame)
    ASSERT_EQ(reader.strip(), frame % 60) << "frame " << frame;
}

} // namespace
} // namespace fanlight::test
