#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include "camsim_process.h"
#include "http/owned.h"
#include "page.h"
#include "process.h"

namespace fanlight::test {

struct Response {
  int status = 0;                             ///< 0: no answer came.
  std::map<std::string, std::string> headers; ///< Names in lower case.
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
  /// The path of the session that an offer at /whep/{camera} has begun.
  std::string session() const { return header("location"); }
};

/// A camera of a test's configuration.
struct CameraEntry {
  std::string id;
  std::string url;  ///< Empty: `more` names streams.
  std::string more; ///< Further lines, each "    key: value\n".
};

/// What carries the viewers in this run of the tests: FANLIGHT_TEST_TRANSPORT, webrtcbin or fanout,
/// which is what viewers get who only receive.
std::string test_transport();

/// Whether rtspdirectsrc reads the cameras in this run of the tests (FANLIGHT_TEST_SOURCE=direct).
bool test_source_is_direct();

/// The built service on a free port of 127.0.0.1 with a configuration of its own, cameras of
/// fanlight-camsim, and a real HTTP client.
class ServiceTest : public testing::Test {
 protected:
  ServiceTest();
  ~ServiceTest() override;

  /// Starts fanlight-camsim with these `--camera` values and waits until they can be had.
  void start_cameras(const std::vector<std::string>& cameras);
  /// Starts it again on the port it had.
  void restart_cameras(const std::vector<std::string>& cameras);
  /// A small H.264 camera of that id.
  static std::string small(const std::string& id) {
    return "id=" + id + ",size=320x180,gop=25,loop=4,bitrate=300,audio=none";
  }
  CameraEntry camera(const std::string& id, const std::string& more = {}) const {
    return {id, cameras->url(id), more};
  }

  /// Writes a configuration with these cameras; `more` is further YAML at the top level.
  std::filesystem::path write_config(const std::vector<CameraEntry>& entries,
                                     const std::string& more = {},
                                     const std::string& listen = "127.0.0.1:0") const;
  std::filesystem::path write_text(const std::string& name, const std::string& text) const;
  /// Starts the service and waits until it serves.
  void start_service(const std::vector<CameraEntry>& entries, const std::string& more = {});
  /// Runs the binary with `arguments`, for what ends by itself.
  static std::unique_ptr<Process> run(std::vector<std::string> arguments);

  Response send(const std::string& method, const std::string& path, const std::string& body = {},
                const std::string& type = {},
                const std::map<std::string, std::string>& headers = {});
  Response get(const std::string& path) { return send("GET", path); }
  Response post_offer(const std::string& camera, const std::string& offer = browser_offer());
  std::string url(const std::string& path) const { return base_ + path; }
  /// Asks another address from now on, such as that of a proxy. Any certificate will do.
  void go_through(const std::string& base) { base_ = base; }
  /// Asks for `path` again and again until `done` holds of the answer. Fails the test if it never
  /// does.
  Response poll(const std::string& path, const std::function<bool(const Response&)>& done,
                const std::string& what, std::chrono::seconds limit = kHangLimit);
  /// Waits until the camera is in that state.
  Response wait_state(const std::string& camera, const std::string& state);
  std::unique_ptr<Page> open_page() {
    return std::make_unique<Page>(client.get(), "ws" + url("/ws").substr(4));
  }

  /// Video and audio, as Chromium offers them; of Firefox without H.264.
  static std::string browser_offer();
  static std::string offer_without_h264();

  std::filesystem::path folder; ///< Temporary.
  std::unique_ptr<CamsimProcess> cameras;
  std::unique_ptr<Process> service;
  std::string server_keys; ///< Of `server` in configurations, each "  key: value\n".
  http::Owned<SoupSession> client;

 private:
  std::string base_; ///< http://127.0.0.1:port, or https.
};

} // namespace fanlight::test
