#include "webrtc/webrtcbin_transport.h"

#include <algorithm>

#include <gst/webrtc/webrtc.h>

#include "base/log.h"
#include "gst/elements.h"
#include "gst/promise.h"
#include "sdp/candidate.h"
#include "sdp/fingerprint.h"
#include "webrtc/dtls_certificate.h"
#include "webrtc/dtls_goodbye.h"
#include "webrtc/payloader.h"
#include "webrtc/rising_time.h"
#include "webrtc/sdp_message.h"
#include "webrtc/shortcut.h"
#include "webrtc/webrtcbin_stats.h"
#include "webrtc/webrtcbin_tuning.h"

namespace fanlight::webrtc {
namespace {

/// How long a complete answer waits for candidates that need a server's reply.
constexpr std::chrono::milliseconds kGatheringLimit{500};
/// How long sending the goodbye may take.
constexpr std::chrono::milliseconds kGoodbyeLimit{200};

std::uint32_t alive = 0; // Main only.

using DescriptionPtr = Owned<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;

} // namespace

Result<std::shared_ptr<WebrtcbinTransport>>
WebrtcbinTransport::create(const std::string& id, IceSettings ice, MediaSource& camera,
                           std::weak_ptr<ViewerTransport::Observer> observer) {
  std::shared_ptr<WebrtcbinTransport> transport{
      new WebrtcbinTransport(id, std::move(ice), std::move(observer))};
  if (auto built = transport->build(); !built) return built.error();
  auto feed = camera.attach(transport->bin_, *transport);
  if (!feed) return feed.error();
  transport->feed_ = std::move(*feed);
  return transport;
}

WebrtcbinTransport::WebrtcbinTransport(std::string id, IceSettings ice,
                                       std::weak_ptr<ViewerTransport::Observer> observer)
    : id_(std::move(id)), ice_(std::move(ice)), observer_(std::move(observer)) {
  ++alive;
}

WebrtcbinTransport::~WebrtcbinTransport() { --alive; }

std::uint32_t WebrtcbinTransport::count() { return alive; }

void WebrtcbinTransport::warm_up() {
  for (const char* factory : {"webrtcbin", "dtlsdec", "nicesink"})
    if (auto element = make_element(factory); !element)
      log::error("session", {}, element.error().message);
  dtls_certificate();
}

Result<Done> WebrtcbinTransport::build() {
  auto webrtcbin = make_element("webrtcbin", "webrtcbin");
  if (!webrtcbin) return webrtcbin.error();
  webrtcbin_ = std::move(*webrtcbin);
  bin_ = Ref<GstElement>::retain(gst_bin_new(("session-" + id_).c_str()));
  gst_bin_add(GST_BIN(bin_.get()), webrtcbin_.get());
  gst_util_set_object_arg(G_OBJECT(webrtcbin_.get()), "bundle-policy", "max-bundle");
  certificate_ = dtls_certificate();
  const auto heard_us = std::make_shared<std::atomic<std::int64_t>>(0);
  silence_ = std::make_unique<SilenceWatch>(
      heard_us, [arrivals = Arrivals{webrtcbin_.get()}]() mutable { return arrivals.any(); },
      [this](const auto& answer) {
        read_stats([answer](const TransportStats& stats) { answer(stats.packets_sent); });
      },
      [this](SilenceWatch::News news) { on_silence(news); });
  tune(webrtcbin_.get(), {certificate_, heard_us});
  configure_ice(webrtcbin_.get(), ice_);
  const auto listen = [this](const char* signal, auto method) {
    connections_.push_back(connect_on_main(webrtcbin_.get(), signal, weak_from_this(), method));
  };
  listen("on-ice-candidate", &WebrtcbinTransport::on_candidate);
  listen("notify::ice-gathering-state", &WebrtcbinTransport::on_gathering);
  listen("notify::connection-state", &WebrtcbinTransport::on_connection_state);
  return Done{};
}

Result<Done> WebrtcbinTransport::accept(sdp::Offer offer, sdp::Choices choices, bool complete) {
  if (!outputs_.empty()) { // It is a later one.
    const std::size_t mline = outputs_.front().mline;
    if (restarts_ice(offer_.media[mline].transport, offer.media[mline].transport))
      renewed_ = restart_ice(webrtcbin_.get());
  }
  offer_ = std::move(offer);
  choices_ = std::move(choices);
  complete_ = complete;
  answered_ = false;
  remote_set_ = false;
  for (std::size_t mline = 0; mline < choices_.size(); ++mline)
    if (choices_[mline])
      if (auto added = add_output(mline, *choices_[mline]); !added) return added.error();
  auto message = message_of(sdp::reduced_offer(offer_, choices_, sent_extensions()));
  const DescriptionPtr description{
      gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, message.release())};
  auto promise = reply_on_main(weak_from_this(), &WebrtcbinTransport::on_remote_set);
  g_signal_emit_by_name(webrtcbin_.get(), "set-remote-description", description.get(),
                        promise.get());
  promise = reply_on_main(weak_from_this(), &WebrtcbinTransport::on_answer);
  g_signal_emit_by_name(webrtcbin_.get(), "create-answer", nullptr, promise.get());
  return Done{};
}

