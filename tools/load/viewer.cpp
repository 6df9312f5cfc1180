#include "viewer.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace fanlight::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kCheckAgain = 50ms; // Until the first answer; later, consent checks (RFC 7675).
constexpr auto kNextCandidate = 500ms;
constexpr auto kConsentCheck = 5s;
constexpr auto kConsentLost = 30s;
constexpr auto kHandshakeTick = 25ms;

std::string random_text(std::mt19937& random, std::size_t size) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += kLetters[random() % kLetters.size()];
  return text;
}

} // namespace

Viewer::Viewer(Company& company, const Target& target, Joins& joins)
    : company_(company), target_(target), joins_(joins),
      timer_(company.loop, [this] { tick(); }), ice_{random_text(company.random, 8),
                                                     random_text(company.random, 24)},
      ssrc_(static_cast<std::uint32_t>(company.random())) {
  ++joins_.started;
  for (auto& byte : check_id_) byte = static_cast<std::uint8_t>(company_.random());
  const Settings& settings = company_.settings;
  link_ = (settings.tcp ? open_tcp : open_udp)(company_.loop, target_.from, settings.link, *this);
  if (!link_) {
    fail(std::string("opening a socket: ") + std::strerror(errno));
    return;
  }
  const Local local{.ice = ice_,
                    .fingerprint = company_.identity.fingerprint(),
                    .candidate = link_->local(),
                    .tcp = settings.tcp,
                    .audio = settings.audio,
                    .h265 = settings.h265,
                    .nack = settings.nack};
  signalling_ = begin_signalling(company_.loop, company_.http, target_, local, *this);
  timer_.start(started_ + company_.settings.patience);
}

Viewer::~Viewer() {
  close_link();
  company_.findings.past += counts();
  company_.findings.overflowed += overflowed();
}

void Viewer::on_remote(const std::string& sdp) {
  if (state_ != State::joining) return;
  times_.answered = since_start();
  auto remote = read_remote(sdp);
  if (!remote) return fail(remote.error().message);
  remote_ = std::move(*remote);
  if (!choose_candidates()) return;
  dtls_ = std::make_unique<Dtls>(company_.identity, remote_->dtls_active,
                                 [this](Bytes flight) { send(flight); });
  begin_checks();
}

/// Chooses the server's candidates that this viewer can reach, the best first.
bool Viewer::choose_candidates() {
  auto& candidates = remote_->candidates;
  const bool tcp = company_.settings.tcp;
  const auto before = candidates.size();
  std::erase_if(candidates, [&](const Remote::Candidate& candidate) {
    return candidate.tcp != tcp || candidate.address.family() != target_.from.family();
  });
  if (candidates.empty()) {
    fail(std::string("the answer has no ") + (tcp ? "passive TCP" : "UDP") +
         " candidate of this address family, " + std::to_string(before) + " others");
    return false;
  }
  if (!company_.settings.any_address)
    std::erase_if(candidates, [](const auto& each) { return !each.address.is_near(); });
  if (candidates.empty()) {
    fail("the answer has public addresses only; see --i-own-this-server");
    return false;
  }
  // The server may listen on several addresses: prefers the one that HTTP uses.
  std::stable_partition(candidates.begin(), candidates.end(), [this](const auto& each) {
    return each.address.same_host(target_.server);
  });
  return true;
}

void Viewer::begin_checks() {
  state_ = State::checking;
  remote_address_ = remote_->candidates[candidate_].address;
  const Time now = Clock::now();
  next_candidate_ = now + kNextCandidate;
  check(now);
  plan(now);
}

void Viewer::check(Time now) {
  next_check_ = now + (state_ == State::checking ? Clock::duration{kCheckAgain} : kConsentCheck);
  send(binding_request(check_id_, ice_, remote_->ice, kHostPriority));
}

void Viewer::on_datagram(std::span<std::uint8_t> datagram, const Address& source,
                         const Arrival& arrival) {
  if (datagram.size() < 2) return;
  // The first byte identifies the protocol (RFC 7983).
  const std::uint8_t first = datagram[0];
  if (first >= 128 && first < 192) {
    if (!srtp_) return;
    if (datagram[1] >= 192 && datagram[1] <= 223) return on_rtcp(datagram, arrival.seen);
    return on_rtp(datagram, arrival);
  }
  if (first >= 20 && first <= 63) return on_dtls(datagram);
  if (const auto stun = read_stun(datagram)) on_stun(*stun, source, arrival.seen);
}

