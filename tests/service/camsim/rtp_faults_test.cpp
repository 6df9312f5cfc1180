#include <algorithm>
#include <chrono>
#include <optional>

#include "fault_test.h"
#include "rtsp_reader.h"

namespace fanlight::test {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

using Clock = std::chrono::steady_clock;

constexpr std::int32_t kFrame = 90'000 / 20;

int type_of(const RtpPacket& packet) {
  return packet.payload.empty() ? 0 : packet.payload[0] & 0x1f;
}

/// Who comes in the middle of a group has pictures that nobody can read before the first whole one.
bool shows_a_picture(RtspReader& reader) {
  for (int i = 0; i < 60; ++i)
    if (reader.strip()) return true;
  return false;
}

class RtpFaultsTest : public FaultTest {
 protected:
  std::unique_ptr<RtspClient> play(const std::string& id = "a") {
    auto client = std::make_unique<RtspClient>(url(id));
    EXPECT_EQ(client->play(), 200);
    EXPECT_TRUE(client->packet());
    return client;
  }
  /// The steps from each packet to the next, of timestamps or sequence numbers, until `found` says
  /// that it is enough.
  template <typename Found> static bool look_for(RtspClient& client, Found found) {
    const auto deadline = Clock::now() + kHangLimit;
    auto last = client.packet();
    while (last && Clock::now() < deadline) {
      const auto next = client.packet();
      if (!next) return false;
      if (found(*last, *next)) return true;
      last = next;
    }
    return false;
  }
  static bool sees_time_step(RtspClient& client, std::int64_t wanted) {
    return look_for(client, [&](const RtpPacket& a, const RtpPacket& b) {
      return static_cast<std::int32_t>(b.timestamp - a.timestamp) == wanted;
    });
  }
};

TEST_F(RtpFaultsTest, JumpsForwardAndBackOnCommand) {
  start({"id=a"});
  const auto client = play();
  ASSERT_TRUE(control().set("a", R"({"jump_s": 100})"));
  EXPECT_TRUE(sees_time_step(*client, 9'000'000 + kFrame));
  ASSERT_TRUE(control().set("a", R"({"jump_s": -5})"));
  EXPECT_TRUE(sees_time_step(*client, -450'000 + kFrame));
  // Another fault does not repeat the jump.
  ASSERT_TRUE(control().set("a", R"({"garbage": 1})"));
  int frames = 0;
  EXPECT_TRUE(look_for(*client, [&](const RtpPacket& last, const RtpPacket& next) {
    EXPECT_LE(next.timestamp - last.timestamp, static_cast<std::uint32_t>(kFrame));
    return (frames += next.marker ? 1 : 0) == 30;
  }));
}

TEST_F(RtpFaultsTest, JumpsEverySoOften) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"jump_s": -2, "every_s": 0.5})"));
  const auto client = play();
  EXPECT_TRUE(sees_time_step(*client, -180'000 + kFrame));
  EXPECT_TRUE(sees_time_step(*client, -180'000 + kFrame));
}

TEST_F(RtpFaultsTest, Drifts) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"drift_ppm": 50000})"));
  const auto client = play();
  const auto first = client->packet();
  ASSERT_TRUE(first);
  int frames = 0;
  std::uint32_t last = first->timestamp;
  while (frames < 40) {
    const auto packet = client->packet();
    ASSERT_TRUE(packet);
    if (packet->timestamp != last) ++frames;
    last = packet->timestamp;
  }
  EXPECT_NEAR(last - first->timestamp, 40 * kFrame * 1.05, 2);
}

TEST_F(RtpFaultsTest, StandsStillAndGoesOn) {
  start({"id=a"});
  const auto client = play();
  ASSERT_TRUE(control().set("a", R"({"standstill": true})"));
  int same = 0;
  std::uint32_t last = 0;
  ASSERT_TRUE(look_for(*client, [&](const RtpPacket& a, const RtpPacket& b) {
    same = a.timestamp == b.timestamp && a.marker ? same + 1 : same;
    last = b.timestamp;
    return same == 10;
  }));
  ASSERT_TRUE(control().clear("a"));
  EXPECT_TRUE(look_for(*client, [&](const RtpPacket&, const RtpPacket& b) {
    return static_cast<std::int32_t>(b.timestamp - last) >= 10 * kFrame;
  }));
}

TEST_F(RtpFaultsTest, LeavesSequenceNumbersOut) {
  start({"id=a"});
  const auto client = play();
  ASSERT_TRUE(control().set("a", R"({"gap": 500})"));
  EXPECT_TRUE(look_for(*client, [](const RtpPacket& a, const RtpPacket& b) {
    return static_cast<std::uint16_t>(b.sequence - a.sequence) == 501;
  }));
}

TEST_F(RtpFaultsTest, ChangesTheOrderOfPackets) {
  start({"id=a"});
  const auto client = play();
  ASSERT_TRUE(control().set("a", R"({"reorder": true})"));
  EXPECT_TRUE(look_for(*client, [](const RtpPacket& a, const RtpPacket& b) {
    return static_cast<std::uint16_t>(b.sequence - a.sequence) == 0xffff;
  }));
}

TEST_F(RtpFaultsTest, LosesPackets) {
  start({"id=a"});
  const auto client = play();
  ASSERT_TRUE(control().set("a", R"({"lose_percent": 30})"));
  EXPECT_TRUE(look_for(*client, [](const RtpPacket& a, const RtpPacket& b) {
    return static_cast<std::uint16_t>(b.sequence - a.sequence) > 1;
  }));
}

TEST_F(RtpFaultsTest, LosesAndReordersPacketsOverUdp) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"lose_percent": 30})"));
  RtspReader reader = RtspReader::video(url(), "H264", "udp");
  bool lost = false;
  auto last = reader.packet();
  for (int i = 0; i < 200 && last && !lost; ++i) {
    const auto next = reader.packet();
    ASSERT_TRUE(next);
    lost = static_cast<std::uint16_t>(next->sequence - last->sequence) > 1;
    last = next;
  }
  EXPECT_TRUE(lost);
  // A reader puts them in order again, which costs it nothing.
  ASSERT_EQ(control().request("PUT", "/cameras/a/faults", R"({"reorder": true})").status, 200);
  RtspReader ordered = RtspReader::video(url(), "H264", "udp");
  EXPECT_TRUE(shows_a_picture(ordered));
}

