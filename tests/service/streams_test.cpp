#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;

std::size_t occurrences(const std::string& text, const std::string& of) {
  std::size_t count = 0;
  for (auto at = text.find(of); at != std::string::npos; at = text.find(of, at + 1)) ++count;
  return count;
}

/// One of a camera's streams in a configuration.
struct StreamEntry {
  std::string id;
  std::string url;
  std::string more; ///< Further lines, each "        key: value\n".
};

/// Cameras with several streams, on demand, and streams that fail; as viewers notice it.
class StreamsTest : public ServiceTest {
 protected:
  static std::string large(const std::string& id, const std::string& codec = "h264") {
    return "id=" + id + ",codec=" + codec + ",size=640x360,gop=25,loop=4,bitrate=500,audio=none";
  }
  CameraEntry camera_of(const std::string& id, const std::vector<StreamEntry>& streams) const {
    std::string more = "    streams:\n";
    for (const StreamEntry& stream : streams)
      more += "      - id: " + stream.id + "\n        url: " + stream.url + "\n" + stream.more;
    return {id, "", more};
  }
  /// A camera "front" with a main stream of 360 lines and a sub-stream of 180, both live.
  void start_front(const std::string& main_codec = "h264") {
    start_cameras({large("main", main_codec), small("sub")});
    start_service({camera_of(
        "front", {{"main", cameras->url("main"), ""}, {"sub", cameras->url("sub"), ""}})});
    wait_stream("main", "live");
    wait_stream("sub", "live");
  }