Result<Done> WebrtcbinTransport::add_output(std::size_t mline, const sdp::Choice& choice) {
  for (const Output& output : outputs_)
    if (output.mline == mline) return Done{};
  const guint32 ssrc = g_random_int_range(1, G_MAXINT32);
  const auto reduced = sdp::to_reduced_mline(choices_, static_cast<unsigned>(mline));
  const auto caps = rtp_caps(offer_.media[mline], choice, ssrc);
  const std::string name = "sink_" + std::to_string(*reduced);
  GstPadTemplate* pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(webrtcbin_.get()), "sink_%u");
  auto pad = Ref<GstPad>::adopt(
      gst_element_request_pad(webrtcbin_.get(), pad_template, name.c_str(), caps.get()));
  if (!pad) return Error{Errc::internal, "webrtcbin gives no pad for m-line " + name};

  GObject* raw = nullptr;
  g_object_get(pad.get(), "transceiver", &raw, nullptr);
  const auto transceiver = Ref<GObject>::adopt(raw);
  g_object_set(transceiver.get(), "codec-preferences", caps.get(), "do-nack",
               choice.rtx_payload_type.has_value(), nullptr);
  gst_util_set_object_arg(transceiver.get(), "direction", "sendonly");
  // webrtcbin connects a pad that has caps while it sets the local description. If the caps come
  // later, with the first packet, it deadlocks on a lock that it already holds (seen in 1.22).
  const std::string stream_id = "fanlight/" + id_ + "/" + name;
  gst_pad_send_event(pad.get(), gst_event_new_stream_start(stream_id.c_str()));
  gst_pad_send_event(pad.get(), gst_event_new_caps(caps.get()));
  outputs_.push_back({mline, ssrc, std::move(pad), transceiver, {}, {}});
  return Done{};
}

bool WebrtcbinTransport::failed(const StructurePtr& reply, const char* doing) {
  if (!reply || !gst_structure_has_field(reply.get(), "error")) return false;
  GError* raw = nullptr;
  gst_structure_get(reply.get(), "error", G_TYPE_ERROR, &raw, nullptr);
  const GErrorPtr error{raw};
  fail(std::string{doing} + ": " + (error ? error->message : "unknown error"));
  return true;
}

void WebrtcbinTransport::on_remote_set(StructurePtr reply) {
  if (failed(reply, "reading the offer")) return;
  remote_set_ = true;
  for (const sdp::Candidate& candidate : std::exchange(early_candidates_, {}))
    add_candidate(candidate);
}

