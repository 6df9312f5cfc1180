#include "webrtcfanout/serve/fanout.h"

#include <algorithm>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/base/random.h"
#include "webrtcfanout/sdp/answer.h"

namespace fanlight::fanout {
namespace {

std::string list_payloads(const Offer& offer) {
  std::vector<std::string> names;
  for (const Offer::Media& media : offer.media)
    for (const Offer::Payload& payload : media.payloads)
      if (media.receives && std::find(names.begin(), names.end(), payload.encoding) == names.end())
        names.push_back(payload.encoding);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "nothing" : text;
}

std::vector<SocketAddress> candidates(std::uint16_t port, bool loopback,
                                      const std::vector<std::string>& public_addresses) {
  std::vector<SocketAddress> all;
  for (const std::string& text : public_addresses)
    if (const auto announced = SocketAddress::parse(text, port)) all.push_back(*announced);
  const std::size_t announced = all.size();
  for (const SocketAddress& local : local_addresses(port, loopback)) {
    const auto stands_for_it = [&](const SocketAddress& address) {
      return address.is_v4() == local.is_v4() && !local.is_loopback();
    };
    if (std::none_of(all.begin(), all.begin() + announced, stands_for_it)) all.push_back(local);
  }
  return all;
}

} // namespace

void Fanout::open(std::shared_ptr<Transport> transport) {
  std::lock_guard lock(lock_);
  transport_ = std::move(transport);
}

void Fanout::close() {
  std::shared_ptr<Transport> transport;
  std::map<std::string, Entry> entries;
  {
    std::lock_guard lock(lock_);
    transport.swap(transport_);
    entries.swap(entries_);
    for (const auto& [id, entry] : entries) add_to_past(*entry.subscriber);
  }
  if (!transport) return;
  for (const auto& [id, entry] : entries) transport->remove(entry.subscriber);
}

std::shared_ptr<Transport> Fanout::transport() const {
  std::lock_guard lock(lock_);
  return transport_;
}

void Fanout::add_input(std::shared_ptr<Input> input) {
  std::lock_guard lock(lock_);
  inputs_.push_back(std::move(input));
}

void Fanout::remove_input(const std::shared_ptr<Input>& input) {
  {
    std::lock_guard lock(lock_);
    std::erase(inputs_, input);
  }
  end_subscribers_of(*input, "the stream " + input->name() + " ended");
}

void Fanout::end_subscribers_of(const Input& input, const std::string& why) {
  std::vector<std::shared_ptr<Subscriber>> ended;
  std::shared_ptr<Transport> transport;
  {
    std::lock_guard lock(lock_);
    transport = transport_;
    for (const auto& [id, entry] : entries_) {
      if (entry.subscriber->gets(*input.stream())) ended.push_back(entry.subscriber);
    }
  }
  if (!transport) return;
  for (const auto& subscriber : ended) transport->end(subscriber, Subscriber::State::failed, why);
}

std::vector<std::shared_ptr<Input>> Fanout::inputs() const {
  std::lock_guard lock(lock_);
  return inputs_;
}

Fanout::Match Fanout::match(const Offer::Media& media, const std::string& wanted) const {
  const bool video = media.type == "video";
  for (const auto& input : inputs_) {
    if (input->is_video() != video || media.payloads.empty()) continue;
    if (!wanted.empty()) {
      if (input->name() == wanted) return {input, &media.payloads.front()};
      continue;
    }
    const auto format = input->format();
    if (!format) continue;
    const Offer::Payload* best = nullptr;
    for (const Offer::Payload& payload : media.payloads) {
      if (payload.encoding != format->encoding || payload.clock_rate != format->clock_rate)
        continue;
      // Our packets of H.264 are fragmented (RFC 6184, section 5.4).
      const bool fits = payload.encoding != "H264" ||
                        payload.fmtp.find("packetization-mode=1") != std::string::npos;
      if (best == nullptr || fits) best = &payload;
      if (fits) break;
    }
    if (best != nullptr) return {input, best};
  }
  return {};
}

std::string Fanout::describe_inputs() const {
  std::string text;
  for (const auto& input : inputs_) {
    const auto format = input->format();
    text += (text.empty() ? "" : " and ") +
            (format ? format->encoding : input->name() + " (nothing yet)");
  }
  return text.empty() ? "nothing" : text;
}

AnsweredMedia Fanout::answer_media(const Offer::Media& media, const Offer::Payload& payload) {
  AnsweredMedia answered;
  answered.payload = payload;
  answered.use_rtx = payload.rtx.has_value() && payload.nack;
  // REMB comes once a second, transport-wide feedback every 50 ms: REMB is cheaper with thousands
  // of viewers.
  answered.use_remb = payload.remb;
  answered.use_transport_cc = payload.transport_cc && !payload.remb;
  for (const Offer::Extension& extension : media.extensions) {
    const bool wanted = extension.uri == extension_uri::kMid ||
                        (extension.uri == extension_uri::kPlayoutDelay && media.type == "video") ||
                        (extension.uri == extension_uri::kAbsSendTime && answered.use_remb) ||
                        (extension.uri == extension_uri::kTransportCc && answered.use_transport_cc);
    if (wanted) answered.extensions.push_back(extension);
  }
  do answered.ssrc = random_u32();
  while (answered.ssrc == 0);
  do answered.rtx_ssrc = random_u32();
  while (answered.rtx_ssrc == 0 || answered.rtx_ssrc == answered.ssrc);
  return answered;
}

Fanout::Reply Fanout::add(const Offer& offer, const Options& options, const Settings& settings) {
  const Offer::Media* const carrier = offer.transport();
  if (carrier == nullptr)
    return {.code = "bad-offer",
            .message =
                "the offer has no audio or video to receive: add a media section with a=recvonly"};

  std::lock_guard lock(lock_);
  if (!transport_)
    return {.code = "not-ready", .message = "the element is in state NULL: set it to READY"};
  if (settings.max_viewers != 0 && entries_.size() >= settings.max_viewers)
    return {.code = "busy",
            .message = "the element has reached its limit of " +
                       std::to_string(settings.max_viewers) + " viewers (max-viewers)"};
  const std::string id = options.id.empty() ? random_name(16) : options.id;
  if (entries_.contains(id))
    return {.code = "busy", .message = "a viewer " + id + " exists already"};

  Entry entry{.answered = std::vector<std::optional<AnsweredMedia>>(offer.media.size()),
              .loopback = options.loopback,
              .stream_id = "fanlight"};
  std::vector<Subscriber::Media> media;
  bool has_video = false;
  bool has_audio = false;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Offer::Media& offered = offer.media[i];
    bool& has = offered.type == "video" ? has_video : has_audio;
    if (!offered.receives || has) continue;
    const Match found = match(offered, offered.type == "video" ? options.video : options.audio);
    if (!found.input) continue;
    has = true;
    entry.answered[i] = answer_media(offered, *found.payload);
    media.push_back(
        {*entry.answered[i], offered.mid, found.input->is_video(), found.input->stream()});
  }
  if (media.empty()) {
    const bool waiting = std::any_of(inputs_.begin(), inputs_.end(),
                                     [](const auto& input) { return !input->format(); });
    if (waiting)
      return {.code = "not-ready", .message = "no caps have arrived yet on " + describe_inputs()};
    return {.code = "no-common-codec",
            .message = "the element sends " + describe_inputs() + "; the viewer supports " +
                       list_payloads(offer)};
  }
  std::string why;
  auto certificate = transport_->certificate(why);
  if (!certificate) return {.code = "internal", .message = why};

