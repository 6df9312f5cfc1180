// When a stream that stays connected is of no use any more.
#include "media/health.h"

#include <gmock/gmock.h>

#include "gst/ref.h"

namespace fanlight::media {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;
using testing::IsEmpty;

/// An element whose `stats` are what the test says.
struct FakeTee {
  GstElement parent;
  GstStructure* stats;
};
struct FakeTeeClass {
  GstElementClass parent;
};
GType fake_tee_get_type();
G_DEFINE_TYPE(FakeTee, fake_tee, GST_TYPE_ELEMENT)

void fake_tee_init(FakeTee* self) { self->stats = gst_structure_new_empty("stats"); }

void fake_tee_class_init(FakeTeeClass* type) {
  GObjectClass* const object = G_OBJECT_CLASS(type);
  object->get_property = [](GObject* self, guint, GValue* value, GParamSpec*) {
    g_value_set_boxed(value, reinterpret_cast<FakeTee*>(self)->stats);
  };
  object->finalize = [](GObject* self) {
    gst_structure_free(reinterpret_cast<FakeTee*>(self)->stats);
    G_OBJECT_CLASS(fake_tee_parent_class)->finalize(self);
  };
  g_object_class_install_property(object, 1,
                                  g_param_spec_boxed("stats", "Stats", "What the test says",
                                                     GST_TYPE_STRUCTURE, G_PARAM_READABLE));
}

/// A stream looked at by a clock of the test.
struct HealthTest : testing::Test {
  void SetUp() override { health.begin(now_us); }

  /// A second goes by with `pictures`, the last of them just now.
  void second(unsigned pictures, unsigned standing_still = 0, bool key_frame = true) {
    now_us += 1'000'000;
    frames += pictures;
    standstills += standing_still;
    keys += key_frame ? 1 : 0;
    since_frame_us = pictures > 0 ? 0 : since_frame_us + 1'000'000;
    since_key_us = key_frame ? 0 : since_key_us + 1'000'000;
    poll();
  }
  void poll() {
    // clang-format off
    gst_structure_set(stats(),
        "received-buffers", G_TYPE_UINT64, frames,
        "received-bytes", G_TYPE_UINT64, frames * 5'000,
        "key-frames", G_TYPE_UINT64, keys,
        "timestamp-standstills", G_TYPE_UINT64, standstills,
        "last-frame-age", G_TYPE_UINT64, guint64(since_frame_us) * GST_USECOND,
        "last-key-frame-age", G_TYPE_UINT64, guint64(since_key_us) * GST_USECOND, nullptr);
    // clang-format on
    health.poll({.tees = {tee.get()}, .packet_counters = {}, .picture_counter = depayloader},
                now_us);
  }
  GstStructure* stats() { return reinterpret_cast<FakeTee*>(tee.get())->stats; }
  std::string problem() { return health.problem(true, timeout, now_us).message; }

