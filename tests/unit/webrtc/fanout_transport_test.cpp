#include "webrtc/fanout_transport.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gst/pipeline.h"
#include "offers.h"
#include "support/fake_fanout.h"
#include "support/fake_media_source.h"
#include "support/turn_until.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp::test;
using fanlight::test::FakeFanout;
using fanlight::test::FakeMediaSource;
using fanlight::test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using State = ViewerTransport::State;

/// Hears what the transport says, on the default main context.
struct Heard : ViewerTransport::Observer {
  std::vector<std::string> answers;
  std::vector<State> states;
  std::string reason;

  void on_transport_answer(const std::string& sdp) override { answers.push_back(sdp); }
  void on_transport_candidate(const sdp::Candidate&) override {}
  void on_transport_state(State state, const std::string& why) override {
    states.push_back(state);
    reason = why;
  }
  void on_transport_failed(const std::string& why) override { reason = why; }
};

/// Viewers on an element that does what the test says.
class FanoutTransportTest : public testing::Test {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    FakeFanout::register_element();
    camera = std::make_shared<FakeMediaSource>();
    camera->encodings.emplace_back("OPUS");
    auto created = FanoutBranch::create(camera, {}, [](FanoutBranch&) {});
    ASSERT_TRUE(created) << created.error().message;
    branch = std::move(*created);
    fanout = branch->fanout();
    fake = FakeFanout::of(fanout->element());
    ASSERT_NE(fake, nullptr);
    transport = make("ab12", plain_with_audio());
  }
  /// What carries a viewer with that offer.
  std::shared_ptr<FanoutTransport> make(const std::string& id, const std::string& offer,
                                        const std::string& address = "127.0.0.1") const {
    auto made = FanoutTransport::create(id, branch, choices_for(parsed(offer)), address, heard);
    EXPECT_TRUE(made) << made.error().message;
    return made ? std::move(*made) : nullptr;
  }

  static sdp::Choices choices_for(const sdp::Offer& offer) {
    sdp::Choices choices;
    for (const auto& media : offer.media) {
      const bool is_video = media.kind == sdp::Offer::Kind::video;
      const std::vector<RtpFormat> formats{is_video ? h264("42e01f")
                                                    : RtpFormat{"OPUS", 48000, 2, {}}};
      auto choice = sdp::choose(media, formats);
      choices.push_back(choice ? std::optional(*choice) : std::nullopt);
      if (choice) choices.back()->stream = "main";
    }
    return choices;
  }
  Result<Done> accept(const std::string& text) {
    const sdp::Offer offer = parsed(text);
    return transport->accept(offer, choices_for(offer), false);
  }
  std::string answer_to(const std::string& text) {
    auto accepted = accept(text);
    EXPECT_TRUE(accepted) << accepted.error().message;
    const std::size_t before = heard->answers.size();
    turn_until([&] { return heard->answers.size() > before; }, "the answer");
    return heard->answers.empty() ? "" : heard->answers.back();
  }
  void refuse(const char* code, const char* message) const {
    fake->reply.reset(gst_structure_new("refusal", "code", G_TYPE_STRING, code, "message",
                                        G_TYPE_STRING, message, nullptr));
  }

  std::shared_ptr<FakeMediaSource> camera;
  std::shared_ptr<FanoutBranch> branch;
  std::shared_ptr<Fanout> fanout;
  FakeFanout* fake = nullptr;
  std::shared_ptr<Heard> heard = std::make_shared<Heard>();
  std::shared_ptr<FanoutTransport> transport;
};

