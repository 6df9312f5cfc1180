// Cameras are changed a thousand times while they connect, play, are refused and are watched.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "service_fixture.h"
#include "viewing.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

/// FANLIGHT_STORM_RUNS has others.
int runs() {
  const char* const wanted = std::getenv("FANLIGHT_STORM_RUNS");
  return wanted != nullptr ? std::atoi(wanted) : 1000;
}

/// Takes every connection and never says a word: whoever calls goes on connecting.
class SilentCamera {
 public:
  SilentCamera() : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(socket_, any, size), 0);
    EXPECT_EQ(listen(socket_, 4096), 0);
    getsockname(socket_, any, &size);
    port_ = ntohs(address.sin_port);
  }
  ~SilentCamera() { close(socket_); }
  SilentCamera(const SilentCamera&) = delete;
  SilentCamera& operator=(const SilentCamera&) = delete;
  std::string url(const std::string& id) const {
    return "rtsp://127.0.0.1:" + std::to_string(port_) + "/" + id;
  }

 private:
  int socket_;
  int port_ = 0;
};

/// What the server holds of the kernel.
struct Held {
  std::size_t threads = 0; ///< Without GLib's idle workers, which end by themselves later.
  std::size_t descriptors = 0;
  bool operator==(const Held&) const = default;
};

Held held_by(pid_t pid) {
  const std::filesystem::path process = "/proc/" + std::to_string(pid);
  Held held;
  std::error_code gone; // Threads and descriptors end while we count.
  for (const auto& task : std::filesystem::directory_iterator{process / "task", gone}) {
    std::string name;
    std::getline(std::ifstream{task.path() / "comm"}, name);
    if (!name.empty() && !name.starts_with("pool-")) ++held.threads;
  }
  for ([[maybe_unused]] const auto& file :
       std::filesystem::directory_iterator{process / "fd", gone})
    ++held.descriptors;
  return held;
}

class ReloadStormTest : public ServiceTest {
 protected:
  static constexpr std::array kManaged{"c0", "c1", "c2"};
  static constexpr std::array kWritten{"f0", "f1", "f2", "f3", "f4"}; // In the configuration.
  static constexpr std::array kSources{"rtspsrc", "direct", "auto"};

  void SetUp() override {
    // What was freed is overwritten, so that whoever uses it does not get away with it.
    setenv("MALLOC_PERTURB_", "165", 0);
    setenv("G_SLICE", "always-malloc", 1);
    std::vector<std::string> all;
    for (const char* id : {"c0", "c1", "c2", "f0", "f1", "f2", "f3", "f4", "guest", "trial"})
      all.push_back("id=" + std::string{id} + ",size=320x180,gop=5,loop=4,bitrate=300,audio=none");
    start_cameras(all);
    start_service(all_written());
    for (const std::string id : kManaged)
      ASSERT_EQ(json("POST", "/api/cameras", settings(id, cameras->url(id))).status, 201);
    wait_all_live();
  }

  unsigned below(unsigned end) {
    return std::uniform_int_distribution<unsigned>{0, end - 1}(random_);
  }
  template <typename List> std::string any_of(const List& list) {
    return list[below(static_cast<unsigned>(std::size(list)))];
  }

