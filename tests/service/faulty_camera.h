#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "service_fixture.h"

namespace fanlight::test {

/// A camera of fanlight-camsim that misbehaves on command, in a service of its own.
class FaultyCameraTest : public ServiceTest {
 protected:
  /// A small camera "front" that has `faults`, and others that it may turn into.
  void start(const std::string& faults, const std::string& spec = {},
             const std::string& more = {}) {
    cameras = std::make_unique<CamsimProcess>(std::vector<std::string>{
        "--control", "127.0.0.1:0", "--camera", spec.empty() ? small("front") : spec, "--camera",
        "id=hevc,codec=h265,size=320x180,gop=25,loop=4,bitrate=300,audio=none", "--camera",
        "id=large,size=640x360,gop=25,loop=4,bitrate=500,audio=none"});
    ASSERT_TRUE(cameras->wait_ready()) << cameras->read_errors();
    if (!faults.empty()) spoil(faults);
    start_service({camera("front", more)});
  }
  std::string control(const std::string& method, const std::string& path,
                      const std::string& body = {}) {
    const std::string& line = cameras->lines().front(); // "control http://127.0.0.1:port"
    const http::Owned<SoupMessage> message{soup_message_new(
        method.c_str(), (line.substr(line.find("http")) + "/cameras/front" + path).c_str())};
    const http::OwnedBytes sent{g_bytes_new(body.data(), body.size())};
    if (!body.empty())
      soup_message_set_request_body_from_bytes(message.get(), "application/json", sent.get());
    const http::OwnedBytes answer{
        soup_session_send_and_read(client.get(), message.get(), nullptr, nullptr)};
    gsize size = 0;
    const auto* text = static_cast<const char*>(g_bytes_get_data(answer.get(), &size));
    EXPECT_EQ(soup_message_get_status(message.get()), 200u) << method << " " << path << " " << body;
    return {text, size};
  }
  void spoil(const std::string& faults) { control("PUT", "/faults", faults); }
  void mend() { control("DELETE", "/faults"); }
  /// How often the camera was asked by that method.
  int asked(const std::string& method) {
    const std::string state = control("GET", "");
    const auto at = state.find('"' + method + "\":");
    return at == state.npos ? 0 : std::stoi(state.substr(at + method.size() + 3));
  }
  /// A viewer that ends well once it has so many pictures, however often it has to wait.
  std::unique_ptr<Process> view(int frames, std::vector<std::string> options = {}) {
    options.insert(options.begin(),
                   {std::getenv("FANLIGHT_VIEWER"), "--json", "--frames", std::to_string(frames)});
    options.push_back(url("/whep/front"));
    return std::make_unique<Process>(std::move(options));
  }
  void expect_pictures(int frames) {
    const auto viewer = view(frames);
    EXPECT_EQ(viewer->wait_exit(), 0) << viewer->output();
  }
  std::string front() { return get("/api/cameras/front").body; }
};

/// A camera that is odd from the start.
struct Oddity {
  const char* name;
  const char* faults;
  const char* spec; ///< Null: the small camera.
};

} // namespace fanlight::test
