// What a camera's stream has for those who subscribe, and what is made of it.
#include "media/stream_tracks.h"

#include <gmock/gmock.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/fake_tracks.h"
#include "support/turn_until.h"

namespace fanlight::media {
namespace {

using test::CountingSink;
using test::FakeConnection;
using test::ToldProducer;
using test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* kG726 =
    "audiotestsrc is-live=true samplesperbuffer=160 ! audio/x-raw,rate=8000,channels=1 ! "
    "avenc_g726 bitrate=32000";
constexpr const char* kL16 =
    "audiotestsrc is-live=true ! audio/x-raw,format=S16BE,rate=16000,channels=1 ! identity";

/// The tracks of a stream to which the test connects in the camera's place.
struct StreamTracksTest : testing::Test, StreamTracks::Observer {
  void SetUp() override {
    load_own_elements();
    pipeline.start();
    config::Camera camera;
    camera.id = "front";
    auto created = StreamTracks::create(camera, "main", bins, producer, *this);
    ASSERT_TRUE(created) << created.error().message;
    tracks = std::move(*created);
  }
  void TearDown() override {
    tracks.reset();
    EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  }
  void on_video_format() override { ++formats; }
  void on_sound_changed() override { ++sounds; }

  /// The camera says that it sends sound that no browser plays, and is live.
  void send_sound(const char* encoding) {
    tracks->begin();
    tracks->describe_sound(encoding, {});
    tracks->set_state(TrackState::live, {});
    opus = tracks->find(Codec::opus);
    ASSERT_NE(opus, nullptr);
  }
  void send_aac() { send_sound("MPEG4-GENERIC"); }
  /// The bin that decodes and encodes; null: there is none.
  Ref<GstElement> transcoder() const {
    return Ref<GstElement>::adopt(gst_bin_get_by_name(pipeline.bin(), "transcoder-main"));
  }
  /// What the camera sends has these caps.
  void send_caps(Codec codec, const char* text) const {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text));
    const auto input = tracks->find(codec)->input();
    gst_pad_send_event(input.get(), gst_event_new_stream_start("camera"));
    gst_pad_send_event(input.get(), gst_event_new_caps(caps.get()));
  }
  bool receive(Codec codec, const char* caps) {
    formats = 0;
    send_caps(codec, caps);
    return turn_until([this] { return formats > 0; }, caps);
  }
  static std::optional<Subscription> subscribe(Track& track, CountingSink& sink) {
    auto subscription = track.subscribe(sink);
    EXPECT_TRUE(subscription) << subscription.error().message;
    if (!subscription) return std::nullopt;
    return std::move(*subscription);
  }
  static bool more_comes(const CountingSink& sink) {
    return turn_until([&, before = sink.count()] { return sink.count() > before; }, "data");
  }

  std::shared_ptr<ToldProducer> producer = std::make_shared<ToldProducer>();
  Pipeline pipeline{"camera-front", [this](GstMessage* message) {
                      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) bins.on_error(message);
                    }};
  SinkBins bins{pipeline, "front"};
  std::shared_ptr<StreamTracks> tracks;
  std::shared_ptr<Track> opus; // Of that sound.
  int formats = 0;
  int sounds = 0;
};

TEST_F(StreamTracksTest, HasATrackForEachCodecThatViewersMayGet) {
  EXPECT_EQ(tracks->find(Codec::h264)->info().id, "main-H264");
  EXPECT_EQ(tracks->find(Codec::h265)->info().id, "main-H265");
  EXPECT_EQ(tracks->find(Codec::opus), nullptr) << "the camera has not said anything of its sound";
  EXPECT_THAT(tracks->video(), IsEmpty());
  EXPECT_EQ(tracks->sinks().video.size(), 2U);
  EXPECT_NE(tracks->sinks().find(Codec::pcma), nullptr) << "the sound, whatever it is";
}

TEST_F(StreamTracksTest, ReadsTheVideoThatComesAndSaysWhatDoesNot) {
  tracks->begin();

  ASSERT_TRUE(receive(Codec::h264, "video/x-h264,width=64,height=48"));
  tracks->set_state(TrackState::live, {});

  ASSERT_EQ(tracks->video().size(), 1U);
  EXPECT_EQ(tracks->video()[0].width, 64);
  EXPECT_TRUE(tracks->sends(Codec::h264));
  EXPECT_FALSE(tracks->sends(Codec::h265));
  EXPECT_EQ(tracks->names(), "H264");
  EXPECT_EQ(tracks->find(Codec::h264)->info().state, TrackState::live);
  EXPECT_EQ(tracks->find(Codec::h265)->info().state, TrackState::absent);
}