  /// The text of that stream in the camera object.
  static std::string stream_in(const std::string& camera, const std::string& id) {
    const auto begin = camera.find("{\"id\":\"" + id + "\",\"pull\"");
    if (begin == camera.npos) return "{}";
    std::size_t end = begin;
    int depth = 0; // No text in these tests holds a brace.
    do {
      const char c = camera.at(end++);
      depth += c == '{' ? 1 : c == '}' ? -1 : 0;
    } while (depth > 0);
    return camera.substr(begin, end - begin);
  }
  /// Waits until the stream of the camera "front" is in that state; the stream's text then.
  std::string wait_stream(const std::string& id, const std::string& state) {
    const Response camera = poll(
        "/api/cameras/front",
        [&](const Response& r) { return text_of(stream_in(r.body, id), "state") == state; },
        "stream " + id + " to be " + state);
    return stream_in(camera.body, id);
  }
  Response watch(const std::string& query, const std::string& offer = browser_offer()) {
    return send("POST", "/whep/front" + query, offer, "application/sdp");
  }
  /// The session that an answer to a WHEP offer names.
  std::string session_of(const Response& opened) {
    const std::string location = opened.session();
    return get("/api/sessions/" + location.substr(location.rfind('/') + 1)).body;
  }
  std::string stream_shown(const std::string& query, const std::string& offer = browser_offer()) {
    const Response opened = watch(query, offer);
    EXPECT_EQ(opened.status, 201) << opened.body;
    return text_of(session_of(opened), "stream");
  }
  static std::string offer_with_h265() {
    std::ifstream file{std::string{std::getenv("FANLIGHT_OFFERS")} + "/chrome-144-macos-h265.sdp"};
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  static std::string message(const std::string& type,
                             const std::map<std::string, std::string>& texts, int height = 0) {
    http::json::Writer json;
    json.object([&] {
      json.member("type", type);
      json.member("session", "tile");
      for (const auto& [name, value] : texts) json.member(name.c_str(), value);
      if (height > 0) json.member("height", height);
    });
    return json.text();
  }
};

TEST_F(StreamsTest, AViewerGetsTheStreamThatFitsItsPlace) {
  start_front();

  EXPECT_EQ(stream_shown("?width=320&height=180"), "sub");
  EXPECT_EQ(stream_shown("?width=1920&height=1080"), "main");
  EXPECT_EQ(stream_shown(""), "main");
  EXPECT_EQ(stream_shown("?stream=sub&height=1080"), "sub");
  EXPECT_EQ(watch("?stream=nothing").status, 404);
  EXPECT_THAT(stream_in(get("/api/cameras/front").body, "sub"), HasSubstr("\"viewers\":2"));
}

TEST_F(StreamsTest, AViewerWithoutH265GetsTheH264SubStreamAndIsToldWhy) {
  start_cameras({large("main", "h265"), small("sub")});
  start_service(
      {camera_of("front", {{"main", cameras->url("main"), ""}, {"sub", cameras->url("sub"), ""}})});

  const Response opened = watch(""); // While nobody knows yet what the streams have.

  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string session = session_of(opened);
  EXPECT_EQ(text_of(session, "stream"), "sub");
  EXPECT_EQ(text_of(session, "video_codec"), "H264");
  EXPECT_THAT(text_of(session, "stream_reason"),
              testing::AllOf(HasSubstr("instead of main"), HasSubstr("H265")));
  EXPECT_EQ(watch("?stream=main").status, 406);
  EXPECT_EQ(stream_shown("", offer_with_h265()), "main");
}

TEST_F(StreamsTest, BothStreamsHaveSoundThatBrowsersCannotPlayAsItIs) {
  const std::string with_sound = ",size=320x180,gop=25,loop=4,bitrate=200,audio=aac";
  start_cameras({"id=main" + with_sound, "id=sub" + with_sound});
  start_service(
      {camera_of("front", {{"main", cameras->url("main"), ""}, {"sub", cameras->url("sub"), ""}})});
  wait_stream("main", "live");
  wait_stream("sub", "live");

  for (const char* stream : {"main", "sub"}) {
    const Response opened = watch(std::string("?stream=") + stream);
    ASSERT_EQ(opened.status, 201) << opened.body;
    EXPECT_EQ(text_of(session_of(opened), "audio_codec"), "OPUS") << stream;
  }
}

TEST_F(StreamsTest, ConnectsOnDemandHoldsItsViewersAndLetsGoAfterTheGrace) {
  start_cameras({small("front")});
  start_service({camera("front", "    pull: on_demand\n    grace: 1s\n")});
  EXPECT_EQ(text_of(get("/api/cameras/front").body, "state"), "idle");
  EXPECT_EQ(get("/ready").status, 200) << "nobody misses it";
  const auto page = open_page();
  ASSERT_TRUE(page->connected());

  page->send(message("watch", {{"camera", "front"}, {"sdp", browser_offer()}}));
  const Response second = post_offer("front");

  ASSERT_EQ(second.status, 201) << second.body;
  EXPECT_EQ(text_of(page->next("answer"), "stream"), "main");
  EXPECT_EQ(text_of(get("/api/cameras/front").body, "state"), "live");
  EXPECT_EQ(occurrences(service->output(), "streams=H264"), 1U) << "one connection for both";

  page->send(message("stop", {}));
  page->next("closed");
  send("DELETE", second.session());
  wait_state("front", "idle");
  EXPECT_EQ(post_offer("front").status, 201) << "and again";
}

TEST_F(StreamsTest, OneWhoWaitsMayHaveAStreamThatRestsInstead) {
  start_cameras({small("sub")});
  const std::string rests = "        pull: on_demand\n        grace: 100ms\n";
  start_service({camera_of(
      "front", {{"main", "rtsp://127.0.0.1:1/", ""}, {"sub", cameras->url("sub"), rests}})});
  const Response first = watch("?stream=sub"); // What it has is known from now on.
  ASSERT_EQ(first.status, 201) << first.body;
  send("DELETE", first.session());
  wait_stream("sub", "idle");
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  page->send(message("watch", {{"camera", "front"}, {"sdp", browser_offer()}, {"stream", "main"}}));
  page->next("session");

  page->send(message("select", {{"stream", "sub"}}));

  EXPECT_EQ(text_of(page->next("answer"), "stream"), "sub");
  EXPECT_EQ(page->count("closed"), 0U);
}

TEST_F(StreamsTest, AViewerOfACameraThatDoesNotStartIsToldAfterTheStartTimeout) {
  start_cameras({small("front")});
  const CameraEntry gone = camera("front", "    pull: on_demand\n    start_timeout: 1s\n");
  cameras.reset();
  start_service({gone});
  const gint64 begin = g_get_monotonic_time();

  const Response refused = post_offer("front");

  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("check that the camera is on and that the address is right"));
  EXPECT_GE(g_get_monotonic_time() - begin, 900'000) << "it might have come";
}

TEST_F(StreamsTest, ViewersWhoComeDoNotHammerARefusedLogin) {
  start_cameras({small("front") + ",auth=digest,user=admin,password=right"});
  std::string wrong = cameras->url("front");
  wrong.insert(wrong.find("://") + 3, "admin:wr0ngsecret@");
  start_service({{"front", wrong, "    pull: on_demand\n    grace: 0ms\n"}});

  for (int i = 0; i < 8; ++i) {
    const Response refused = post_offer("front");
    EXPECT_EQ(refused.status, 503);
    EXPECT_THAT(refused.body, HasSubstr("rejects the login"));
  }

  EXPECT_EQ(occurrences(service->output(), "retry_ms="), 1U) << "one attempt for all of them";
}

TEST_F(StreamsTest, ViewersGoOverToTheSubStreamAndBack) {
  start_cameras({large("main")});
  CamsimProcess other{{"--camera", small("sub")}};
  ASSERT_TRUE(other.wait_ready());
  start_service(
      {camera_of("front", {{"main", cameras->url("main"), ""}, {"sub", other.url("sub"), ""}})});
  wait_stream("sub", "live");
  wait_stream("main", "live");
  const char* program = std::getenv("FANLIGHT_VIEWER");
  Process viewer{{program != nullptr ? program : "whep-viewer", "--json", "--duration", "600",
                  url("/whep/front")}};
  ASSERT_TRUE(viewer.wait_output("first_frame")) << viewer.output();
  const auto wait_shown = [this](const std::string& id) {
    return poll(
               "/api/sessions",
               [&](const Response& r) {
                 return r.body.find("\"stream\":\"" + id + "\"") != r.body.npos;
               },
               id + " to be shown")
        .body;
  };
  const std::string before = text_of(wait_shown("main"), "id");

  cameras->signal(SIGKILL);
  EXPECT_THAT(wait_shown("sub"), HasSubstr("instead of main"));
  restart_cameras({large("main")});
  const std::string after = wait_shown("main");

  EXPECT_EQ(text_of(after, "id"), before) << "the same session";
  EXPECT_EQ(occurrences(get("/api/sessions").body, "\"state\":\"connected\""), 1U);
  viewer.signal(SIGTERM);
  viewer.wait_exit();
}

TEST_F(StreamsTest, ASelectThatCannotBeIsRefusedAndTheSessionStays) {
  start_front("h265");
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  page->send(message("watch", {{"camera", "front"}, {"sdp", browser_offer()}}));
  EXPECT_EQ(text_of(page->next("answer"), "stream"), "sub");

  page->send(message("select", {{"stream", "main"}}));
  EXPECT_THAT(page->next("error"), HasSubstr("H265"));
  page->send(message("select", {{"stream", "nothing"}}));
  EXPECT_THAT(page->next("error"), HasSubstr("it has main, sub"));

  EXPECT_THAT(get("/api/sessions").body, HasSubstr("\"stream\":\"sub\""));
  EXPECT_EQ(page->count("closed"), 0U);
}

TEST_F(StreamsTest, ATileThatGrowsBeyondItsCodecIsToldToWatchAgain) {
  start_front("h265");
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  page->send(message("watch", {{"camera", "front"}, {"sdp", offer_with_h265()}}, 180));
  EXPECT_EQ(text_of(page->next("answer"), "video_codec"), "H264");

  page->send(message("select", {{"stream", "auto"}}, 200));
  page->send(message("select", {{"stream", "auto"}}, 1080));

  const std::string closed = page->next("closed");
  EXPECT_EQ(text_of(closed, "code"), "stream_changed");
  EXPECT_THAT(text_of(closed, "message"),
              HasSubstr("the viewer changes from stream sub to stream main"));
  page->send(message("watch", {{"camera", "front"}, {"sdp", offer_with_h265()}}, 1080));
  EXPECT_EQ(text_of(page->next("answer"), "video_codec"), "H265");
}

TEST_F(StreamsTest, ACameraThatFreezesIsFoundAndComesBack) {
  start_cameras({small("front")});
  start_service({camera("front", "    health_timeout: 4s\n")});
  wait_state("front", "live");

  // A busy machine may have kept pictures back before that, but hardly for the rest of the four
  // seconds.
  cameras->signal(SIGSTOP);
  const gint64 begin = g_get_monotonic_time();
  const Response found = wait_state("front", "retrying");
  const gint64 took = g_get_monotonic_time() - begin;

  EXPECT_GE(took, 1'500'000) << "a pause was taken for a freeze";
  EXPECT_THAT(text_of(found.body, "reason"), HasSubstr("sends no video"));
  cameras->signal(SIGCONT);
  wait_state("front", "live");
}

TEST_F(StreamsTest, FortyCamerasComeBackAfterAPowerCut) {
  const std::string crowd = "id=cam,size=320x180,gop=25,loop=4,bitrate=100,audio=none,count=40";
  start_cameras({crowd});
  std::vector<CameraEntry> entries;
  for (int i = 1; i <= 40; ++i) entries.push_back(camera("cam-" + std::to_string(i)));
  start_service(entries);
  const auto wait_all = [this](const std::string& what) {
    poll(
        "/ready", [](const Response& r) { return r.status == 200; }, what);
  };
  wait_all("all cameras to be live");

  cameras->signal(SIGKILL);
  poll(
      "/ready", [](const Response& r) { return r.body.find("\"live\"") == r.body.npos; },
      "all cameras to be gone");
  restart_cameras({crowd});

  wait_all("all cameras to be live again");
  EXPECT_THAT(service->output(), Not(HasSubstr(" ERROR ")));
}

} // namespace
} // namespace fanlight::test