TEST_F(RtpFaultsTest, MarksParameterSets) {
  start({"id=a"});
  const auto client = play();
  const auto marked = [&] {
    return look_for(*client, [](const RtpPacket&, const RtpPacket& b) {
      return (type_of(b) == 7 || type_of(b) == 8) && b.marker;
    });
  };
  ASSERT_TRUE(look_for(
      *client, [](const RtpPacket&, const RtpPacket& b) { return type_of(b) == 8 && !b.marker; }));
  ASSERT_TRUE(control().set("a", R"({"marker": true})"));
  EXPECT_TRUE(marked());
}

TEST_F(RtpFaultsTest, SetsTheMarkerOnEveryUnitOrOnNone) {
  start({"id=a,slices=3"});
  ASSERT_TRUE(control().set("a", R"({"markers": "nal", "delimiters": true})"));
  const auto client = play();
  int delimiters = 0;
  int slices = 0; // Of the picture that the packets are of.
  ASSERT_TRUE(look_for(*client, [&](const RtpPacket& a, const RtpPacket& b) {
    if (a.timestamp != b.timestamp) slices = 0;
    if (type_of(b) == 9 && b.marker) ++delimiters;
    if (type_of(b) == 1 && b.marker) ++slices;
    return delimiters > 0 && slices == 3;
  }));

  ASSERT_TRUE(control().set("a", R"({"markers": "none"})"));
  int unmarked = 0;
  EXPECT_TRUE(look_for(*client, [&](const RtpPacket&, const RtpPacket& b) {
    unmarked = b.marker ? 0 : unmarked + 1;
    return unmarked == 100;
  }));
}