TEST_F(FanoutTransportTest, OffersTheElementWhatWasChosenAndNamesItsPads) {
  ASSERT_TRUE(accept(plain_with_audio()));

  ASSERT_EQ(fake->calls.size(), 1u);
  const FakeFanout::Call& call = fake->calls[0];
  EXPECT_EQ(call.signal, "add-negotiated-viewer");
  EXPECT_EQ(call.id, "ab12");
  const std::string offered = take_string(gst_structure_to_string(call.offer.get()));
  EXPECT_THAT(offered, HasSubstr("payload-type\\=\\(int\\)102"));
  EXPECT_THAT(offered, HasSubstr("rtx-payload-type\\=\\(int\\)103"));
  EXPECT_THAT(offered, HasSubstr("payload-type\\=\\(int\\)111"));
  EXPECT_THAT(offered, Not(HasSubstr("VP8")));
  const Ref<GstPad> video = Ref<GstPad>::adopt(gst_element_get_static_pad(
      fanout->element(), gst_structure_get_string(call.options.get(), "video")));
  ASSERT_TRUE(video);
  const Ref<GstPad> audio = Ref<GstPad>::adopt(gst_element_get_static_pad(
      fanout->element(), gst_structure_get_string(call.options.get(), "audio")));
  ASSERT_TRUE(audio);
  EXPECT_TRUE(gst_pad_is_linked(video.get()));
  EXPECT_TRUE(gst_pad_is_linked(audio.get()));
}

TEST_F(FanoutTransportTest, OffersLoopbackCandidatesToWhoSignalsFromThere) {
  const auto loopback = [this] {
    gboolean asked = FALSE;
    gst_structure_get_boolean(fake->calls.back().options.get(), "loopback", &asked);
    return asked != FALSE;
  };
  ASSERT_TRUE(accept(plain()));
  EXPECT_TRUE(loopback());

  transport = make("cd34", plain(), "192.0.2.9");
  ASSERT_TRUE(accept(plain()));
  EXPECT_FALSE(loopback());
}

