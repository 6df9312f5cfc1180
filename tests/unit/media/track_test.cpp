// Who subscribes to a track, and what follows of that.
#include "media/track.h"

#include <gmock/gmock.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "media/sink_bins.h"
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

/// A track of H.264 in a pipeline that runs, fed by whoever the test connects.
struct TrackTest : testing::Test, TrackObserver {
  void SetUp() override {
    load_own_elements();
    pipeline.start();
    track = make({.id = "main-H264", .stream = "main", .codec = Codec::h264});
  }
  void TearDown() override {
    track.reset();
    EXPECT_TRUE(wait_for_stops(test::kHangLimit));
  }
  std::shared_ptr<Track> make(TrackInfo info) {
    auto created = Track::create(std::move(info), bins, producer);
    EXPECT_TRUE(created) << created.error().message;
    return created ? *created : nullptr;
  }
  Subscription subscribe(CountingSink& sink) const {
    auto subscription = track->subscribe(sink);
    EXPECT_TRUE(subscription) << subscription.error().message;
    return std::move(*subscription);
  }
  static bool more_comes(const CountingSink& sink) {
    return turn_until([&, before = sink.count()] { return sink.count() > before; }, "data");
  }
  void on_track_changed(const Track& changed) override { seen.push_back(changed.info()); }

  std::shared_ptr<ToldProducer> producer = std::make_shared<ToldProducer>();
  Pipeline pipeline{"camera-front", [this](GstMessage* message) {
                      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
                        known.push_back(bins.on_error(message));
                    }};
  SinkBins bins{pipeline, "front"};
  std::shared_ptr<Track> track;
  std::vector<bool> known; // Of each error: whether it was of a sink.
  std::vector<TrackInfo> seen;
};

TEST_F(TrackTest, IsWantedHasItsPlaceAndFlowsFromTheMomentSomebodySubscribes) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink sink{"one"};

  const Subscription subscription = subscribe(sink);

  EXPECT_THAT(producer->demands, ElementsAre(true));
  EXPECT_TRUE(sink.in(pipeline));
  EXPECT_THAT(sink.asked, ElementsAre("main-H264"));
  EXPECT_TRUE(more_comes(sink));
}

TEST_F(TrackTest, LetsGoOfAllThatASubscriptionHeldWhenItEnds) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink sink{"one"};
  {
    const Subscription subscription = subscribe(sink);
    ASSERT_TRUE(more_comes(sink));
  }

  EXPECT_THAT(producer->demands, ElementsAre(true, false));
  EXPECT_FALSE(sink.in(pipeline));
  EXPECT_EQ(GST_ELEMENT(track->tee())->numsrcpads, 0);
}

TEST_F(TrackTest, FeedsEverySubscriberAndIsWantedUntilTheLastHasLeft) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink one{"one"};
  CountingSink other{"other"};
  std::optional<Subscription> first = subscribe(one);
  std::optional<Subscription> second = subscribe(other);
  ASSERT_TRUE(more_comes(one));
  ASSERT_TRUE(more_comes(other));

  first.reset();

  EXPECT_THAT(producer->demands, ElementsAre(true));
  EXPECT_TRUE(more_comes(other));
  second.reset();
  EXPECT_THAT(producer->demands, ElementsAre(true, false));
}

TEST_F(TrackTest, KeepsABinInThePipelineUntilItsLastSubscriptionEnds) {
  const auto sound =
      make({.id = "main-audio", .stream = "main", .kind = MediaKind::audio, .codec = Codec::opus});
  CountingSink sink{"one"};
  sink.ready = false;
  std::optional<Subscription> video = subscribe(sink);
  auto audio = sound->subscribe(sink);
  ASSERT_TRUE(audio) << audio.error().message;

  video.reset();

  EXPECT_TRUE(sink.in(pipeline));
  { const Subscription last = std::move(*audio); }
  EXPECT_FALSE(sink.in(pipeline));
}

TEST_F(TrackTest, GivesABinItsPlaceBeforeItCanBeFed) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink sink{"one"};
  sink.ready = false;
  Subscription subscription = subscribe(sink);
  EXPECT_TRUE(sink.in(pipeline));
  EXPECT_THAT(producer->demands, ElementsAre(true));
  EXPECT_EQ(producer->started, 0);
  EXPECT_EQ(GST_ELEMENT(track->tee())->numsrcpads, 0);

  sink.ready = true;
  ASSERT_TRUE(subscription.feed());
  ASSERT_TRUE(subscription.feed()) << "once more is once too often, and does nothing";

  EXPECT_EQ(producer->started, 1);
  EXPECT_EQ(GST_ELEMENT(track->tee())->numsrcpads, 1);
  EXPECT_TRUE(more_comes(sink));
}

