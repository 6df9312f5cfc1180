// What the service does when the system lets it have no more threads or descriptors.
#include <cstdlib>
#include <fstream>

#include <gmock/gmock.h>
#include <sysexits.h>
#include <unistd.h>

#include "service_fixture.h"
#include "viewing.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Starts as many threads as it is told, or as the system lets it, and keeps them.
constexpr const char* kTakeThreads = R"(
import sys, threading
leave, taken = threading.Event(), 0
try:
    while taken < int(sys.argv[1]):
        threading.Thread(target=leave.wait, daemon=True).start()
        taken += 1
except RuntimeError:
    pass
print("taken", taken, flush=True)
leave.wait()
)";

/// The service as a user of its own, whom the system bounds.
class LimitsTest : public ServiceTest {
 protected:
  void SetUp() override {
    Process possible{{"setpriv", "--reuid", "20000", "true"}};
    if (possible.wait_exit() != 0)
      GTEST_SKIP() << "the service cannot be started as another user: " << possible.output();
  }
  /// From now on the service starts under these limits of prlimit(1).
  void limit(const std::string& limits) {
    // Nobody else has this one, whose threads are counted. What root may read it may, too, as the
    // build may be in root's home.
    const uid_t id = 20'000 + static_cast<uid_t>(getpid()) % 40'000;
    ASSERT_EQ(chown(folder.c_str(), id, id), 0);
    const std::string user = std::to_string(id);
    prefix_ = "prlimit " + limits + " setpriv --reuid " + user + " --regid " + user +
              " --clear-groups --inh-caps -all,+dac_override --ambient-caps -all,+dac_override "
              "--bounding-set -all,+dac_override --pdeathsig KILL ";
    const char* binary = std::getenv("FANLIGHT");
    const auto script = write_text("limited", "#!/bin/sh\nexec " + prefix_ +
                                                  (binary ? binary : "fanlight") + " \"$@\"\n");
    std::filesystem::permissions(script, std::filesystem::perms::owner_all);
    setenv("FANLIGHT", script.c_str(), 1);
    original_ = binary == nullptr ? "" : binary;
  }
  ~LimitsTest() override {
    if (!original_.empty()) setenv("FANLIGHT", original_.c_str(), 1);
  }
  /// Takes `count` of the user's threads until it is destroyed.
  std::unique_ptr<Process> take_threads(unsigned count) {
    const auto script = write_text("take_threads.py", kTakeThreads);
    auto taker = std::make_unique<Process>(std::vector<std::string>{
        "sh", "-c",
        "exec " + prefix_ + "python3 " + script.string() + " " + std::to_string(count)});
    EXPECT_TRUE(taker->wait_output("taken ")) << taker->output();
    return taker;
  }
  /// Opens viewers on webrtcbin that never connect until one is refused, and returns that answer.
  Response open_until_refused(const std::string& camera) {
    for (int i = 0; i < 100; ++i) {
      Response opened = post_offer(camera);
      if (opened.status != 201) return opened;
      sessions_.push_back(opened.session());
    }
    ADD_FAILURE() << "100 viewers, and none was refused";
    return {};
  }
  void close_all() {
    for (const std::string& session : std::exchange(sessions_, {})) send("DELETE", session);
  }
  /// Viewers get the camera's pictures, and keep what they get.
  void wait_served(const std::string& camera) {
    Response opened;
    poll(
        "/health",
        [&](const Response&) {
          opened = post_offer(camera);
          return opened.status == 201;
        },
        "a viewer of " + camera + " to be served");
    sessions_.push_back(opened.session());
  }

  const std::string on_webrtcbin = "    webrtc_transport: webrtcbin\n";
  /// By itself the server takes as many as there are processors, and as many threads.
  const std::string two_workers = "webrtc: {workers: 2}\n";
  std::vector<std::string> sessions_;

 private:
  std::string prefix_;
  std::string original_;
};

/// A viewer that watches while a test goes on.
class Watching {
 public:
  explicit Watching(const std::string& url)
      : process_(viewer_command(url, {"--duration", "120"})) {}
  /// Waits until it gets pictures.
  bool plays() { return process_.wait_output("\"first_frame\""); }
  /// Ends it; what it says of itself.
  std::string end() {
    process_.signal(SIGINT);
    process_.wait_exit();
    return process_.output();
  }

 private:
  Process process_;
};

TEST_F(LimitsTest, SaysAtTheStartThatThereAreNoThreadsForTheServerItself) {
  limit("--nproc=12");

  const auto refused =
      run({"--config", write_config({{"front", "rtsp://127.0.0.1:1/x", ""}}, two_workers)});

  EXPECT_EQ(refused->wait_exit(), EX_UNAVAILABLE) << refused->output();
  EXPECT_THAT(refused->output(),
              HasSubstr("no threads left for the server itself (RLIMIT_NPROC is 12"));
}

