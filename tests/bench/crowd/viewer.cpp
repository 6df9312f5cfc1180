#include "viewer.h"

#include <array>
#include <cstring>
#include <random>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

namespace fanlight::crowd {
namespace {

using namespace std::chrono_literals;

constexpr auto kCheckAgain = 50ms; // Until the first answer; then consent (RFC 7675).
constexpr auto kConsent = 5s;
constexpr auto kReportEvery = 1s;
constexpr auto kAskForPicture = 200ms;  // As Chromium does until it has a key frame.
constexpr int kReceiveBuffer = 1 << 20; // A whole group of pictures arrives at once.

std::mt19937& random_source() {
  static std::mt19937 source{std::random_device{}()};
  return source;
}

std::string random_text(std::size_t size) {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += kLetters[random_source()() % kLetters.size()];
  return text;
}

bool contains(const std::vector<std::uint8_t>& types, std::uint8_t type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

} // namespace

Viewer::Viewer(Loop& loop, const Identity& identity, const Settings& settings)
    : loop_(loop), identity_(identity), settings_(settings), ice_{random_text(8), random_text(24)},
      ssrc_(static_cast<std::uint32_t>(random_source()())) {
  for (auto& byte : check_id_) byte = static_cast<std::uint8_t>(random_source()());
  open_socket();
  post_offer();
}

Viewer::~Viewer() { close_socket(); }

void Viewer::open_socket() {
  fd_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
  setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
  // The address that the route to the server has; then any port of it.
  sockaddr_in server{};
  server.sin_family = AF_INET;
  server.sin_port = htons(9);
  inet_pton(AF_INET, settings_.url.host.c_str(), &server.sin_addr);
  socklen_t size = sizeof local_;
  const int probe = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (connect(probe, reinterpret_cast<sockaddr*>(&server), sizeof server) == 0)
    getsockname(probe, reinterpret_cast<sockaddr*>(&local_), &size);
  close(probe);
  local_.sin_port = 0;
  if (bind(fd_, reinterpret_cast<sockaddr*>(&local_), sizeof local_) != 0)
    throw std::system_error(errno, std::generic_category(), "bind");
  getsockname(fd_, reinterpret_cast<sockaddr*>(&local_), &size);
  loop_.watch(fd_, EPOLLIN, [this](std::uint32_t) { on_readable(); });
}

void Viewer::post_offer() {
  const std::string offer = write_offer({.ice = ice_,
                                         .fingerprint = identity_.fingerprint(),
                                         .candidate = local_,
                                         .audio = settings_.audio,
                                         .h265 = settings_.h265,
                                         .without = settings_.without});
  call_ =
      std::make_unique<HttpCall>(loop_, settings_.url, "POST", "application/sdp", offer,
                                 [this](HttpResponse response) { on_answer(std::move(response)); });
}

void Viewer::on_answer(HttpResponse response) {
  if (state_ != State::posting) return;
  times_.answered = since_start();
  if (response.status != 201)
    return fail("POST: " + std::to_string(response.status) + " " + response.body);
  location_ = response.headers["location"];
  try {
    answer_ = read_answer(response.body);
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  // The server may listen on several addresses: the one that is reached as HTTP is.
  remote_ = answer_->candidates.front();
  for (const sockaddr_in& candidate : answer_->candidates)
    if (candidate.sin_addr.s_addr == local_.sin_addr.s_addr) remote_ = candidate;
  dtls_ = std::make_unique<Dtls>(identity_, answer_->dtls_active,
                                 [this](std::span<const std::uint8_t> flight) { send(flight); });
  state_ = State::checking;
  check();
}

void Viewer::check() {
  next_check_ =
      Clock::now() + (state_ == State::checking ? Clock::duration{kCheckAgain} : kConsent);
  send(binding_request(check_id_, ice_, answer_->ice));
}

void Viewer::on_readable() {
  // One set for all viewers: it is used up before the next one reads.
  constexpr unsigned kBatch = 64;
  static std::array<std::array<std::uint8_t, 2048>, kBatch> buffers;
  static std::array<sockaddr_in, kBatch> sources;
  static std::array<iovec, kBatch> slots;
  static std::array<mmsghdr, kBatch> messages;
  for (unsigned i = 0; i < kBatch; ++i) {
    slots[i] = {buffers[i].data(), buffers[i].size()};
    messages[i].msg_hdr = {.msg_name = &sources[i],
                           .msg_namelen = sizeof sources[i],
                           .msg_iov = &slots[i],
                           .msg_iovlen = 1};
  }
  const int count = recvmmsg(fd_, messages.data(), kBatch, 0, nullptr);
  const Time now = Clock::now();
  for (int i = 0; i < count && fd_ >= 0; ++i)
    on_datagram({buffers[i].data(), messages[i].msg_len}, sources[i], now);
}

void Viewer::on_datagram(std::span<std::uint8_t> datagram, const sockaddr_in& source, Time now) {
  if (datagram.size() < 2) return;
  // RFC 7983: who it is for, by the first byte.
  if (const auto stun = read_stun(datagram)) return on_stun(*stun, source);
  if (datagram[0] >= 20 && datagram[0] <= 63) return on_dtls(datagram);
  if (datagram[0] < 128 || !srtp_) return;
  if (datagram[1] >= 192 && datagram[1] <= 223) return on_rtcp(datagram, now);
  on_rtp(datagram, now);
}

void Viewer::on_stun(const StunHeader& header, const sockaddr_in& source) {
  if (header.type == StunHeader::Type::request) {
    const auto response = binding_response(header.id, ice_, source);
    sendto(fd_, response.data(), response.size(), 0, reinterpret_cast<const sockaddr*>(&source),
           sizeof source);
    return;
  }
  if (header.type != StunHeader::Type::response || state_ != State::checking) return;
  times_.ice = since_start();
  state_ = State::handshaking;
  next_check_ = Clock::now() + kConsent;
  dtls_->start();
}

void Viewer::on_dtls(std::span<const std::uint8_t> datagram) {
  // The other side may be quicker than its answer to our check.
  if (!dtls_ || (state_ != State::handshaking && state_ != State::checking)) return;
  dtls_->receive(datagram);
  if (!dtls_->done()) return;
  try {
    const SrtpKeys keys = dtls_->keys();
    profile_ = keys.profile;
    srtp_ = std::make_unique<Srtp>(keys);
  } catch (const std::exception& error) {
    return fail(error.what());
  }
  times_.dtls = since_start();
  if (times_.ice < 0) times_.ice = times_.dtls;
  state_ = State::waiting;
  next_report_ = Clock::now() + kReportEvery;
  next_picture_request_ = Clock::now() + kAskForPicture;
}

void Viewer::on_rtp(std::span<std::uint8_t> packet, Time now) {
  const auto header = read_rtp(packet);
  if (!header) return;
  if (contains(answer_->retransmitted, header->payload_type)) return on_retransmission(packet);
  if (!contains(answer_->video, header->payload_type)) {
    ++other_packets_;
    other_bytes_ += packet.size();
    return;
  }
  if (!video_) {
    video_.emplace(header->ssrc, 90000);
    times_.first_packet = since_start();
  }
  video_->on_packet(header->sequence, header->timestamp, packet.size(), now);
  if (state_ == State::waiting) watch_for_key_frame(*header, packet);
}

void Viewer::watch_for_key_frame(const RtpHeader& header, std::span<std::uint8_t> packet) {
  const auto plain = srtp_->open_rtp(packet);
  if (!plain) return;
  if (!key_timestamp_ && starts_key_frame(answer_->video_encoding, plain->subspan(header.size)))
    key_timestamp_ = header.timestamp;
  if (key_timestamp_ != header.timestamp || !header.marker) return;
  times_.key_frame = since_start();
  state_ = State::playing;
}

/// RFC 4588: the first two bytes of the payload are the sequence number of the packet that it
/// stands for.
void Viewer::on_retransmission(std::span<std::uint8_t> packet) {
  ++other_packets_;
  other_bytes_ += packet.size();
  const auto header = read_rtp(packet);
  const auto plain = srtp_->open_rtp(packet);
  if (video_ && plain && plain->size() >= header->size + 2)
    video_->on_recovered(get16(*plain, header->size));
}

void Viewer::on_rtcp(std::span<std::uint8_t> packet, Time now) {
  const auto plain = srtp_->open_rtcp(packet);
  if (!plain) return;
  for (std::size_t at = 0; at + 28 <= plain->size(); at += 4 + 4 * get16(*plain, at + 2)) {
    constexpr std::uint8_t kSenderReport = 200;
    if ((*plain)[at + 1] == kSenderReport && video_ && get32(*plain, at + 4) == video_->ssrc())
      video_->on_sender_report(get32(*plain, at + 10), now);
  }
}

void Viewer::tick(Time now) {
  if (fd_ < 0 || !dtls_) return;
  if (now >= next_check_) check();
  dtls_->tick();
  if (!srtp_ || !video_) return;
  constexpr unsigned kTransportFeedback = 205;
  constexpr unsigned kPayloadFeedback = 206;
  if (!answer_->retransmitted.empty())
    if (const auto fci = video_->due_nacks(now); !fci.empty())
      send_feedback(kTransportFeedback, 1, fci);
  if (state_ == State::waiting && now >= next_picture_request_) {
    next_picture_request_ = now + kAskForPicture;
    send_feedback(kPayloadFeedback, 1, {});
  }
  if (now >= next_report_) report(now);
}

void Viewer::report(Time now) {
  next_report_ = now + kReportEvery;
  std::vector<std::uint8_t> packet;
  put16(packet, 0x81c9); // A receiver report with one block.
  put16(packet, 7);
  put32(packet, ssrc_);
  video_->append_report(packet, now);
  put16(packet, 0x81ca); // SDES with a CNAME of one letter, filled up to four bytes.
  put16(packet, 2);
  put32(packet, ssrc_);
  put32(packet, 0x01016100);
  send_rtcp(std::move(packet));
}

void Viewer::send_feedback(unsigned type, unsigned format, const std::vector<std::uint8_t>& fci) {
  std::vector<std::uint8_t> packet;
  put16(packet, static_cast<std::uint16_t>(0x8000 | format << 8 | type));
  put16(packet, static_cast<std::uint16_t>(2 + fci.size() / 4));
  put32(packet, ssrc_);
  put32(packet, video_->ssrc());
  packet.insert(packet.end(), fci.begin(), fci.end());
  send_rtcp(std::move(packet));
}

void Viewer::send_rtcp(std::vector<std::uint8_t> packet) {
  const std::size_t size = packet.size();
  packet.resize(size + Srtp::kTrailer);
  send(srtp_->seal_rtcp(std::span{packet}.first(size)));
}

void Viewer::send(std::span<const std::uint8_t> datagram) {
  if (datagram.empty() || fd_ < 0) return;
  sendto(fd_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&remote_),
         sizeof remote_);
}

void Viewer::leave() {
  if (location_.empty()) return vanish();
  state_ = State::leaving;
  leaving_ = Clock::now();
  Url url = settings_.url;
  url.path = location_.starts_with("http://") ? Url::parse(location_).path : location_;
  call_ = std::make_unique<HttpCall>(loop_, url, "DELETE", "", "", [this](HttpResponse response) {
    times_.left = std::chrono::duration<double, std::milli>(Clock::now() - leaving_).count();
    if (response.status != 200) return fail("DELETE: " + std::to_string(response.status));
    if (srtp_) dtls_->close();
    vanish();
  });
}

void Viewer::vanish() {
  close_socket();
  if (state_ != State::failed) state_ = State::gone;
}

void Viewer::fail(const std::string& why) {
  error_ = why;
  state_ = State::failed;
  close_socket();
}

void Viewer::close_socket() {
  if (fd_ < 0) return;
  loop_.forget(fd_);
  close(std::exchange(fd_, -1));
}

std::uint64_t Viewer::packets() const { return other_packets_ + (video_ ? video_->packets() : 0); }
std::uint64_t Viewer::bytes() const { return other_bytes_ + (video_ ? video_->bytes() : 0); }

double Viewer::since_start() const {
  return std::chrono::duration<double, std::milli>(Clock::now() - started_).count();
}

} // namespace fanlight::crowd