void WebrtcbinTransport::on_answer(StructurePtr reply) {
  if (failed(reply, "writing the answer")) return;
  GstWebRTCSessionDescription* raw = nullptr;
  if (!reply ||
      !gst_structure_get(reply.get(), "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr))
    return fail("writing the answer: webrtcbin returned no answer");
  const DescriptionPtr answer{raw};
  if (const auto own = std::exchange(renewed_, {})) renew_credentials(answer->sdp, *own);
  auto own = sdp::read_answer(take_string(gst_sdp_message_as_text(answer->sdp)), offer_, choices_);
  if (!own) return fail(own.error().message);
  answer_ = std::move(*own);
  auto promise = reply_on_main(weak_from_this(), &WebrtcbinTransport::on_local_set);
  g_signal_emit_by_name(webrtcbin_.get(), "set-local-description", answer.get(), promise.get());
}

void WebrtcbinTransport::on_local_set(StructurePtr reply) {
  if (failed(reply, "setting the answer")) return;
  watch_dtls();
  if (!complete_ || gathered_) return send_answer();
  gathering_limit_.once(kGatheringLimit, [this] { send_answer(); });
}

void WebrtcbinTransport::watch_dtls() {
  if (dtls_ || outputs_.empty()) return;
  GObject* raw = nullptr;
  g_object_get(outputs_.front().transceiver.get(), "sender", &raw, nullptr);
  const auto sender = Ref<GObject>::adopt(raw);
  raw = nullptr;
  g_object_get(sender.get(), "transport", &raw, nullptr);
  dtls_ = Ref<GObject>::adopt(raw);
  if (dtls_)
    connections_.push_back(connect_on_main(dtls_.get(), "notify::state", weak_from_this(),
                                           &WebrtcbinTransport::on_dtls_state));
}

void WebrtcbinTransport::on_dtls_state() {
  GstWebRTCDTLSTransportState state = GST_WEBRTC_DTLS_TRANSPORT_STATE_NEW;
  g_object_get(dtls_.get(), "state", &state, nullptr);
  // A browser that closes reports this only by DTLS (RFC 8842, section 5.5); the connection state
  // of webrtcbin stays "connected" until ICE notices.
  if (state == GST_WEBRTC_DTLS_TRANSPORT_STATE_CLOSED)
    notify([](ViewerTransport::Observer& observer) {
      observer.on_transport_state(State::closed, "");
    });
}

void WebrtcbinTransport::on_candidate(guint mline, std::string candidate) {
  const auto offered = sdp::to_offered_mline(choices_, mline);
  if (!offered || candidate.empty()) return;
  for (const std::string& announced : sdp::announce(candidate, ice_.config.public_addresses)) {
    // One public address stands for every local address of its family.
    const auto is_same = [&](const sdp::Candidate& other) {
      return other.mline_index == *offered && sdp::same_place(other.candidate, announced);
    };
    if (std::any_of(local_candidates_.begin(), local_candidates_.end(), is_same)) continue;
    local_candidates_.push_back({*offered, announced});
    if (answered_ && !complete_)
      notify([&](ViewerTransport::Observer& observer) {
        observer.on_transport_candidate(local_candidates_.back());
      });
  }
}

void WebrtcbinTransport::on_gathering() {
  GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
  g_object_get(webrtcbin_.get(), "ice-gathering-state", &state, nullptr);
  if (state != GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) return;
  // This may still be the event of an earlier state, with candidates queued behind it: these go
  // first.
  post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->on_gathered();
  });
}

void WebrtcbinTransport::on_gathered() {
  if (std::exchange(gathered_, true)) return;
  if (complete_ && gathering_limit_.running()) send_answer();
  if (answered_ && !complete_)
    notify([](ViewerTransport::Observer& observer) { observer.on_transport_candidate({}); });
}

void WebrtcbinTransport::send_answer() {
  if (std::exchange(answered_, true)) return;
  gathering_limit_.stop();
  // libnice reports no error if it finds no free port.
  if (complete_ && local_candidates_.empty())
    return fail("no UDP port is free: all ports of webrtc.udp_ports may be in use");
  sdp::AnswerOptions options{.public_addresses = {}, // The candidates are announced ones already.
                             .extensions = sent_extensions(),
                             .candidates = {},
                             .complete = complete_ || gathered_,
                             // webrtcbin computes its own over the whole PEM text, with the key.
                             .fingerprint = sdp::fingerprint_of(certificate_, "sha-256")};
  for (const sdp::Candidate& candidate : local_candidates_)
    options.candidates.push_back(candidate.candidate);
  const std::string answer = sdp::write_answer(answer_, offer_, choices_, options);
  notify([&](ViewerTransport::Observer& observer) { observer.on_transport_answer(answer); });
}

void WebrtcbinTransport::add_candidate(const sdp::Candidate& candidate) {
  if (!remote_set_) {
    early_candidates_.push_back(candidate);
    return;
  }
  auto reduced = sdp::to_reduced_mline(choices_, candidate.mline_index);
  // Media that share the transport share its candidates, even if nothing is sent on them.
  if (!reduced && candidate.mline_index < offer_.media.size() &&
      offer_.media[candidate.mline_index].bundled)
    reduced = 0;
  if (!reduced || (!candidate.candidate.empty() && !sdp::is_usable_candidate(candidate.candidate)))
    return;
  g_signal_emit_by_name(webrtcbin_.get(), "add-ice-candidate", *reduced,
                        candidate.candidate.c_str());
}

Result<Done> WebrtcbinTransport::play(const sdp::Choices& choices) {
  for (std::size_t mline = 0; mline < choices.size(); ++mline) {
    if (!choices[mline]) continue;
    const auto codec = codec_of(choices[mline]->sent.encoding);
    if (!codec) return Error{Errc::internal, "the codec of an m-line is not known"};
    auto output = open(mline);
    if (!output) return output.error();
    const std::string& stream = choices[mline]->stream;
    if ((*output)->stream == stream) continue;
    if (const std::string before = std::exchange((*output)->stream, {}); !before.empty())
      feed_->unlink(before, *codec);
    if (auto linked = feed_->link(stream, *codec, (*output)->input.get()); !linked)
      return linked.error();
    (*output)->stream = stream;
    if (kind_of(*codec) == MediaKind::video) size_store(stream);
  }
  room_.reset();
  return Done{};
}

