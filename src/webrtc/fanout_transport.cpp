#include "webrtc/fanout_transport.h"

#include "base/main_loop.h"
#include "webrtc/fanout_offer.h"
#include "webrtc/ice.h"
#include "webrtc/payloader.h"

namespace fanlight::webrtc {
namespace {

std::string text_field(const GstStructure* structure, const char* field) {
  const gchar* text = gst_structure_get_string(structure, field);
  return text == nullptr ? "" : text;
}

Error refusal_of(const GstStructure* reply) {
  if (reply == nullptr || !gst_structure_has_name(reply, "refusal"))
    return {Errc::internal, "webrtcfanout gave no answer"};
  const std::string code = text_field(reply, "code");
  Errc known = Errc::internal;
  if (code == "bad-offer") known = Errc::invalid;
  if (code == "no-common-codec") known = Errc::unsupported;
  if (code == "busy") known = Errc::busy;
  if (code == "not-ready") known = Errc::unavailable;
  if (code == "unknown-viewer") known = Errc::conflict;
  return {known, text_field(reply, "message")};
}

guint64 count_field(const GstStructure* structure, const char* field) {
  const GValue* value = gst_structure_get_value(structure, field);
  if (value == nullptr) return 0;
  if (G_VALUE_HOLDS_UINT64(value)) return g_value_get_uint64(value);
  return G_VALUE_HOLDS_UINT(value) ? g_value_get_uint(value) : 0;
}

TransportStats stats_of(const GstStructure* told) {
  TransportStats stats;
  stats.packets_sent = count_field(told, "packets-sent");
  stats.bytes_sent = count_field(told, "bytes-sent");
  gint64 lost = 0;
  gst_structure_get_int64(told, "packets-lost", &lost);
  stats.packets_lost = lost;
  gst_structure_get_double(told, "rtt", &stats.rtt_ms);
  stats.nack_count = count_field(told, "nack-count");
  stats.pli_count = count_field(told, "pli-count") + count_field(told, "fir-count");
  stats.groups_dropped = count_field(told, "groups-dropped");
  stats.estimate = count_field(told, "estimate");
  stats.candidate = text_field(told, "candidate");
  return stats;
}

} // namespace

Result<std::shared_ptr<FanoutTransport>>
FanoutTransport::create(const std::string& id, const std::shared_ptr<FanoutBranch>& branch,
                        const sdp::Choices& choices, const std::string& client_address,
                        std::weak_ptr<ViewerTransport::Observer> observer) {
  std::shared_ptr<FanoutTransport> transport{
      new FanoutTransport(id, branch->fanout(), is_loopback(client_address), std::move(observer))};
  auto subscription = branch->subscribe(choices, *transport);
  if (!subscription) return subscription.error();
  for (const auto& choice : choices)
    transport->streams_.push_back(choice ? choice->stream : std::string{});
  transport->subscription_ = std::move(*subscription);
  transport->fanout_->listen(id, transport);
  return transport;
}

FanoutTransport::FanoutTransport(std::string id, std::shared_ptr<Fanout> fanout, bool loopback,
                                 std::weak_ptr<ViewerTransport::Observer> observer)
    : id_(std::move(id)), fanout_(std::move(fanout)), loopback_(loopback),
      observer_(std::move(observer)) {}

FanoutTransport::~FanoutTransport() {
  subscription_.reset();
  fanout_->forget(id_);
  gboolean known = FALSE;
  if (added_) g_signal_emit_by_name(fanout_->element(), "remove-viewer", id_.c_str(), &known);
}

Result<StructurePtr> FanoutTransport::options(const sdp::Choices& choices) {
  StructurePtr options{gst_structure_new("options", "id", G_TYPE_STRING, id_.c_str(), "loopback",
                                         G_TYPE_BOOLEAN, gboolean{loopback_}, nullptr)};
  for (const auto& choice : choices) {
    if (!choice) continue;
    auto input = fanout_->input(choice->stream, choice->sent);
    if (!input) return input.error();
    const bool is_video = input->output.starts_with("video");
    gst_structure_set(options.get(), is_video ? "video" : "audio", G_TYPE_STRING,
                      input->output.c_str(), nullptr);
  }
  return options;
}

Result<Done> FanoutTransport::accept(sdp::Offer offer, sdp::Choices choices, bool) {
  const StructurePtr reduced =
      structure_of(sdp::reduced_offer(offer, choices, fanout_extensions()));
  GstStructure* raw = nullptr;
  if (added_) {
    g_signal_emit_by_name(fanout_->element(), "restart-negotiated-viewer", id_.c_str(),
                          reduced.get(), &raw);
  } else {
    auto named = options(choices);
    if (!named) return named.error();
    g_signal_emit_by_name(fanout_->element(), "add-negotiated-viewer", reduced.get(), named->get(),
                          &raw);
  }
  const StructurePtr reply{raw};
  if (!reply || !gst_structure_has_name(reply.get(), "answer")) return refusal_of(reply.get());
  added_ = true;
  // The candidates are announced as the element's public-addresses say; none follows.
  const sdp::AnswerOptions written{.public_addresses = {},
                                   .extensions = fanout_extensions(),
                                   .candidates = {},
                                   .complete = true,
                                   .fingerprint = {}};
  auto own = sdp::read_answer(text_field(reply.get(), "sdp"), offer, choices);
  if (!own) return own.error();
  post([weak = observer_, answer = sdp::write_answer(std::move(*own), offer, choices, written)] {
    if (const auto observer = weak.lock()) observer->on_transport_answer(answer);
  });
  return Done{};
}

Result<Done> FanoutTransport::play(const sdp::Choices& choices) {
  for (std::size_t mline = 0; mline < choices.size() && mline < streams_.size(); ++mline) {
    const auto& wanted = choices[mline];
    if (!wanted || streams_[mline] == wanted->stream) continue;
    if (auto changed = change_picture(streams_[mline], *wanted); !changed) return changed.error();
    streams_[mline] = wanted->stream;
  }
  return Done{};
}

Result<Done> FanoutTransport::change_picture(const std::string& from, const sdp::Choice& choice) {
  if (auto fed = subscription_->change_picture(from, choice); !fed) return fed.error();
  auto input = fanout_->input(choice.stream, choice.sent);
  if (!input) return input.error();
  GstStructure* raw = nullptr;
  g_signal_emit_by_name(fanout_->element(), "choose-video", id_.c_str(), input->output.c_str(),
                        &raw);
  const StructurePtr reply{raw};
  if (!reply || !gst_structure_has_name(reply.get(), "answer")) return refusal_of(reply.get());
  return Done{};
}

void FanoutTransport::on_fanout_state(const std::string& state, const std::string& message) {
  const auto observer = observer_.lock();
  if (!observer) return;
  if (state == "connecting") observer->on_transport_state(State::connecting, message);
  if (state == "connected") observer->on_transport_state(State::connected, message);
  if (state == "disconnected") observer->on_transport_state(State::disconnected, message);
  if (state == "failed") observer->on_transport_state(State::failed, message);
  if (state == "closed") observer->on_transport_state(State::closed, message);
}

void FanoutTransport::on_feed_failed(const std::string& why) {
  if (const auto observer = observer_.lock()) observer->on_transport_failed(why);
}

void FanoutTransport::read_stats(std::function<void(const TransportStats&)> done) {
  GstStructure* raw = nullptr;
  g_signal_emit_by_name(fanout_->element(), "viewer-stats", id_.c_str(), &raw);
  const StructurePtr told{raw};
  if (told) stats_ = stats_of(told.get()); // It may be gone by now.
  done(stats_);
}

} // namespace fanlight::webrtc
