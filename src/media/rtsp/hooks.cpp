#include "media/rtsp/hooks.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <gst/rtsp/gstrtspextension.h>

#include "gst/elements.h"
#include "media/rtsp/excess.h"
#include "media/rtsp/redirection.h"
#include "rtsp/message.h"

namespace fanlight::media {
namespace {

/// After a 401, rtspsrc repeats the request only if it has a user and a password. It gets these.
constexpr const char* kPlaceholder = "-";
/// The parameter that marks our keep-alive on its way to before_request(), which removes it.
constexpr const char* kPing = "fanlight-ping";
constexpr unsigned kMostRedirections = 5;

/// The hooks of the rtspsrc whose request is under way on this thread. rtspsrc does not tell its
/// extensions which rtspsrc calls them, but it does one request at a time, on the thread that
/// emitted before-send.
thread_local std::weak_ptr<RtspHooks> under_way;

// rtspsrc creates one instance of every extension that is registered when its plug-in is loaded.

struct Extension {
  GstElement parent;
};
struct ExtensionClass {
  GstElementClass parent;
};

/// Whether rtspsrc uses our extension. It does not if its plug-in was loaded before, for example
/// while GStreamer scanned for plug-ins.
bool in_use = false;

GstRTSPResult after_send(GstRTSPExtension*, GstRTSPMessage* request, GstRTSPMessage* response) {
  if (const auto hooks = under_way.lock()) hooks->on_response(request, response);
  return GST_RTSP_OK;
}

void init_extension(gpointer interface, gpointer) {
  static_cast<GstRTSPExtensionInterface*>(interface)->after_send = after_send;
}

void init(GTypeInstance*, gpointer) { in_use = true; }

void init_class(gpointer type, gpointer) {
  gst_element_class_set_static_metadata(static_cast<GstElementClass*>(type),
                                        "RTSP login and keep-alive", "Network/Extension/Protocol",
                                        "Adds logins and keep-alives to RTSP requests", "Fanlight");
}

void register_extension() {
  static const bool once = [] {
    const GType type = g_type_register_static_simple(GST_TYPE_ELEMENT, "FanlightRtspExtension",
                                                     sizeof(ExtensionClass), init_class,
                                                     sizeof(Extension), init, GTypeFlags{});
    const GInterfaceInfo info{init_extension, nullptr, nullptr};
    g_type_add_interface_static(type, GST_TYPE_RTSP_EXTENSION, &info);
    return gst_element_register(nullptr, "fanlightrtspextension", GST_RANK_PRIMARY, type) != FALSE;
  }();
  (void)once;
}

std::vector<std::string> headers(const GstRTSPMessage* message, GstRTSPHeaderField field) {
  std::vector<std::string> values;
  gchar* value = nullptr;
  while (gst_rtsp_message_get_header(message, field, &value, static_cast<gint>(values.size())) ==
         GST_RTSP_OK)
    values.emplace_back(value);
  return values;
}

std::string first(const std::vector<std::string>& values) {
  return values.empty() ? std::string{} : values.front();
}

std::string method_of(const GstRTSPMessage* request) {
  const gchar* text = gst_rtsp_method_as_text(request->type_data.request.method);
  return text == nullptr ? "" : text;
}

} // namespace

Result<Ref<GstElement>> RtspHooks::make_rtspsrc(const char* name) {
  register_extension();
  return make_element("rtspsrc", name);
}

std::shared_ptr<RtspHooks> RtspHooks::attach(GstElement* rtspsrc, rtsp::Login login,
                                             rtsp::KeepAlivePlan plan,
                                             std::shared_ptr<RtspSockets> sockets, OnPlay on_play) {
  const auto hooks =
      std::make_shared<RtspHooks>(std::move(login), plan, std::move(sockets), std::move(on_play));
  if (!in_use) {
    hooks->sockets_->play(); // Without the extension, nothing reports PLAY.
    // rtspsrc then logs in by itself, without SHA-256.
    g_object_set(rtspsrc, "user-id", hooks->login_.username().c_str(), "user-pw",
                 hooks->login_.password().c_str(), nullptr);
    return hooks;
  }
  g_object_set(rtspsrc, "user-id", kPlaceholder, "user-pw", kPlaceholder, "do-rtsp-keep-alive",
               FALSE, nullptr);
  g_signal_connect_data(
      rtspsrc, "before-send",
      G_CALLBACK(+[](GstElement*, GstRTSPMessage* request, gpointer data) -> gboolean {
        const auto& self = *static_cast<std::shared_ptr<RtspHooks>*>(data);
        under_way = self;
        return self->before_request(request) ? TRUE : FALSE;
      }),
      new std::shared_ptr<RtspHooks>(hooks),
      +[](gpointer data, GClosure*) { delete static_cast<std::shared_ptr<RtspHooks>*>(data); },
      GConnectFlags{});
  return hooks;
}

RtspHooks::Refusal RtspHooks::refusal() const {
  const std::lock_guard lock{mutex_};
  return refusal_;
}

void RtspHooks::keep_alive(GstElement* rtspsrc) {
  // This interrupts between two interleaved packets, never inside one: GstRTSPConnection allows
  // nothing else.
  const auto promise = Ref<GstPromise>::adopt(gst_promise_new());
  gboolean sent = FALSE;
  g_signal_emit_by_name(rtspsrc, "get-parameter", kPing, nullptr, promise.get(), &sent);
}

// ---- On rtspsrc's thread ----

bool RtspHooks::before_request(GstRTSPMessage* request) {
  // After a redirection of OPTIONS, rtspsrc would still send DESCRIBE to the old place first.
  if (std::exchange(moves_, false) && request->type_data.request.method == GST_RTSP_DESCRIBE)
    return false;
  guint8* body = nullptr;
  guint size = 0;
  gst_rtsp_message_get_body(request, &body, &size);
  const std::string_view text{reinterpret_cast<const char*>(body), body == nullptr ? 0 : size};
  // After a 401, a repeated keep-alive is still a keep-alive.
  pinging_ = text.starts_with(kPing) ||
             (pinging_ && (request->type_data.request.method == GST_RTSP_OPTIONS ||
                           request->type_data.request.method == GST_RTSP_GET_PARAMETER ||
                           request->type_data.request.method == GST_RTSP_SET_PARAMETER));
  if (pinging_) {
    // RFC 2326, section 10.8: GET_PARAMETER without a body is a ping. A camera that does not list
    // it gets OPTIONS, if the plan says nothing else.
    gst_rtsp_message_set_body(request, nullptr, 0);
    gst_rtsp_message_remove_header(request, GST_RTSP_HDR_CONTENT_TYPE, -1);
    gst_rtsp_message_remove_header(request, GST_RTSP_HDR_CONTENT_LENGTH, -1);
    request->type_data.request.method =
        refuses_ping_ ? GST_RTSP_OPTIONS : gst_rtsp_find_method(plan_.method(takes_get_parameter_));
  }
  sockets_->ask(method_of(request));
  gst_rtsp_message_remove_header(request, GST_RTSP_HDR_AUTHORIZATION, -1);
  const std::string authorization =
      login_.authorization(method_of(request), request->type_data.request.uri);
  if (!authorization.empty())
    gst_rtsp_message_add_header(request, GST_RTSP_HDR_AUTHORIZATION, authorization.c_str());
  return true;
}

void RtspHooks::on_response(GstRTSPMessage* request, GstRTSPMessage* response) {
  sockets_->complete();
  sockets_->ask({}); // A message without a request is no answer.
  const int status = response->type_data.response.code;
  Refusal refusal{status, rtsp::Login::Verdict::answered, method_of(request), false};
  const bool challenged = !headers(response, GST_RTSP_HDR_WWW_AUTHENTICATE).empty();
  if (status == GST_RTSP_STS_UNAUTHORIZED &&
      (challenged || request->type_data.request.method != GST_RTSP_OPTIONS)) {
    on_challenge(response, refusal);
    if (refusal.verdict == rtsp::Login::Verdict::answered) return; // rtspsrc repeats it.
  } else {
    login_.accept();
  }
  if (on_keep_alive(status) || on_redirection(request, response)) return;
  if (request->type_data.request.method == GST_RTSP_OPTIONS &&
      refusal.verdict == rtsp::Login::Verdict::answered && on_refused_options(response))
    return;
  if (status < 200 || status >= 300) {
    const auto medium = media_.find(request->type_data.request.uri);
    refusal.sound = request->type_data.request.method == GST_RTSP_SETUP &&
                    status != GST_RTSP_STS_UNAUTHORIZED && medium != media_.end() &&
                    medium->second == "audio";
    const std::lock_guard lock{mutex_};
    refusal_ = refusal;
    return;
  }
  {
    const std::lock_guard lock{mutex_};
    refusal_ = {};
  }
  switch (request->type_data.request.method) {
  case GST_RTSP_OPTIONS: on_options(response); break;
  case GST_RTSP_DESCRIBE: on_description(request, response); break;
  case GST_RTSP_SETUP: on_setup(request, response); break;
  case GST_RTSP_PLAY:
    redirections_ = 0;
    sockets_->play();
    on_play_(plan_.period(timeout()));
    break;
  default: break;
  }
}

bool RtspHooks::on_keep_alive(int status) {
  if (!std::exchange(pinging_, false)) return false;
  ++keep_alives_;
  if (status == GST_RTSP_STS_METHOD_NOT_ALLOWED || status == GST_RTSP_STS_NOT_IMPLEMENTED ||
      status == GST_RTSP_STS_OPTION_NOT_SUPPORTED)
    refuses_ping_ = true;
  return true;
}

bool RtspHooks::on_redirection(const GstRTSPMessage* request, GstRTSPMessage* response) {
  const int status = response->type_data.response.code;
  const GstRTSPMethod method = request->type_data.request.method;
  if (status < 300 || status >= 400 ||
      (method != GST_RTSP_OPTIONS && method != GST_RTSP_DESCRIBE && method != GST_RTSP_PLAY))
    return false;
  auto url = redirected_url(request->type_data.request.uri,
                            first(headers(response, GST_RTSP_HDR_LOCATION)), sockets_->tls());
  // rtspsrc follows redirections without a limit.
  if (url && ++redirections_ > kMostRedirections)
    url = Error{Errc::invalid, too_many_redirections()};
  if (!url) {
    sockets_->refuse({.why = static_cast<const Reason&>(url.error()), .no_use = true});
    // For a redirection without an address, rtspsrc posts no error.
    response->type_data.response.code = GST_RTSP_STS_BAD_REQUEST;
    return true;
  }
  // It follows 301 and 302 only.
  response->type_data.response.code = GST_RTSP_STS_MOVE_TEMPORARILY;
  gst_rtsp_message_remove_header(response, GST_RTSP_HDR_LOCATION, -1);
  gst_rtsp_message_add_header(response, GST_RTSP_HDR_LOCATION, url->c_str());
  moves_ = method == GST_RTSP_OPTIONS;
  login_.move();
  return true;
}

/// Not all cameras answer OPTIONS, or they answer it for another URL only. DESCRIBE shows whether
/// the URL is right. rtspsrc goes on after 501, and after nothing else.
bool RtspHooks::on_refused_options(GstRTSPMessage* response) {
  GstRTSPStatusCode& status = response->type_data.response.code;
  if (status < 300) return false;
  status = GST_RTSP_STS_NOT_IMPLEMENTED;
  on_options(response);
  return true;
}

void RtspHooks::on_challenge(GstRTSPMessage* response, Refusal& refusal) {
  std::vector<rtsp::Challenge> challenges;
  for (const std::string& value : headers(response, GST_RTSP_HDR_WWW_AUTHENTICATE))
    for (rtsp::Challenge& challenge : rtsp::parse_challenges(value))
      challenges.push_back(std::move(challenge));
  refusal.verdict = login_.on_challenges(challenges);
  // rtspsrc repeats the request because of a challenge, and answers the challenge itself only if it
  // has a nonce. Without a challenge it gives up.
  gst_rtsp_message_remove_header(response, GST_RTSP_HDR_WWW_AUTHENTICATE, -1);
  if (refusal.verdict == rtsp::Login::Verdict::answered)
    gst_rtsp_message_add_header(response, GST_RTSP_HDR_WWW_AUTHENTICATE, "Digest stale=\"true\"");
}

void RtspHooks::on_options(GstRTSPMessage* response) {
  int listed = 0;
  for (const auto field : {GST_RTSP_HDR_PUBLIC, GST_RTSP_HDR_ALLOW})
    for (const std::string& methods : headers(response, field))
      listed |= gst_rtsp_options_from_text(methods.c_str());
  takes_get_parameter_ = (listed & GST_RTSP_GET_PARAMETER) != 0;
  // rtspsrc gives up without the first two, and sends no keep-alive of ours without the third.
  gst_rtsp_message_add_header(response, GST_RTSP_HDR_PUBLIC, "DESCRIBE, SETUP, GET_PARAMETER");
}

void RtspHooks::on_description(const GstRTSPMessage* request, GstRTSPMessage* response) {
  guint8* body = nullptr;
  guint size = 0;
  if (gst_rtsp_message_get_body(response, &body, &size) != GST_RTSP_OK || body == nullptr) return;
  std::string base = request->type_data.request.uri;
  for (const auto field : {GST_RTSP_HDR_CONTENT_LOCATION, GST_RTSP_HDR_CONTENT_BASE})
    for (const std::string& url : headers(response, field))
      if (url.find("://") != std::string::npos) base = url;
  // Up to the zero byte that GstRTSPConnection appends to a body.
  std::string_view text{reinterpret_cast<const char*>(body), size};
  text = text.substr(0, text.find('\0'));
  if (const rtsp::Excess excess = rtsp::excess_of(text); excess != rtsp::Excess::none) {
    sockets_->refuse({.why = reason_of(excess), .no_use = true});
    gst_rtsp_message_set_body(response, nullptr, 0);
    return;
  }
  rtsp::Description description = rtsp::mended(std::string{text}, base);
  media_ = std::move(description.media);
  // Keep the zero byte that GstRTSPConnection appends: without it, the parser of 1.22 loses the
  // last line.
  gst_rtsp_message_set_body(response, reinterpret_cast<const guint8*>(description.sdp.c_str()),
                            static_cast<guint>(description.sdp.size() + 1));
}

void RtspHooks::on_setup(const GstRTSPMessage* request, GstRTSPMessage* response) {
  const std::string transport =
      sockets_->setup_answers().mended(first(headers(request, GST_RTSP_HDR_TRANSPORT)),
                                       first(headers(response, GST_RTSP_HDR_TRANSPORT)));
  gst_rtsp_message_remove_header(response, GST_RTSP_HDR_TRANSPORT, -1);
  gst_rtsp_message_add_header(response, GST_RTSP_HDR_TRANSPORT, transport.c_str());
  for (const std::string& session : headers(response, GST_RTSP_HDR_SESSION))
    if (const auto timeout = rtsp::timeout_of(session); timeout && *timeout > 0)
      timeout_ = std::chrono::seconds{std::clamp(*timeout, 2, 3600)};
}

} // namespace fanlight::media
