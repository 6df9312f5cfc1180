#include "service_fixture.h"

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

#include <gmock/gmock.h>

namespace fanlight::test {
namespace {

std::string environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

std::string read_file(const std::string& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_FALSE(text.str().empty()) << path;
  return text.str();
}

std::vector<std::string> camera_arguments(const std::vector<std::string>& cameras) {
  std::vector<std::string> arguments;
  for (const std::string& camera : cameras) {
    arguments.emplace_back("--camera");
    arguments.push_back(camera);
  }
  return arguments;
}

/// The line that has a camera read by what FANLIGHT_TEST_SOURCE names; empty: by the default, or
/// `more` names something, or rtspdirectsrc does not read the camera's transport.
std::string source_of(const CameraEntry& entry) {
  const std::string source = environment("FANLIGHT_TEST_SOURCE", "");
  const auto has = [&entry](const char* text) { return entry.more.find(text) != entry.more.npos; };
  if (source.empty() || has("source:")) return {};
  if (has("    transport: multicast") || has("    transport: http")) return {};
  return "    source: " + source + "\n";
}

void add_header(const char* name, const char* value, gpointer data) {
  const std::string key = http::take_text(g_ascii_strdown(name, -1));
  std::string& held = static_cast<Response*>(data)->headers[key];
  held = held.empty() ? value : held + ", " + value;
}

} // namespace

std::string test_transport() { return environment("FANLIGHT_TEST_TRANSPORT", "fanout"); }

bool test_source_is_direct() {
  return std::string_view{environment("FANLIGHT_TEST_SOURCE", "")} == "direct";
}

ServiceTest::ServiceTest() : client(soup_session_new()) {
  std::string name = (std::filesystem::temp_directory_path() / "fanlight-service-XXXXXX").string();
  folder = mkdtemp(name.data());
  soup_session_set_timeout(client.get(), kHangLimit.count());
}

ServiceTest::~ServiceTest() {
  // On stdout, between what the test itself says, so that ./dev finds it there.
  if (HasFailure() && service) std::cout << "the service said:\n" << service->output() << std::endl;
  service.reset();
  cameras.reset();
  std::filesystem::remove_all(folder);
}

void ServiceTest::start_cameras(const std::vector<std::string>& list) {
  cameras = std::make_unique<CamsimProcess>(camera_arguments(list));
  ASSERT_TRUE(cameras->wait_ready()) << cameras->read_errors();
}

void ServiceTest::restart_cameras(const std::vector<std::string>& list) {
  const std::string& some = cameras->lines().front(); // "id rtsp://127.0.0.1:port/id"
  const auto address = some.find("://") + 3;
  const std::string listen = some.substr(address, some.rfind('/') - address);
  cameras.reset();
  auto arguments = camera_arguments(list);
  arguments.insert(arguments.end(), {"--listen", listen});
  cameras = std::make_unique<CamsimProcess>(arguments);
  ASSERT_TRUE(cameras->wait_ready()) << cameras->read_errors();
}

std::filesystem::path ServiceTest::write_text(const std::string& name,
                                              const std::string& text) const {
  const auto path = folder / name;
  std::ofstream{path} << text;
  return path;
}

std::filesystem::path ServiceTest::write_config(const std::vector<CameraEntry>& entries,
                                                const std::string& more,
                                                const std::string& listen) const {
  std::string yaml =
      "server:\n  listen: " + listen + '\n' + server_keys + "logging:\n  level: debug\n" + more;
  yaml += entries.empty() ? "cameras: []\n" : "cameras:\n";
  for (const CameraEntry& entry : entries) {
    yaml += "  - id: " + entry.id + "\n";
    if (!entry.url.empty()) yaml += "    url: " + entry.url + "\n";
    yaml += entry.more;
    // A busy machine is no camera's fault; what is about these times sets them.
    for (const std::string time : {"start_timeout", "health_timeout"})
      if (entry.more.find(time) == std::string::npos) yaml += "    " + time + ": 60s\n";
    yaml += source_of(entry);
    if (entry.more.find("webrtc_transport:") == std::string::npos)
      yaml += "    webrtc_transport: " + environment("FANLIGHT_TEST_TRANSPORT", "default") + "\n";
  }
  return write_text("fanlight.yaml", yaml);
}

std::unique_ptr<Process> ServiceTest::run(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), environment("FANLIGHT", "fanlight"));
  return std::make_unique<Process>(std::move(arguments));
}

void ServiceTest::start_service(const std::vector<CameraEntry>& entries, const std::string& more) {
  service = run({"--config", write_config(entries, more)});
  const std::string sign = "serving on http";
  ASSERT_TRUE(service->wait_output(sign)) << service->output();
  const std::string output = service->output();
  const auto begin = output.find(sign) + std::string{"serving on "}.size();
  base_ = output.substr(begin, output.find_first_of(" \n", begin) - begin);
}

Response ServiceTest::send(const std::string& method, const std::string& path,
                           const std::string& body, const std::string& type,
                           const std::map<std::string, std::string>& headers) {
  Response response;
  const http::Owned<SoupMessage> message{soup_message_new(method.c_str(), url(path).c_str())};
  if (!message) return response; // The server did not start, which has failed the test already.
  trust_anybody(message.get());
  for (const auto& [name, value] : headers)
    soup_message_headers_append(soup_message_get_request_headers(message.get()), name.c_str(),
                                value.c_str());
  if (!type.empty()) {
    const http::OwnedBytes bytes{g_bytes_new(body.data(), body.size())};
    soup_message_set_request_body_from_bytes(message.get(), type.c_str(), bytes.get());
  }
  const http::OwnedBytes answer{
      soup_session_send_and_read(client.get(), message.get(), nullptr, nullptr)};
  if (!answer) return response;
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(answer.get(), &size));
  if (text != nullptr) response.body.assign(text, size);
  soup_message_headers_foreach(soup_message_get_response_headers(message.get()), add_header,
                               &response);
  response.status = static_cast<int>(soup_message_get_status(message.get()));
  return response;
}

Response ServiceTest::post_offer(const std::string& camera, const std::string& offer) {
  return send("POST", "/whep/" + camera, offer, "application/sdp");
}

Response ServiceTest::poll(const std::string& path,
                           const std::function<bool(const Response&)>& done,
                           const std::string& what, std::chrono::seconds limit) {
  Response last;
  Timer again;
  bool due = true;
  again.every(std::chrono::milliseconds{50}, [&due] { due = true; });
  turn_until(
      [&] {
        if (!std::exchange(due, false)) return false;
        last = get(path);
        return done(last);
      },
      what + "; the last answer was " + std::to_string(last.status), limit);
  return last;
}

Response ServiceTest::wait_state(const std::string& id, const std::string& state) {
  return poll(
      "/api/cameras/" + id,
      [&](const Response& response) { return text_of(response.body, "state") == state; },
      id + " to be " + state);
}

std::string ServiceTest::browser_offer() {
  return read_file(environment("FANLIGHT_OFFERS", ".") + "/chromium-156-linux-video-audio.sdp");
}

std::string ServiceTest::offer_without_h264() {
  return read_file(environment("FANLIGHT_OFFERS", ".") + "/firefox-153esr-linux-no-openh264.sdp");
}

} // namespace fanlight::test
