// Cameras that say too much, too slowly, or nothing: they hold nothing up and keep nothing.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "odd_camera.h"
#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::size_t entries_of(const std::string& folder) {
  return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator{folder},
                                                std::filesystem::directory_iterator{}));
}

class SlowCameraTest : public ServiceTest {
 protected:
  SlowCameraTest() : own_(folder) {
    // meson has malloc() write to all that is asked for: bodies that are never filled, too.
    unsetenv("MALLOC_PERTURB_");
    start_cameras({small("front"), small("yard")});
    const char* script = std::getenv("FANLIGHT_SLOW_CAMERA");
    camera_ = std::make_unique<Process>(std::vector<std::string>{
        "python3", script != nullptr ? script : "slow_camera.py", own_.path});
    EXPECT_TRUE(camera_->wait_output("\n")) << camera_->output();
    const std::string said = camera_->output();
    std::istringstream{said.substr(said.find("ready ") + 6)} >> plain_ >> tls_;
  }
  /// An entry of the configuration for a camera of that habit, or with TLS ("tls").
  CameraEntry slow(const std::string& habit, const std::string& transport = "tcp") const {
    const std::string id = habit + "-" + transport;
    if (transport == "tls")
      return {id, "rtsps://127.0.0.1:" + tls_ + "/" + habit + "/tls", "    tls_verify: false\n"};
    // No TLS is spoken there, only a beginning of it.
    const std::string scheme = habit == "handshake" ? "rtsps" : "rtsp";
    return {id, scheme + "://127.0.0.1:" + plain_ + "/" + habit + "/" + transport,
            "    transport: " + transport + "\n"};
  }
  /// Whatever ways there are to keep somebody waiting, by each transport where that matters.
  std::vector<CameraEntry> all_slow() const {
    std::vector<CameraEntry> entries{slow("handshake"),    slow("tunnel", "http"),
                                     slow("frame"),        slow("frame", "http"),
                                     slow("frame", "tls"), slow("later", "udp")};
    for (const char* transport : {"tcp", "udp", "http", "tls"})
      for (const char* habit : {"silent", "options", "describe", "setup", "play", "body", "nobody"})
        entries.push_back(slow(habit, transport));
    return entries;
  }
  void wait_stuck(const std::vector<CameraEntry>& entries) {
    std::map<std::string, std::size_t> seen; // Up to where its output was searched.
    for (const CameraEntry& entry : entries) {
      const std::string sign = "stuck " + entry.id.substr(0, entry.id.find('-')) + "\n";
      std::size_t& from = seen[sign];
      EXPECT_TRUE(camera_->wait_output(sign, Process::Seconds{60}, from))
          << entry.id << ": " << camera_->output();
      from = camera_->output().find(sign, from) + 1;
    }
  }
  void change_to(const std::vector<CameraEntry>& entries) {
    write_config(entries);
    ASSERT_EQ(send("POST", "/api/reload").status, 200);
  }
  /// Starts the service, and lets one camera by TLS come before these: the first one loads the
  /// system's certificates, which under a sanitizer takes longer than a camera may.
  void start_with_tls(const std::vector<CameraEntry>& entries) {
    start_service({slow("frame", "tls")});
    wait_stuck({slow("frame", "tls")});
    change_to(entries);
  }
  std::string process(const std::string& of) const {
    return "/proc/" + std::to_string(service->pid()) + "/" + of;
  }
  /// But for the connections of whoever uses the API, as here.
  std::size_t descriptors() const {
    const std::string api = url("").substr(url("").rfind(':') + 1);
    char port[8];
    std::snprintf(port, sizeof port, ":%04X ", static_cast<unsigned>(std::stoul(api)));
    std::set<std::string> clients;
    std::ifstream table{process("net/tcp")};
    for (std::string line; std::getline(table, line);) {
      std::istringstream words{line};
      std::string word, local, remote, state, inode;
      words >> word >> local >> remote >> state;
      for (int i = 0; i < 6; ++i) words >> inode;
      if ((local + " ").find(port) != std::string::npos) clients.insert("socket:[" + inode + "]");
    }
    std::size_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator{process("fd")}) {
      std::error_code gone; // What it closes meanwhile.
      if (!clients.contains(std::filesystem::read_symlink(entry.path(), gone))) ++count;
    }
    return count;
  }
  /// What the service holds of the kernel.
  struct Held {
    std::size_t threads = 0;
    std::size_t descriptors = 0;
    bool operator==(const Held&) const = default;
  };
  Held held() const { return {entries_of(process("task")), descriptors()}; }
  /// Whether one of GLib's pools has a thread, which goes when it has had nothing to do for 15 s.
  bool has_pooled_threads() const {
    for (const auto& task : std::filesystem::directory_iterator{process("task")}) {
      std::string name;
      std::getline(std::ifstream{task.path() / "comm"}, name);
      if (name.starts_with("pool-")) return true;
    }
    return false;
  }
  /// Starts the service with "front", which plays then. The libraries of rtspsrc keep a thread once
  /// they were used; the slow cameras use them by some transports, whatever reads "front".
  void start_front(const CameraEntry& front) {
    if (!test_source_is_direct()) {
      start_service({front});
      return void(wait_state("front", "live"));
    }
    start_service({front, camera("yard", "    source: rtspsrc\n")});
    wait_state("front", "live");
    wait_state("yard", "live");
    change_to({front});
    poll(
        "/health", [&](const Response&) { return !has_pooled_threads(); },
        "the threads of GLib's pools to go");
  }
  /// What it holds once it opens and starts no more.
  Held settled() {
    Held last;
    poll(
        "/health",
        [&](const Response&) {
          const Held now = held();
          return std::exchange(last, now) == now;
        },
        "the service to have all that it needs");
    return last;
  }
  void wait_as_before(const Held& before) {
    Held now;
    // Threads of GLib's pools go when they have had nothing to do for 15 s.
    poll(
        "/health",
        [&](const Response&) {
          now = held();
          return now.descriptors <= before.descriptors && now.threads <= before.threads;
        },
        "as many descriptors and threads as before");
    EXPECT_LE(now.descriptors, before.descriptors);
    EXPECT_LE(now.threads, before.threads);
  }
  /// The most memory that it ever had, in KiB.
  std::size_t peak() const {
    std::ifstream status{process("status")};
    std::string word;
    std::size_t size = 0;
    while (status >> word)
      if (word == "VmHWM:") status >> size;
    return size;
  }

  OwnCertificate own_;
  std::unique_ptr<Process> camera_;
  std::string plain_;
  std::string tls_;
};

