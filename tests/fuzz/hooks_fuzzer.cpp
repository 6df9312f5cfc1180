#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>

#include <gio/gio.h>
#include <gst/rtsp/rtsp.h>
#include <sys/socket.h>

#include "gst/ref.h"
#include "media/rtsp/hooks.h"
#include "media/rtsp/read_ahead.h"

namespace {

using namespace fanlight;
using namespace fanlight::media;

void require(bool condition) {
  if (!condition) std::abort();
}

using Connection = Owned<GstRTSPConnection, gst_rtsp_connection_free>;
using Url = Owned<GstRTSPUrl, gst_rtsp_url_free>;

/// A camera that says `text` to whoever connects, and then no more; gone without a trace, as there
/// are more inputs than ports.
class Camera {
 public:
  Camera() : listener_(Ref<GSocketListener>::adopt(g_socket_listener_new())) {
    port_ = g_socket_listener_add_any_inet_port(listener_.get(), nullptr, nullptr);
    require(port_ != 0);
  }
  /// Connected as rtspsrc is, so that it is read through the meter.
  Connection connect() const {
    GstRTSPUrl* parsed = nullptr;
    const std::string text = "rtsp://127.0.0.1:" + std::to_string(port_) + "/live";
    require(gst_rtsp_url_parse(text.c_str(), &parsed) == GST_RTSP_OK);
    const Url url{parsed};
    GstRTSPConnection* connection = nullptr;
    require(gst_rtsp_connection_create(url.get(), &connection) == GST_RTSP_OK);
    Connection made{connection};
    require(gst_rtsp_connection_connect_usec(connection, 0) == GST_RTSP_OK);
    return made;
  }
  void say(const std::uint8_t* data, std::size_t size) {
    said_ = Ref<GSocketConnection>::adopt(
        g_socket_listener_accept(listener_.get(), nullptr, nullptr, nullptr));
    require(said_.get() != nullptr);
    const int descriptor = g_socket_get_fd(g_socket_connection_get_socket(said_.get()));
    const linger none{1, 0};
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &none, sizeof none);
    // What is beyond the buffers of the kernel is beyond any input.
    if (size > 0) require(send(descriptor, data, size, MSG_DONTWAIT | MSG_NOSIGNAL) > 0);
    shutdown(descriptor, SHUT_WR);
  }
  void hang_up() { said_ = {}; }

 private:
  Ref<GSocketListener> listener_;
  Ref<GSocketConnection> said_;
  guint16 port_ = 0;
};

std::string authorization_of(const GstRTSPMessage* request) {
  gchar* value = nullptr;
  gst_rtsp_message_get_header(request, GST_RTSP_HDR_AUTHORIZATION, &value, 0);
  return value == nullptr ? "" : value;
}

guint body_of(GstRTSPMessage* response) {
  guint8* body = nullptr;
  guint size = 0;
  gst_rtsp_message_get_body(response, &body, &size);
  return size;
}

} // namespace

/// Whatever a camera answers, one after the other, to the requests of a talk: no crash, no password
/// in the clear but where it wanted Basic, and no third answer to a refusal.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Camera camera;
  install_read_ahead();
  const auto sockets = RtspSockets::create();
  sockets->enter();
  const Connection connection = camera.connect();
  camera.say(data, size);
  std::chrono::milliseconds period{1};
  RtspHooks hooks{rtsp::Login{"user", "secret"}, rtsp::KeepAlivePlan{}, sockets,
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
    hooks.before_request(&request);
    require(authorization_of(&request).find("secret") == std::string::npos);
    GstRTSPResult got = GST_RTSP_OK;
    do {
      gst_rtsp_message_unset(&response);
      got = gst_rtsp_connection_receive_usec(connection.get(), &response, 0);
    } while (got == GST_RTSP_OK && response.type != GST_RTSP_MESSAGE_RESPONSE);
    if (got == GST_RTSP_OK) {
      require(body_of(&response) <= MessageMeter::kMostBody);
      hooks.on_response(&request, &response);
      require(body_of(&response) <= 2 * MessageMeter::kMostBody);
      const auto refusal = hooks.refusal();
      if (response.type_data.response.code == GST_RTSP_STS_UNAUTHORIZED) {
        ++refused;
        if (refusal.verdict != rtsp::Login::Verdict::answered) ++at;
      } else {
        ++at;
      }
    }
    gst_rtsp_message_unset(&request);
    gst_rtsp_message_unset(&response);
    if (got != GST_RTSP_OK) break;
  }
  camera.hang_up();
  require(period.count() >= 1 && period <= std::chrono::seconds{30});
  return 0;
}
