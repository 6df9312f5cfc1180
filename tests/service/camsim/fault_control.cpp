#include "fault_control.h"

#include <thread>

#include <gio/gio.h>

#include "gst/ref.h"
#include "support/hang_limit.h"

namespace fanlight::test {

HttpAnswer FaultControl::request(const std::string& method, const std::string& path,
                                 const std::string& body) const {
  const std::string host = url_.substr(url_.find("//") + 2);
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  g_socket_client_set_timeout(client.get(), kHangLimit.count());
  const auto connection = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_to_host(client.get(), host.c_str(), 80, nullptr, nullptr));
  if (!connection) return {};
  auto* stream = G_IO_STREAM(connection.get());
  const std::string text = method + " " + path + " HTTP/1.1\r\nHost: " + host +
                           "\r\nConnection: close\r\nContent-Type: application/json\r\n" +
                           "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  g_output_stream_write_all(g_io_stream_get_output_stream(stream), text.data(), text.size(),
                            nullptr, nullptr, nullptr);
  std::string answer;
  char buffer[4096];
  gssize size = 0;
  while ((size = g_input_stream_read(g_io_stream_get_input_stream(stream), buffer, sizeof buffer,
                                     nullptr, nullptr)) > 0)
    answer.append(buffer, static_cast<std::size_t>(size));
  const std::size_t head = answer.find("\r\n\r\n");
  if (head == answer.npos) return {};
  return {std::stoi(answer.substr(answer.find(' '))), answer.substr(head + 4)};
}

bool FaultControl::set(const std::string& camera, const std::string& json) const {
  return request("POST", "/cameras/" + camera + "/faults", json).status == 200;
}

bool FaultControl::clear(const std::string& camera) const {
  return request("DELETE", "/cameras/" + camera + "/faults").status == 200;
}

std::string FaultControl::state(const std::string& camera) const {
  return request("GET", "/cameras/" + camera).body;
}

bool FaultControl::wait_for(const std::string& camera, const std::string& text) const {
  const auto deadline = std::chrono::steady_clock::now() + kHangLimit;
  while (std::chrono::steady_clock::now() < deadline) {
    if (state(camera).find(text) != std::string::npos) return true;
    std::this_thread::yield();
  }
  return false;
}

} // namespace fanlight::test
