#include "rtsp_request.h"

#include <regex>

#include <gio/gio.h>

#include "gst/ref.h"
#include "support/hang_limit.h"

namespace fanlight::test {

std::string rtsp_request(const std::string& method, const std::string& url,
                         const std::string& headers) {
  std::smatch host;
  std::regex_search(url, host, std::regex("rtsp://([^/]*)"));
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  g_socket_client_set_timeout(client.get(), kHangLimit.count());
  const auto connection = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_to_host(client.get(), host[1].str().c_str(), 554, nullptr, nullptr));
  if (!connection) return {};
  auto* stream = G_IO_STREAM(connection.get());
  const std::string request = method + " " + url + " RTSP/1.0\r\nCSeq: 1\r\n" + headers + "\r\n";
  g_output_stream_write_all(g_io_stream_get_output_stream(stream), request.data(), request.size(),
                            nullptr, nullptr, nullptr);

  std::string answer;
  while (true) {
    if (const auto end = answer.find("\r\n\r\n"); end != std::string::npos) {
      std::smatch length;
      std::regex_search(answer, length, std::regex("Content-Length: (\\d+)"));
      const std::size_t body = length.empty() ? 0 : std::stoul(length[1]);
      if (answer.size() >= end + 4 + body) return answer;
    }
    char buffer[4096];
    const gssize size = g_input_stream_read(g_io_stream_get_input_stream(stream), buffer,
                                            sizeof buffer, nullptr, nullptr);
    if (size <= 0) return answer;
    answer.append(buffer, static_cast<std::size_t>(size));
  }
}

} // namespace fanlight::test