TEST_F(RtpFaultsTest, BeginsWhereItIsTold) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"begin": 7})"));
  const auto client = play();
  // 13 pictures before the next IDR picture.
  int pictures = 1;
  ASSERT_TRUE(look_for(*client, [&](const RtpPacket& a, const RtpPacket& b) {
    if (a.timestamp != b.timestamp) ++pictures;
    return type_of(b) == 5 || (type_of(b) == 28 && (b.payload[1] & 31) == 5);
  }));
  EXPECT_EQ(pictures, 14);
}

TEST_F(RtpFaultsTest, LeavesOutIdrPictures) {
  run({"--control", "127.0.0.1:0", "--camera",
       "id=a,refresh=true,size=320x180,fps=20,gop=10,loop=2,bitrate=300,audio=none"});
  ASSERT_TRUE(control().set("a", R"({"no_idr": true})"));
  const auto client = play();
  int recovery_points = 0;
  EXPECT_TRUE(look_for(*client, [&](const RtpPacket&, const RtpPacket& b) {
    EXPECT_NE(type_of(b), 5);
    if (type_of(b) == 6 && b.payload[1] == 6) ++recovery_points;
    return recovery_points == 3;
  }));
}

TEST_F(RtpFaultsTest, SendsPacketsOfTenKilobytes) {
  run({"--control", "127.0.0.1:0", "--camera",
       "id=a,size=640x360,fps=5,gop=5,loop=1,bitrate=3000,audio=none,mtu=10000"});
  const auto client = play();
  EXPECT_TRUE(look_for(*client, [](const RtpPacket&, const RtpPacket& b) {
    return b.payload.size() > 9'900 && b.payload.size() <= 10'000;
  }));
  RtspReader reader = RtspReader::video(url());
  EXPECT_TRUE(shows_a_picture(reader));
}

/// Types of NAL units that begin packets, over two groups of pictures.
std::vector<int> types(RtspClient& client) {
  std::vector<int> seen;
  for (int frames = 0; frames < 45;) {
    const auto packet = client.packet();
    if (!packet) break;
    seen.push_back(type_of(*packet));
    frames += packet->marker ? 1 : 0;
  }
  return seen;
}

TEST_F(RtpFaultsTest, SendsParameterSetsInTheSdpOnlyOrInBandOnly) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"parameter_sets": "sdp"})"));
  {
    RtspClient client(url());
    EXPECT_THAT(client.request("DESCRIBE").body, HasSubstr("sprop-parameter-sets="));
    ASSERT_EQ(client.play(), 200);
    const auto seen = types(client);
    EXPECT_FALSE(seen.empty());
    EXPECT_THAT(seen, Not(testing::Contains(7)));
    EXPECT_THAT(seen, Not(testing::Contains(8)));
  }
  ASSERT_TRUE(control().set("a", R"({"parameter_sets": "band"})"));
  RtspClient client(url());
  EXPECT_THAT(client.request("DESCRIBE").body, Not(HasSubstr("sprop")));
  ASSERT_EQ(client.play(), 200);
  const auto seen = types(client);
  EXPECT_THAT(seen, testing::Contains(7));
  EXPECT_THAT(seen, testing::Contains(8));
}

TEST_F(RtpFaultsTest, ChangesItsParameterSetsAndResolutionInFlightAndBack) {
  run({"--control", "127.0.0.1:0", "--camera", std::string("id=a") + kSmall, "--camera",
       "id=b,size=480x270,fps=20,gop=20,loop=1,bitrate=300,audio=none"});
  const auto client = play();
  std::string sps;
  const auto sees_sps = [&](auto accept) {
    return look_for(*client, [&](const RtpPacket&, const RtpPacket& b) {
      if (type_of(b) != 7 || !accept(b.payload)) return false;
      sps = b.payload;
      return true;
    });
  };
  ASSERT_TRUE(sees_sps([](const std::string&) { return true; }));
  const std::string before = sps;

  ASSERT_TRUE(control().set("a", R"({"play": "b"})"));
  std::int32_t largest = 0;
  ASSERT_TRUE(look_for(*client, [&](const RtpPacket& a, const RtpPacket& b) {
    largest = std::max(largest, static_cast<std::int32_t>(b.timestamp - a.timestamp));
    return type_of(b) == 7 && b.payload != before;
  }));
  EXPECT_EQ(largest, kFrame);

  ASSERT_TRUE(control().clear("a"));
  EXPECT_TRUE(sees_sps([&](const std::string& now) { return now == before; }));
}

