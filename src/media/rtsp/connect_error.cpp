#include "media/rtsp/connect_error.h"

#include <algorithm>
#include <utility>

#include "base/codec.h"
#include "base/url.h"
#include "gst/pipeline.h"
#include "media/rtsp/address.h"
#include "media/rtsp/chain.h"
#include "media/rtsp/excess.h"
#include "media/rtsp/message_meter.h"
#include "media/rtsp/redirection.h"

namespace fanlight::media {
namespace {

/// Cameras lock accounts after too many failed logins. A missing path is checked more often: the
/// camera may still be booting.
constexpr std::chrono::minutes kLoginRetry{5};
constexpr std::chrono::seconds kRefusedRetry{30};
/// Gives the camera time to forget the RTSP session that failed.
constexpr std::chrono::milliseconds kSoundRetry{200};

constexpr int kRtspPort = 554;
constexpr int kMostNamed = 8; // Of the codecs that a camera sends.

ConnectError refused_login(const Reason& why) {
  return {.why = why, .refused = true, .wait = kLoginRetry};
}

ConnectError wrong_login() {
  return refused_login(
      {"login_rejected"_reason, "the camera rejects the login: check user name and password"});
}

ConnectError no_such_stream() {
  return {
      .why = {"no_such_path"_reason, "the camera has no such stream: check the path in the URL"},
      .refused = true,
      .wait = kRefusedRetry};
}

/// An error of GStreamer that has no words of ours.
ConnectError failed(GstMessage* message) { return {.why = gstreamer_error(describe(message))}; }

ConnectError unreachable(const config::Stream& stream) {
  const Address address = address_of(stream);
  const auto parts = split_url(address.location);
  if (!parts || !shown_host(stream))
    return {.why = {"unreachable_login"_reason,
                    "cannot reach the camera: check that it is on and that its address is right. "
                    "If the user name or the password contains /, ? or #, write %2F, %3F or %23 "
                    "instead"}};
  const std::vector<Reason::Value> place{{"address", with_port(parts->host, kRtspPort)}};
  if (address.tls)
    return {.why = {"unreachable_tls"_reason,
                    "cannot reach {address}: check that the camera is on and that the address is "
                    "right. Check that the camera accepts TLS on that port",
                    place}};
  if (stream.transport == config::RtspTransport::http)
    return {.why = {"unreachable_http"_reason,
                    "cannot reach {address}: check that the camera is on and that the address is "
                    "right. Check that the camera accepts RTSP over HTTP on that port",
                    place}};
  return {.why = {"unreachable"_reason,
                  "cannot reach {address}: check that the camera is on and that the address is "
                  "right",
                  place}};
}

std::string debug_of(GstMessage* message) {
  gchar* raw = nullptr;
  gst_message_parse_error(message, nullptr, &raw);
  return take_string(raw);
}

ConnectError answered_with(const RtspHooks::Refusal& refusal) {
  const gchar* words = gst_rtsp_status_as_text(static_cast<GstRTSPStatusCode>(refusal.status));
  const std::string status =
      std::to_string(refusal.status) + (words == nullptr ? "" : std::string{" "} + words);
  return {.why = {"rtsp_status"_reason,
                  "the camera answers {method} with {status}",
                  {{"method", refusal.method}, {"status", status}}}};
}

/// `line`: that by which data began that are not RTSP; empty: it is no text.
Reason not_rtsp(const std::string& line) {
  if (!line.empty())
    return {"not_rtsp_but"_reason,
            "the camera sent data that is not RTSP (\"{line}\"); if every attempt ends like this, "
            "check the port in the URL",
            {{"line", line}}};
  return {"not_rtsp"_reason,
          "the camera sent data that is not RTSP; if every attempt ends like this, "
          "check the port in the URL"};
}

Reason mute() {
  return {"mute_camera"_reason, "the camera keeps the connection open but does not answer"};
}

Reason no_datagrams() {
  return {"no_udp"_reason, "the camera answers, but no RTP packets arrive over UDP: allow UDP "
                           "in the firewall, or set transport to tcp or auto"};
}

Reason broken() { return {"camera_broke"_reason, "the connection to the camera broke"}; }

Reason lost() { return {"camera_lost"_reason, "the connection to the camera was lost"}; }

/// Describes rtspsrc's error for a connection that ended after it was set up. `foreign` is the
/// line by which data began that are not RTSP.
Reason lost(const std::string& detail, const std::string& foreign) {
  const auto says = [&detail](const char* words) { return detail.find(words) != detail.npos; };
  if (says("Parse error")) return not_rtsp(foreign);
  if (says("Timeout")) return mute();
  return says("System error") ? broken() : lost();
}

} // namespace

Reason gstreamer_error(const std::string& detail) {
  return {"gstreamer_error"_reason, "{detail}", {{"detail", detail}}};
}

ConnectError connect_error_of(GstMessage* message, const config::Stream& stream,
                              const std::string& foreign) {
  GError* raw = nullptr;
  gst_message_parse_error(message, &raw, nullptr);
  const GErrorPtr error{raw};
  const std::string detail = debug_of(message);
  if (error->domain != GST_RESOURCE_ERROR) return failed(message);
  if (detail.find("receive any UDP packets") != detail.npos) return {.why = no_datagrams()};
  switch (error->code) {
  case GST_RESOURCE_ERROR_OPEN_READ:
  case GST_RESOURCE_ERROR_OPEN_WRITE:
  case GST_RESOURCE_ERROR_OPEN_READ_WRITE: return unreachable(stream);
  // The next two occur only if RtspHooks is not in use.
  case GST_RESOURCE_ERROR_NOT_AUTHORIZED: return wrong_login();
  case GST_RESOURCE_ERROR_NOT_FOUND: return no_such_stream();
  case GST_RESOURCE_ERROR_READ:
  case GST_RESOURCE_ERROR_WRITE: return {.why = lost(detail, foreign)};
  default: return failed(message);
  }
}

ConnectError connect_error_of(const RtspHooks::Refusal& refusal, const config::Stream& stream) {
  if (refusal.sound)
    return {.why = {"sound_refused"_reason,
                    "the camera offers sound but refuses to send it (RTSP status {status})",
                    {{"status", refusal.status}}},
            .sound = true,
            .wait = kSoundRetry};
  switch (refusal.status) {
  case GST_RTSP_STS_UNAUTHORIZED:
    switch (refusal.verdict) {
    case rtsp::Login::Verdict::missing:
      return refused_login(
          {"login_missing"_reason, "the camera requires a login: set its user name and password"});
    case rtsp::Login::Verdict::unsupported:
      return refused_login({"login_unsupported"_reason,
                            "the server does not support the camera's authentication method: set "
                            "the camera to Digest (MD5 or SHA-256) or Basic"});
    default: return wrong_login();
    }
  case GST_RTSP_STS_FORBIDDEN:
    return refused_login({"user_forbidden"_reason,
                          "the camera does not allow this user to view the stream: check the "
                          "user's permissions in the camera"});
  case GST_RTSP_STS_NOT_FOUND:
    // The path was right if the camera has described it.
    return refusal.method == "DESCRIBE" ? no_such_stream() : answered_with(refusal);
  case GST_RTSP_STS_UNSUPPORTED_TRANSPORT:
    return {.why = {"transport_unsupported"_reason,
                    "the camera does not support transport: {transport}; choose another transport",
                    {{"transport", name_of(stream.transport)}}},
            .refused = true,
            .wait = kRefusedRetry};
  case GST_RTSP_STS_NOT_ENOUGH_BANDWIDTH:
  case GST_RTSP_STS_SERVICE_UNAVAILABLE:
    return {.why = {"camera_busy"_reason,
                    "the camera is busy: it may have reached its limit of connections"}};
  default: return answered_with(refusal);
  }
}

ConnectError connect_error_of(const rtsp::Failure& failure, const config::Stream& stream) {
  using Kind = rtsp::Failure::Kind;
  const auto refused = [](Reason why) {
    return ConnectError{.why = std::move(why), .refused = true, .wait = kRefusedRetry};
  };
  if (failure.shaking) {
    ConnectError error = unreachable(stream);
    error.perhaps_direct = true;
    return error;
  }
  switch (failure.kind) {
  case Kind::unreachable: return unreachable(stream);
  case Kind::broken: return {.why = broken()};
  case Kind::none:
  case Kind::closed: break;
  case Kind::mute: return {.why = mute()};
  case Kind::no_datagrams: return {.why = no_datagrams()};
  case Kind::late: return {.why = MessageMeter::late(failure.method)};
  case Kind::foreign: return {.why = not_rtsp(failure.text)};
  case Kind::long_head: return refused(MessageMeter::long_head(failure.method));
  case Kind::long_body: return refused(MessageMeter::too_long(failure.method));
  case Kind::much_talk: return refused(MessageMeter::much_talk());
  case Kind::much_media: return refused(MessageMeter::much_media());
  case Kind::refused:
    return connect_error_of(
        RtspHooks::Refusal{failure.status, failure.verdict, failure.method, failure.sound}, stream);
  case Kind::description: return refused(reason_of(failure.excess));
  case Kind::redirection: return refused(reason_of(failure.redirection));
  case Kind::redirections: return refused(too_many_redirections());
  case Kind::certificate: break; // CertificateCheck says why.
  case Kind::encrypted: {
    ConnectError error =
        refused({"direct_srtp"_reason,
                 "the camera sends encrypted media (SRTP), which source: direct does not read: "
                 "set source to auto"});
    error.only_direct = true;
    return error;
  }
  case Kind::handshake: {
    ConnectError error = unreachable(stream);
    error.only_direct = true;
    return error;
  }
  }
  return {.why = lost()};
}

ConnectError refused_certificate(const Reason& why) {
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
  int named = 0;
  for (const std::string& encoding : sent) {
    if (named <= kMostNamed)
      all += (named == 0 ? "" : ", ") + (named < kMostNamed ? encoding : "…");
    ++named;
    known = known || codec_of(encoding);
  }
  std::string any = wanted; // "H264 or H265"
  for (auto at = any.find(", "); at != any.npos; at = any.find(", ")) any.replace(at, 2, " or ");
  if (sent.empty())
    error.why = {"no_video"_reason, "the camera sends no video: check the path in the URL"};
  else if (known)
    error.why = {"codec_not_allowed"_reason,
                 "the camera sends {sent}, but its codecs key allows only {wanted}: change the "
                 "codec in the camera or the codecs key",
                 {{"sent", all}, {"wanted", wanted}}};
  else if (sends("JPEG"))
    error.why = {"mjpeg"_reason,
                 "the camera sends MJPEG, which the server does not carry: set this stream to "
                 "{wanted} in the camera, or use the path of its stream in {wanted}",
                 {{"wanted", any}}};
  else if (sends("MP2T"))
    error.why = {"mpeg_ts"_reason,
                 "the camera sends an MPEG transport stream (MPEG-TS), which the server does not "
                 "carry: let the camera send {wanted} over RTP without it (\"elementary stream\")",
                 {{"wanted", any}}};
  else
    error.why = {"codec_not_carried"_reason,
                 "the camera sends {sent}, which the server does not carry: set this stream to "
                 "{wanted} in the camera",
                 {{"sent", all}, {"wanted", any}}};
  return error;
}

} // namespace fanlight::media