TEST_F(StreamTracksTest, KeepsTheFormatsOfTheLastConnectionUntilTheNextBringsSome) {
  tracks->begin();
  ASSERT_TRUE(receive(Codec::h264, "video/x-h264"));
  tracks->set_state(TrackState::live, {});

  tracks->end();
  tracks->set_state(TrackState::waiting, {"test"_reason, "the camera closed the connection"});
  EXPECT_TRUE(tracks->sends(Codec::h264));
  EXPECT_EQ(tracks->find(Codec::h264)->info().state, TrackState::waiting);
  EXPECT_EQ(tracks->find(Codec::h264)->info().reason.message, "the camera closed the connection");
  tracks->begin();
  EXPECT_TRUE(tracks->sends(Codec::h264));
  ASSERT_TRUE(receive(Codec::h265, "video/x-h265"));

  EXPECT_TRUE(tracks->sends(Codec::h265));
  EXPECT_FALSE(tracks->sends(Codec::h264));
}

TEST_F(StreamTracksTest, HearsNothingOfAConnectionThatWasGivenUp) {
  tracks->begin();
  send_caps(Codec::h264, "video/x-h264");
  tracks->end();
  tracks->begin();
  tracks->end();
  bool over = false;
  post([&over] { over = true; }); // Behind what the caps have posted.
  ASSERT_TRUE(turn_until([&over] { return over; }, "the turn of the caps"));

  EXPECT_EQ(formats, 0);
  EXPECT_THAT(tracks->video(), IsEmpty());
}

TEST_F(StreamTracksTest, HasTheAudioAsTheCameraSendsItForWhoWantsNoOpus) {
  send_aac();
  CountingSink recorder{"recorder"};
  const FakeConnection camera{pipeline, FakeConnection::kAac, tracks->sinks().audio};
  std::vector<std::string> ids;
  std::shared_ptr<Track> sent;
  for (const auto& track : tracks->all()) {
    ids.push_back(track->info().id);
    if (track->info().codec == Codec::aac) sent = track;
  }
  EXPECT_THAT(ids, ElementsAre("main-H265", "main-H264", "main-audio", "main-OPUS"));
  ASSERT_NE(sent, nullptr);

  const auto subscription = subscribe(*sent, recorder);

  EXPECT_TRUE(more_comes(recorder));
  EXPECT_FALSE(transcoder());
}

TEST_F(StreamTracksTest, PassesOnTheSoundThatBrowsersPlay) {
  tracks->begin();
  tracks->describe_sound("PCMA", {});
  tracks->set_state(TrackState::live, {});

  const auto sound = tracks->find(Codec::pcma);

  ASSERT_NE(sound, nullptr);
  EXPECT_EQ(sound->info().id, "main-audio");
  EXPECT_EQ(sound->info().state, TrackState::live);
  EXPECT_EQ(tracks->audio()->rtp.encoding, "PCMA");
  EXPECT_EQ(tracks->find(Codec::opus), nullptr);
  EXPECT_THAT(tracks->sound_note().message, IsEmpty());
}

TEST_F(StreamTracksTest, SaysWhyThereIsNoSound) {
  tracks->describe_sound("", {"test"_reason, "sound is off in the configuration"});
  tracks->set_state(TrackState::live, {});

  EXPECT_FALSE(tracks->audio());
  EXPECT_EQ(tracks->sound_note().message, "sound is off in the configuration");
}

TEST_F(StreamTracksTest, OffersAacAsTheOpusItBecomesAndNotAsItIs) {
  send_aac();

  EXPECT_EQ(opus->info().id, "main-OPUS");
  EXPECT_EQ(opus->info().codec, Codec::opus);
  EXPECT_EQ(opus->info().state, TrackState::idle);
  EXPECT_EQ(tracks->audio()->rtp.encoding, "OPUS");
  EXPECT_EQ(tracks->find(Codec::aac), nullptr);
  EXPECT_THAT(tracks->sound_note().message, HasSubstr("AAC to Opus"));
}

TEST_F(StreamTracksTest, MakesOpusOfAllSoundThatNoBrowserPlays) {
  for (const auto& [encoding, connection] : {std::pair{"G726-32", kG726}, std::pair{"L16", kL16},
                                             std::pair{"MPEG4-GENERIC", FakeConnection::kAac}}) {
    SCOPED_TRACE(encoding);
    send_sound(encoding);
    const FakeConnection camera{pipeline, connection, tracks->sinks().audio};
    CountingSink sink{"one"};

    const auto subscription = subscribe(*opus, sink);

    EXPECT_TRUE(more_comes(sink));
    EXPECT_EQ(tracks->audio()->rtp.encoding, "OPUS");
  }
  EXPECT_EQ(sounds, 0) << tracks->sound_note().message;
}

