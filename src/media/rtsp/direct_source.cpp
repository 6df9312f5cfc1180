#include "media/rtsp/direct_source.h"

#include <optional>
#include <utility>

#include "gst/elements.h"
#include "media/rtsp/address.h"
#include "media/rtsp/chain.h"
#include "rtsp/failure.h"

namespace fanlight::media {
namespace {

constexpr const char* kFactory = "rtspdirectsrc";

template <typename Enum> Enum choice(const GstStructure* details, const char* field) {
  gint value = 0;
  gst_structure_get_int(details, field, &value);
  return static_cast<Enum>(value);
}

std::string text(const GstStructure* details, const char* field) {
  const char* const found = gst_structure_get_string(details, field);
  return found == nullptr ? "" : found;
}

/// The `transport` of the element; none: it does not read that.
std::optional<guint> lower_of(config::RtspTransport transport) {
  switch (transport) {
  case config::RtspTransport::tcp: return 0;
  case config::RtspTransport::udp: return 1;
  case config::RtspTransport::automatic: return 2;
  case config::RtspTransport::multicast:
  case config::RtspTransport::http: break;
  }
  return std::nullopt;
}

/// As the element wrote it; Kind::none: the error is another one.
rtsp::Failure failure_of(GstMessage* message) {
  const GstStructure* details = nullptr;
  gst_message_parse_error_details(message, &details);
  if (details == nullptr || !gst_structure_has_name(details, "rtsp-failure")) return {};
  const auto flag = [details](const char* name) {
    gboolean set = FALSE;
    return gst_structure_get_boolean(details, name, &set) && set;
  };
  return {.kind = rtsp::kind_named(text(details, "kind")),
          .method = text(details, "method"),
          .shaking = flag("shaking"),
          .status = choice<int>(details, "status"),
          .verdict = choice<rtsp::Login::Verdict>(details, "verdict"),
          .sound = flag("sound"),
          .excess = choice<rtsp::Excess>(details, "excess"),
          .redirection = {choice<rtsp::Redirection::Fault>(details, "redirection"),
                          text(details, "url")},
          .text = text(details, "text")};
}

} // namespace

Reason DirectSource::obstacle(const config::Stream& stream) {
  if (lower_of(stream.transport)) return {};
  return {"direct_transport"_reason,
          "source: direct does not read {transport}: set source to auto",
          {{"transport", name_of(stream.transport)}}};
}

Result<std::unique_ptr<RtspSource>> DirectSource::create(const config::Stream& stream,
                                                         const rtsp::KeepAlivePlan& plan) {
  auto element = make_element(kFactory, kFactory);
  if (!element) return element.error();
  const Address address = address_of(stream);
  g_object_set(element->get(), "location", address.location.c_str(), "user-id",
               address.username.c_str(), "user-pw", address.password.c_str(), "keep-alive-request",
               static_cast<guint>(plan.request), "keep-alive-period",
               static_cast<guint>(plan.longest_period.count()), "transport",
               lower_of(stream.transport).value_or(0), nullptr);
  auto bin = Ref<GstElement>::retain(gst_bin_new(("source-" + stream.id).c_str()));
  gst_bin_add(GST_BIN(bin.get()), element->get());
  std::unique_ptr<DirectSource> source{
      new DirectSource(stream, std::move(bin), std::move(*element))};
  if (address.tls) {
    auto certificate = CertificateCheck::attach(source->element_.get(), stream);
    if (!certificate) return certificate.error();
    source->certificate_ = std::move(*certificate);
  }
  return std::unique_ptr<RtspSource>{std::move(source)};
}

DirectSource::DirectSource(const config::Stream& stream, Ref<GstElement> bin,
                           Ref<GstElement> element)
    : config_(stream), bin_(std::move(bin)), element_(std::move(element)) {}

ConnectError DirectSource::explain(GstMessage* message) const {
  if (const Reason why = certificate_ ? certificate_->refusal() : Reason{}; !why.empty())
    return refused_certificate(why);
  const rtsp::Failure failure = failure_of(message);
  return failure.kind == rtsp::Failure::Kind::none ? connect_error_of(message, config_)
                                                   : connect_error_of(failure, config_);
}

guint DirectSource::counter(const char* field, guint otherwise) const {
  GstStructure* raw = nullptr;
  g_object_get(element_.get(), "stats", &raw, nullptr);
  const StructurePtr stats{raw};
  guint value = otherwise;
  if (stats) gst_structure_get_uint(stats.get(), field, &value);
  return value;
}

unsigned DirectSource::keep_alives() const { return counter("keep-alives", 0); }

std::chrono::seconds DirectSource::session_timeout() const {
  constexpr guint kUsual = 60; // RFC 2326, section 12.37.
  return std::chrono::seconds{counter("session-timeout", kUsual)};
}

} // namespace fanlight::media