TEST_F(SlowCameraTest, KeepsNothingOnceItIsRemoved) {
  // A machine on which a camera comes to say nothing for a moment is not what this is about.
  const CameraEntry front = camera("front", "    health_timeout: 60s\n");
  ASSERT_NO_FATAL_FAILURE(start_front(front));
  const Held before = settled();
  ASSERT_NO_FATAL_FAILURE(change_to({front, slow("frame", "tls")}));
  wait_stuck({slow("frame", "tls")}); // As in start_with_tls().

  std::vector<CameraEntry> entries = all_slow();
  entries.insert(entries.begin(), front);
  ASSERT_NO_FATAL_FAILURE(change_to(entries));
  wait_stuck(all_slow());
  ASSERT_NO_FATAL_FAILURE(change_to({front}));

  wait_as_before(before);
  ASSERT_NO_FATAL_FAILURE(change_to({front, camera("yard")}));
  wait_state("yard", "live");
  EXPECT_THAT(get("/api/cameras/front").body, HasSubstr("\"reconnects\":0"));
}

TEST_F(SlowCameraTest, KeepsNothingOnceItWasTested) {
  ASSERT_NO_FATAL_FAILURE(start_front(camera("front")));
  const Held before = settled();
  const auto test = [&](const CameraEntry& entry, const std::string& more = {}) {
    return std::make_unique<Process>(std::vector<std::string>{
        "python3", "-c",
        "import sys, urllib.request\n"
        "print(urllib.request.urlopen(urllib.request.Request(sys.argv[1], sys.argv[2].encode(), "
        "{'Content-Type': 'application/json'})).read().decode())",
        url("/api/cameras/test"),
        R"({"url": ")" + entry.url + R"(", "transport": ")" +
            entry.more.substr(entry.more.find(": ") + 2,
                              entry.more.find('\n') - entry.more.find(": ") - 2) +
            "\"" + more + "}"});
  };

  for (int round = 0; round < 5; ++round) {
    std::vector<std::unique_ptr<Process>> tests;
    for (const char* habit : {"describe", "body", "silent", "frame"})
      tests.push_back(test(slow(habit, round % 2 == 0 ? "tcp" : "http")));
    for (const auto& one : tests) {
      EXPECT_EQ(one->wait_exit(Process::Seconds{60}), 0) << one->output();
      EXPECT_THAT(one->output(), HasSubstr("\"ok\":false"));
    }
  }

  wait_as_before(before);
  const auto good =
      test({"yard", cameras->url("yard"), "    transport: tcp\n"}, R"(, "start_timeout": "60s")");
  EXPECT_EQ(good->wait_exit(), 0) << good->output();
  EXPECT_THAT(good->output(), HasSubstr("\"ok\":true"));
}

TEST_F(SlowCameraTest, HasADeadlineForEachMessage) {
  start_service({slow("describe")});
  // On a slow machine not with the first attempt: that is given 15 s for all of its messages.
  poll(
      "/api/cameras/describe-tcp",
      [](const Response& response) {
        return response.body.find("did not finish its answer to DESCRIBE within 10 s") !=
               std::string::npos;
      },
      "the deadline of a message");
}

