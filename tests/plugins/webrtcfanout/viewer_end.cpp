#include "viewer_end.h"

#include <algorithm>
#include <sstream>

#include <gtest/gtest.h>
#include <openssl/rand.h>

#include "stun_messages.h"
#include "webrtcfanout/net/packet_kind.h"

namespace fanlight::fanout {
namespace {

constexpr const char* kPassword = "0123456789abcdefghijkl";

/// One for all: a key takes time to make.
const ViewerIdentity& identity() {
  static const ViewerIdentity one;
  return one;
}

Octets number(std::uint32_t value) {
  Octets bytes(4);
  write_u32(bytes.data(), value);
  return bytes;
}

/// The length in the header as if `more` bytes came behind.
void announce(Octets& message, std::size_t more) {
  write_u16(&message[2], static_cast<std::uint16_t>(message.size() - 20 + more));
}

/// What stands behind `name` in a line of the answer; empty where there is none.
std::string value_of(const std::string& sdp, const std::string& name) {
  const auto at = sdp.find(name);
  if (at == std::string::npos) return {};
  const auto begin = at + name.size();
  return sdp.substr(begin, sdp.find_first_of("\r\n", begin) - begin);
}

} // namespace

RtpPacket::RtpPacket(const Octets& bytes)
    : type(bytes[1] & 0x7f), marker((bytes[1] & 0x80) != 0), sequence(read_u16(&bytes[2])),
      timestamp(read_u32(&bytes[4])), ssrc(read_u32(&bytes[8])) {
  const std::size_t header =
      (bytes[0] & 0x10) != 0 ? std::size_t{16} + 4 * read_u16(&bytes[14]) : 12;
  payload.assign(bytes.begin() + static_cast<std::ptrdiff_t>(header), bytes.end());
}

ViewerEnd::ViewerEnd() : ViewerEnd(Wishes{}) {}

ViewerEnd::ViewerEnd(Wishes wishes) : wishes_(std::move(wishes)), ufrag_("mine") {}

ViewerEnd::~ViewerEnd() = default;

std::string ViewerEnd::offer() const {
  std::ostringstream sdp;
  sdp << "v=0\r\no=- 42 7 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0"
      << (wishes_.audio ? " 1" : "") << "\r\n";
  const auto media = [&](const char* kind, const char* formats, int mid) {
    sdp << "m=" << kind << " 9 UDP/TLS/RTP/SAVPF " << formats
        << "\r\nc=IN IP4 0.0.0.0\r\na=mid:" << mid << "\r\na=ice-ufrag:" << ufrag_
        << "\r\na=ice-pwd:" << kPassword << "\r\n"
        << "a=fingerprint:" << identity().fingerprint()
        << "\r\na=setup:actpass\r\na=recvonly\r\na=rtcp-mux\r\na=rtcp-rsize\r\n"
        << "a=extmap:1 urn:ietf:params:rtp-hdrext:sdes:mid\r\n";
  };
  media("video", wishes_.rtx ? "96 97" : "96", 0);
  sdp << "a=rtpmap:96 " << wishes_.video << "/90000\r\na=rtcp-fb:96 nack pli\r\n";
  if (wishes_.video == "H264") sdp << "a=fmtp:96 packetization-mode=1\r\n";
  if (wishes_.nack) sdp << "a=rtcp-fb:96 nack\r\n";
  if (wishes_.rtx) sdp << "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\n";
  const auto transport_cc = [&](int type) {
    if (wishes_.transport_cc)
      sdp << "a=rtcp-fb:" << type << " transport-cc\r\na=extmap:3 http://www.ietf.org/id/"
          << "draft-holmer-rmcat-transport-wide-cc-extensions-01\r\n";
  };
  transport_cc(96);
  if (wishes_.audio) {
    media("audio", "111", 1);
    sdp << "a=rtpmap:111 opus/48000/2\r\n";
    transport_cc(111);
  }
  return sdp.str();
}

void ViewerEnd::take_answer(const std::string& sdp) {
  remote_ufrag_ = value_of(sdp, "a=ice-ufrag:");
  remote_pwd_ = value_of(sdp, "a=ice-pwd:");
  std::istringstream candidate(value_of(sdp, "a=candidate:"));
  std::string field;
  for (int i = 0; i < 6; ++i) candidate >> field;
  server_ = SocketAddress::parse(server_ip_, static_cast<std::uint16_t>(std::stoi(field))).value();
  std::size_t line = 0;
  for (auto at = sdp.find("m="); at != std::string::npos; at = sdp.find("\nm=", at + 1), ++line) {
    const std::string media = sdp.substr(at, sdp.find("\nm=", at + 1) - at);
    const std::string ssrc = value_of(media, "a=ssrc:");
    if (!ssrc.empty()) ssrcs_[line] = static_cast<std::uint32_t>(std::stoul(ssrc));
    const std::string pair = value_of(media, "a=ssrc-group:FID ");
    if (!pair.empty())
      rtx_ssrc_ = static_cast<std::uint32_t>(std::stoul(pair.substr(pair.find(' '))));
  }
  if (!link_) link_ = wishes_.tcp ? LinkEnd::tcp(server_) : LinkEnd::udp(server_);
}

Octets ViewerEnd::binding_request(bool nominate, std::uint32_t priority) const {
  const std::string user = remote_ufrag_ + ":" + ufrag_;
  Octets message = hex("0001 0000 2112a442") + Octets(12);
  RAND_bytes(&message[8], 12);
  message = message + attribute(0x0006, {user.begin(), user.end()}) +
            attribute(0x0024, number(priority)) + attribute(0x802a, Octets(8, 1));
  if (nominate) message = message + attribute(0x0025, {});
  announce(message, 24);
  message = message + attribute(0x0008, hmac_of(message, remote_pwd_));
  announce(message, 8);
  return message + attribute(0x8028, number(crc_of(message) ^ 0x5354554e));
}

Octets ViewerEnd::binding_success(const Octets& request) const {
  const std::string user = ufrag_ + ":" + remote_ufrag_;
  const Octets name = attribute(0x0006, {user.begin(), user.end()});
  if (read_u16(request.data()) != 1 ||
      std::search(request.begin(), request.end(), name.begin(), name.end()) == request.end())
    return {};
  Octets message = hex("0101 0000") + Octets(request.begin() + 4, request.begin() + 20);
  announce(message, 24);
  message = message + attribute(0x0008, hmac_of(message, kPassword));
  announce(message, 8);
  return message + attribute(0x8028, number(crc_of(message) ^ 0x5354554e));
}

Octets ViewerEnd::next_check(LinkEnd& link) {
  while (const auto datagram = link.receive())
    if (kind_of(*datagram) == PacketKind::stun && read_u16(datagram->data()) == 1) return *datagram;
  throw std::runtime_error("no check came");
}

void ViewerEnd::check(bool nominate, std::uint32_t priority) {
  checked_ = std::chrono::steady_clock::now();
  nominates_ = nominate;
  priority_ = priority;
  check_over(*link_, nominate, priority);
}

/// Who says nothing for half a minute is taken for gone, and so long a busy machine may take.
void ViewerEnd::keep_consent() {
  constexpr std::chrono::seconds kPause{5};
  if (in_ && link_ && std::chrono::steady_clock::now() - checked_ > kPause)
    check(nominates_, priority_);
}

/// As browsers do: a check may be lost, and one from a port that a viewer had who has just left is
/// answered, but the port is only given to this one by a later check.
void ViewerEnd::check_now_and_then() {
  constexpr std::chrono::milliseconds kPause{500};
  if (std::chrono::steady_clock::now() - checked_ > kPause) check();
}

void ViewerEnd::check_over(const LinkEnd& link, bool nominate, std::uint32_t priority) {
  link.send(binding_request(nominate, priority));
}

bool ViewerEnd::check_and_wait() {
  const std::size_t before = answers_;
  check();
  return until([&] {
    check_now_and_then();
    return answers_ > before;
  });
}

bool ViewerEnd::move_to_another_port() {
  link_ = wishes_.tcp ? LinkEnd::tcp(server_) : LinkEnd::udp(server_);
  return check_and_wait();
}

bool ViewerEnd::join() {
  if (!check_and_wait()) return false;
  dtls_ = std::make_unique<DtlsClient>(
      DtlsClient::Options{.profiles = wishes_.profiles, .identity = &identity()},
      [this](Bytes datagram) {
        dtls_sent_.emplace_back(datagram.begin(), datagram.end());
        link_->send(datagram);
      });
  dtls_->start();
  const auto done = [this] {
    check_now_and_then();
    return in_ != nullptr || !dtls_->error().empty();
  };
  return until(done) && in_;
}

void ViewerEnd::pump() {
  while (take_one(0)) {
  }
}

bool ViewerEnd::take_one(int timeout_ms) {
  // On a busy machine the server takes longer than a browser waits before it sends a flight again.
  // Here none is lost, and for one of its last the server would begin anew with its pictures.
  constexpr std::chrono::seconds kPatience{2};
  const auto now = std::chrono::steady_clock::now();
  const auto datagram = link_->receive(timeout_ms);
  if (datagram) {
    heard_ = now;
    on_datagram(*datagram);
  } else if (dtls_ && !dtls_->connected() && now - heard_ > kPatience) {
    heard_ = now;
    dtls_->on_timeout();
  }
  return datagram.has_value();
}

void ViewerEnd::on_datagram(const Octets& datagram) {
  switch (kind_of(datagram)) {
  case PacketKind::stun: {
    answers_ += read_u16(datagram.data()) == 0x0101;
    const Octets answer = answers_checks_ ? binding_success(datagram) : Octets{};
    if (!answer.empty()) link_->send(answer);
    break;
  }
  case PacketKind::dtls:
    if (!dtls_) break;
    dtls_->receive(datagram);
    if (dtls_->connected() && !in_) {
      in_ = std::make_unique<LibsrtpEnd>(dtls_->receiving_key(), ssrc_any_inbound);
      out_ = std::make_unique<LibsrtpEnd>(dtls_->sending_key(), ssrc_any_outbound);
    }
    break;
  case PacketKind::rtp: {
    const auto plain = in_ ? in_->unprotect_rtp(datagram) : std::nullopt;
    if (!plain) {
      ++refused_;
      break;
    }
    RtpPacket packet(*plain);
    packets_[packet.ssrc].push_back(std::move(packet));
    break;
  }
  case PacketKind::rtcp:
    if (const auto plain = in_ ? in_->unprotect_rtcp(datagram) : std::nullopt)
      on_rtcp(*plain);
    else
      ++refused_;
    break;
  case PacketKind::unknown: break;
  }
}

void ViewerEnd::on_rtcp(const Octets& plain) {
  if (plain.size() < 28 || plain[1] != 200) return;
  reports_[read_u32(&plain[4])].push_back(
      {read_u64(&plain[8]), read_u32(&plain[16]), read_u32(&plain[20])});
}

RtpPacket ViewerEnd::next(std::uint32_t ssrc) {
  std::deque<RtpPacket>& waiting = packets_[ssrc];
  if (!until([&] { return !waiting.empty(); }))
    throw std::runtime_error("no packet came of stream " + std::to_string(ssrc));
  RtpPacket packet = std::move(waiting.front());
  waiting.pop_front();
  return packet;
}

std::vector<RtpPacket> ViewerEnd::next(std::uint32_t ssrc, std::size_t count) {
  std::vector<RtpPacket> packets;
  while (packets.size() < count) packets.push_back(next(ssrc));
  return packets;
}

ClockReport ViewerEnd::next_report(std::uint32_t ssrc) {
  std::deque<ClockReport>& waiting = reports_[ssrc];
  if (!until([&] { return !waiting.empty(); })) throw std::runtime_error("no report came");
  const ClockReport report = waiting.front();
  waiting.pop_front();
  return report;
}

std::size_t ViewerEnd::unread(std::uint32_t ssrc) const {
  const auto found = packets_.find(ssrc);
  return found == packets_.end() ? 0 : found->second.size();
}

void ViewerEnd::ask_again(std::uint32_t ssrc, std::uint16_t sequence) {
  Octets packet = hex("81cd 0003 00000001") + number(ssrc) + Octets(4);
  write_u16(&packet[12], sequence);
  send_rtcp(packet);
}

void ViewerEnd::ask_for_picture(std::uint32_t ssrc) {
  send_rtcp(hex("81ce 0002 00000001") + number(ssrc));
}

Octets ViewerEnd::protect_rtcp(const Octets& plain) { return out_->protect_rtcp(plain).value(); }

void ViewerEnd::send_rtcp(const Octets& plain) { link_->send(protect_rtcp(plain)); }

} // namespace fanlight::fanout