void WebrtcbinTransport::size_store(const std::string& stream) {
  keep_packets(webrtcbin_.get(), kBurstPackets);
  burst_.once(kBurst, [this, stream] {
    keep_packets(webrtcbin_.get(), retransmission_packets(feed_->bitrate(stream)));
  });
}

Result<WebrtcbinTransport::Output*> WebrtcbinTransport::open(std::size_t mline) {
  const auto output = std::find_if(outputs_.begin(), outputs_.end(),
                                   [mline](const Output& known) { return known.mline == mline; });
  if (output == outputs_.end()) return Error{Errc::internal, "nothing is sent on that m-line"};
  if (output->input) return &*output;
  auto payloader = make_payloader(offer_.media[mline], *choices_[mline], output->ssrc);
  if (!payloader) return payloader.error();
  GstElement* element = payloader->get();
  gst_bin_add(GST_BIN(bin_.get()), element);
  if (!bypass_fec(output->pad.get()))
    log::debug("session", {{"session", id_}}, "webrtcbin is built otherwise: no way round its FEC");
  auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
  auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "sink"));
  keep_time_rising(input.get());
  if (gst_pad_link(source.get(), output->pad.get()) != GST_PAD_LINK_OK)
    return Error{Errc::internal, "linking the payloader to webrtcbin"};
  GstPad* ghost = gst_ghost_pad_new(
      (offer_.media[mline].type + "_" + std::to_string(mline)).c_str(), input.get());
  gst_pad_set_active(ghost, TRUE);
  gst_element_add_pad(bin_.get(), ghost);
  gst_element_sync_state_with_parent(element);
  output->input = Ref<GstPad>::retain(ghost);
  return &*output;
}

/// webrtcbin 1.22 accepts any certificate; only this check ties the media to the client that
/// signalled (RFC 8827, section 5.6).
bool WebrtcbinTransport::is_who_it_says() const {
  if (!dtls_ || outputs_.empty()) return false;
  gchar* raw = nullptr;
  g_object_get(dtls_.get(), "remote-certificate", &raw, nullptr);
  return sdp::matches_fingerprint(take_string(raw),
                                  offer_.media[outputs_.front().mline].transport.fingerprint);
}

void WebrtcbinTransport::on_connection_state() {
  GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  g_object_get(webrtcbin_.get(), "connection-state", &state, nullptr);
  State reported = State::connecting;
  switch (state) {
  case GST_WEBRTC_PEER_CONNECTION_STATE_NEW:
  case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING: reported = State::connecting; break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
    if (!is_who_it_says())
      return fail("the viewer's certificate does not match the fingerprint in its offer");
    reported = State::connected;
    connected_ = true;
    silence_->start();
    break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_DISCONNECTED: reported = State::disconnected; break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED: reported = State::failed; break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_CLOSED: reported = State::closed; break;
  }
  notify([reported](ViewerTransport::Observer& observer) {
    observer.on_transport_state(reported, "");
  });
}

void WebrtcbinTransport::on_silence(SilenceWatch::News news) {
  notify([news](ViewerTransport::Observer& observer) {
    switch (news) {
    case SilenceWatch::News::silent: return observer.on_transport_state(State::disconnected, "");
    case SilenceWatch::News::back: return observer.on_transport_state(State::connected, "");
    case SilenceWatch::News::gone:
      return observer.on_transport_state(
          State::failed, "the server has received nothing from the viewer for 14 s");
    }
  });
}

void WebrtcbinTransport::read_stats(std::function<void(const TransportStats&)> done) {
  auto promise =
      reply_on_main([weak = weak_from_this(), done = std::move(done)](StructurePtr reply) {
        TransportStats stats = read_webrtcbin_stats(reply.get());
        if (const auto self = weak.lock()) stats.groups_dropped = self->feed_->groups_dropped();
        done(stats);
      });
  g_signal_emit_by_name(webrtcbin_.get(), "get-stats", nullptr, promise.get());
}

void WebrtcbinTransport::close(std::function<void()> done) {
  const auto sent = [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->leave();
  };
  if (!connected_ || closed_ || !say_goodbye(webrtcbin_.get(), sent)) return done();
  closed_ = std::move(done);
  goodbye_limit_.once(kGoodbyeLimit, sent);
}

void WebrtcbinTransport::leave() {
  goodbye_limit_.stop();
  if (const auto done = std::exchange(closed_, nullptr)) done();
}

void WebrtcbinTransport::fail(const std::string& why) {
  notify([&](ViewerTransport::Observer& observer) { observer.on_transport_failed(why); });
}

} // namespace fanlight::webrtc
