#include "rtspdirectsrc/scripted_camera.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "h26x/units.h"
#include "support/hang_limit.h"

namespace fanlight::test {
namespace {

using h26x::Codec;

std::string text(const h26x::test::Unit& bytes) { return {bytes.begin(), bytes.end()}; }

std::string number(unsigned value, int bytes) {
  std::string out;
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out += static_cast<char>(value >> shift);
  return out;
}

} // namespace

ScriptedCamera::ScriptedCamera(Script script)
    : sdp("v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=camera\r\nt=0 0\r\n"
          "m=video 0 RTP/AVPF 96\r\na=rtpmap:96 H264/90000\r\na=rtcp-fb:96 nack pli\r\n"
          "a=control:track1\r\n"
          "m=audio 0 RTP/AVP 8\r\na=control:track2\r\n"),
      script_(std::move(script)) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 8), 0);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  for (int i = 0; i < 2; ++i) {
    datagrams_.push_back(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    address.sin_port = 0;
    EXPECT_EQ(bind(datagrams_.back(), reinterpret_cast<sockaddr*>(&address), size), 0);
  }
  thread_ = std::thread{[this] { serve(); }};
}

ScriptedCamera::~ScriptedCamera() {
  {
    const std::lock_guard lock{lock_};
    ended_ = true;
    if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  for (const int one : datagrams_) close(one);
}

void ScriptedCamera::serve() {
  while (true) {
    const int socket = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (socket < 0) return;
    {
      const std::lock_guard lock{lock_};
      if (ended_) {
        close(socket);
        return;
      }
      socket_ = socket;
    }
    if (!greeting.empty()) send(greeting);
    std::unique_ptr<TlsServer> secure = tls ? std::make_unique<TlsServer>(socket) : nullptr;
    const bool shaken = !secure || secure->accept();
    {
      const std::lock_guard lock{lock_};
      secure_ = std::move(secure);
    }
    if (shaken) talk(socket);
    const std::lock_guard lock{lock_};
    secure_.reset();
    socket_ = -1;
    close(socket);
  }
}

std::string ScriptedCamera::receive(int socket, bool& ended) {
  if (secure_) {
    pollfd waiting{.fd = socket, .events = POLLIN, .revents = 0};
    poll(&waiting, 1, -1);
    const std::lock_guard lock{lock_};
    return secure_->receive(ended);
  }
  char buffer[4096];
  const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
  ended = got <= 0;
  return {buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

void ScriptedCamera::talk(int socket) {
  std::string left;
  bool ended = false;
  while (true) {
    left += receive(socket, ended);
    if (ended || hangs_up_) return;
    while (!left.empty()) {
      if (left[0] == '$') {
        if (left.size() < 4) break;
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(left[2])) << 8 |
                          static_cast<unsigned char>(left[3]);
        if (left.size() < 4 + size) break;
        const std::lock_guard lock{lock_};
        packets_.emplace_back(left[1], left.substr(4, size));
        left.erase(0, 4 + size);
        changed_.notify_all();
        continue;
      }
      const auto end = left.find("\r\n\r\n");
      if (end == left.npos) break;
      const std::string request = left.substr(0, end + 4);
      left.erase(0, end + 4);
      answer(request);
      const std::lock_guard lock{lock_};
      requests_.push_back(request);
      changed_.notify_all();
    }
  }
}

void ScriptedCamera::answer(const std::string& request) {
  const auto begins = [&request](const char* method) { return request.starts_with(method); };
  std::string head = script_ ? script_(request) : "";
  if (head == "nothing") return;
  const bool usual = head.empty();
  if (usual) head = "200 OK\r\n";
  if (usual && begins("OPTIONS")) head += "Public: DESCRIBE, SETUP, PLAY, GET_PARAMETER\r\n";
  if (usual && begins("SETUP")) head += "Session: 4711;timeout=60\r\n" + transport(request);
  std::string body;
  if (usual && begins("DESCRIBE")) {
    body = sdp;
    head +=
        "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  }
  send("RTSP/1.0 " + head + "\r\n" + body);
}

std::string ScriptedCamera::wait_for(const std::string& begin, int times) {
  std::unique_lock lock{lock_};
  std::string found;
  const bool came = changed_.wait_for(lock, kHangLimit, [&] {
    int count = 0;
    for (const std::string& request : requests_)
      if (request.starts_with(begin)) {
        found = request;
        ++count;
      }
    return count >= times;
  });
  EXPECT_TRUE(came) << begin;
  return found;
}

std::string ScriptedCamera::wait_for_packet(int channel) {
  std::unique_lock lock{lock_};
  std::string found;
  const bool came = changed_.wait_for(lock, kHangLimit, [&] {
    for (auto& [on, packet] : packets_)
      if (on == channel) {
        found = std::move(packet);
        on = -1;
        return true;
      }
    return false;
  });
  EXPECT_TRUE(came) << "channel " << channel;
  return found;
}

void ScriptedCamera::send(const std::string& bytes) {
  const std::lock_guard lock{lock_};
  if (secure_) return secure_->send(bytes);
  if (socket_ >= 0) ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
}

std::string ScriptedCamera::transport(const std::string& request) {
  constexpr std::string_view kLabel = "client_port=";
  const auto at = request.find(kLabel);
  if (!over_udp || at == request.npos) return {};
  std::string ports;
  for (const int one : datagrams_) {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(one, reinterpret_cast<sockaddr*>(&address), &size);
    ports += (ports.empty() ? "" : "-") + std::to_string(ntohs(address.sin_port));
  }
  const std::lock_guard lock{lock_};
  if (client_port_ == 0) client_port_ = std::atoi(request.c_str() + at + kLabel.size());
  return "Transport: RTP/AVP;unicast;server_port=" + ports + "\r\n";
}

std::string ScriptedCamera::wait_for_datagram() {
  timeval patience{};
  patience.tv_sec = kHangLimit.count();
  setsockopt(datagrams_[1], SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  char buffer[2000];
  const ssize_t got = recv(datagrams_[1], buffer, sizeof buffer, 0);
  EXPECT_GT(got, 0);
  return {buffer, static_cast<std::size_t>(std::max<ssize_t>(got, 0))};
}

void ScriptedCamera::send_packet(int channel, const std::string& packet) {
  {
    const std::lock_guard lock{lock_};
    if (client_port_ != 0 && channel < 2) {
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(static_cast<std::uint16_t>(client_port_ + channel));
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      sendto(datagrams_[static_cast<std::size_t>(channel)], packet.data(), packet.size(), 0,
             reinterpret_cast<sockaddr*>(&to), sizeof to);
      return;
    }
  }
  send(std::string{'$', static_cast<char>(channel)} +
       number(static_cast<unsigned>(packet.size()), 2) + packet);
}

std::string ScriptedCamera::rtp(int type, bool marker, const std::string& payload) {
  return std::string{'\x80', static_cast<char>(type | (marker ? 0x80 : 0))} +
         number(sequence_++, 2) + number(timestamp_, 4) + number(7, 4) + payload;
}

void ScriptedCamera::send_picture(bool key, unsigned ticks) {
  timestamp_ += ticks;
  const auto sets = h26x::test::sets_of(Codec::h264);
  if (key)
    send_packet(0, rtp(96, false, text(h26x::test::aggregate(Codec::h264, {sets.sps, sets.pps}))));
  send_packet(0, rtp(96, true, text(h26x::test::slice(Codec::h264, key, true))));
}

void ScriptedCamera::send_sound() {
  send_packet(2, std::string{'\x80', '\x08'} + number(sequence_++, 2) + number(timestamp_, 4) +
                     number(8, 4) + std::string(160, '\xd5'));
}

void ScriptedCamera::hang_up() {
  const std::lock_guard lock{lock_};
  if (socket_ >= 0) shutdown(socket_, SHUT_RDWR);
}

} // namespace fanlight::test