TEST_F(TrackTest, StaysThroughAReconnectAndGoesOnWithTheNextConnection) {
  std::optional<FakeConnection> camera;
  camera.emplace(pipeline, FakeConnection::kVideo, track->input());
  CountingSink sink{"one"};
  const Subscription subscription = subscribe(sink);
  ASSERT_TRUE(more_comes(sink));

  camera.reset();
  ASSERT_TRUE(wait_for_stops(test::kHangLimit)) << "and with it the last that it sent";
  EXPECT_TRUE(sink.in(pipeline));
  EXPECT_THAT(producer->demands, ElementsAre(true));
  camera.emplace(pipeline, FakeConnection::kVideo, track->input());

  EXPECT_TRUE(more_comes(sink));
  EXPECT_THAT(sink.asked, ElementsAre("main-H264")) << "by the same pad";
  EXPECT_THAT(sink.failures, IsEmpty());
}

TEST_F(TrackTest, IsNotWantedByASinkThatOnlyLingersThoughItIsFed) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink sink{"one"};
  std::optional<Subscription> subscription = subscribe(sink);

  subscription->set_wanted(false);
  subscription->set_wanted(false);

  EXPECT_THAT(producer->demands, ElementsAre(true, false));
  EXPECT_TRUE(more_comes(sink));
  subscription->set_wanted(true);
  EXPECT_THAT(producer->demands, ElementsAre(true, false, true));
  subscription->set_wanted(false);
  subscription.reset();
  EXPECT_THAT(producer->demands, ElementsAre(true, false, true, false));
}

TEST_F(TrackTest, MakesDataWhileASinkIsFed) {
  CountingSink one{"one"};
  CountingSink other{"other"};
  std::optional<Subscription> first = subscribe(one);
  std::optional<Subscription> second = subscribe(other);
  EXPECT_EQ(producer->started, 2) << "whoever runs already starts no more";

  first.reset();
  EXPECT_EQ(producer->stopped, 0);
  second.reset();

  EXPECT_EQ(producer->stopped, 1);
}

TEST_F(TrackTest, LeavesNothingBehindOfASubscriberThatCannotBeFed) {
  producer->refuse = true;
  CountingSink sink{"one"};

  const auto refused = track->subscribe(sink);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "no data today");
  EXPECT_FALSE(sink.in(pipeline));
  EXPECT_THAT(producer->demands, ElementsAre(true, false));
  EXPECT_EQ(producer->stopped, 0);
}

TEST_F(TrackTest, CannotBeSubscribedToWithoutACodecOrAProducer) {
  CountingSink sink{"one"};
  const auto silent = make({.id = "main-audio", .stream = "main", .kind = MediaKind::audio});
  const auto none = silent->subscribe(sink);
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, Errc::not_found);

  producer.reset();
  const auto gone = track->subscribe(sink);

  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().code, Errc::unavailable);
  EXPECT_FALSE(sink.in(pipeline));
}

TEST_F(TrackTest, TellsASinkOnceThatItFailedAndNobodyElse) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink sink{"one"};
  CountingSink other{"other"};
  const Subscription subscription = subscribe(sink);
  const Subscription stays = subscribe(other);

  sink.fail("out of luck");
  sink.fail("once more");

  ASSERT_TRUE(turn_until([this] { return known.size() == 2; }, "both errors"));
  EXPECT_THAT(known, ElementsAre(true, true));
  ASSERT_EQ(sink.failures.size(), 1U);
  EXPECT_THAT(sink.failures[0], HasSubstr("out of luck"));
  EXPECT_THAT(other.failures, IsEmpty());
  EXPECT_TRUE(more_comes(other));
}

TEST_F(TrackTest, LetsASinkLeaveInTheMiddleOfBeingTold) {
  const FakeConnection camera{pipeline, FakeConnection::kVideo, track->input()};
  CountingSink sink{"one"};
  std::optional<Subscription> subscription = subscribe(sink);
  sink.when_failed = [&subscription] { subscription.reset(); };

  sink.fail("out of luck");

  ASSERT_TRUE(turn_until([&sink] { return !sink.failures.empty(); }, "the error"));
  EXPECT_FALSE(sink.in(pipeline));
}

TEST_F(TrackTest, DoesNotKnowErrorsOfWhatIsNoSink) {
  GST_ELEMENT_ERROR(track->tee(), RESOURCE, FAILED, ("not of a sink"), (nullptr));

  ASSERT_TRUE(turn_until([this] { return !known.empty(); }, "the error"));
  EXPECT_THAT(known, ElementsAre(false));
}

TEST_F(TrackTest, TellsItsObserversWhatChangedAndWhenItDid) {
  Token observation = track->observe(*this);

  track->set_state(TrackState::live, {});
  track->set_state(TrackState::live, {});
  const TrackFormat format{.rtp = {.encoding = "H264", .fmtp = {}}, .width = 64, .height = 64};
  track->set_format(Codec::h264, format);
  track->set_format(Codec::h264, format);

  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].state, TrackState::live);
  EXPECT_FALSE(seen[0].format);
  ASSERT_TRUE(seen[1].format);
  EXPECT_EQ(seen[1].format->width, 64);
  observation.reset();
  track->set_state(TrackState::waiting, {"test"_reason, "the camera is gone"});
  EXPECT_EQ(seen.size(), 2U);
  EXPECT_EQ(track->info().reason.message, "the camera is gone");
}

} // namespace
} // namespace fanlight::media