TEST_F(LimitsTest, HasNoMoreViewersOnWebrtcbinThanThereAreThreadsFor) {
  limit("--nproc=130");
  start_cameras({small("front"), small("yard")});
  start_service({camera("front", on_webrtcbin), camera("yard", "    webrtc_transport: auto\n")},
                two_workers);
  wait_state("front", "live");
  EXPECT_THAT(service->output(), AllOf(HasSubstr("viewers on webrtcbin instead of the 100 of "
                                                 "webrtc.max_webrtcbin_viewers: "
                                                 "RLIMIT_NPROC is 130"),
                                       HasSubstr("LimitNPROC=")));

  const Response refused = open_until_refused("front");

  EXPECT_GE(sessions_.size(), 1U);
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_THAT(refused.body, AllOf(HasSubstr("\"busy\""), HasSubstr("RLIMIT_NPROC is 130")));
  EXPECT_EQ(post_offer("yard").status, 201) << "the fanout has viewers without threads";
  close_all();
  wait_served("front");
}

TEST_F(LimitsTest, RefusesAViewerWhenTheThreadsAreGoneAndNothingElse) {
  limit("--nproc=150");
  start_cameras({small("front"), small("yard"), small("gate")});
  const std::string on_fanout = "    webrtc_transport: fanout\n";
  start_service(
      {camera("front", on_webrtcbin), camera("yard", on_fanout), camera("gate", on_fanout)},
      two_workers);
  for (const char* id : {"front", "yard", "gate"}) wait_state(id, "live");
  Watching before{url("/whep/front")};
  Watching fanout{url("/whep/yard")};
  ASSERT_TRUE(before.plays());
  ASSERT_TRUE(fanout.plays());

  auto taker = take_threads(1'000'000); // All there are.
  const Response refused = post_offer("front");
  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_THAT(refused.body, AllOf(HasSubstr("\"busy\""), HasSubstr("no threads left"),
                                  HasSubstr("another viewer"), HasSubstr("RLIMIT_NPROC is 150")));
  const Response first = post_offer("gate");
  EXPECT_EQ(first.status, 503) << first.body;
  EXPECT_THAT(first.body, HasSubstr("no threads left for the first viewer of a camera"));
  // Who shares what is there needs none.
  Watching late{url("/whep/yard")};
  EXPECT_TRUE(late.plays()) << service->output();
  EXPECT_THAT(late.end(), HasSubstr("\"status\":201"));
  for (const char* id : {"front", "yard", "gate"}) wait_state(id, "live");
  for (const char* path : {"/", "/health", "/api/cameras"})
    EXPECT_EQ(get(path).status, 200) << path;

  taker.reset();
  wait_served("front");
  wait_served("gate");
  for (Watching* viewer : {&before, &fanout})
    EXPECT_THAT(viewer->end(), AllOf(HasSubstr("\"status\":201"), Not(HasSubstr("failed"))));
  EXPECT_FALSE(service->wait_exit(Process::Seconds{0})) << service->output();
}

TEST_F(LimitsTest, LetsACameraWaitWhileThereAreNoThreadsForIt) {
  limit("--nproc=100");
  start_cameras({small("front")});
  start_service({camera("front")}, two_workers);
  wait_state("front", "live");
  auto taker = take_threads(1'000'000);

  restart_cameras({small("front")});
  const Response waiting = poll(
      "/api/cameras/front",
      [](const Response& response) {
        return response.body.find("no threads left for another camera") != std::string::npos;
      },
      "the camera to say that it waits for threads");
  EXPECT_THAT(waiting.body, HasSubstr("\"retrying\""));

  taker.reset();
  wait_state("front", "live");
}

TEST_F(LimitsTest, RefusesAViewerWhenTheDescriptorsAreGoneAndNothingElse) {
  limit("--nofile=200:200");
  start_cameras({small("front"), small("yard")});
  start_service({camera("front", on_webrtcbin), camera("yard", "    webrtc_transport: fanout\n")},
                two_workers);
  wait_state("front", "live");
  wait_state("yard", "live");
  Watching before{url("/whep/front")};
  ASSERT_TRUE(before.plays());

  const Response refused = open_until_refused("front");

  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_THAT(refused.body, AllOf(HasSubstr("\"busy\""), HasSubstr("RLIMIT_NOFILE is 200")));
  EXPECT_EQ(post_offer("yard").status, 201);
  close_all();
  wait_served("front");
  EXPECT_THAT(before.end(), AllOf(HasSubstr("\"status\":201"), Not(HasSubstr("failed"))));
  EXPECT_FALSE(service->wait_exit(Process::Seconds{0})) << service->output();
}

} // namespace
} // namespace fanlight::test