TEST_F(RtpFaultsTest, ChangesItsCodecWhenTheSessionHasEnded) {
  start({"id=a", "id=b,codec=h265"});
  const auto client = play();
  ASSERT_TRUE(control().set("a", R"({"as": "b"})"));
  ASSERT_TRUE(client->packet());
  ASSERT_EQ(control().request("POST", "/cameras/a/close").status, 200);
  ASSERT_EQ(client->wait_end(), Ending::closed);

  EXPECT_THAT(RtspClient(url()).request("DESCRIBE").body, HasSubstr("H265/90000"));
  {
    RtspReader reader = RtspReader::video(url(), "H265");
    EXPECT_TRUE(shows_a_picture(reader));
  }
  ASSERT_TRUE(control().clear("a"));
  RtspReader reader = RtspReader::video(url());
  EXPECT_TRUE(shows_a_picture(reader));
}

TEST_F(RtpFaultsTest, RunsAtHalfTheSpeedAtOnce) {
  start({"id=a"});
  const auto begin = Clock::now();
  const auto client = play();
  int frames = 0;
  const auto read_until = [&](int wanted) {
    while (frames < wanted) {
      const auto packet = client->packet();
      ASSERT_TRUE(packet);
      frames += packet->marker ? 1 : 0;
    }
  };
  read_until(10);
  ASSERT_TRUE(control().set("a", R"({"speed": 0.5})"));
  const auto set = Clock::now();
  // Of 50 ms each, so many were due by then at most, whether or not they have come.
  const auto due = static_cast<int>((set - begin) / 50ms) + 1;

  read_until(due + 20);

  EXPECT_GE(Clock::now() - set, 1800ms);
}

TEST_F(RtpFaultsTest, SendsAKeyFrameEachTwentySecondsOnly) {
  run({"--control", "127.0.0.1:0", "--camera",
       "id=a,size=320x180,fps=10,gop=200,loop=20,bitrate=100,audio=none"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);
  int keys = 0;
  for (int frames = 0; frames < 60;) {
    const auto packet = client.packet();
    ASSERT_TRUE(packet);
    keys += type_of(*packet) == 7 ? 1 : 0;
    frames += packet->marker ? 1 : 0;
  }
  EXPECT_EQ(keys, 1);
}

TEST_F(RtpFaultsTest, SendsBFramesWhoseTimeRunsBackwards) {
  start({"id=a,bframes=2"});
  const auto client = play();
  EXPECT_TRUE(look_for(*client, [](const RtpPacket& a, const RtpPacket& b) {
    return static_cast<std::int32_t>(b.timestamp - a.timestamp) < 0;
  }));
}

TEST_F(RtpFaultsTest, ChangesNothingWhileThereAreNoFaults) {
  start({"id=a"});
  const auto client = play();
  int frames = 0;
  EXPECT_FALSE(look_for(*client,
                        [&](const RtpPacket& a, const RtpPacket& b) {
                          const auto step = static_cast<std::int32_t>(b.timestamp - a.timestamp);
                          frames += b.marker ? 1 : 0;
                          if (frames == 60) return true;
                          EXPECT_EQ(static_cast<std::uint16_t>(b.sequence - a.sequence), 1);
                          EXPECT_EQ(step, a.marker ? kFrame : 0);
                          return false;
                        }) &&
               frames < 60);
  EXPECT_EQ(frames, 60);
  EXPECT_EQ(client->garbage(), 0u);
}

} // namespace
} // namespace fanlight::test
