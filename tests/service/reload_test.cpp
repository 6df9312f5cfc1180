#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sysexits.h>
#include <thread>

#include <gmock/gmock.h>
#include <json-glib/json-glib.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// The built service, whose configuration changes while it runs.
class ReloadTest : public ServiceTest {
 protected:
  void start_two() {
    start_cameras({small("front"), small("yard")});
    start_service({camera("front"), camera("yard")});
    wait_state("front", "live");
    wait_state("yard", "live");
  }
  /// Starts the service again on the files as they are.
  void restart(const std::vector<CameraEntry>& entries) {
    service->signal(SIGTERM);
    EXPECT_EQ(service->wait_exit(), 0);
    start_service(entries);
  }
  Response reload() { return send("POST", "/api/reload"); }
  Response json(const std::string& method, const std::string& path, const std::string& body) {
    return send(method, path, body, "application/json");
  }
  void watch(Page& page, const std::string& session, const std::string& camera) const {
    http::json::Writer json;
    json.object([&] {
      json.member("type", "watch");
      json.member("session", session);
      json.member("camera", camera);
      json.member("sdp", browser_offer());
    });
    page.send(json.text());
  }
  std::string managed() const {
    std::ifstream file{folder / "cameras.yaml"};
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::string add(const std::string& id, const std::string& url) {
    return json("POST", "/api/cameras", R"({"id": ")" + id + R"(", "url": ")" + url + "\"}").body;
  }
};

TEST_F(ReloadTest, LosesNoPacketOfAViewerWhoseCameraStaysAsItIs) {
  start_two();
  const std::string report = folder / "load.json";
  const char* program = std::getenv("FANLIGHT_LOAD");
  Process load({program != nullptr ? program : "fanlight-load", "--json", report, "--viewers", "3",
                "--duration", "6", url("/whep/front")});
  ASSERT_TRUE(load.wait_output("steady ")) << load.output();

  // Another order, another name and limit, a neighbour that is rebuilt and one that is new; then a
  // mistake; then the neighbours are gone.
  write_config({{"gate", "rtsp://127.0.0.1:9/", ""},
                camera("yard", "    latency: 20ms\n"),
                camera("front", "    name: Front door\n    max_viewers: 50\n")});
  service->signal(SIGHUP);
  ASSERT_TRUE(service->wait_output("cameras: 1 added (gate), 1 rebuilt (yard), 1 adjusted (front), "
                                   "reordered"))
      << service->output();
  write_text("fanlight.yaml", "cameras: [\n");
  EXPECT_EQ(reload().status, 422);
  write_config({camera("front", "    name: Front door\n    max_viewers: 50\n")});
  EXPECT_EQ(reload().status, 200);
  EXPECT_TRUE(service->wait_output("cameras: 2 removed (gate, yard)")) << service->output();

  EXPECT_EQ(load.wait_exit(), 0) << load.output();
  const http::Owned<JsonParser> parser{json_parser_new()};
  ASSERT_TRUE(json_parser_load_from_file(parser.get(), report.c_str(), nullptr));
  JsonObject* const all = json_node_get_object(json_parser_get_root(parser.get()));
  JsonObject* const steady = json_object_get_object_member(all, "steady");
  EXPECT_EQ(json_object_get_int_member(steady, "lost"), 0) << load.output();
  EXPECT_GT(json_object_get_int_member(steady, "packets"), 0);
  EXPECT_EQ(json_object_get_int_member(all, "left"), 3)
      << "nobody was sent away: " << load.output();
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"reconnects\":0"));
}

TEST_F(ReloadTest, RebuildsACameraWhenTheFileChangesAndTellsItsViewers) {
  start_two();
  const auto page = open_page();
  page->next("hello");
  watch(*page, "one", "yard");
  page->next("answer");

  write_config({camera("front"), camera("yard", "    audio: false\n")});

  EXPECT_EQ(text_of(page->next("closed"), "code"), "camera_changed");
  watch(*page, "two", "yard");
  page->next("answer");
  EXPECT_THAT(get("/api/sessions").body, HasSubstr("\"camera\":\"yard\""));
  EXPECT_THAT(service->output(), HasSubstr("1 rebuilt (yard)"));
}

