#include "media/rtsp/connect_error.h"

#include <algorithm>

#include "base/codec.h"
#include "base/url.h"
#include "gst/pipeline.h"
#include "media/rtsp/address.h"
#include "media/rtsp/chain.h"

namespace fanlight::media {
namespace {

/// Cameras lock accounts after too many failed logins. A missing path is checked more often: the
/// camera may still be booting.
constexpr std::chrono::minutes kLoginRetry{5};
constexpr std::chrono::seconds kRefusedRetry{30};
/// Gives the camera time to forget the RTSP session that failed.
constexpr std::chrono::milliseconds kSoundRetry{200};

constexpr int kRtspPort = 554;

ConnectError refused_login(const std::string& why) {
  return {.why = why, .refused = true, .wait = kLoginRetry};
}

ConnectError unreachable(const config::Stream& stream) {
  const Address address = address_of(stream);
  const auto parts = split_url(address.location);
  const bool cut = parts && !shown_host(stream);
  std::string why = cut ? "cannot reach the camera: check that it is on and that its address is "
                          "right. If the user name or the password contains /, ? or #, write %2F, "
                          "%3F or %23 instead"
                        : "cannot reach " +
                              (parts ? with_port(parts->host, kRtspPort) : "the camera") +
                              ": check that the camera is on and that the address is right";
  if (address.tls)
    why += ". Check that the camera accepts TLS on that port";
  else if (stream.transport == config::RtspTransport::http)
    why += ". Check that the camera accepts RTSP over HTTP on that port";
  return {.why = why};
}

std::string debug_of(GstMessage* message) {
  gchar* raw = nullptr;
  gst_message_parse_error(message, nullptr, &raw);
  return take_string(raw);
}

ConnectError answered_with(const RtspHooks::Refusal& refusal) {
  const gchar* words = gst_rtsp_status_as_text(static_cast<GstRTSPStatusCode>(refusal.status));
  return {.why = "the camera answers " + refusal.method + " with " +
                 std::to_string(refusal.status) +
                 (words == nullptr ? "" : std::string{" "} + words)};
}

/// Describes rtspsrc's error for a connection that ended after it was set up. `foreign` is the
/// line by which data began that are not RTSP.
std::string lost(const std::string& detail, const std::string& foreign) {
  const auto says = [&detail](const char* words) { return detail.find(words) != detail.npos; };
  if (says("Parse error"))
    return "the camera sent data that is not RTSP" +
           (foreign.empty() ? std::string{} : " (\"" + foreign + "\")") +
           "; if every attempt ends like this, check the port in the URL";
  if (says("Timeout")) return "the camera keeps the connection open but does not answer";
  if (says("System error")) return "the connection to the camera broke";
  return "the connection to the camera was lost";
}

} // namespace

ConnectError connect_error_of(GstMessage* message, const config::Stream& stream,
                              const std::string& foreign) {
  GError* raw = nullptr;
  gst_message_parse_error(message, &raw, nullptr);
  const GErrorPtr error{raw};
  const std::string detail = debug_of(message);
  if (error->domain != GST_RESOURCE_ERROR) return {.why = describe(message)};
  if (detail.find("receive any UDP packets") != detail.npos)
    return {.why = "the camera answers, but no RTP packets arrive over UDP: allow UDP in the "
                   "firewall, or set transport to tcp or auto"};
  switch (error->code) {
  case GST_RESOURCE_ERROR_OPEN_READ:
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE: return unreachable(stream);
  // The next two occur only if RtspHooks is not in use.
  case GST_RESOURCE_ERROR_NOT_AUTHORIZED:
    return refused_login("the camera rejects the login: check user name and password");
  case GST_RESOURCE_ERROR_NOT_FOUND:
    return {.why = "the camera has no such stream: check the path in the URL",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RESOURCE_ERROR_READ:
  case GST_RESOURCE_ERROR_WRITE: return {.why = lost(detail, foreign)};
  default: return {.why = describe(message)};
  }
}

ConnectError connect_error_of(const RtspHooks::Refusal& refusal, const config::Stream& stream) {
  if (refusal.sound)
    return {.why = "the camera offers sound but refuses to send it (RTSP status " +
                   std::to_string(refusal.status) + ")",
            .sound = true,
            .wait = kSoundRetry};
  switch (refusal.status) {
  case GST_RTSP_STS_UNAUTHORIZED:
    switch (refusal.verdict) {
    case Login::Verdict::missing:
      return refused_login("the camera requires a login: set its user name and password");
    case Login::Verdict::unsupported:
      return refused_login(
          "the server does not support the camera's authentication method: set the camera to "
          "Digest (MD5 or SHA-256) or Basic");
    default: return refused_login("the camera rejects the login: check user name and password");
    }
  case GST_RTSP_STS_FORBIDDEN:
    return refused_login(
        "the camera does not allow this user to view the stream: check the user's permissions in "
        "the camera");
  case GST_RTSP_STS_NOT_FOUND:
    // The path was right if the camera has described it.
    if (refusal.method != "DESCRIBE") return answered_with(refusal);
    return {.why = "the camera has no such stream: check the path in the URL",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RTSP_STS_UNSUPPORTED_TRANSPORT:
    return {.why = std::string{"the camera does not support transport: "} +
                   name_of(stream.transport) + "; choose another transport",
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RTSP_STS_NOT_ENOUGH_BANDWIDTH:
  case GST_RTSP_STS_SERVICE_UNAVAILABLE:
    return {.why = "the camera is busy: it may have reached its limit of connections"};
  default: return answered_with(refusal);
  }
}

ConnectError refused_certificate(const std::string& why) {
  return {.why = why, .refused = true, .wait = kRefusedRetry};
}

ConnectError connect_error_of(const RtspSockets::Refusal& refusal) {
  if (!refusal.no_use) return {.why = refusal.why};
  return {.why = refusal.why, .refused = true, .wait = kRefusedRetry};
}

ConnectError wrong_codec(const std::vector<std::string>& sent, const std::string& wanted) {
  ConnectError error{.why = {}, .refused = true, .wait = kRefusedRetry};
  const auto sends = [&sent](const char* encoding) {
    return std::find(sent.begin(), sent.end(), encoding) != sent.end();
  };
  std::string all;
  bool known = sent.empty();
  for (const std::string& encoding : sent) {
    all += (all.empty() ? "" : ", ") + encoding;
    known = known || codec_of(encoding);
  }
  std::string any = wanted; // "H264 or H265"
  for (auto at = any.find(", "); at != any.npos; at = any.find(", ")) any.replace(at, 2, " or ");
  if (known)
    error.why = "the camera sends " + (all.empty() ? "no video" : all) +
                ", but its codecs key allows only " + wanted +
                ": change the codec in the camera or the codecs key";
  else if (sends("JPEG"))
    error.why = "the camera sends MJPEG, which the server does not carry: set this stream to " +
                any + " in the camera, or use the path of its stream in " + any;
  else if (sends("MP2T"))
    error.why = "the camera sends an MPEG transport stream (MPEG-TS), which the server does not "
                "carry: let the camera send " +
                any + " over RTP without it (\"elementary stream\")";
  else
    error.why = "the camera sends " + all +
                ", which the server does not carry: set this stream to " + any + " in the camera";
  return error;
}

} // namespace fanlight::media