TEST_F(FanoutTransportTest, AnswersInTheShapeOfTheOfferAndComplete) {
  const std::string answer = answer_to(plain_with_audio());

  EXPECT_THAT(answer, HasSubstr("a=ice-lite\r\n"));
  EXPECT_THAT(answer, HasSubstr("m=video 9 UDP/TLS/RTP/SAVPF 102 103\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=rtpmap:111 opus/48000/2\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=candidate:1 1 udp 2130706431 192.0.2.1 8189 typ host\r\n"));
  EXPECT_THAT(answer, HasSubstr(" typ host tcptype passive\r\n"));
  EXPECT_THAT(answer, HasSubstr("a=end-of-candidates\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("a=ice-options:trickle")));
  EXPECT_THAT(answer, HasSubstr("profile-level-id=42e01f"));
}

TEST_F(FanoutTransportTest, AnswersWithTheFeedbackThatItReads) {
  const std::string answer = answer_to(
      with(plain(), "a=extmap:5 ",
           "a=extmap:3 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
           "a=extmap:4 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
           "\r\na=extmap:6 urn:ietf:params:rtp-hdrext:sdes:mid\r\na=extmap:5 "));

  for (const char* feedback : {"nack", "nack pli", "ccm fir", "goog-remb"})
    EXPECT_THAT(answer, HasSubstr("a=rtcp-fb:102 " + std::string{feedback} + "\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("transport-cc")));
  EXPECT_THAT(answer, HasSubstr("a=extmap:3 "));
  EXPECT_THAT(answer, HasSubstr("a=extmap:5 "));
  EXPECT_THAT(answer, HasSubstr("a=extmap:6 "));
}

TEST_F(FanoutTransportTest, ReadsNoEstimateWithoutTheTimesOfSending) {
  EXPECT_THAT(answer_to(plain()), Not(HasSubstr("goog-remb")));
}

TEST_F(FanoutTransportTest, SharesAPayloaderWithAllViewersOfACodec) {
  ASSERT_TRUE(accept(plain()));
  const auto other = make("cd34", plain());
  const sdp::Offer offer = parsed(plain());
  ASSERT_TRUE(other->accept(offer, choices_for(offer), true));

  EXPECT_STREQ(gst_structure_get_string(fake->calls[0].options.get(), "video"),
               gst_structure_get_string(fake->calls[1].options.get(), "video"));
  EXPECT_EQ(GST_ELEMENT(fanout->bin())->numsinkpads, 2) << "picture and sound";
}

TEST_F(FanoutTransportTest, SaysWhyItIsRefused) {
  const std::pair<const char*, Errc> kCodes[] = {{"bad-offer", Errc::invalid},
                                                 {"no-common-codec", Errc::unsupported},
                                                 {"busy", Errc::busy},
                                                 {"not-ready", Errc::unavailable},
                                                 {"unknown-viewer", Errc::conflict},
                                                 {"internal", Errc::internal},
                                                 {"of the future", Errc::internal}};
  for (const auto& [code, expected] : kCodes) {
    SCOPED_TRACE(code);
    refuse(code, "in so many words");

    const auto refused = accept(plain());

    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, expected);
    EXPECT_EQ(refused.error().message, "in so many words");
  }
}

TEST_F(FanoutTransportTest, BelievesNoAnswerThatSendsSomethingElse) {
  fake->reply.reset(gst_structure_new("answer", "id", G_TYPE_STRING, "ab12", "sdp", G_TYPE_STRING,
                                      "v=0\r\nm=video 0 UDP/TLS/RTP/SAVPF 102\r\na=mid:0\r\n",
                                      nullptr));

  const auto refused = accept(plain());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::internal);
  EXPECT_THAT(refused.error().message, HasSubstr("is rejected"));
}

TEST_F(FanoutTransportTest, RestartsIceOnTheSameViewer) {
  answer_to(plain());
  const std::string again = answer_to(with(plain(), "a=ice-ufrag:abcd", "a=ice-ufrag:newU"));

  ASSERT_EQ(fake->calls.size(), 2u);
  EXPECT_EQ(fake->calls[1].signal, "restart-negotiated-viewer");
  EXPECT_EQ(fake->calls[1].id, "ab12");
  EXPECT_STREQ(gst_structure_get_string(fake->calls[1].offer.get(), "ice-ufrag"), "newU");
  EXPECT_THAT(again, HasSubstr("m=video 9 "));
}

TEST_F(FanoutTransportTest, TellsTheStatesOfItsOwnViewerOnly) {
  ASSERT_TRUE(accept(plain()));
  FakeFanout::say(fanout->element(), "cd34", "failed", "of somebody else");
  for (const char* state : {"connecting", "connected", "disconnected", "closed"})
    FakeFanout::say(fanout->element(), "ab12", state);
  FakeFanout::say(fanout->element(), "ab12", "failed", "the certificate is another one");

  turn_until([this] { return heard->states.size() >= 5; }, "the states");

  EXPECT_THAT(heard->states, ElementsAre(State::connecting, State::connected, State::disconnected,
                                         State::closed, State::failed));
  EXPECT_EQ(heard->reason, "the certificate is another one");
}

TEST_F(FanoutTransportTest, SaysGoodbyeAtItsEndAndHearsNothingAfterIt) {
  ASSERT_TRUE(accept(plain()));
  FakeFanout::say(fanout->element(), "ab12", "connected");

  transport.reset();
  bool later = false;
  post([&later] { later = true; });
  turn_until([&later] { return later; }, "what was under way");

  EXPECT_EQ(fake->calls.back().signal, "remove-viewer");
  EXPECT_EQ(fake->calls.back().id, "ab12");
  EXPECT_TRUE(heard->states.empty());
}

TEST_F(FanoutTransportTest, RemovesNobodyWhoWasRefused) {
  refuse("busy", "full");
  ASSERT_FALSE(accept(plain()));
  transport.reset();
  EXPECT_EQ(fake->calls.back().signal, "add-negotiated-viewer");
}

TEST_F(FanoutTransportTest, ReadsTheCounters) {
  ASSERT_TRUE(accept(plain()));
  fake->stats.reset(gst_structure_new(
      "viewer-stats", "packets-sent", G_TYPE_UINT64, guint64{1000}, "bytes-sent", G_TYPE_UINT64,
      guint64{1'100'000}, "packets-lost", G_TYPE_INT64, gint64{-2}, "rtt", G_TYPE_DOUBLE, 12.5,
      "nack-count", G_TYPE_UINT64, guint64{3}, "pli-count", G_TYPE_UINT64, guint64{4}, "fir-count",
      G_TYPE_UINT64, guint64{1}, "groups-dropped", G_TYPE_UINT64, guint64{5}, "estimate",
      G_TYPE_UINT64, guint64{900'000}, "candidate", G_TYPE_STRING, "tcp", nullptr));
  TransportStats read;
  const auto keep = [&read](const TransportStats& stats) { read = stats; };

  transport->read_stats(keep);

  EXPECT_EQ(read.packets_sent, 1000u);
  EXPECT_EQ(read.bytes_sent, 1'100'000u);
  EXPECT_EQ(read.packets_lost, -2);
  EXPECT_EQ(read.rtt_ms, 12.5);
  EXPECT_EQ(read.nack_count, 3u);
  EXPECT_EQ(read.pli_count, 5u);
  EXPECT_EQ(read.groups_dropped, 5u);
  EXPECT_EQ(read.estimate, 900'000u);
  EXPECT_EQ(read.candidate, "tcp");

  // Of a viewer that has gone the last ones stay.
  fake->stats.reset();
  read = {};
  transport->read_stats(keep);
  EXPECT_EQ(read.packets_sent, 1000u);
}

TEST_F(FanoutTransportTest, HasTheFanoutFedWithWhatWasChosenAndNothingElse) {
  EXPECT_THAT(camera->fed, ElementsAre("main-H264", "main-OPUS"));

  const auto unknown =
      FanoutTransport::create("cd34", branch, choices_for(parsed(plain())), "127.0.0.1", heard);
  ASSERT_TRUE(unknown);
  EXPECT_THAT(camera->fed, ElementsAre("main-H264", "main-OPUS"));
}

TEST_F(FanoutTransportTest, RefusesAStreamThatTheCameraDoesNotSend) {
  camera->encodings = {"H265"};
  sdp::Choices choices = choices_for(parsed(plain()));
  choices.at(0)->stream = "sub";

  const auto refused = FanoutTransport::create("cd34", branch, choices, "127.0.0.1", heard);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::not_found);
}

TEST_F(FanoutTransportTest, PlaysWhatWasChosenWithoutAsking) {
  ASSERT_TRUE(accept(plain_with_audio()));

  ASSERT_TRUE(transport->play(choices_for(parsed(plain_with_audio()))));

  EXPECT_EQ(fake->calls.size(), 1u) << "the element has begun by itself";
}

TEST_F(FanoutTransportTest, SwitchesThePictureToAnotherStream) {
  ASSERT_TRUE(accept(plain_with_audio()));
  sdp::Choices choices = choices_for(parsed(plain_with_audio()));
  for (auto& choice : choices)
    if (choice->sent.encoding == "H264") choice->stream = "sub";

  const auto switched = transport->play(choices);

  ASSERT_TRUE(switched) << switched.error().message;
  ASSERT_EQ(fake->calls.size(), 2u);
  EXPECT_EQ(fake->calls[1].signal, "choose-video");
  EXPECT_EQ(fake->calls[1].id, "ab12");
  EXPECT_TRUE(camera->feeds("sub", "H264"));
  EXPECT_TRUE(camera->feeds("main", "H264")) << "until the new one has a key frame";
  // It has it by now.
  ASSERT_TRUE(transport->play(choices));
  EXPECT_EQ(fake->calls.size(), 2u);
}

TEST_F(FanoutTransportTest, SaysWhyItCannotSwitch) {
  ASSERT_TRUE(accept(plain()));
  sdp::Choices choices = choices_for(parsed(plain()));
  choices.at(0)->stream = "sub";
  refuse("unknown-viewer", "it has gone");

  const auto refused = transport->play(choices);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::conflict);
}

TEST_F(FanoutTransportTest, TellsThatTheFanoutFailed) {
  camera->fail("out of luck");

  turn_until([this] { return !heard->reason.empty(); }, "the failure");

  EXPECT_EQ(heard->reason, "webrtcfanout failed: out of luck");
}

} // namespace
} // namespace fanlight::webrtc