TEST_F(ReloadTest, TellsPagesAndViewersThatACameraIsGoneOrNew) {
  start_two();
  const auto page = open_page();
  page->next("hello");
  watch(*page, "one", "yard");
  page->next("answer");

  write_config({{"gate", cameras->url("yard"), ""}, camera("front")});
  ASSERT_EQ(reload().status, 200);

  EXPECT_EQ(text_of(page->next("closed"), "code"), "camera_removed");
  const std::string list = page->next("cameras");
  EXPECT_LT(list.find("\"gate\""), list.find("\"front\""));
  EXPECT_THAT(list, Not(HasSubstr("\"yard\"")));
  EXPECT_EQ(get("/api/cameras/yard").status, 404);
  wait_state("gate", "live");
}

TEST_F(ReloadTest, RefusesAFileWithAMistakeAndGoesOn) {
  start_two();
  write_text("fanlight.yaml", "cameras:\n  - id: front\n    url: http://192.0.2.1/\n");

  const Response refused = reload();

  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("bad_configuration"),
                                  HasSubstr("fanlight.yaml:3:10: cameras[0].url")));
  service->signal(SIGHUP);
  ASSERT_TRUE(service->wait_output("the server keeps its previous configuration"));
  EXPECT_EQ(text_of(get("/api/cameras/yard").body, "state"), "live");
  write_config({camera("front"), camera("yard")});
  EXPECT_THAT(reload().body, HasSubstr("\"unchanged\":[\"front\",\"yard\"]"));
}

TEST_F(ReloadTest, AppliesWhatItCanAndNamesWhatNeedsARestart) {
  start_service({});
  write_text("fanlight.yaml", "server: {listen: '127.0.0.1:1'}\nwebrtc: {workers: 1}\n"
                              "logging: {level: warning}\ncameras: []\n");

  const Response done = reload();

  EXPECT_EQ(done.status, 200);
  EXPECT_THAT(done.body, HasSubstr(R"("needs_restart":["server.listen","webrtc.workers"])"));
  EXPECT_TRUE(
      service->wait_output("restart the server to apply changes of server.listen, webrtc.workers"));
  EXPECT_THAT(service->output(), Not(HasSubstr("configuration reloaded"))) << "which is info";
  write_text("fanlight.yaml", "webrtc: {max_viewers: 500}\ncameras: []\n");
  EXPECT_EQ(reload().status, 200);
  EXPECT_TRUE(service->wait_output("configuration reloaded; no camera changed; "
                                   "webrtc.max_viewers is now 500; logging.level is now info"));
}

TEST_F(ReloadTest, LetsInOnlyAsManyViewersAsANewLimitAllows) {
  start_cameras({small("front")});
  start_service({camera("front")});
  ASSERT_EQ(post_offer("front").status, 201);

  write_config({camera("front")}, "webrtc: {max_viewers: 1}\n");
  EXPECT_EQ(reload().status, 200);

  const Response refused = post_offer("front");
  EXPECT_EQ(refused.status, 503);
  EXPECT_THAT(refused.body, HasSubstr("\"busy\""));
}

TEST_F(ReloadTest, KeepsManagedCamerasAndTheOrderOverARestart) {
  start_cameras({small("front"), small("yard")});
  start_service({camera("front")});
  EXPECT_THAT(add("yard", cameras->url("yard")), HasSubstr("\"managed\":true"));
  wait_state("yard", "live");
  EXPECT_EQ(json("PUT", "/api/cameras/order", R"({"ids": ["yard", "front"]})").status, 200);
  EXPECT_EQ(json("PUT", "/api/cameras/yard/settings",
                 R"({"name": "마당", "url": ")" + cameras->url("yard") + "\"}")
                .status,
            200);

  restart({camera("front")});

  const std::string list = get("/api/cameras").body;
  EXPECT_LT(list.find("\"yard\""), list.find("\"front\""));
  EXPECT_THAT(list, HasSubstr("마당"));
  wait_state("yard", "live");
  EXPECT_EQ(send("DELETE", "/api/cameras/front/settings").status, 409);
  EXPECT_EQ(send("DELETE", "/api/cameras/yard/settings").status, 204);
  EXPECT_EQ(get("/api/cameras/yard").status, 404);

  restart({camera("front")});

  EXPECT_EQ(get("/api/cameras/yard").status, 404);
}