  entry.subscriber = std::make_shared<Subscriber>(Subscriber::Settings{
      .id = id,
      .fingerprint = carrier->fingerprint,
      .cname = random_ice_text(16),
      .certificate = std::move(certificate),
      .media = std::move(media),
      .observer = weak_from_this(),
      .added_us = monotonic_us(),
  });
  entry.theirs = offer.credentials();
  entry.ours = transport_->admit(entry.subscriber, entry.theirs);
  const std::string sdp = write(offer, entry, settings, *transport_);
  entries_[id] = std::move(entry);
  return {.id = id, .sdp = sdp};
}

Fanout::Reply Fanout::restart(const std::string& id, const Offer& offer, const Settings& settings) {
  std::lock_guard lock(lock_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || !transport_)
    return {.code = "unknown-viewer", .message = "there is no viewer " + id};
  Entry& entry = found->second;
  const Offer::Media* const carrier = offer.transport();
  if (offer.media.size() != entry.answered.size() || carrier == nullptr)
    return {.code = "bad-offer",
            .message = "an ICE restart must have the media of the first offer"};
  if (carrier->fingerprint != entry.subscriber->settings().fingerprint)
    return {.code = "bad-offer",
            .message = "an ICE restart must have the DTLS fingerprint of the first offer"};
  // With the same credentials it is no restart, and ours stay as well (RFC 8839,
  // section 4.4.1.1.1).
  if (auto theirs = offer.credentials(); theirs != entry.theirs) {
    auto ours = transport_->readmit(entry.subscriber, theirs);
    if (!ours) return {.code = "unknown-viewer", .message = "the viewer " + id + " has gone"};
    entry.ours = std::move(*ours);
    entry.theirs = std::move(theirs);
  }
  return {.id = id, .sdp = write(offer, entry, settings, *transport_)};
}

