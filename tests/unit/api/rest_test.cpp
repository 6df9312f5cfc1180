#include <cerrno>
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class RestTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    start();
  }
};

TEST_F(RestTest, ListsCamerasInTheirOrder) {
  const Response response = get("/api/cameras");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_EQ(response.header("cache-control"), "no-store");
  EXPECT_EQ(response.header("vary"), "Origin");
  EXPECT_LT(response.body.find("\"front\""), response.body.find("\"yard\""));
  EXPECT_THAT(response.body, HasSubstr("마당"));
}

TEST_F(RestTest, TellsEverythingOfACamera) {
  directory.all_cameras[0].best.bitrate = 2'000'000;
  directory.all_cameras[0].best.fps = 12.5;

  const Response response = get("/api/cameras/front");

  EXPECT_EQ(response.status, 200);
  for (const char* name : {"id", "name", "url", "state", "reason", "state_age_ms", "video_codec",
                           "audio_codec", "audio_note", "width", "height", "fps", "bitrate",
                           "packets", "bytes", "reconnects", "viewers", "cached_bytes"})
    EXPECT_THAT(response.body, HasSubstr('"' + std::string{name} + "\":"));
  EXPECT_THAT(response.body, HasSubstr("\"bitrate\":2000000"));
  EXPECT_THAT(response.body, HasSubstr("\"fps\":12.5"));
}

TEST_F(RestTest, TellsReasonsWithTheirCodesAndValues) {
  cameras::StreamInfo& stream = directory.all_cameras[0].best;
  const std::vector<Reason> faults{{"expired"_reason, "it has expired"},
                                   {"host"_reason, "it is for {host}", {{"host", "h"}}}};
  stream.reason = {
      "untrusted"_reason, "after {seconds} s: {faults}", {{"seconds", 7}, {"faults", faults}}};
  stream.audio_note = {"no_sound"_reason, "no sound"};

  const Response response = get("/api/cameras/front");

  EXPECT_THAT(
      response.body,
      HasSubstr(R"("reason":"after 7 s: it has expired, it is for h","reason_code":"untrusted",)"
                R"("reason_values":{"seconds":7,"faults":[)"
                R"({"message":"it has expired","message_code":"expired"},)"
                R"({"message":"it is for h","message_code":"host",)"
                R"("message_values":{"host":"h"}}]},"state_age_ms")"));
  EXPECT_THAT(response.body,
              HasSubstr(R"("audio_note":"no sound","audio_note_code":"no_sound","width")"));
}

TEST_F(RestTest, TellsNoCodeOfAReasonThatIsNotThere) {
  const std::string body = get("/api/cameras/front").body;

  EXPECT_THAT(body, HasSubstr(R"("reason":"","state_age_ms")"));
}

TEST_F(RestTest, FindsACameraByItsEscapedId) { EXPECT_EQ(get("/api/cameras/%66ront").status, 200); }

TEST_F(RestTest, KnowsNoOtherCamera) {
  const Response response = get("/api/cameras/back");

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.header("content-type"), "application/problem+json");
  EXPECT_THAT(response.body, HasSubstr("\"code\":\"not_found\""));
  EXPECT_THAT(response.body,
              HasSubstr(R"("detail":"there is no camera 'back'","detail_code":"unknown_camera",)"
                        R"("detail_values":{"camera":"back"})"));
}

