#include "rtsp/client.h"

#include <memory>
#include <optional>

#include <gmock/gmock.h>

namespace fanlight::rtsp {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;
using Kind = Failure::Kind;

constexpr const char* kSdp =
    "v=0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    "a=control:trackID=1\r\nm=audio 0 RTP/AVP 0\r\na=control:trackID=2\r\n";

/// A talk in which the test is the camera.
class ClientTest : public testing::Test, public Client::Observer {
 protected:
  ClientTest() { start(); }
  void start(Login login = {}, KeepAlivePlan plan = {}) {
    client_ = std::make_unique<Client>(Client::Settings{.url = "rtsp://192.0.2.1/live",
                                                        .login = std::move(login),
                                                        .plan = plan,
                                                        .agent = "Fanlight"},
                                       *this);
    client_->begin();
    asked_ = client_->take_output();
  }
  /// The camera answers, and what it is asked then.
  const std::string& answer(int status, const std::string& headers = {},
                            const std::string& body = {}) {
    auto message = read_head("RTSP/1.0 " + std::to_string(status) + " X\r\n" + headers + "\r\n");
    message->body = body;
    client_->take(*message);
    return asked_ = client_->take_output();
  }
  void play() {
    answer(200, "Public: DESCRIBE, GET_PARAMETER\r\n");
    answer(200, "", kSdp);
    answer(200, "Session: 12; timeout=30\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n");
    answer(200, "Transport: RTP/AVP/TCP;interleaved=2-3\r\n");
    answer(200);
  }

  std::vector<Client::Medium> on_description(const Description&) override {
    std::vector<Client::Medium> media;
    for (int i = 0; i < 2; ++i)
      media.push_back({.control = "rtsp://192.0.2.1/live/trackID=" + std::to_string(i + 1),
                       .sound = i == 1,
                       .transport = {.tcp = true, .interleaved = std::pair{2 * i, 2 * i + 1}}});
    return wanted_ ? media : std::vector<Client::Medium>{};
  }
  void on_set_up(std::size_t medium, const Transport& agreed) override {
    EXPECT_EQ(medium, set_up_.size());
    set_up_.push_back(agreed);
  }
  void on_play() override { ++played_; }
  void on_end(const Failure& failure) override { end_ = failure; }

  std::unique_ptr<Client> client_;
  std::string asked_;
  bool wanted_ = true;
  std::vector<Transport> set_up_;
  int played_ = 0;
  std::optional<Failure> end_;
};

TEST_F(ClientTest, AsksForAllThatIsWanted) {
  EXPECT_THAT(asked_, StartsWith("OPTIONS rtsp://192.0.2.1/live RTSP/1.0\r\nCSeq: 1\r\n"));
  EXPECT_THAT(answer(200), AllOf(StartsWith("DESCRIBE rtsp://192.0.2.1/live RTSP/1.0\r\n"),
                                 HasSubstr("Accept: application/sdp\r\n")));
  EXPECT_THAT(answer(200, "", kSdp),
              AllOf(StartsWith("SETUP rtsp://192.0.2.1/live/trackID=1 RTSP/1.0\r\n"),
                    HasSubstr("Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n"),
                    Not(HasSubstr("Session"))));
  EXPECT_THAT(answer(200, "Session: 12;timeout=30\r\n"),
              AllOf(StartsWith("SETUP rtsp://192.0.2.1/live/trackID=2 RTSP/1.0\r\n"),
                    HasSubstr("interleaved=2-3\r\n"), HasSubstr("Session: 12\r\n")));
  EXPECT_THAT(answer(200, "Transport: RTP/AVP/TCP;interleaved=6-7\r\n"),
              AllOf(StartsWith("PLAY rtsp://192.0.2.1/live RTSP/1.0\r\n"),
                    HasSubstr("Session: 12\r\n"), HasSubstr("Range: npt=0.000-\r\n")));
  EXPECT_EQ(played_, 0);
  EXPECT_EQ(answer(200), "");

  EXPECT_EQ(played_, 1);
  ASSERT_EQ(set_up_.size(), 2u);
  EXPECT_EQ(set_up_[0].interleaved, (std::pair{0, 1})) << "assumed: the answer names none";
  EXPECT_EQ(set_up_[1].interleaved, (std::pair{6, 7}));
  EXPECT_EQ(client_->timeout(), std::chrono::seconds{30});
  EXPECT_FALSE(end_);
}

TEST_F(ClientTest, DescribesEvenIfOptionsAreRefused) {
  for (const int status : {400, 404, 405, 501, 503}) {
    start();
    EXPECT_THAT(answer(status), StartsWith("DESCRIBE")) << status;
  }
}

TEST_F(ClientTest, SaysWhatWasRefused) {
  answer(200);
  answer(404);

  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->kind, Kind::refused);
  EXPECT_EQ(end_->status, 404);
  EXPECT_EQ(end_->method, "DESCRIBE");
  EXPECT_FALSE(end_->sound);
}

