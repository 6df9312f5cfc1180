#include "link.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "rtsp/url.h"
#include "tls_wire.h"

namespace fanlight::direct {
namespace {

using rtsp::Failure;

constexpr int kRtspPort = 554;
constexpr int kRtspsPort = 322;
/// Reads in one turn, so that a camera that sends much does not keep the others waiting.
constexpr int kMostReads = 8;
/// What is kept of the memory for an incomplete message.
constexpr std::size_t kUsualRest = 8 * 1024;

} // namespace

Link::Link(std::unique_ptr<Loop::Place> place, Settings settings, Observer& observer)
    : place_(std::move(place)), observer_(&observer), lower_(settings.lower),
      judge_(std::move(settings.judge)), client_(std::move(settings.talk), *this) {}

Link::~Link() { drop(); }

// ---- The connection ----

void Link::begin() {
  loop().add(shared_from_this());
  connect();
}

void Link::connect() {
  drop();
  const auto url = rtsp::parse_url(client_.url());
  if (!url || url->host.empty()) return end({.kind = Failure::Kind::unreachable});
  const int port = url->scheme == "rtsps" ? kRtspsPort : kRtspPort;
  connector_ = std::make_shared<Connector>(loop(), [this](int socket) { on_connected(socket); });
  connector_->begin(url->host, url->port != 0 ? url->port : port);
}

void Link::on_connected(int socket) {
  const auto connector = std::move(connector_); // It calls this.
  if (socket < 0) return end({.kind = Failure::Kind::unreachable});
  const auto url = rtsp::parse_url(client_.url());
  const bool tls = url && url->scheme == "rtsps";
  wire_ = tls ? std::make_unique<TlsWire>(socket, url->host) : std::make_unique<Wire>(socket);
  watched_ = EPOLLIN;
  if (!loop().watch(socket, watched_, *this)) return end({.kind = Failure::Kind::broken});
  asked_us_ = now_us();
  if (!tls) return begin_talk();
  stage_ = Stage::shaking;
  shake();
}

void Link::shake() {
  const Wire::Outcome outcome = wire_->shake();
  if (outcome == Wire::Outcome::later) return watch(EPOLLIN | (wire_->is_full() ? EPOLLOUT : 0u));
  if (outcome == Wire::Outcome::disagreed) return end({.kind = Failure::Kind::handshake});
  if (outcome != Wire::Outcome::done)
    return end(
        {.kind = outcome == Wire::Outcome::closed ? Failure::Kind::closed : Failure::Kind::broken,
         .shaking = true});
  stage_ = Stage::judging;
  watch(0);
  const auto url = rtsp::parse_url(client_.url());
  const Wire* const judged = wire_.get();
  judge_(wire_->chain(), url->host, url->port != 0 ? url->port : kRtspsPort,
         [weak = weak_from_this(), loop = loop().shared_from_this(), judged](bool accepted) {
           loop->post([weak, judged, accepted] {
             const auto self = weak.lock();
             if (self && self->wire_.get() == judged) self->on_judged(accepted);
           });
         });
}

void Link::on_judged(bool accepted) {
  if (!accepted) return end({.kind = Failure::Kind::certificate});
  watch(EPOLLIN);
  begin_talk();
}

void Link::begin_talk() {
  stage_ = Stage::talking;
  reader_ = {};
  client_.begin();
  flush();
}

void Link::watch(std::uint32_t events) {
  if (std::exchange(watched_, events) != events) loop().change(wire_->descriptor(), events, *this);
}

void Link::drop() {
  connector_.reset();
  if (wire_) loop().forget(wire_->descriptor(), *this);
  wire_.reset();
  for (const auto& datagrams : datagrams_) datagrams->close();
  datagrams_.clear();
  heard_ = false;
  left_.clear();
  begun_us_ = 0;
  plays_ = false;
  routes_ = {};
}

void Link::end(Failure failure) {
  if (std::exchange(over_, true)) return;
  drop();
  if (Observer* const told = std::exchange(observer_, nullptr)) told->on_failure(failure);
}

void Link::close() {
  observer_ = nullptr;
  if (closed_us_ != 0) return; // A second TEARDOWN would prolong the goodbye.
  closed_us_ = now_us();
  const bool goodbye = wire_ && stage_ == Stage::talking && client_.has_session();
  for (const auto& datagrams : datagrams_) datagrams->close();
  if (goodbye) {
    client_.say_goodbye();
    flush();
  }
  over_ = over_ || !goodbye;
  if (over_) drop();
}

void Link::flush() {
  const std::string output = client_.take_output();
  if (!output.empty()) asked_us_ = now_us();
  if (!output.empty() && observer_ != nullptr) observer_->on_requests(output);
  if (!wire_) return;
  const Wire::Outcome outcome = output.empty() ? wire_->flush() : wire_->send(output);
  if (outcome == Wire::Outcome::broken)
    return end({.kind = Failure::Kind::broken, .method = client_.method()});
  watch(EPOLLIN | (wire_->is_full() ? EPOLLOUT : 0u));
}

void Link::send_control(std::size_t medium, rtsp::Bytes packet) {
  if (medium < datagrams_.size() && datagrams_[medium]->is_open())
    return datagrams_[medium]->send_control(packet);
  if (!wire_ || !plays_ || medium >= control_channels_.size() || wire_->is_full()) return;
  std::string framed{'$', static_cast<char>(control_channels_[medium]),
                     static_cast<char>(packet.size() >> 8), static_cast<char>(packet.size())};
  framed.append(reinterpret_cast<const char*>(packet.data()), packet.size());
  if (wire_->send(framed) == Wire::Outcome::broken) end({.kind = Failure::Kind::broken});
}

// ---- What comes ----

void Link::on_ready(std::uint32_t events) {
  const auto self = shared_from_this(); // The observer may drop the last other reference.
  if (stage_ == Stage::shaking && wire_) return shake();
  if (stage_ == Stage::judging)
    return end({.kind = Failure::Kind::closed}); // It was not asked for.
  if ((events & EPOLLOUT) != 0) flush();
  if (wire_ && (events & ~std::uint32_t{EPOLLOUT}) != 0) read();
  if (over_) drop();
  if (observer_ != nullptr) observer_->on_pause();
}

void Link::read() {
  for (int i = 0; wire_ && (i < kMostReads || wire_->has_more()); ++i) {
    std::uint8_t* const into = loop().room().data();
    if (left_.size() > Room::kFront) return end({.kind = Failure::Kind::long_body});
    const Wire::Taken taken = wire_->receive({into, Room::kSize});
    if (taken.outcome == Wire::Outcome::later) return;
    if (taken.outcome != Wire::Outcome::done)
      return end({.kind = taken.outcome == Wire::Outcome::closed ? Failure::Kind::closed
                                                                 : Failure::Kind::broken,
                  .method = client_.method()});
    if (!left_.empty()) std::memcpy(into - left_.size(), left_.data(), left_.size());
    const std::size_t size = left_.size() + taken.size;
    rtsp::Bytes input{into - left_.size(), size};
    if (!take(input)) return;
    if (input.empty())
      begun_us_ = 0;
    else if (begun_us_ == 0 || input.size() < size)
      begun_us_ = now_us();
    left_.assign(input.begin(), input.end());
    if (left_.capacity() > kUsualRest && left_.size() < kUsualRest) left_.shrink_to_fit();
    if (taken.size < Room::kSize && !wire_->has_more()) return;
  }
}

/// False: the connection that the input came by is gone.
bool Link::take(rtsp::Bytes& input) {
  using Kind = rtsp::Reader::Item::Kind;
  const Wire* const wire = wire_.get();
  while (true) {
    const rtsp::Reader::Item item = reader_.next(input);
    switch (item.kind) {
    case Kind::none: return true;
    case Kind::packet: {
      const Route route = routes_[item.channel];
      heard_ = heard_ || (route.medium != kNone && !route.control);
      if (route.medium != kNone && observer_ != nullptr)
        observer_->on_packet(route.medium, route.control, item.payload);
      break;
    }
    case Kind::message:
      if (observer_ != nullptr) observer_->on_message(reader_.message());
      client_.take(reader_.message());
      if (closed_us_ != 0 && client_.method().empty()) over_ = true;
      if (wire_.get() == wire) flush();
      break;
    case Kind::fault:
      end({.kind = reader_.fault(), .method = client_.method(), .text = reader_.foreign()});
      return false;
    }
    if (wire_.get() != wire || over_) return false;
  }
}

void Link::on_datagram(std::size_t medium, bool control, rtsp::Bytes packet) {
  heard_ = heard_ || !control; // Reports may pass where media do not.
  if (observer_ != nullptr) observer_->on_packet(medium, control, packet);
}

void Link::on_datagrams_end() {
  if (observer_ != nullptr) observer_->on_pause();
}

// ---- The talk ----

std::vector<rtsp::Client::Medium> Link::on_description(const rtsp::Description& description) {
  if (observer_ == nullptr) return {};
  auto media = observer_->on_description(description);
  media.resize(std::min<std::size_t>(media.size(), kNone));
  control_channels_.assign(media.size(), 0);
  if (lower_ != Lower::tcp && !media.empty() && !open_datagrams(media)) {
    end({.kind = Failure::Kind::broken});
    return {};
  }
  for (std::size_t i = 0; i < media.size() && lower_ == Lower::tcp; ++i) {
    const int channel = 2 * static_cast<int>(i);
    media[i].transport.tcp = true;
    media[i].transport.interleaved = std::pair{channel, channel + 1};
  }
  return media;
}

bool Link::open_datagrams(std::vector<rtsp::Client::Medium>& media) {
  sockaddr_storage camera{};
  socklen_t size = sizeof camera;
  if (getpeername(wire_->descriptor(), reinterpret_cast<sockaddr*>(&camera), &size) != 0)
    return false;
  for (std::size_t i = 0; i < media.size(); ++i) {
    auto datagrams = Datagrams::open(loop(), i, camera, *this);
    if (!datagrams) return false;
    media[i].transport.client_port = std::pair{datagrams->port(), datagrams->port() + 1};
    datagrams_.push_back(std::move(datagrams));
  }
  return true;
}

bool Link::fall_back() {
  if (lower_ != Lower::automatic || observer_ == nullptr) return false;
  lower_ = Lower::tcp;
  connect();
  return true;
}

void Link::on_set_up(std::size_t medium, const rtsp::Transport& agreed) {
  if (!agreed.tcp && medium < datagrams_.size()) return datagrams_[medium]->begin(agreed);
  if (medium < datagrams_.size()) datagrams_[medium]->close(); // Some answer UDP with TCP.
  const auto [data, control] = agreed.interleaved.value_or(std::pair{0, 1});
  control_channels_[medium] = static_cast<std::uint8_t>(control);
  // What a camera names takes precedence over what it might use instead.
  for (std::size_t channel = 0; channel < routes_.size(); ++channel) {
    const int used = client_.channel(static_cast<std::uint8_t>(channel));
    if (used != data && used != control) continue;
    routes_[channel] = {static_cast<std::uint8_t>(medium), used != data};
  }
}

void Link::on_play() {
  plays_ = true;
  kept_us_ = played_us_ = now_us();
  reader_.set_plays(true);
}

void Link::on_end(const Failure& failure) {
  constexpr int kUnsupportedTransport = 461;
  if (failure.status == kUnsupportedTransport && fall_back()) return;
  if (failure.kind != Failure::Kind::none) return end(failure);
  connect(); // It was redirected.
}

bool Link::on_tick(std::int64_t now_us) {
  if (connector_) connector_->check(now_us);
  if (!over_) check(now_us);
  if (over_) drop();
  return !over_;
}

bool Link::lacks_datagrams(std::int64_t now_us) const {
  return plays_ && !heard_ && now_us - played_us_ > kDatagramUs &&
         std::any_of(datagrams_.begin(), datagrams_.end(),
                     [](const auto& datagrams) { return datagrams->is_open(); });
}

void Link::check(std::int64_t now_us) {
  if (closed_us_ != 0) {
    over_ = now_us - closed_us_ > kGoodbyeUs;
    return;
  }
  if (begun_us_ != 0 && now_us - begun_us_ > kMessageUs)
    return end({.kind = Failure::Kind::late, .method = client_.method()});
  if (wire_ && stage_ == Stage::shaking && now_us - asked_us_ > kAnswerUs)
    return end({.kind = Failure::Kind::mute});
  if (client_.must_answer() && now_us - asked_us_ > kAnswerUs)
    return end({.kind = Failure::Kind::mute, .method = client_.method()});
  if (lacks_datagrams(now_us))
    return fall_back() ? void() : end({.kind = Failure::Kind::no_datagrams});
  const auto period_us = std::chrono::microseconds{client_.period()}.count();
  if (!plays_ || now_us - kept_us_ < period_us) return;
  kept_us_ = now_us;
  client_.keep_alive();
  flush();
}

} // namespace fanlight::direct