TEST_F(RestTest, SaysNothingOfAnOddPath) {
  EXPECT_EQ(get("/api").status, 404);
  EXPECT_EQ(get("/api/").status, 404);
  EXPECT_EQ(get("/api/secrets").status, 404);
  EXPECT_EQ(get("/api/cameras/front/pipeline.png").status, 404);
  EXPECT_EQ(get("/api/sessions/a/b").status, 404);
  RawClient raw{server->port()}; // libsoup's client would not send this.
  raw.write("GET /api/cameras/%zz HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(raw.wait_for("HTTP/1.1 400"));
  EXPECT_EQ(get("/api/cameras/a%00b").status, 400);
  EXPECT_EQ(get("/api/cameras/a%2fb").status, 400);
  EXPECT_EQ(get("/api/cameras/" + std::string(3000, 'a')).status, 400);
}

TEST_F(RestTest, MakesTextThatIsNotUtf8IntoJson) {
  directory.all_cameras[0].name = "caf\xe9\n\"quoted\"";

  const Response response = get("/api/cameras/front");

  EXPECT_TRUE(g_utf8_validate(response.body.c_str(), -1, nullptr));
  EXPECT_THAT(response.body, HasSubstr("\\n\\\"quoted\\\""));
}

TEST_F(RestTest, ListsSessionsWithFreshCounters) {
  send({"POST", "/whep/front", "v=0\r\n", "application/sdp", {}});

  const Response response = get("/api/sessions");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(directory.refreshes, 1);
  EXPECT_THAT(response.body, HasSubstr("\"id\":\"session-1\""));
  EXPECT_THAT(response.body, HasSubstr("\"packets_sent\":7"));
  for (const char* name :
       {"camera", "state", "transport", "transport_reason", "signalling", "remote_address",
        "video_codec", "audio_codec", "codec_reason", "age_ms", "bytes_sent", "estimate",
        "candidate", "packets_lost", "rtt_ms", "nack_count", "pli_count", "groups_dropped"})
    EXPECT_THAT(response.body, HasSubstr('"' + std::string{name} + "\":"));
}

TEST_F(RestTest, TellsOfOneSession) {
  send({"POST", "/whep/front", "v=0\r\n", "application/sdp", {}});

  EXPECT_THAT(get("/api/sessions/session-1").body, HasSubstr("\"remote_address\":\"127.0.0.1\""));
  EXPECT_EQ(get("/api/sessions/session-2").status, 404);
}

TEST_F(RestTest, RefreshesTheCountersOfTheOneSessionThatIsAskedFor) {
  send({"POST", "/whep/front", "v=0\r\n", "application/sdp", {}});
  get("/api/sessions/session-1");
  EXPECT_THAT(directory.refreshed, testing::ElementsAre("session-1"));
}

TEST_F(RestTest, RefreshesCountersOnceForRequestsThatComeTogether) {
  const auto first = std::make_shared<Response>();
  const auto second = std::make_shared<Response>();
  begin({"GET", "/api/sessions", {}, {}, {}}, first);
  begin({"GET", "/api/sessions", {}, {}, {}}, second);
  turn_until([&] { return first->status != 0 && second->status != 0; }, "both");

  EXPECT_EQ(first->status, 200);
  EXPECT_EQ(second->status, 200);
  EXPECT_LE(directory.refreshes, 2);
}

TEST_F(RestTest, IsHealthyWhileItServesAndReadyWhenAllCamerasAreLive) {
  EXPECT_EQ(get("/health").status, 200);
  const Response waiting = get("/ready");
  EXPECT_EQ(waiting.status, 503);
  EXPECT_THAT(waiting.body, HasSubstr("\"state\":\"retrying\""));
  EXPECT_THAT(waiting.body, HasSubstr("no answer"));

  cameras::CameraInfo yard = directory.all_cameras[1];
  yard.best.state = "live";
  directory.change(yard);

  EXPECT_EQ(get("/ready").status, 200);
  EXPECT_THAT(get("/health").body, HasSubstr("\"version\":"));
}

TEST_F(RestTest, IsReadyWithoutACameraThatConnectsOnDemand) {
  cameras::CameraInfo yard = directory.all_cameras[1];
  yard.best.state = "idle";
  yard.best.pull = "on_demand";
  directory.change(yard);
  EXPECT_EQ(get("/ready").status, 200);

  yard.best.state = "refused";
  directory.change(yard);
  EXPECT_EQ(get("/ready").status, 503);
}

TEST_F(RestTest, TellsHowEachStreamOfACameraDoes) {
  cameras::StreamInfo sub;
  sub.id = "sub";
  sub.pull = "on_demand";
  sub.state = "retrying";
  sub.retry_in_ms = 1500;
  sub.gop_frames = 50;
  sub.b_frames = true;
  sub.key_frame_wait_ms = 7000;
  sub.timestamp_standstills = 4;
  sub.access_units = 77;
  directory.all_cameras[0].streams = {sub};

  const Response response = get("/api/cameras/front");

  for (const char* member :
       {R"("streams":[{"id":"sub","pull":"on_demand")", R"("retry_in_ms":1500)",
        R"("gop_frames":50)", R"("b_frames":true)", R"("last_key_frame_ms":-1)",
        R"("key_frame_wait_ms":7000)", R"("timestamp_standstills":4)", R"("access_units":77)"})
    EXPECT_THAT(response.body, HasSubstr(member));
}

TEST_F(RestTest, GivesThePipelineAsGraphviz) {
  const Response response = get("/api/cameras/front/pipeline.dot");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "text/vnd.graphviz; charset=utf-8");
  EXPECT_EQ(response.body, "digraph { a -> b }");
  EXPECT_EQ(get("/api/cameras/back/pipeline.dot").status, 404);
}