TEST_F(ClientTest, SaysThatOnlyTheSoundWasRefused) {
  answer(200);
  answer(200, "", kSdp);
  answer(200, "Session: 12\r\n");
  answer(461);

  ASSERT_TRUE(end_);
  EXPECT_TRUE(end_->sound);
}

TEST_F(ClientTest, LogsInOnceItIsAskedTo) {
  start({"user", "pass"});
  EXPECT_THAT(asked_, Not(HasSubstr("Authorization")));
  EXPECT_THAT(answer(401, "WWW-Authenticate: Basic realm=\"x\"\r\n"),
              AllOf(StartsWith("OPTIONS"), HasSubstr("Authorization: Basic dXNlcjpwYXNz\r\n")));
  EXPECT_THAT(answer(200), AllOf(StartsWith("DESCRIBE"), HasSubstr("Authorization: Basic")));

  answer(401, "WWW-Authenticate: Basic realm=\"x\"\r\n");
  ASSERT_TRUE(end_) << "a refused password is not sent again";
  EXPECT_EQ(end_->verdict, Login::Verdict::refused);
}

TEST_F(ClientTest, GoesWhereItIsRedirectedTo) {
  answer(200);
  EXPECT_EQ(answer(302, "Location: rtsp://192.0.2.2:8554/other\r\n"), "");

  ASSERT_TRUE(end_);
  EXPECT_EQ(end_->kind, Kind::none);
  EXPECT_EQ(client_->url(), "rtsp://192.0.2.2:8554/other");
  client_->begin();
  EXPECT_THAT(client_->take_output(), StartsWith("OPTIONS rtsp://192.0.2.2:8554/other"));
}

TEST_F(ClientTest, DoesNotFollowForEver) {
  for (unsigned i = 0; i <= Client::kMostRedirections; ++i) {
    answer(302, "Location: /again\r\n");
    if (i < Client::kMostRedirections) client_->begin();
  }

  EXPECT_EQ(end_->kind, Kind::redirections);
}

TEST_F(ClientTest, ReadsAnswersWithoutANumberAndIgnoresWhatIsNoAnswer) {
  EXPECT_EQ(answer(100), "");
  EXPECT_THAT(answer(200), StartsWith("DESCRIBE"));
  client_->take(*read_head("OPTIONS * RTSP/1.0\r\nCSeq: 7\r\n\r\n"));
  EXPECT_THAT(client_->take_output(), StartsWith("RTSP/1.0 200 OK\r\nCSeq: 7\r\n"));
  client_->take(*read_head("ANNOUNCE * RTSP/1.0\r\nCSeq: 8\r\n\r\n"));
  EXPECT_THAT(client_->take_output(), StartsWith("RTSP/1.0 501"));
  EXPECT_EQ(client_->method(), "DESCRIBE");
}

TEST_F(ClientTest, KeepsTheSessionAliveByTheRequestThatTheCameraLists) {
  play();
  EXPECT_EQ(client_->period(), std::chrono::seconds{15});
  client_->keep_alive();
  EXPECT_THAT(client_->take_output(),
              AllOf(StartsWith("GET_PARAMETER rtsp://192.0.2.1/live "), HasSubstr("Session: 12")));
  EXPECT_FALSE(client_->must_answer());
  EXPECT_EQ(client_->keep_alives(), 0u);

  answer(501);

  EXPECT_EQ(client_->keep_alives(), 1u);
  EXPECT_FALSE(end_);
  client_->keep_alive();
  EXPECT_THAT(client_->take_output(), StartsWith("OPTIONS"));
}

TEST_F(ClientTest, SaysGoodbye) {
  client_->say_goodbye();
  EXPECT_EQ(client_->take_output(), "") << "there is no session yet";
  play();

  client_->say_goodbye();

  EXPECT_THAT(client_->take_output(),
              AllOf(StartsWith("TEARDOWN rtsp://192.0.2.1/live "), HasSubstr("Session: 12")));
}

TEST_F(ClientTest, RefusesADescriptionThatIsTooLong) {
  answer(200);
  std::string sdp = "v=0\r\n";
  for (int i = 0; i < 65; ++i) sdp += "m=video 0 RTP/AVP 96\r\n";
  answer(200, "", sdp);

  EXPECT_EQ(end_->kind, Kind::description);
  EXPECT_EQ(end_->excess, Excess::media);
}

TEST_F(ClientTest, AsksForNothingThatIsNotWanted) {
  wanted_ = false;
  answer(200);

  EXPECT_EQ(answer(200, "", kSdp), "");
}

} // namespace
} // namespace fanlight::rtsp