void Viewer::on_stun(const Stun& stun, const Address& source, Time now) {
  if (stun.type == Stun::Type::request)
    return link_->send(binding_response(stun.id, ice_, source), source);
  if (stun.id != check_id_) return;
  if (stun.type == Stun::Type::error && state_ == State::checking)
    return fail("the server refuses ICE checks with " + std::to_string(stun.error));
  if (stun.type != Stun::Type::response) return;
  consent_ = now;
  if (state_ != State::checking) return;
  times_.ice = since_start();
  state_ = State::handshaking;
  next_check_ = now + kConsentCheck;
  link_->connect(remote_address_);
  dtls_->start();
  plan(now);
}

void Viewer::on_dtls(Bytes datagram) {
  if (srtp_) {
    // After the handshake, an alert means the end; decrypting it is not worth the memory.
    constexpr std::uint8_t kAlert = 21;
    if (datagram[0] == kAlert) return end("the server ended it");
    if (dtls_) dtls_->receive(datagram);
    return;
  }
  // DTLS may arrive before the server's answer to our check.
  if (!dtls_ || (state_ != State::handshaking && state_ != State::checking)) return;
  dtls_->receive(datagram);
  if (!dtls_->failure().empty()) return fail("DTLS: " + dtls_->failure());
  if (!dtls_->done()) return;
  const auto keys = dtls_->keys(remote_->fingerprint);
  if (!keys) return fail(keys.error().message);
  on_keys(*keys);
}

void Viewer::on_left(const std::string& error) {
  times_.left = std::chrono::duration<double, std::milli>(Clock::now() - leaving_).count();
  vanish();
  if (error.empty()) return;
  ++company_.findings.unclean[error];
  error_ = error;
  state_ = State::failed;
}

void Viewer::on_link_end() {
  srtp_ ? end("the server closed the connection") : fail("the server closed the connection");
}

void Viewer::tick() {
  const Time now = Clock::now();
  if (state_ <= State::handshaking && now - started_ >= company_.settings.patience) {
    constexpr const char* kWaitedFor[] = {"an answer", "ICE", "DTLS"};
    return fail(std::string("timeout while waiting for ") + kWaitedFor[static_cast<int>(state_)]);
  }
  if (state_ == State::joining) return;
  if (state_ == State::checking && now >= next_candidate_ &&
      candidate_ + 1 < remote_->candidates.size()) {
    ++candidate_;
    return begin_checks();
  }
  if (srtp_ && now - consent_ > kConsentLost) return end("no answer to ICE checks for 30 s");
  if (now >= next_check_) check(now);
  if (dtls_) dtls_->tick();
  if (srtp_) {
    ask(now);
    if (now >= next_report_) report(now);
  }
  plan(now);
}

void Viewer::plan(Time now) {
  if (!link_ || !link_->open()) return timer_.stop();
  Time due = next_check_;
  if (!srtp_) {
    due = std::min({due, now + kHandshakeTick, started_ + company_.settings.patience});
  } else {
    due = std::min(due, next_report_);
    if (looking_) due = std::min(due, next_picture_request_);
    if (video_) due = std::min(due, video_->due().value_or(due));
    if (audio_) due = std::min(due, audio_->due().value_or(due));
  }
  timer_.start(due);
}

void Viewer::leave() {
  leaving_ = Clock::now();
  if (state_ == State::gone || state_ == State::failed) return;
  const bool known = state_ != State::joining;
  if (state_ != State::ended && srtp_) ++company_.findings.left;
  state_ = State::leaving;
  if (!known || !signalling_) return vanish();
  signalling_->leave();
}

void Viewer::vanish() {
  if (state_ == State::gone) return;
  if (srtp_ && state_ != State::leaving && state_ != State::ended) ++company_.findings.left;
  close_link();
  if (state_ != State::failed) state_ = State::gone;
}

void Viewer::fail(const std::string& why) {
  if (state_ >= State::leaving) return;
  ++joins_.failed[why];
  error_ = why;
  state_ = State::failed;
  close_link();
}

void Viewer::end(const std::string& why) {
  if (state_ >= State::leaving) return;
  ++company_.findings.ended[why];
  error_ = why;
  state_ = State::ended;
  close_link();
}

void Viewer::close_link() {
  timer_.stop();
  if (link_) link_->close();
}

Counts Viewer::counts() const {
  Counts all = traffic_;
  all += streams_before_;
  if (video_) all += video_->counts();
  if (audio_) all += audio_->counts();
  return all;
}

double Viewer::since_start() const {
  return std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
}

} // namespace fanlight::load
