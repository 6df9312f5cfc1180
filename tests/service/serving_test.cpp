#include <csignal>

#include <gmock/gmock.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t occurrences(const std::string& text, const std::string& of) {
  std::size_t count = 0;
  for (auto at = text.find(of); at != std::string::npos; at = text.find(of, at + 1)) ++count;
  return count;
}

/// The running service as operators, pages and players see it; media is looked at elsewhere.
class ServingTest : public ServiceTest {};

TEST_F(ServingTest, IsHealthyAtOnceAndReadyWhenItsCamerasAreLive) {
  start_cameras({small("front"), small("yard")});
  start_service({camera("front"), camera("yard")});

  EXPECT_EQ(get("/health").status, 200);
  const Response ready = poll(
      "/ready", [](const Response& response) { return response.status == 200; }, "readiness");

  EXPECT_THAT(ready.body,
              AllOf(HasSubstr("\"front\""), HasSubstr("\"yard\""), Not(HasSubstr("connecting"))));
}

TEST_F(ServingTest, TellsWhatACameraSends) {
  start_cameras({small("front")});
  start_service({camera("front", "    name: Front door\n")});
  wait_state("front", "live");

  const Response response = poll(
      "/api/cameras/front",
      [](const Response& r) { return r.body.find("\"width\":320") != std::string::npos; },
      "the size");

  EXPECT_EQ(text_of(response.body, "name"), "Front door");
  EXPECT_EQ(text_of(response.body, "video_codec"), "H264");
  EXPECT_THAT(response.body, HasSubstr("\"height\":180"));
}

TEST_F(ServingTest, ShowsThePipelineOfACamera) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");

  const Response dot = get("/api/cameras/front/pipeline.dot");
  EXPECT_EQ(dot.status, 200);
  EXPECT_THAT(dot.body,
              AllOf(StartsWith("digraph"), HasSubstr("GstRTSPSrc"), HasSubstr("GstGopTee")));
  const Response svg = get("/api/cameras/front/pipeline.svg");
  EXPECT_EQ(svg.status, 200);
  EXPECT_THAT(svg.body, HasSubstr("<svg"));
}

TEST_F(ServingTest, ServesThePage) {
  start_service({});
  const Response page = get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.header("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(send("GET", "/", {}, {}, {{"If-None-Match", page.header("etag")}}).status, 304);
  EXPECT_EQ(get("/../src/main.cpp").status, 404);
}

TEST_F(ServingTest, OpensAndEndsAWhepSession) {
  start_cameras({small("front")});
  start_service({camera("front")});

  const Response opened = post_offer("front");
  ASSERT_EQ(opened.status, 201) << opened.body;
  EXPECT_THAT(opened.body, AllOf(StartsWith("v=0"), HasSubstr("m=video"), HasSubstr("a=sendonly"),
                                 HasSubstr("H264/90000"), HasSubstr("a=candidate:"),
                                 HasSubstr("a=fingerprint:sha-256")));
  const std::string location = opened.session();
  EXPECT_THAT(location, StartsWith("/whep/front/"));
  const Response sessions = get("/api/sessions");
  EXPECT_THAT(sessions.body, AllOf(HasSubstr("\"camera\":\"front\""), HasSubstr("\"whep\""),
                                   HasSubstr("\"video_codec\":\"H264\"")));

  EXPECT_EQ(send("DELETE", location).status, 200);

  poll(
      "/api/sessions",
      [](const Response& r) { return r.body.find("\"front\"") == std::string::npos; },
      "the session to end");
  EXPECT_EQ(send("DELETE", location).status, 200) << "its player need not know";
  EXPECT_EQ(send("PATCH", location).status, 404);
}

TEST_F(ServingTest, ListsSessionsPageByPage) {
  start_cameras({small("front")});
  start_service({camera("front")});
  for (int i = 0; i < 3; ++i) ASSERT_EQ(post_offer("front").status, 201);

  std::string seen;
  std::string after;
  for (int page = 0; page < 3; ++page) {
    const std::string body = get("/api/sessions?limit=1&after=" + after).body;
    EXPECT_EQ(occurrences(body, "\"camera\":\"front\""), 1U) << body;
    const auto id = body.substr(body.find("\"id\":\"") + 6, 32);
    EXPECT_EQ(body.find("\"next\":\"" + id) != std::string::npos, page < 2) << body;
    EXPECT_EQ(seen.find(id), std::string::npos) << "a session comes once";
    seen += id + ' ';
    after = id;
  }
  EXPECT_EQ(get("/api/sessions?limit=1&after=" + after).body, "{\"sessions\":[]}");
  EXPECT_EQ(get("/api/sessions?limit=0").status, 400);
  EXPECT_THAT(get("/api/server").body, HasSubstr("\"sessions\":3"));
}

TEST_F(ServingTest, DrawsAPipelineWhileViewersComeAndGo) {
  start_cameras({small("front")});
  start_service({camera("front")});

  for (int i = 0; i < 5; ++i) {
    const Response opened = post_offer("front");
    ASSERT_EQ(opened.status, 201);
    const Response dot = get("/api/cameras/front/pipeline.dot");
    EXPECT_EQ(dot.status, 200);
    EXPECT_THAT(dot.body, AllOf(StartsWith("digraph"), HasSubstr("<GstPipeline>")));
    EXPECT_EQ(send("DELETE", opened.session()).status, 200);
  }
}

TEST_F(ServingTest, TakesTrickledCandidatesAndAnIceRestart) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const Response opened = post_offer("front");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string location = opened.session();
  const std::string type = "application/trickle-ice-sdpfrag";
  const std::string candidate = "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n"
                                "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host\r\n";

  const std::string restart =
      "a=ice-ufrag:newU\r\na=ice-pwd:newpasswordnewpassword1\r\n" + candidate;

  EXPECT_EQ(send("PATCH", location, candidate, type).status, 204);
  EXPECT_EQ(send("PATCH", location, candidate, type, {{"If-Match", opened.header("etag")}}).status,
            204);
  EXPECT_EQ(send("PATCH", location, restart, type).status, 428);

  const Response restarted = send("PATCH", location, restart, type, {{"If-Match", "*"}});
  EXPECT_EQ(restarted.status, 200) << restarted.body;
  EXPECT_THAT(restarted.body, AllOf(HasSubstr("a=ice-ufrag:"), HasSubstr("a=ice-pwd:")));
  EXPECT_NE(restarted.header("etag"), opened.header("etag"));
}

