#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <gio/gio.h>
#include <gst/rtsp/rtsp.h>
#include <unistd.h>

#include "gst/ref.h"
#include "media/dialogue.h"

namespace {

using namespace fanlight;
using namespace fanlight::media;

void require(bool condition) {
  if (!condition) std::abort();
}

using Connection = Owned<GstRTSPConnection, gst_rtsp_connection_free>;

/// A TCP connection at its end: GstRTSPConnection wants one with addresses.
int ended() {
  const auto listener = Ref<GSocketListener>::adopt(g_socket_listener_new());
  const guint16 port = g_socket_listener_add_any_inet_port(listener.get(), nullptr, nullptr);
  const auto client = Ref<GSocketClient>::adopt(g_socket_client_new());
  const auto here = Ref<GSocketConnection>::adopt(
      g_socket_client_connect_to_host(client.get(), "127.0.0.1", port, nullptr, nullptr));
  require(here.get() != nullptr);
  const auto there = Ref<GSocketConnection>::adopt(
      g_socket_listener_accept(listener.get(), nullptr, nullptr, nullptr));
  require(there.get() != nullptr);
  return dup(g_socket_get_fd(g_socket_connection_get_socket(here.get())));
}

/// One that reads this text and then the end.
Connection connection_to(const std::string& text) {
  static const int end = ended();
  const auto socket = Ref<GSocket>::adopt(g_socket_new_from_fd(dup(end), nullptr));
  require(socket.get() != nullptr);
  GstRTSPConnection* connection = nullptr;
  require(gst_rtsp_connection_create_from_socket(socket.get(), "127.0.0.1", 554, text.c_str(),
                                                 &connection) == GST_RTSP_OK);
  // As MessageMeter sees to it.
  gst_rtsp_connection_set_content_length_limit(connection, MessageMeter::kMostBody);
  return Connection{connection};
}

std::string authorization_of(const GstRTSPMessage* request) {
  gchar* value = nullptr;
  gst_rtsp_message_get_header(request, GST_RTSP_HDR_AUTHORIZATION, &value, 0);
  return value == nullptr ? "" : value;
}

void require_usable(GstRTSPMessage* response) {
  guint8* body = nullptr;
  guint size = 0;
  gst_rtsp_message_get_body(response, &body, &size);
  require(size <= 2 * MessageMeter::kMostBody);
}

} // namespace

/// Whatever a camera answers, one after the other, to the requests of a talk: no crash, no password
/// in the clear but where it wanted Basic, and no third answer to a refusal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Connection connection = connection_to({reinterpret_cast<const char*>(data), size});
  std::chrono::milliseconds period{1};
  Dialogue dialogue{Login{"user", "secret"}, Line::create(),
                    [&period](std::chrono::milliseconds every) { period = every; }};
  constexpr GstRTSPMethod kTalk[] = {GST_RTSP_OPTIONS, GST_RTSP_DESCRIBE, GST_RTSP_SETUP,
                                     GST_RTSP_PLAY, GST_RTSP_GET_PARAMETER};
  unsigned refused = 0;
  for (std::size_t at = 0; at < std::size(kTalk) && refused < 16;) {
    GstRTSPMessage request{};
    GstRTSPMessage response{};
    gst_rtsp_message_init_request(&request, kTalk[at], "rtsp://192.0.2.1/live");
    if (kTalk[at] == GST_RTSP_GET_PARAMETER)
      gst_rtsp_message_set_body(&request, reinterpret_cast<const guint8*>("fanlight-ping"), 13);
    dialogue.speak(&request);
    require(authorization_of(&request).find("secret") == std::string::npos);
    GstRTSPResult got = GST_RTSP_OK;
    do {
      gst_rtsp_message_unset(&response);
      got = gst_rtsp_connection_receive_usec(connection.get(), &response, 0);
    } while (got == GST_RTSP_OK && response.type != GST_RTSP_MESSAGE_RESPONSE);
    if (got == GST_RTSP_OK) {
      dialogue.hear(&request, &response);
      require_usable(&response);
      const auto refusal = dialogue.refusal();
      if (response.type_data.response.code == GST_RTSP_STS_UNAUTHORIZED) {
        ++refused;
        if (refusal.verdict != Login::Verdict::answered) ++at;
      } else {
        ++at;
      }
    }
    gst_rtsp_message_unset(&request);
    gst_rtsp_message_unset(&response);
    if (got != GST_RTSP_OK) break;
  }
  require(period.count() >= 1 && period <= std::chrono::seconds{30});
  return 0;
}
