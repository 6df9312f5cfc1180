#include "viewer.h"

#include <cstdio>

#include <gst/webrtc/webrtc.h>

#include "gst/elements.h"

namespace fanlight::support {

namespace {

using DescriptionPtr = Owned<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;

constexpr const char* kH264 =
    "application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96,"
    "packetization-mode=(string)1,profile-level-id=(string)42e01f,"
    "level-asymmetry-allowed=(string)1";
constexpr const char* kH265 =
    "application/x-rtp,media=video,encoding-name=H265,clock-rate=90000,payload=98,"
    "profile-id=(string)1,tier-flag=(string)0,level-id=(string)180,tx-mode=(string)SRST";
constexpr const char* kAudio =
    "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111,"
    "encoding-params=(string)2;"
    "application/x-rtp,media=audio,encoding-name=PCMU,clock-rate=8000,payload=0;"
    "application/x-rtp,media=audio,encoding-name=PCMA,clock-rate=8000,payload=8";

template <typename T> T property(GstElement* element, const char* name) {
  gint value = 0;
  g_object_get(element, name, &value, nullptr);
  return static_cast<T>(value);
}

} // namespace

Viewer::Viewer(int number, ViewerOptions options, WhepClient& http,
               std::function<void(Viewer&)> on_news)
    : number_(number), options_(std::move(options)), http_(http), on_news_(std::move(on_news)) {}

Viewer::~Viewer() {
  if (bus_watch_ != 0) g_source_remove(bus_watch_);
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

void Viewer::start() {
  pipeline_ = Ref<GstElement>::retain(gst_pipeline_new(nullptr));
  auto webrtcbin = make_element("webrtcbin");
  if (!webrtcbin) return end(State::failed, webrtcbin.error().message);
  webrtcbin_ = std::move(*webrtcbin);
  gst_util_set_object_arg(G_OBJECT(webrtcbin_.get()), "bundle-policy", "max-bundle");
  g_object_set(webrtcbin_.get(), "latency", options_.latency_ms, nullptr);
  gst_bin_add(GST_BIN(pipeline_.get()), webrtcbin_.get());
  GObject* ice = nullptr;
  g_object_get(webrtcbin_.get(), "ice-agent", &ice, nullptr);
  const auto owned = Ref<GObject>::adopt(ice);
  gboolean added = FALSE;
  g_signal_emit_by_name(ice, "add-local-ip-address", "127.0.0.1", &added); // libnice skips it.
  GObject* agent = nullptr;
  g_object_get(ice, "agent", &agent, nullptr);
  const auto owned_agent = Ref<GObject>::adopt(agent);
  g_object_set(agent, "upnp", FALSE, "ice-tcp", FALSE, "stun-pacing-timer", 5u, nullptr);

  reception_ =
      std::make_shared<Reception>(options_.decode, options_.drop_every, [weak = weak_from_this()] {
        if (auto self = weak.lock()) self->on_news_(*self);
      });
  if (options_.tone_hz > 0) reception_->listen_for(options_.tone_hz);
  reception_->watch(pipeline_.get(), webrtcbin_.get());
  const auto listen = [this](const char* signal, auto method) {
    connections_.push_back(connect_on_main(webrtcbin_.get(), signal, weak_from_this(), method));
  };
  listen("notify::ice-gathering-state", &Viewer::on_gathering);
  listen("notify::ice-connection-state", &Viewer::on_ice_state);
  listen("notify::connection-state", &Viewer::on_connection_state);
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  bus_watch_ = gst_bus_add_watch(bus.get(), on_bus, this);
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);

  std::string video;
  for (const auto& codec : options_.codecs) {
    if (!video.empty()) video += ";";
    video += codec == "H265" ? kH265 : kH264;
  }
  if (!video.empty()) add_transceiver(video);
  if (options_.audio) add_transceiver(kAudio);
  auto promise = reply_on_main(weak_from_this(), &Viewer::on_offer);
  g_signal_emit_by_name(webrtcbin_.get(), "create-offer", nullptr, promise.get());
}

void Viewer::add_transceiver(const std::string& text) {
  const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(text.c_str()));
  GObject* raw = nullptr;
  g_signal_emit_by_name(webrtcbin_.get(), "add-transceiver",
                        options_.both_ways ? GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_SENDRECV
                                           : GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY,
                        caps.get(), &raw);
  const auto transceiver = Ref<GObject>::adopt(raw);
  const bool video = text.find("media=video") != std::string::npos;
  if (video) g_object_set(transceiver.get(), "do-nack", TRUE, nullptr);
}

void Viewer::on_offer(StructurePtr reply) {
  GstWebRTCSessionDescription* raw = nullptr;
  if (!reply || !gst_structure_get(reply.get(), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw,
                                   nullptr)) {
    return end(State::failed, "webrtcbin made no offer");
  }
  const DescriptionPtr offer{raw};
  g_signal_emit_by_name(webrtcbin_.get(), "set-local-description", offer.get(), nullptr);
}