std::string Fanout::write(const Offer& offer, const Entry& entry, const Settings& settings,
                          Transport& transport) const {
  const Subscriber::Settings& subscriber = entry.subscriber->settings();
  const auto addresses = candidates(transport.port(), entry.loopback, settings.public_addresses);
  return write_answer(offer, entry.answered,
                      {
                          .ice_ufrag = entry.ours.ufrag,
                          .ice_pwd = entry.ours.password,
                          .fingerprint = subscriber.certificate->fingerprint(),
                          .cname = subscriber.cname,
                          .stream_id = entry.stream_id,
                          .udp = addresses,
                          .tcp = transport.has_tcp() ? addresses : std::vector<SocketAddress>{},
                      });
}

Fanout::Reply Fanout::choose(const std::string& id, const std::string& name) {
  std::lock_guard lock(lock_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || !transport_)
    return {.code = "unknown-viewer", .message = "there is no viewer " + id};
  const auto input = std::find_if(inputs_.begin(), inputs_.end(),
                                  [&](const auto& known) { return known->name() == name; });
  if (input == inputs_.end() || !(*input)->is_video())
    return {.code = "unknown-input", .message = "there is no video pad " + name};
  const std::shared_ptr<Subscriber>& subscriber = found->second.subscriber;
  const auto& media = subscriber->settings().media;
  const auto video = std::find_if(media.begin(), media.end(),
                                  [](const Subscriber::Media& answered) { return answered.video; });
  if (video == media.end())
    return {.code = "no-common-codec", .message = "the viewer " + id + " gets no video"};
  const std::string& codec = video->answered.payload.encoding;
  const auto format = (*input)->format();
  if (format && format->encoding != codec)
    return {.code = "no-common-codec",
            .message =
                name + " has " + format->encoding + ", but the viewer's session uses " + codec};
  subscriber->choose(static_cast<std::size_t>(video - media.begin()), (*input)->stream());
  transport_->follow_choice(subscriber);
  return {.id = id, .sdp = {}};
}

bool Fanout::remove(const std::string& id) {
  const auto subscriber = find(id);
  const auto transport = this->transport();
  if (!subscriber || !transport || !forget(*subscriber)) return false;
  transport->remove(subscriber);
  return true;
}

bool Fanout::forget(const Subscriber& subscriber) {
  std::lock_guard lock(lock_);
  const auto found = entries_.find(subscriber.id());
  if (found == entries_.end() || found->second.subscriber.get() != &subscriber) return false;
  add_to_past(subscriber);
  entries_.erase(found);
  return true;
}

void Fanout::add_to_past(const Subscriber& subscriber) {
  const SubscriberCounters& counters = subscriber.counters;
  ++past_.subscribers;
  past_.packets_sent += counters.packets_sent.get();
  past_.bytes_sent += counters.bytes_sent.get();
  past_.retransmitted_packets += counters.retransmitted_packets.get();
  past_.groups_dropped += counters.groups_dropped.get();
}

std::shared_ptr<Subscriber> Fanout::find(const std::string& id) const {
  std::lock_guard lock(lock_);
  const auto found = entries_.find(id);
  return found == entries_.end() ? nullptr : found->second.subscriber;
}

std::vector<std::shared_ptr<Subscriber>> Fanout::subscribers() const {
  std::lock_guard lock(lock_);
  std::vector<std::shared_ptr<Subscriber>> subscribers;
  for (const auto& [id, entry] : entries_) subscribers.push_back(entry.subscriber);
  return subscribers;
}

std::size_t Fanout::size() const {
  std::lock_guard lock(lock_);
  return entries_.size();
}

Fanout::Past Fanout::past() const {
  std::lock_guard lock(lock_);
  return past_;
}

void Fanout::on_subscriber_state(const Subscriber& subscriber, Subscriber::State state,
                                 const std::string& message) {
  const bool ended = state == Subscriber::State::failed || state == Subscriber::State::closed;
  const bool known = ended ? forget(subscriber) : find(subscriber.id()).get() == &subscriber;
  if (!known) return; // Removed meanwhile.
  on_state_(subscriber.id(), state, message);
}

} // namespace fanlight::fanout
