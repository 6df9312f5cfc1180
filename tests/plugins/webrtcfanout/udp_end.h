#pragma once

#include <stdexcept>
#include <string>
#include <utility>

#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "hex.h"
#include "support/hang_limit.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

/// A UDP socket of somebody else's on this machine.
class UdpEnd {
 public:
  explicit UdpEnd(const std::string& ip = "127.0.0.1")
      : fd_(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    const int no = 0;
    setsockopt(fd_, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    const int large = 4 * 1024 * 1024;
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
    const timeval watchdog{.tv_sec = test::kHangLimit.count(), .tv_usec = 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &watchdog, sizeof watchdog);
    const SocketAddress wanted = SocketAddress::parse(ip, 0).value();
    if (bind(fd_, reinterpret_cast<const sockaddr*>(&wanted.raw()), sizeof wanted.raw()) != 0)
      throw std::runtime_error("no socket on " + ip);
    sockaddr_in6 own{};
    socklen_t length = sizeof own;
    getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &length);
    address_ = SocketAddress::of(reinterpret_cast<const sockaddr*>(&own));
  }
  ~UdpEnd() { close(fd_); }
  UdpEnd(const UdpEnd&) = delete;
  UdpEnd& operator=(const UdpEnd&) = delete;

  int fd() const { return fd_; }
  const SocketAddress& address() const { return address_; }

  void send(Bytes datagram, const SocketAddress& to) const {
    sendto(fd_, datagram.data(), datagram.size(), 0, reinterpret_cast<const sockaddr*>(&to.raw()),
           sizeof to.raw());
  }
  struct Datagram {
    Octets bytes;
    SocketAddress from;
  };
  /// The next one; throws when none comes.
  Datagram receive() const {
    Datagram datagram{.bytes = Octets(65536), .from = {}};
    sockaddr_in6 from{};
    socklen_t length = sizeof from;
    const ssize_t got = recvfrom(fd_, datagram.bytes.data(), datagram.bytes.size(), 0,
                                 reinterpret_cast<sockaddr*>(&from), &length);
    if (got < 0) throw std::runtime_error("no datagram came");
    datagram.bytes.resize(static_cast<std::size_t>(got));
    datagram.from = SocketAddress::of(reinterpret_cast<const sockaddr*>(&from));
    return datagram;
  }
  bool has_datagram() const {
    char byte;
    return recv(fd_, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0;
  }

 private:
  int fd_;
  SocketAddress address_;
};

} // namespace fanlight::fanout