TEST_F(ServingTest, RefusesAnIceRestartThatMakesASessionGrow) {
  start_cameras({small("front")});
  start_service({camera("front")});
  std::string twice = browser_offer();
  twice.insert(twice.find("a=ice-ufrag:"), "a=ice-ufrag:abcd\r\n");
  const Response refused = post_offer("front", twice);
  EXPECT_EQ(refused.status, 400) << refused.body;
  EXPECT_THAT(refused.body, HasSubstr("a second a=ice-ufrag"));

  const Response opened = post_offer("front");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const auto restart = [&](int candidates) {
    std::string fragment = "a=ice-ufrag:newU\r\na=ice-pwd:newpasswordnewpassword1\r\n"
                           "m=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n";
    for (int i = 0; i < candidates; ++i)
      fragment += "a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host generation 0 network-id 1 "
                  "network-cost 10 ufrag newU\r\n";
    return send("PATCH", opened.session(), fragment, "application/trickle-ice-sdpfrag",
                {{"If-Match", "*"}});
  };
  const Response large = restart(250);
  EXPECT_EQ(large.status, 400) << large.body;
  EXPECT_THAT(large.body, HasSubstr("much larger than the first one"));

  EXPECT_EQ(restart(50).status, 200) << "it is kept, and may restart";
}

TEST_F(ServingTest, RefusesAViewerAboveTheLimitAndSaysWhenToRetry) {
  start_cameras({small("front")});
  start_service({camera("front", "    max_viewers: 1\n")});
  const Response first = post_offer("front");
  ASSERT_EQ(first.status, 201) << first.body;

  const Response second = post_offer("front");
  EXPECT_EQ(second.status, 503);
  EXPECT_EQ(second.header("retry-after"), "5");
  EXPECT_THAT(second.body, HasSubstr("\"busy\""));

  // The place is free again when the first one leaves.
  send("DELETE", first.session());
  bool free = false;
  for (int i = 0; i < 100 && !free; ++i) free = post_offer("front").status == 201;
  EXPECT_TRUE(free);
}

TEST_F(ServingTest, RefusesABrowserWithoutACommonCodecInWords) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");

  const Response refused = post_offer("front", offer_without_h264());

  EXPECT_EQ(refused.status, 406) << refused.body;
  EXPECT_THAT(refused.body,
              AllOf(HasSubstr("no_common_codec"), HasSubstr("H264"), HasSubstr("VP8")));
  EXPECT_TRUE(service->wait_output("refusing a viewer: "));
  const std::string log = service->output();
  const auto said = log.find("the viewer supports");
  EXPECT_EQ(log.find("the viewer supports", said + 1), log.npos) << "which is said once";
}