  Response json(const std::string& method, const std::string& path, const std::string& body) {
    return send(method, path, body, "application/json");
  }
  static std::string settings(const std::string& id, const std::string& url,
                              const std::string& more = {}) {
    return R"({"id": ")" + id + R"(", "url": ")" + url + "\"" + more + "}";
  }
  void wait_all_live() {
    for (const std::string id : kManaged) wait_live(id);
    for (const std::string id : kWritten) wait_live(id);
  }
  void wait_live(const std::string& id) {
    poll(
        "/api/cameras/" + id,
        [](const Response& response) { return text_of(response.body, "state") == "live"; },
        id + " to be live");
  }
  /// Waits until nothing more of what has been ended is there.
  Held settle(const std::function<bool(const Held&)>& done) {
    soup_session_abort(client.get()); // Of ours one connection is left, by which we ask.
    Held held;
    poll(
        "/api/cameras", [&](const Response&) { return done(held = held_by(service->pid())); },
        "threads and descriptors to be as before");
    return held;
  }

  /// One that plays, one that keeps who calls waiting, one that is not there.
  std::string any_url(const std::string& id) {
    switch (below(4)) {
    case 0: return silent_.url(id);
    case 1: return "rtsp://127.0.0.1:9/" + id;
    default: return cameras->url(id);
    }
  }
  /// Each time another, so that each time the camera is built anew.
  std::string latency(int run) { return std::to_string(20 + run % 500) + "ms"; }
  /// Viewers of the first get a webrtcbin each, those of all others share the fanout. Each source
  /// reads some of them.
  static CameraEntry written(const std::string& id, const std::string& url,
                             const std::string& more = {}) {
    const std::string source = (id.back() - '0') % 2 == 0 ? "direct" : "rtspsrc";
    return {id, url,
            more + "    source: " + source + "\n" +
                (id == "f0" ? "    webrtc_transport: webrtcbin\n" : "")};
  }

  std::vector<CameraEntry> all_written() const {
    std::vector<CameraEntry> entries;
    for (const std::string id : kWritten) entries.push_back(written(id, cameras->url(id)));
    return entries;
  }
  void change_managed(int run) {
    const std::string id = any_of(kManaged);
    const std::string more = R"(, "latency": ")" + latency(run) + R"(", "transport": ")" +
                             any_of(std::array{"tcp", "udp", "auto"}) + R"(", "source": ")" +
                             any_of(kSources) + R"(", "codecs": [)" +
                             any_of(std::array{R"("h264")", R"("h265", "h264")", R"("h265")"}) +
                             R"(], "audio": )" + any_of(std::array{"true", "false"});
    const Response done =
        json("PUT", "/api/cameras/" + id + "/settings", settings(id, any_url(id), more));
    ASSERT_EQ(done.status, 200) << "run " << run << ": " << done.body;
    EXPECT_THAT(done.body, HasSubstr(R"("change":"rebuilt")"));
  }
  void change_written(int run) {
    std::vector<CameraEntry> entries;
    for (const std::string id : kWritten)
      if (below(4) != 0)
        entries.push_back(written(id, any_url(id), "    latency: " + latency(run) + "\n"));
    write_config(entries);
    if (below(4) == 0) return service->signal(SIGHUP);
    ASSERT_EQ(send("POST", "/api/reload").status, 200) << "run " << run;
  }
  void change_guest(int run) {
    const Response done = guest_
                              ? send("DELETE", "/api/cameras/guest/settings")
                              : json("POST", "/api/cameras", settings("guest", any_url("guest")));
    ASSERT_EQ(done.status, guest_ ? 204 : 201) << "run " << run << ": " << done.body;
    guest_ = !guest_;
  }
  void change_something(int run) {
    const unsigned kind = below(8);
    if (kind < 5) return change_managed(run);
    kind < 7 ? change_written(run) : change_guest(run);
  }
  /// A page that watches a camera, whatever it is doing.
  void watch(Page& page, int run) {
    http::json::Writer json;
    json.object([&] {
      json.member("type", "watch");
      json.member("session", "s" + std::to_string(run));
      json.member("camera", any_of(kManaged));
      json.member("sdp", browser_offer());
    });
    page.send(json.text());
  }
  /// Tries a camera, without waiting for what comes of it.
  void try_one() {
    const http::Owned<SoupMessage> message{
        soup_message_new("POST", url("/api/cameras/test").c_str())};
    const std::string body =
        R"({"url": ")" + any_url("trial") + R"(", "source": ")" + any_of(kSources) + R"("})";
    const http::OwnedBytes bytes{g_bytes_new(body.data(), body.size())};
    soup_message_set_request_body_from_bytes(message.get(), "application/json", bytes.get());
    ++trials_;
    soup_session_send_and_read_async(
        client.get(), message.get(), G_PRIORITY_DEFAULT, nullptr,
        +[](GObject* session, GAsyncResult* result, gpointer trials) {
          const http::OwnedBytes answer{
              soup_session_send_and_read_finish(SOUP_SESSION(session), result, nullptr)};
          EXPECT_TRUE(answer) << "no answer to a test of a camera";
          --*static_cast<int*>(trials);
        },
        &trials_);
  }
  /// Back to how it began.
  void calm_down() {
    turn_until([this] { return trials_ == 0; }, "the tests of cameras to end");
    if (guest_) change_guest(0);
    write_config(all_written());
    ASSERT_EQ(send("POST", "/api/reload").status, 200);
    for (const std::string id : kManaged)
      ASSERT_EQ(
          json("PUT", "/api/cameras/" + id + "/settings", settings(id, cameras->url(id))).status,
          200);
    wait_all_live();
  }

 private:
  SilentCamera silent_;
  std::mt19937 random_{13};
  bool guest_ = false;
  int trials_ = 0; // Under way.
};

TEST_F(ReloadStormTest, IsAsItWasAfterAThousandChangesOfCamerasThatConnectPlayAndAreWatched) {
  const char* const program = std::getenv("FANLIGHT_LOAD");
  // What a first viewer starts.
  const Viewing first = view(url("/whep/f0"), {"--frames", "1"});
  ASSERT_GE(first.number("frames"), 1) << first.output;
  Held last;
  const Held before = settle([&](const Held& now) { return std::exchange(last, now) == now; });

  {
    const auto page = open_page();
    std::unique_ptr<Process> viewers;
    for (int run = 0; run < runs(); ++run) {
      // Those whose camera is built anew are sent away, so others come.
      if (run % 100 == 0)
        viewers = std::make_unique<Process>(std::vector<std::string>{
            program != nullptr ? program : "fanlight-load", "--quiet", "--viewers", "5",
            "--duration", "60", url("/whep/c0"), url("/whep/c1"), url("/whep/f0")});
      if (run % 3 == 0) watch(*page, run);
      if (run % 50 == 0) try_one();
      ASSERT_NO_FATAL_FAILURE(change_something(run));
      // Some requests later the cameras are further on.
      for (unsigned more = below(4); more > 0; --more)
        ASSERT_EQ(get("/api/cameras").status, 200) << "run " << run;
      if (run % 50 == 49) {
        ASSERT_NO_FATAL_FAILURE(calm_down());
      }
      while (g_main_context_iteration(nullptr, FALSE)) {
      }
    }
    ASSERT_NO_FATAL_FAILURE(calm_down());
  }

  const Held after = settle([&](const Held& now) {
    return now.threads <= before.threads && now.descriptors <= before.descriptors;
  });
  EXPECT_LE(after.threads, before.threads);
  EXPECT_LE(after.descriptors, before.descriptors);
  const Viewing picture = view(url("/whep/c0"), {"--frames", "5"});
  // How a viewer ends is GStreamer's affair; under the address sanitizer not always in order.
  EXPECT_GE(picture.number("frames"), 5) << picture.output;
  service->signal(SIGTERM);
  EXPECT_EQ(service->wait_exit(), 0);
}

} // namespace
} // namespace fanlight::test