void Viewer::on_gathering() {
  if (state_ != State::gathering ||
      property<GstWebRTCICEGatheringState>(webrtcbin_.get(), "ice-gathering-state") !=
          GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) {
    return;
  }
  post_offer();
}

void Viewer::post_offer() {
  GstWebRTCSessionDescription* raw = nullptr;
  g_object_get(webrtcbin_.get(), "local-description", &raw, nullptr);
  const DescriptionPtr offer{raw};
  state_ = State::asked;
  asked_at_ = g_get_monotonic_time();
  const std::string text = take_string(gst_sdp_message_as_text(offer->sdp));
  if (options_.show_sdp) std::fprintf(stderr, "%s\n", text.c_str());
  http_.offer(options_.url, text, [weak = weak_from_this()](Result<WhepClient::Reply> reply) {
    if (auto self = weak.lock()) self->on_reply(std::move(reply));
  });
}

void Viewer::on_reply(Result<WhepClient::Reply> reply) {
  times_.answered = now();
  if (!reply) return end(State::failed, reply.error().message);
  http_status_ = reply->status;
  if (reply->status != 201) {
    return end(State::refused, "HTTP " + std::to_string(reply->status) + ": " + reply->body);
  }
  location_ = reply->location;
  answer_ = reply->body;
  if (options_.show_sdp) std::fprintf(stderr, "%s\n", answer_.c_str());
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(answer_.c_str(), &message) != GST_SDP_OK) {
    return end(State::failed, "the answer is no SDP");
  }
  const DescriptionPtr answer{
      gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, message)};
  state_ = State::answered;
  auto promise = reply_on_main([weak = weak_from_this()](StructurePtr done) {
    auto self = weak.lock();
    if (!self || !done || !gst_structure_has_field(done.get(), "error")) return;
    GError* raw = nullptr;
    gst_structure_get(done.get(), "error", G_TYPE_ERROR, &raw, nullptr);
    const GErrorPtr error{raw};
    self->end(State::failed, std::string("setting the answer: ") + (error ? error->message : "?"));
  });
  g_signal_emit_by_name(webrtcbin_.get(), "set-remote-description", answer.get(), promise.get());
  on_news_(*this);
}

void Viewer::on_ice_state() {
  const auto state =
      property<GstWebRTCICEConnectionState>(webrtcbin_.get(), "ice-connection-state");
  const bool works = state == GST_WEBRTC_ICE_CONNECTION_STATE_CONNECTED ||
                     state == GST_WEBRTC_ICE_CONNECTION_STATE_COMPLETED;
  if (works && times_.ice < 0) times_.ice = now();
}

void Viewer::on_connection_state() {
  switch (property<GstWebRTCPeerConnectionState>(webrtcbin_.get(), "connection-state")) {
  case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
    if (times_.connected < 0) times_.connected = now();
    if (state_ == State::answered) state_ = State::connected;
    on_news_(*this);
    break;
  case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED: end(State::failed, "the connection failed"); break;
  default: break;
  }
}

gboolean Viewer::on_bus(GstBus*, GstMessage* message, gpointer data) {
  auto& self = *static_cast<Viewer*>(data);
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError* raw = nullptr;
    gst_message_parse_error(message, &raw, nullptr);
    const GErrorPtr error{raw};
    self.end(State::failed, error->message);
  } else if (gst_message_has_name(message, "level")) {
    self.on_level(gst_message_get_structure(message));
  }
  return G_SOURCE_CONTINUE;
}

void Viewer::on_level(const GstStructure* message) {
  const GValue* const rms = gst_structure_get_value(message, "rms");
  G_GNUC_BEGIN_IGNORE_DEPRECATIONS // The element still posts a GValueArray.
      auto* channels = rms == nullptr ? nullptr : static_cast<GValueArray*>(g_value_get_boxed(rms));
  for (guint i = 0; channels != nullptr && i < channels->n_values; ++i) {
    reception_->on_level(g_value_get_double(g_value_array_get_nth(channels, i)));
  }
  G_GNUC_END_IGNORE_DEPRECATIONS
}

void Viewer::leave(std::function<void()> done) {
  state_ = State::left;
  if (location_.empty()) return done();
  http_.leave(location_, [done = std::move(done)](const Result<WhepClient::Reply>&) { done(); });
}

void Viewer::end(State state, const std::string& problem) {
  if (state_ == State::refused || state_ == State::failed || state_ == State::left) return;
  state_ = state;
  problem_ = problem;
  on_news_(*this);
}

Viewer::Times Viewer::times() const {
  Times times = times_;
  const Received seen = received();
  const auto since = [this](std::int64_t at) {
    return at == 0 ? -1 : static_cast<double>(at - asked_at_) / 1000;
  };
  times.first_datagram = since(seen.first_datagram_at);
  times.first_packet = since(seen.first_packet_at);
  times.first_picture = since(seen.first_picture_at);
  return times;
}

Received Viewer::received() const { return reception_ ? reception_->received() : Received{}; }

double Viewer::now() const {
  return static_cast<double>(g_get_monotonic_time() - asked_at_) / 1000;
}

} // namespace fanlight::support
