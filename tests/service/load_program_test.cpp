#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <json-glib/json-glib.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

/// fanlight-load against the service, and what its JSON says.
class LoadProgramTest : public ServiceTest {
 protected:
  static constexpr int kUnavailable = 69; // EX_UNAVAILABLE
  static constexpr int kNoPermission = 77;

  std::unique_ptr<Process> load(std::vector<std::string> options) {
    const char* program = std::getenv("FANLIGHT_LOAD");
    options.insert(options.begin(), {program != nullptr ? program : "fanlight-load", "--json",
                                     (folder / "load.json").string()});
    return std::make_unique<Process>(std::move(options));
  }

  /// The number at a path of json-glib's, as "$.joins.joined".
  double figure(const std::string& path) const {
    const http::Owned<JsonParser> parser{json_parser_new()};
    const std::string file = (folder / "load.json").string();
    if (!json_parser_load_from_file(parser.get(), file.c_str(), nullptr)) {
      ADD_FAILURE() << "no JSON in " << file;
      return -1;
    }
    const http::Owned<JsonNode, json_node_unref> found{
        json_path_query(path.c_str(), json_parser_get_root(parser.get()), nullptr)};
    JsonArray* const matches = found ? json_node_get_array(found.get()) : nullptr;
    if (matches == nullptr || json_array_get_length(matches) != 1) {
      ADD_FAILURE() << "no " << path;
      return -1;
    }
    return json_array_get_double_element(matches, 0);
  }

  void start_two_cameras() {
    start_cameras({small("a"), small("b")});
    start_service({camera("a"), camera("b")});
    wait_state("a", "live");
    wait_state("b", "live");
  }
};

TEST_F(LoadProgramTest, CountsALossyStormOfTwoCamerasViewers) {
  start_two_cameras();

  const auto run = load({"--viewers", "10", "--ramp", "20", "--duration", "6", "--storm", "4@4",
                         "--loss", "5", "--pid", std::to_string(service->pid()), "--idle", "0.5",
                         url("/whep/a"), url("/whep/b")});

  EXPECT_EQ(run->wait_exit(), 0) << run->output();
  EXPECT_EQ(figure("$.joins.joined"), 10) << run->output();
  EXPECT_EQ(figure("$.joins.with_picture"), 10);
  EXPECT_EQ(figure("$.storms.joined"), 4);
  EXPECT_EQ(figure("$.left"), 14);
  EXPECT_GT(figure("$.joins.join_ms.p50"), 0);
  EXPECT_LE(figure("$.joins.join_ms.p50"), figure("$.joins.join_ms.p99"));
  EXPECT_GT(figure("$.joins.key_frame_ms.p50"), figure("$.joins.join_ms.min"));
  EXPECT_GT(figure("$.steady.packets"), 0);
  EXPECT_EQ(figure("$.steady.unauthentic"), 0);
  EXPECT_GT(figure("$.steady.mbit_per_second"), 0);
  // A twentieth is dropped, and comes again where the machine is quick enough.
  const double dropped = figure("$.whole.dropped") / figure("$.whole.packets");
  EXPECT_GT(dropped, 0.02);
  EXPECT_LT(dropped, 0.1);
  EXPECT_GT(figure("$.whole.repaired"), 0);
  EXPECT_GT(figure("$.whole.rtx"), 0);
  EXPECT_GT(figure("$.transit_ms.count"), 0);
  EXPECT_GT(figure("$.transit_ms.p50"), 0);
  EXPECT_GT(figure("$.server.us_per_packet"), 0);
  EXPECT_GT(figure("$.server.rss"), 10e6);
  EXPECT_GT(figure("$.self.us_per_packet"), 0);
  const Response sessions = poll(
      "/api/sessions", [](const Response& r) { return r.body.find("\"id\"") == std::string::npos; },
      "no sessions");
  EXPECT_EQ(sessions.status, 200);
}

TEST_F(LoadProgramTest, ReceivesOverTcpWhereUdpIsBlocked) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");

  const auto run = load({"--tcp", "--viewers", "3", "--duration", "2", url("/whep/front")});

  EXPECT_EQ(run->wait_exit(), 0) << run->output();
  EXPECT_EQ(figure("$.joins.with_picture"), 3);
  EXPECT_GT(figure("$.steady.packets"), 0);
  EXPECT_EQ(figure("$.steady.lost"), 0);
}

TEST_F(LoadProgramTest, EndsAtOnceOnCtrlCAndReportsAndLeaves) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");
  const auto run = load({"--viewers", "2", "--duration", "600", url("/whep/front")});
  ASSERT_TRUE(run->wait_output("steady ")) << run->output();

  run->signal(SIGINT);

  EXPECT_EQ(run->wait_exit(), 0) << run->output();
  EXPECT_THAT(run->output(), HasSubstr("interrupted"));
  EXPECT_EQ(figure("$.left"), 2);
  poll(
      "/api/cameras/front",
      [](const Response& r) { return r.body.find("\"viewers\":0,") != std::string::npos; },
      "no viewers");
}

TEST_F(LoadProgramTest, SaysWhyNobodyCouldJoin) {
  start_service({});

  const auto run = load({"--viewers", "3", "--duration", "1", url("/whep/nowhere")});

  EXPECT_EQ(run->wait_exit(), kUnavailable);
  EXPECT_THAT(run->output(), HasSubstr("3 failed: POST: 404"));
  EXPECT_EQ(figure("$.joins.failed"), 3);
}

TEST_F(LoadProgramTest, LoadsNobodyElsesServer) {
  const auto run = load({"--duration", "1", "http://8.8.8.8/whep/a"});

  EXPECT_EQ(run->wait_exit(), kNoPermission);
  EXPECT_THAT(run->output(), HasSubstr("--i-own-this-server"));
}

TEST_F(LoadProgramTest, DoesWhatLinesOnStdinSay) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");
  const char* program = std::getenv("FANLIGHT_LOAD");
  Process run{{"/bin/sh", "-c",
               "printf 'join 2\\nstats\\ndance\\nleave 1\\nvanish 1\\n' | \"$0\" --commands \"$1\"",
               program != nullptr ? program : "fanlight-load", url("/whep/front")}};

  EXPECT_EQ(run.wait_exit(), 0);

  const std::string output = run.output();
  EXPECT_THAT(output, HasSubstr(R"({"command":"join","viewers":[{"state":"playing")"));
  EXPECT_THAT(output, HasSubstr(R"({"command":"stats","viewers":[{"state":"playing")"));
  EXPECT_THAT(output, HasSubstr(R"({"error":"no such command: dance"})"));
  EXPECT_THAT(output, HasSubstr(R"({"command":"leave","viewers":[{"state":"gone")"));
  EXPECT_THAT(output, HasSubstr(R"({"command":"vanish","viewers":[{"state":"gone")"));
}

} // namespace
} // namespace fanlight::test
