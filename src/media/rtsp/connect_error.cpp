#include "media/rtsp/connect_error.h"

#include "base/url.h"
#include "gst/pipeline.h"
#include "media/rtsp/address.h"
#include "media/rtsp/chain.h"

namespace fanlight::media {
namespace {

/// Cameras lock accounts that fail too often; a missing path may only be a camera that is still
/// booting.
constexpr std::chrono::minutes kLoginRetry{5};
constexpr std::chrono::seconds kRefusedRetry{30};
/// Time for the camera to forget the session that came to nothing.
constexpr std::chrono::milliseconds kSoundRetry{200};

constexpr int kRtspPort = 554;

ConnectError refused_login(const std::string& why) {
  return {.why = why, .refused = true, .wait = kLoginRetry};
}

ConnectError unreachable(const config::Stream& stream) {
  const Address address = address_of(stream);
  const auto parts = split_url(address.location);
  const bool cut = parts && !shown_host(stream);
  std::string why = "cannot connect to " +
                    (parts && !cut ? with_port(parts->host, kRtspPort) : "the camera") +
                    ": is the camera on, and its address right?";
  if (cut) why += " If that is in its user or password, write %2F for /, %3F for ?, %23 for #.";
  if (address.tls)
    why += " Does it speak TLS on that port?";
  else if (stream.transport == config::RtspTransport::http)
    why += " Does it tunnel RTSP in HTTP on that port?";
  return {.why = why};
}

std::string debug_of(GstMessage* message) {
  gchar* raw = nullptr;
  gst_message_parse_error(message, nullptr, &raw);
  return take_string(raw);
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

ConnectError connect_error_of(GstMessage* message, const config::Stream& stream) {
  GError* raw = nullptr;
  gst_message_parse_error(message, &raw, nullptr);
  const GErrorPtr error{raw};
  const std::string detail = debug_of(message);
  if (error->domain != GST_RESOURCE_ERROR) return {.why = describe(message)};
  if (detail.find("receive any UDP packets") != detail.npos)
    return {.why = "the camera answers, but its RTP does not arrive by UDP: a firewall? transport: "
                   "tcp does without, "
                   "auto finds out"};
  switch (error->code) {
  case GST_RESOURCE_ERROR_OPEN_READ:
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE: return unreachable(stream);
  // Where our extension is not in use, see RtspHooks.
  case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
    return refused_login("the camera refuses the login: check user and password");
  case GST_RESOURCE_ERROR_NOT_FOUND:
    return {.why = "the camera has no such stream: check the path in its url",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RESOURCE_ERROR_READ:
  case GST_RESOURCE_ERROR_WRITE: return {.why = lost(detail)};
  default: return {.why = describe(message)};
  }
}

ConnectError connect_error_of(const RtspHooks::Refusal& refusal, const config::Stream& stream) {
  if (refusal.sound)
    return {.why =
                "the camera announces sound and refuses it with " + std::to_string(refusal.status),
            .sound = true,
            .wait = kSoundRetry};
  switch (refusal.status) {
  case GST_RTSP_STS_UNAUTHORIZED:
    switch (refusal.verdict) {
    case Login::Verdict::missing:
      return refused_login("the camera wants a login: give its user and password");
    case Login::Verdict::unsupported:
      return refused_login(
          "the camera wants a login of a kind that is not known here: set it to Digest "
          "with MD5 or SHA-256, or to Basic");
    default: return refused_login("the camera refuses the login: check user and password");
    }
  case GST_RTSP_STS_FORBIDDEN:
    return refused_login(
        "the camera does not let this user see the stream: check the user's rights");
  case GST_RTSP_STS_NOT_FOUND:
    return {.why = "the camera has no such stream: check the path in its url",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RTSP_STS_UNSUPPORTED_TRANSPORT:
    return {.why = std::string{"the camera does not send by transport: "} +
                   name_of(stream.transport) + "; choose another",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RTSP_STS_NOT_ENOUGH_BANDWIDTH:
  case GST_RTSP_STS_SERVICE_UNAVAILABLE:
    return {.why = "the camera is busy: it may allow no further connection"};
  default: {
    const gchar* words = gst_rtsp_status_as_text(static_cast<GstRTSPStatusCode>(refusal.status));
    return {.why = "the camera answers " + refusal.method + " with " +
                   std::to_string(refusal.status) +
                   (words == nullptr ? "" : std::string{" "} + words)};
  }
  }
}

ConnectError refused_certificate(const std::string& why) {
  return {.why = why, .refused = true, .wait = kRefusedRetry};
}

ConnectError connect_error_of(const RtspSockets::Refusal& refusal) {
  if (!refusal.no_use) return {.why = refusal.why};
  return {.why = refusal.why, .refused = true, .wait = kRefusedRetry};
}

ConnectError wrong_codec(const std::string& sent, const std::string& wanted) {
  return {.why = "the camera sends " + (sent.empty() ? "no video" : sent) +
                 ", and its viewers may be given " + wanted +
                 ": change the camera's codec or its codecs key",
          .refused = true,
          .wait = kRefusedRetry};
}

} // namespace fanlight::media