TEST_F(SlowCameraTest, IsRefusedWhenItSaysTooMuchBeforeItPlays) {
  struct Case {
    const char* habit;
    const char* transport;
    const char* reason;
  };
  const std::vector<Case> cases{
      {"huge", "tcp", "the camera's description is larger than 256 KiB"},
      {"huge", "udp", "the camera's description is larger than 256 KiB"},
      {"huge", "http", "the camera's description is larger than 256 KiB"},
      {"heads", "tcp", "the header of the camera's answer to DESCRIBE is larger than 64 KiB"},
      {"chatty", "tcp",
       "the camera sent more than 1 MiB of RTSP messages before it started to play"},
      {"early", "tcp", "the camera sent more than 16 MiB of media before it answered PLAY"},
      {"media", "tcp", "the camera's SDP describes more than 64 media"},
      {"lines", "tls", "the camera's SDP has more than 4096 lines"},
      {"elsewhere", "tcp", "the camera redirects the server again and again"}};
  std::vector<CameraEntry> entries{camera("front")};
  for (const Case& one : cases) entries.push_back(slow(one.habit, one.transport));
  ASSERT_NO_FATAL_FAILURE(start_with_tls({camera("front")}));
  wait_state("front", "live");
  [[maybe_unused]] const std::size_t before = peak();

  ASSERT_NO_FATAL_FAILURE(change_to(entries));

  for (const Case& one : cases)
    EXPECT_THAT(wait_state(std::string{one.habit} + "-" + one.transport, "refused").body,
                HasSubstr(one.reason))
        << one.habit;
#ifndef __SANITIZE_ADDRESS__ // Which keeps what is freed.
  EXPECT_LT(peak() - before, 150u * 1024) << "one body was to have 300 MB";
#endif
}

/// What is said of too much by TLS: what rtspsrc reads is only counted, `counted`.
std::string too_much(const char* counted) {
  return test_source_is_direct() ? "is larger than 256 KiB" : counted;
}

// One at a time: to bring so much by TLS takes these cameras a while.

TEST_F(SlowCameraTest, IsRefusedWhenItSaysTooMuchByTls) {
  ASSERT_NO_FATAL_FAILURE(start_with_tls({slow("huge", "tls")}));
  EXPECT_THAT(wait_state("huge-tls", "refused").body,
              HasSubstr(too_much("the camera sent more than 17 MiB before it started to play")));
}

TEST_F(SlowCameraTest, IsRefusedWhenItSaysTooMuchByTlsWhileItPlays) {
  ASSERT_NO_FATAL_FAILURE(start_with_tls({slow("answer", "tls")}));
  EXPECT_THAT(wait_state("answer-tls", "refused").body,
              HasSubstr(too_much("the camera sent a message of more than 17 MiB")));
}

TEST_F(SlowCameraTest, IsRefusedWhenItSaysTooMuchByTlsBesideMediaByUdp) {
  CameraEntry beside = slow("answer", "tls");
  beside.more += "    transport: udp\n";
  ASSERT_NO_FATAL_FAILURE(start_with_tls({beside}));
  EXPECT_THAT(wait_state("answer-tls", "refused").body,
              HasSubstr(too_much("the camera sent a message of more than 17 MiB")));
}

TEST_F(SlowCameraTest, MaySendAsMuchMediaByTlsAsItLikes) {
  ASSERT_NO_FATAL_FAILURE(start_with_tls({slow("packets", "tls")}));
  EXPECT_TRUE(camera_->wait_output("sent packets")) << get("/api/cameras/packets-tls").body;
}

TEST_F(SlowCameraTest, IsToldGoodbyeWhereItPlays) {
  for (const char* transport : {"tcp", "udp", "tls"}) {
    const bool tls = std::string_view{transport} == "tls";
    // rtspsrc 1.22 cancels its own PAUSE when it closes; where that interrupts a TLS record, the
    // connection is lost before TEARDOWN.
    if (tls && !test_source_is_direct()) continue;
    OddCamera odd{cameras->url("front"), tls ? std::vector<std::string>{"--certificate", own_.path}
                                             : std::vector<std::string>{}};
    start_service({{"front", odd.url(tls ? "rtsps" : "rtsp"),
                    tls ? std::string{"    tls_verify: false\n"}
                        : std::string{"    transport: "} + transport + "\n"}});
    wait_state("front", "live");

    ASSERT_NO_FATAL_FAILURE(change_to({}));

    EXPECT_TRUE(odd.wait("TEARDOWN")) << transport << odd.requests();
  }
}

} // namespace
} // namespace fanlight::test