TEST_F(ReloadTest, TriesAStreamBeforeItIsAdded) {
  start_cameras({small("front")});
  start_service({});

  const Response found =
      json("POST", "/api/cameras/test", R"({"url": ")" + cameras->url("front") + "\"}");

  EXPECT_EQ(found.status, 200);
  EXPECT_THAT(found.body, AllOf(HasSubstr("\"ok\":true"), HasSubstr("\"codec\":\"H264\""),
                                HasSubstr("\"width\":320"), HasSubstr("\"height\":180"),
                                HasSubstr("\"gop_frames\":25")));
  EXPECT_THAT(get("/api/cameras").body, HasSubstr("\"cameras\":[]")) << "nothing stays of it";
  const Response nobody =
      json("POST", "/api/cameras/test", R"({"url": "rtsp://127.0.0.1:9/", "password": "hush"})");
  EXPECT_EQ(nobody.status, 200);
  EXPECT_THAT(nobody.body, AllOf(HasSubstr("\"ok\":false"), HasSubstr("127.0.0.1:9")));
  EXPECT_THAT(service->output(), Not(HasSubstr("hush")));
  EXPECT_TRUE(service->wait_output("INFO camera camera=\"test of 127.0.0.1:9\" cannot reach"));
  EXPECT_THAT(service->output(), Not(HasSubstr("retry_ms"))) << "nobody tries it again";
  json("POST", "/api/cameras/test", R"({"url": "rtsp://bob:20/24@127.0.0.1:9/"})");
  EXPECT_TRUE(service->wait_output("INFO camera camera=\"test of a camera\" cannot reach"));
  EXPECT_THAT(service->output(), Not(HasSubstr("bob:20")));
}

TEST_F(ReloadTest, TriesNoStreamASecondTimeThatIsConnected) {
  start_two();

  const Response found =
      json("POST", "/api/cameras/test", R"({"url": ")" + cameras->url("front") + "\"}");

  EXPECT_THAT(found.body, AllOf(HasSubstr("\"ok\":true"), HasSubstr("\"codec\":\"H264\""),
                                HasSubstr("\"seconds\":0")));
  EXPECT_THAT(service->output(), Not(HasSubstr("test of")));
}

TEST_F(ReloadTest, LeavesAWholeFileWhereverItIsKilled) {
  for (int round = 0; round < 5; ++round) {
    start_service({});
    if (round == 0) {
      for (int i = 0; i < 20; ++i)
        add("c" + std::to_string(i), "rtsp://127.0.0.1:9/" + std::to_string(i));
    }
    // The draft is there from the first byte until it takes the old file's place.
    std::atomic<bool> over = false;
    std::thread killer([this, &over] {
      while (!over && !std::filesystem::exists(folder / "cameras.yaml.new"))
        std::this_thread::yield();
      service->signal(SIGKILL);
    });
    for (int i = 0; i < 5000; ++i) {
      const std::string name(static_cast<std::size_t>(i % 50) * 100, 'x');
      const Response done = json("PUT", "/api/cameras/c7/settings",
                                 R"({"url": "rtsp://127.0.0.1:9/7", "name": ")" + name + "\"}");
      if (done.status == 0) break;
      EXPECT_EQ(done.status, 200) << done.body;
    }
    over = true;
    killer.join();
    EXPECT_EQ(service->wait_exit(), 128 + SIGKILL);
    EXPECT_THAT(managed(), HasSubstr("\"c19\""));
    const auto check = run({"--config", folder / "fanlight.yaml", "--check-config"});
    EXPECT_EQ(check->wait_exit(), EX_OK) << check->output();
  }
}

TEST_F(ReloadTest, ChecksBothFiles) {
  const std::string config = write_config({{"front", "rtsp://192.0.2.1/", ""}});
  write_text("cameras.yaml", "cameras:\n  - id: front\n    url: rtsp://192.0.2.2/\n");
  const auto wrong = run({"--config", config, "--check-config"});
  EXPECT_EQ(wrong->wait_exit(), EX_CONFIG);
  EXPECT_THAT(wrong->output(), HasSubstr("cameras.yaml:2:"));

  write_text("cameras.yaml", "cameras:\n  - id: yard\n    url: rtsp://192.0.2.2/\n");
  const auto right = run({"--config", config, "--check-config"});
  EXPECT_EQ(right->wait_exit(), EX_OK);
  EXPECT_THAT(right->output(),
              AllOf(HasSubstr("fanlight.yaml: valid"), HasSubstr("cameras.yaml: valid")));
}

} // namespace
} // namespace fanlight::test