TEST_F(ServingTest, RefusesWhatIsNoOffer) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");
  EXPECT_EQ(post_offer("nowhere").status, 404);
  EXPECT_EQ(post_offer("front", "hello").status, 400);
  EXPECT_EQ(post_offer("front", std::string(300'000, 'v')).status, 413);
  EXPECT_EQ(send("POST", "/whep/front", "{}", "application/json").status, 415);
  EXPECT_EQ(send("GET", "/whep/front").status, 405);
}

TEST_F(ServingTest, CarriesManySessionsOnOneSocket) {
  start_cameras({small("front"), small("yard")});
  start_service({camera("front"), camera("yard")});
  wait_state("front", "live");
  wait_state("yard", "live");
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  EXPECT_THAT(page->next("hello"), HasSubstr("\"yard\""));
  const auto watch = [&](const std::string& name, const std::string& camera) {
    http::json::Writer json;
    json.object([&] {
      json.member("type", "watch");
      json.member("session", name);
      json.member("camera", camera);
      json.member("sdp", browser_offer());
    });
    page->send(json.text());
  };

  watch("a", "front");
  watch("b", "yard");
  watch("c", "front");
  watch("d", "nowhere");

  std::map<std::string, std::string> answers;
  for (int i = 0; i < 3; ++i) {
    const std::string answer = page->next("answer");
    answers[text_of(answer, "session")] = answer;
    EXPECT_THAT(text_of(answer, "sdp"), HasSubstr("m=video"));
    EXPECT_EQ(text_of(answer, "video_codec"), "H264");
    EXPECT_EQ(text_of(answer, "transport"), test_transport());
  }
  EXPECT_EQ(answers.size(), 3u);
  const std::string refused = page->next("closed");
  EXPECT_EQ(text_of(refused, "session"), "d");
  EXPECT_EQ(text_of(refused, "code"), "unknown_camera");
  // Of the fanout all of them are in the answer.
  if (test_transport() == "webrtcbin")
    EXPECT_THAT(page->next("candidate"), HasSubstr("candidate:"));
  else
    EXPECT_THAT(text_of(answers["a"], "sdp"), HasSubstr("a=candidate:"));

  page->send(R"({"type":"stop","session":"a"})");
  const std::string closed = page->next("closed");
  EXPECT_EQ(text_of(closed, "session"), "a");
  EXPECT_EQ(text_of(closed, "code"), "stopped");
  EXPECT_EQ(occurrences(get("/api/sessions").body, "\"signalling\":\"websocket\""), 2u);

  page->send("nonsense");
  EXPECT_EQ(text_of(page->next("error"), "code"), "bad_message");

  page->close();
  poll(
      "/api/sessions",
      [](const Response& r) { return r.body.find("websocket") == std::string::npos; },
      "the sessions of the page to end");
}

TEST_F(ServingTest, KeepsASessionWhoseIceRestartOffersOtherMedia) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  std::string offer = browser_offer();
  const auto request = [&](const char* type) {
    http::json::Writer json;
    json.object([&] {
      json.member("type", type);
      json.member("session", "tile");
      json.member("camera", "front");
      json.member("sdp", offer);
    });
    return json.text();
  };
  page->send(request("watch"));
  page->next("answer");

  offer.replace(offer.find("m=video"), 7, "m=audio");
  page->send(request("restart"));
  EXPECT_THAT(page->next("error"), HasSubstr("the media and codecs of the first offer"));

  offer = browser_offer();
  page->send(request("restart"));
  EXPECT_THAT(page->next("answer"), HasSubstr("H264/90000"));
  EXPECT_EQ(page->count("closed"), 0U);
}

TEST_F(ServingTest, NeverShowsCredentials) {
  start_cameras({small("front") + ",auth=digest,user=admin,password=hunter2secret"});
  std::string url = cameras->url("front");
  url.insert(url.find("://") + 3, "admin:hunter2secret@");
  start_service({{"front", url, ""},
                 {"gone", "rtsp://admin:hunter2secret@127.0.0.1:1/x", "    start_timeout: 1s\n"}});
  wait_state("front", "live");
  wait_state("gone", "retrying");
  const auto page = open_page();
  ASSERT_TRUE(page->connected());

  for (const std::string& text :
       {get("/api/cameras").body, get("/api/cameras/front").body, get("/api/cameras/gone").body,
        get("/ready").body, get("/api/cameras/front/pipeline.dot").body,
        get("/api/cameras/gone/pipeline.dot").body, get("/api/cameras/front/pipeline.svg").body,
        page->next("hello"), post_offer("gone").body, service->output()}) {
    EXPECT_FALSE(text.empty());
    EXPECT_THAT(text, Not(HasSubstr("hunter2secret")));
  }
}

TEST_F(ServingTest, SaysGoodbyeAndEnds) {
  start_cameras({small("front")});
  start_service({camera("front")});
  ASSERT_EQ(post_offer("front").status, 201);
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  page->next("hello");

  service->signal(SIGTERM);

  EXPECT_THAT(page->next("goodbye"), HasSubstr("retry_after_ms"));
  turn_until([&] { return page->closed(); }, "the socket to close");
  EXPECT_EQ(service->wait_exit(), 0) << service->output();
}

} // namespace
} // namespace fanlight::test
