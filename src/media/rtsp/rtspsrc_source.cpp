#include "media/rtsp/rtspsrc_source.h"

#include <mutex>
#include <utility>
#include <vector>

#include <gst/sdp/sdp.h>

#include "media/rtsp/address.h"
#include "media/rtsp/chain.h"
#include "media/rtsp/media_lines.h"
#include "media/rtsp/read_ahead.h"

namespace fanlight::media {
namespace {

constexpr const char* kRtspsrc = "rtspsrc";

/// If a camera disappears while rtspsrc opens it, rtspsrc sends an end of stream to its UDP sources
/// before they run. GstBaseSrc (1.22 and later) frees such an event only when it stops or is
/// flushed, not in its destructor; this flushes it.
void drop_end_of_stream(GstBin*, GstElement* removed, gpointer) {
  if (GST_OBJECT_FLAG_IS_SET(removed, GST_ELEMENT_FLAG_SOURCE))
    gst_element_send_event(removed, gst_event_new_flush_start());
}

} // namespace

/// The part that rtspsrc's threads may access; freed with the last signal closure.
struct RtspsrcSource::Guest : std::enable_shared_from_this<RtspsrcSource::Guest> {
  // Given; const or thread-safe.
  bool in_order = false; // Packets come over TCP.
  std::shared_ptr<RtspSockets> sockets;
  RtspsrcSource* source = nullptr; // Main only. Null: it was given up, and tasks that are still
                                   // posted do nothing.

  std::vector<bool> secure; // By medium: its packets are SRTP. Only on rtspsrc's thread.

  std::mutex mutex;
  std::vector<Ref<GstElement>> jitter_buffers; // Protected by mutex.

  /// The camera plays: sends a keep-alive in each period, or the camera would end the session.
  void keep_session(std::chrono::milliseconds period) {
    post([self = shared_from_this(), period] {
      if (self->source == nullptr) return;
      self->source->keep_alive_.every(
          period, [source = self->source] { RtspHooks::keep_alive(source->element_.get()); });
    });
  }
  /// Whether the packets of that medium are RTP, not SRTP.
  bool is_plain(guint number) const { return number < secure.size() && !secure[number]; }
};

Result<std::unique_ptr<RtspSource>> RtspsrcSource::create(const config::Stream& stream,
                                                          const rtsp::KeepAlivePlan& plan) {
  install_read_ahead();
  auto rtspsrc = RtspHooks::make_rtspsrc(kRtspsrc);
  if (!rtspsrc) return rtspsrc.error();
  GstElement* element = rtspsrc->get();
  const Address address = address_of(stream);
  gst_util_set_object_arg(G_OBJECT(element), "protocols", protocols_of(stream.transport));
  g_object_set(element, "location", address.location.c_str(), "latency",
               static_cast<guint>(stream.latency.count()), "tcp-timeout", guint64{12'000'000},
               "timeout", guint64{5'000'000}, "do-rtcp", TRUE, nullptr);
  // rtspsrc crashes if it is stopped while it closes. RtspSockets ends its TEARDOWN before that.
  g_object_set(element, "teardown-timeout", guint64{4 * GST_SECOND}, nullptr);

  const auto sockets = RtspSockets::create();
  auto bin =
      Ref<GstElement>::retain(RtspSockets::bin_new(("source-" + stream.id).c_str(), sockets));
  gst_bin_add(GST_BIN(bin.get()), element);
  auto guest = std::make_shared<Guest>();
  guest->sockets = sockets;
  guest->in_order = std::string_view{protocols_of(stream.transport)} == "tcp";
  const auto connect = [&](const char* signal, GCallback callback) {
    g_signal_connect_data(
        element, signal, callback, new std::shared_ptr<Guest>(guest),
        +[](gpointer data, GClosure*) { delete static_cast<std::shared_ptr<Guest>*>(data); },
        GConnectFlags{});
  };
  connect("on-sdp", G_CALLBACK(on_sdp));
  connect("new-manager", G_CALLBACK(on_new_manager));
  g_signal_connect(element, "element-removed", G_CALLBACK(drop_end_of_stream), nullptr);

  std::unique_ptr<RtspsrcSource> source{
      new RtspsrcSource(stream, std::move(bin), std::move(*rtspsrc), guest)};
  source->hooks_ =
      RtspHooks::attach(element, rtsp::Login{address.username, address.password}, plan, sockets,
                        [guest](std::chrono::milliseconds period) { guest->keep_session(period); });
  // Only rtspsrc can answer the HTTP tunnel's own challenge, which comes before any RTSP.
  if (stream.transport == config::RtspTransport::http && !address.username.empty())
    g_object_set(element, "user-id", address.username.c_str(), "user-pw", address.password.c_str(),
                 nullptr);
  if (address.tls) {
    auto certificate = CertificateCheck::attach(element, stream);
    if (!certificate) return certificate.error();
    source->certificate_ = std::move(*certificate);
  }
  return std::unique_ptr<RtspSource>{std::move(source)};
}

RtspsrcSource::RtspsrcSource(const config::Stream& stream, Ref<GstElement> bin,
                             Ref<GstElement> element, std::shared_ptr<Guest> guest)
    : config_(stream), bin_(std::move(bin)), element_(std::move(element)),
      guest_(std::move(guest)) {
  guest_->source = this;
}

RtspsrcSource::~RtspsrcSource() {
  guest_->source = nullptr;
  guest_->sockets->close();
}

ConnectError RtspsrcSource::explain(GstMessage* message) const {
  if (const Reason why = certificate_ ? certificate_->refusal() : Reason{}; !why.empty())
    return refused_certificate(why);
  if (const RtspSockets::Refusal ours = guest_->sockets->refusal(); !ours.why.empty())
    return connect_error_of(ours);
  const RtspHooks::Refusal refusal = hooks_->refusal();
  if (refusal.status != 0) return connect_error_of(refusal, config_);
  return connect_error_of(message, config_, guest_->sockets->foreign());
}

std::vector<Ref<GstElement>> RtspsrcSource::packet_counters() const {
  const std::lock_guard lock{guest_->mutex};
  return guest_->jitter_buffers;
}

// ---- On rtspsrc's threads ----

void RtspsrcSource::on_sdp(GstElement*, GstSDPMessage* sdp, gpointer data) {
  Guest& guest = **static_cast<std::shared_ptr<Guest>*>(data);
  guest.secure.clear();
  for (const MediaLine& line : media_lines_of(sdp)) guest.secure.push_back(line.secure);
}

/// A packet that enters an RTP session on the thread that reads the RTSP connection was interleaved
/// in it. Packets over UDP come on threads of their own, and say nothing about the connection.
void RtspsrcSource::on_manager_pad(GstElement*, GstPad* pad, gpointer data) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SINK) return;
  gst_pad_add_probe(
      pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      +[](GstPad*, GstPadProbeInfo*, gpointer sockets) -> GstPadProbeReturn {
        const auto& mine = *static_cast<std::shared_ptr<RtspSockets>*>(sockets);
        if (RtspSockets::here() == mine) mine->complete();
        return GST_PAD_PROBE_OK;
      },
      new std::shared_ptr<RtspSockets>((*static_cast<std::shared_ptr<Guest>*>(data))->sockets),
      +[](gpointer sockets) { delete static_cast<std::shared_ptr<RtspSockets>*>(sockets); });
}