TEST_F(StreamTracksTest, TranscodesOnWhenTheCameraIsSetToOtherSound) {
  send_sound("L16");
  std::optional<FakeConnection> camera;
  camera.emplace(pipeline, kL16, tracks->sinks().audio);
  CountingSink sink{"one"};
  const auto subscription = subscribe(*opus, sink);
  ASSERT_TRUE(more_comes(sink));

  camera.reset();
  tracks->end();
  tracks->begin();
  tracks->describe_sound("", {});
  tracks->describe_sound("G726-32", {});
  const int before = sink.count();
  camera.emplace(pipeline, kG726, tracks->sinks().audio);

  const int under_way = 10; // At most, of what came before.
  EXPECT_TRUE(turn_until([&] { return sink.count() > before + under_way; }, "the other sound"));
  EXPECT_THAT(tracks->sound_note().message, HasSubstr("G726-32 to Opus"));
}

TEST_F(StreamTracksTest, TranscodesOnceForAllListenersAndUntilTheLastHasLeft) {
  send_aac();
  const FakeConnection camera{pipeline, FakeConnection::kAac, tracks->sinks().audio};
  CountingSink one{"one"};
  CountingSink other{"other"};
  EXPECT_FALSE(transcoder()) << "nobody listens";

  auto first = subscribe(*opus, one);
  auto second = subscribe(*opus, other);

  EXPECT_TRUE(more_comes(one));
  EXPECT_TRUE(more_comes(other));
  EXPECT_EQ(opus->info().state, TrackState::live);
  EXPECT_THAT(producer->demands, ElementsAre(true)) << "the AAC is wanted, too";
  first.reset();
  EXPECT_TRUE(transcoder());
  EXPECT_TRUE(more_comes(other));
  second.reset();
  EXPECT_FALSE(transcoder());
  EXPECT_EQ(opus->info().state, TrackState::idle);
  EXPECT_THAT(producer->demands, ElementsAre(true, false));
}

TEST_F(StreamTracksTest, DoesNotTranscodeForASinkThatIsNotFedYet) {
  send_aac();
  CountingSink sink{"one"};
  sink.ready = false;

  auto subscription = subscribe(*opus, sink);

  EXPECT_FALSE(transcoder());
  EXPECT_THAT(producer->demands, ElementsAre(true));
  sink.ready = true;
  ASSERT_TRUE(subscription->feed());
  EXPECT_TRUE(transcoder());
}

TEST_F(StreamTracksTest, TranscodesForALingeringListenerWithoutWantingTheCamera) {
  send_aac();
  CountingSink sink{"one"};
  auto subscription = subscribe(*opus, sink);

  subscription->set_wanted(false);

  EXPECT_TRUE(transcoder());
  EXPECT_THAT(producer->demands, ElementsAre(true, false));
}

TEST_F(StreamTracksTest, TranscodesWhatTheNextConnectionSends) {
  send_aac();
  std::optional<FakeConnection> camera;
  camera.emplace(pipeline, FakeConnection::kAac, tracks->sinks().audio);
  CountingSink sink{"one"};
  const auto subscription = subscribe(*opus, sink);
  ASSERT_TRUE(more_comes(sink));

  camera.reset();
  tracks->end();
  tracks->set_state(TrackState::waiting, {"test"_reason, "the camera closed the connection"});
  ASSERT_TRUE(wait_for_stops(test::kHangLimit));
  EXPECT_EQ(opus->info().state, TrackState::waiting);
  EXPECT_TRUE(transcoder());
  camera.emplace(pipeline, FakeConnection::kAac, tracks->sinks().audio);

  EXPECT_TRUE(more_comes(sink));
}

TEST_F(StreamTracksTest, LeavesListenersWithoutSoundWhenItCannotBeDecodedUntilSomebodyComes) {
  send_aac();
  const FakeConnection camera{pipeline, FakeConnection::kAac, tracks->sinks().audio};
  CountingSink one{"one"};
  CountingSink other{"other"};
  const auto first = subscribe(*opus, one);
  ASSERT_TRUE(more_comes(one));

  GST_ELEMENT_ERROR(transcoder().get(), STREAM, DECODE, ("not what it seems"), (nullptr));

  ASSERT_TRUE(turn_until([this] { return sounds > 0; }, "the error"));
  EXPECT_THAT(tracks->sound_note().message,
              HasSubstr("cannot decode the camera's sound: not what it seems"));
  EXPECT_FALSE(transcoder());
  EXPECT_THAT(one.failures, IsEmpty()) << "it keeps its picture";
  EXPECT_EQ(opus->info().state, TrackState::absent);
  const auto second = subscribe(*opus, other);
  EXPECT_TRUE(more_comes(other));
  EXPECT_TRUE(more_comes(one));
}

TEST_F(StreamTracksTest, HasNoOpusForAViewerOnceTheCameraSendsAnotherCodec) {
  send_aac();
  tracks->describe_sound("PCMU", {});
  CountingSink sink{"one"};

  const auto refused = opus->subscribe(sink);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
  EXPECT_FALSE(sink.in(pipeline));
  EXPECT_EQ(opus->info().state, TrackState::absent);
}

} // namespace
} // namespace fanlight::media
