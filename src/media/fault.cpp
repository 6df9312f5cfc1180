#include "media/fault.h"

#include "gst/pipeline.h"

namespace fanlight::media {
namespace {

/// Cameras lock accounts that fail too often; a missing path may only be a camera that is still
/// booting.
constexpr std::chrono::minutes kLoginRetry{5};
constexpr std::chrono::seconds kRefusedRetry{30};

/// "192.0.2.10:554" of an RTSP URL.
std::string host_of(const std::string& url) {
  GError* raw = nullptr;
  const Owned<GUri, g_uri_unref> uri{g_uri_parse(url.c_str(), G_URI_FLAGS_NONE, &raw)};
  const GErrorPtr error{raw};
  if (!uri || g_uri_get_host(uri.get()) == nullptr) return "the camera";
  const int port = g_uri_get_port(uri.get());
  return std::string{g_uri_get_host(uri.get())} + ":" + std::to_string(port < 0 ? 554 : port);
}

/// What rtspsrc says of a connection that ended while it was used.
std::string lost(const std::string& detail) {
  const auto says = [&detail](const char* words) { return detail.find(words) != detail.npos; };
  if (says("Parse error")) return "the camera sends what is no RTSP: the connection is of no use";
  if (says("Timeout")) return "the camera keeps the connection but does not answer";
  if (says("System error")) return "the connection to the camera broke";
  return "the connection to the camera was lost";
}

} // namespace

Fault fault_of(GstMessage* message, const std::string& url) {
  GError* raw = nullptr;
  gchar* debug = nullptr;
  gst_message_parse_error(message, &raw, &debug);
  const GErrorPtr error{raw};
  const std::string detail = debug == nullptr ? "" : take_string(debug);
  if (error->domain != GST_RESOURCE_ERROR) return {.why = describe(message)};
  switch (error->code) {
  case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
    return {.why = "the camera refuses the login: check user and password in its url",
            .refused = true,
            .wait = kLoginRetry};
  case GST_RESOURCE_ERROR_NOT_FOUND:
    return {.why = "the camera has no such stream: check the path in its url",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RESOURCE_ERROR_OPEN_READ:
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE:
    return {.why =
                "cannot connect to " + host_of(url) + ": is the camera on, and its address right?"};
  case GST_RESOURCE_ERROR_READ:
  case GST_RESOURCE_ERROR_WRITE: return {.why = lost(detail)};
  default: return {.why = describe(message)};
  }
}

Fault wrong_codec(const std::string& sent, const std::string& wanted) {
  return {.why = "the camera sends " + (sent.empty() ? "no video" : sent) +
                 ", and its viewers may be given " + wanted +
                 ": change the camera's codec or its codecs key",
          .refused = true,
          .wait = kRefusedRetry};
}

} // namespace fanlight::media