void RtspsrcSource::on_new_manager(GstElement*, GstElement* manager, gpointer data) {
  // The packet or two that some cameras send of an earlier session would be a stream of their own.
  g_signal_connect_data(
      manager, "request-rtp-decoder",
      G_CALLBACK(+[](GstElement*, guint session, gpointer guest) -> GstElement* {
        Guest& mine = **static_cast<std::shared_ptr<Guest>*>(guest);
        return mine.is_plain(session) ? gst_element_factory_make("rtpssrcgate", nullptr) : nullptr;
      }),
      new std::shared_ptr<Guest>(*static_cast<std::shared_ptr<Guest>*>(data)),
      +[](gpointer guest, GClosure*) { delete static_cast<std::shared_ptr<Guest>*>(guest); },
      GConnectFlags{});
  // Packets over TCP come in order: they need neither a jitter buffer nor its thread.
  if ((*static_cast<std::shared_ptr<Guest>*>(data))->in_order)
    g_signal_connect(manager, "request-jitterbuffer",
                     G_CALLBACK(+[](GstElement*, guint, gpointer) -> GstElement* {
                       return gst_element_factory_make("rtpstamper", nullptr);
                     }),
                     nullptr);
  const auto connect = [&](const char* signal, GCallback callback) {
    g_signal_connect_data(
        manager, signal, callback,
        new std::shared_ptr<Guest>(*static_cast<std::shared_ptr<Guest>*>(data)),
        +[](gpointer guest, GClosure*) { delete static_cast<std::shared_ptr<Guest>*>(guest); },
        GConnectFlags{});
  };
  connect("pad-added", G_CALLBACK(on_manager_pad));
  connect("new-jitterbuffer",
          G_CALLBACK(+[](GstElement*, GstElement* buffer, guint, guint, gpointer guest) {
            Guest& mine = **static_cast<std::shared_ptr<Guest>*>(guest);
            std::lock_guard lock{mine.mutex};
            mine.jitter_buffers.push_back(Ref<GstElement>::retain(buffer));
          }));
}

} // namespace fanlight::media