TEST_F(RestTest, DrawsThePipeline) {
  const Response response = get("/api/cameras/front/pipeline.svg");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "image/svg+xml");
  EXPECT_THAT(response.body, HasSubstr("<svg"));
  EXPECT_EQ(get("/api/cameras/back/pipeline.svg").status, 404);
}

TEST_F(RestTest, SaysThatADrawingFailed) {
  directory.dot = "this is no graph";

  const Response response = get("/api/cameras/front/pipeline.svg");

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("drawing the pipeline"));
}

/// Runs with a PATH of its own, in which `dot` is what the test wants.
class DotTest : public ServerTest {
 protected:
  DotTest() : path_(g_getenv("PATH")) { g_setenv("PATH", folder.c_str(), TRUE); }
  ~DotTest() override { g_setenv("PATH", path_.c_str(), TRUE); }
  void install_dot(const std::string& script) {
    std::filesystem::create_directory(folder / "web");
    write_file("../dot", "#!/bin/sh\n" + script + "\n");
    std::filesystem::permissions(folder / "dot", std::filesystem::perms::owner_all);
  }
  /// Whether this process has no children, which would outlive it.
  static bool is_alone() { return waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD; }

 private:
  const std::string path_;
};

TEST_F(DotTest, SaysThatGraphvizIsNotInstalled) {
  start();

  const Response response = get("/api/cameras/front/pipeline.svg");

  EXPECT_EQ(response.status, 501);
  EXPECT_THAT(response.body, HasSubstr("graphviz"));
}

TEST_F(DotTest, EndsADrawingThatTakesTooLong) {
  limits.graph = std::chrono::milliseconds{50};
  install_dot("exec /bin/sleep 60");
  start();

  const Response response = get("/api/cameras/front/pipeline.svg");

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("too long"));
  EXPECT_TRUE(is_alone());
}

TEST_F(DotTest, RefusesADrawingThatIsTooLarge) {
  limits.graph_size = 1000;
  install_dot("while :; do echo 0123456789; done");
  start();

  const Response response = get("/api/cameras/front/pipeline.svg");

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("too large"));
  EXPECT_TRUE(is_alone());
}

TEST_F(DotTest, DrawsOnlySoManyAtOnce) {
  limits.graphs = 1;
  const std::filesystem::path gate = folder / "gate";
  ASSERT_EQ(mkfifo(gate.c_str(), 0600), 0);
  install_dot("read line < " + gate.string());
  start();
  const auto first = std::make_shared<Response>();
  begin({"GET", "/api/cameras/front/pipeline.svg", {}, {}, {}}, first);
  turn_until([&] { return directory.drawings == 1; }, "the first to be drawn");

  const Response second = get("/api/cameras/yard/pipeline.svg");

  EXPECT_EQ(second.status, 503);
  EXPECT_FALSE(second.header("retry-after").empty());
  // Opened both ways, it does not wait for the script; open until the end, it keeps the line for
  // it.
  std::fstream line{gate};
  line << std::endl;
  turn_until([&] { return first->status != 0; }, "the first");
}

TEST_F(RestTest, AnswersHeadWithoutABody) {
  const Response response = send({"HEAD", "/api/cameras", {}, {}, {}});

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "");
}

TEST_F(RestTest, OnlyReads) {
  for (const char* path : {"/api/cameras/front", "/api/sessions", "/health"}) {
    const Response response = send({"POST", path, "x", "text/plain", {}});
    EXPECT_EQ(response.status, 405);
    EXPECT_EQ(response.header("allow"), "GET, HEAD, OPTIONS");
  }
}

} // namespace
} // namespace fanlight::test