  Ref<GstElement> tee =
      Ref<GstElement>::retain(GST_ELEMENT(g_object_new(fake_tee_get_type(), nullptr)));
  Ref<GstElement> depayloader;
  Health health;
  std::chrono::milliseconds timeout = 5s;
  std::int64_t now_us = 1'000'000'000;
  std::int64_t since_frame_us = 0;
  std::int64_t since_key_us = 0;
  guint64 frames = 0;
  guint64 keys = 0;
  guint64 standstills = 0;
};

TEST_F(HealthTest, HasNothingToSayOfAStreamThatFlows) {
  for (int i = 0; i < 200; ++i) {
    second(25);
    ASSERT_THAT(problem(), IsEmpty());
  }
  EXPECT_NEAR(health.rates().fps, 25, 0.1);
  EXPECT_NEAR(static_cast<double>(health.rates().bitrate), 1e6, 1e4);
}

TEST_F(HealthTest, FindsAFrozenCameraByTheAgeOfItsLastPicture) {
  second(25);
  since_frame_us = 4'900'000;
  now_us += 4'900'000;
  poll();
  EXPECT_THAT(problem(), IsEmpty());
  EXPECT_EQ(health.patience(timeout, now_us), 100ms);

  now_us += 100'000;

  EXPECT_THAT(problem(), HasSubstr("keeps the connection open but sends no video"));
}

TEST_F(HealthTest, TakesWhatAnEarlierConnectionSentForNothing) {
  second(25);
  now_us += 3'600'000'000;
  since_frame_us += 3'600'000'000;
  since_key_us += 3'600'000'000;

  health.begin(now_us);
  poll();

  EXPECT_THAT(problem(), IsEmpty());
  EXPECT_EQ(health.patience(timeout, now_us), 5s);
}

TEST_F(HealthTest, LeavesACameraWhoseClockStandsStillAsTheTeeMendsThat) {
  for (int i = 0; i < 20; ++i) second(25, 25);

  EXPECT_THAT(problem(), IsEmpty());
  EXPECT_EQ(health.counters().timestamp_standstills, 500U);
}

TEST_F(HealthTest, CountsJumpsThatTheJitterBufferHides) {
  depayloader = Ref<GstElement>::retain(GST_ELEMENT(g_object_new(fake_tee_get_type(), nullptr)));
  guint timestamp = 0;
  const auto camera_second = [&](guint seconds) {
    timestamp += seconds * 90'000;
    gst_structure_set(reinterpret_cast<FakeTee*>(depayloader.get())->stats, "timestamp",
                      G_TYPE_UINT, timestamp, nullptr);
    second(25);
  };
  for (int i = 0; i < 5; ++i) camera_second(1);
  camera_second(3601);
  for (int i = 0; i < 5; ++i) camera_second(1);
  EXPECT_EQ(health.counters().timestamp_jumps, 1U);
}

TEST_F(HealthTest, WaitsAMinuteForAKeyFrame) {
  second(25);
  for (int i = 0; i < 60; ++i) second(25, 0, false);
  EXPECT_THAT(problem(), IsEmpty());

  second(25, 0, false);

  EXPECT_THAT(problem(), HasSubstr("no key frame for 61 s"));
}

TEST_F(HealthTest, GrantsTwiceAsMuchToACameraThatHasComeBackWithoutAKeyFrame) {
  second(25);
  for (int i = 0; i < 61; ++i) second(25, 0, false);
  ASSERT_THAT(problem(), HasSubstr("no key frame"));
  health.begin(now_us);

  for (int i = 0; i < 119; ++i) {
    second(25, 0, false);
    ASSERT_THAT(problem(), IsEmpty());
  }
}

TEST_F(HealthTest, GivesAConnectionFifteenSecondsForItsFirstPicture) {
  now_us += 15'000'000;
  EXPECT_THAT(health.problem(false, timeout, now_us).message, IsEmpty());
  now_us += 1'000;
  EXPECT_THAT(health.problem(false, timeout, now_us).message,
              HasSubstr("no video arrived within 15 s"));
}

/// A stream whose pictures come no further than the depayloader.
struct KeyFrameWaitTest : HealthTest {
  void SetUp() override {
    HealthTest::SetUp();
    depayloader = Ref<GstElement>::retain(GST_ELEMENT(g_object_new(fake_tee_get_type(), nullptr)));
  }
  void second(guint64 start_points = 0, bool waiting = true) {
    now_us += 1'000'000;
    // clang-format off
    gst_structure_set(reinterpret_cast<FakeTee*>(depayloader.get())->stats,
        "last-picture-age", G_TYPE_UINT64, guint64{0},
        "waiting", G_TYPE_BOOLEAN, gboolean{waiting},
        "start-points", G_TYPE_UINT64, start_points, nullptr);
    // clang-format on
    health.poll({.tees = {}, .packet_counters = {}, .picture_counter = depayloader}, now_us);
  }
  std::string problem() { return health.problem(false, timeout, now_us).message; }
};

TEST_F(KeyFrameWaitTest, IsNoneBeforeAnythingComes) {
  now_us += 1'000'000;
  health.poll({.tees = {}, .packet_counters = {}, .picture_counter = depayloader}, now_us);

  EXPECT_FALSE(health.key_frame_wait(now_us));
}

TEST_F(KeyFrameWaitTest, CountsFromTheFirstPictureToTheFirstKeyFrame) {
  for (int i = 0; i < 20; ++i) {
    second();
    ASSERT_EQ(health.key_frame_wait(now_us), std::chrono::seconds{i});
    ASSERT_THAT(problem(), IsEmpty()) << "no watchdog while pictures arrive";
  }

  second(0, false);

  EXPECT_FALSE(health.key_frame_wait(now_us));
}

TEST_F(KeyFrameWaitTest, StartsOverWithTheConnection) {
  for (int i = 0; i < 20; ++i) second();

  health.begin(now_us);

  EXPECT_FALSE(health.key_frame_wait(now_us));
  second();
  EXPECT_EQ(health.key_frame_wait(now_us), 0ms);
}

TEST_F(KeyFrameWaitTest, EndsWithACameraThatFallsSilent) {
  second();
  now_us += 5'000'000;

  EXPECT_THAT(problem(), HasSubstr("keeps the connection open but sends no video"));
}

TEST_F(KeyFrameWaitTest, IsInVainWithACameraThatSendsRecoveryPointsOnly) {
  for (guint64 i = 0; i <= 10; ++i) {
    ASSERT_THAT(health.keyless(now_us).message, IsEmpty());
    second(i / 3);
  }

  EXPECT_THAT(health.keyless(now_us).message,
              HasSubstr("no key frames (IDR), only recovery points"));
}

TEST_F(KeyFrameWaitTest, IsInVainAfterAMinuteWithoutAnySign) {
  for (int i = 0; i <= 60; ++i) {
    ASSERT_THAT(health.keyless(now_us).message, IsEmpty());
    second();
  }

  EXPECT_THAT(health.keyless(now_us).message, HasSubstr("video but no key frame"));
  EXPECT_THAT(problem(), IsEmpty());
}

TEST_F(HealthTest, SaysWhatTheTeeAndTheJitterBuffersCounted) {
  const auto buffer =
      Ref<GstElement>::retain(GST_ELEMENT(g_object_new(fake_tee_get_type(), nullptr)));
  gst_structure_set(stats(), "gop-length", G_TYPE_UINT, 50U, "gop-duration", G_TYPE_UINT64,
                    2 * guint64{GST_SECOND}, "b-frames", G_TYPE_BOOLEAN, TRUE, "timestamp-jumps",
                    G_TYPE_UINT64, guint64{3}, nullptr);
  gst_structure_set(reinterpret_cast<FakeTee*>(buffer.get())->stats, "num-lost", G_TYPE_UINT64,
                    guint64{7}, "avg-jitter", G_TYPE_UINT64, 4 * guint64{GST_MSECOND}, nullptr);

  health.poll({.tees = {tee.get()}, .packet_counters = {buffer}, .picture_counter = {}}, now_us);

  EXPECT_EQ(health.rates().gop_frames, 50U);
  EXPECT_EQ(health.rates().gop_ms, 2000);
  EXPECT_TRUE(health.rates().b_frames);
  EXPECT_EQ(health.counters().timestamp_jumps, 3U);
  EXPECT_EQ(health.counters().packets_lost, 7U);
  EXPECT_EQ(health.rates().jitter_ms, 4);
}

} // namespace
} // namespace fanlight::media
