#include "link_end.h"

#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::fanout {
namespace {

int connected_socket(int type, const SocketAddress& server, const std::string& ip) {
  const int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
  const int no = 0;
  setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
  const int large = 4 * 1024 * 1024;
  if (type == SOCK_DGRAM) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &large, sizeof large);
  if (!ip.empty()) {
    const SocketAddress own = SocketAddress::parse(ip, 0).value();
    if (bind(fd, reinterpret_cast<const sockaddr*>(&own.raw()), sizeof own.raw()) != 0)
      throw std::runtime_error("no socket on " + ip);
  }
  if (connect(fd, reinterpret_cast<const sockaddr*>(&server.raw()), sizeof server.raw()) != 0) {
    close(fd);
    throw std::runtime_error("no way to " + server.text());
  }
  return fd;
}

bool readable(int fd, int timeout_ms) {
  pollfd waiting{fd, POLLIN, 0};
  return poll(&waiting, 1, timeout_ms) == 1;
}

class UdpLink : public LinkEnd {
 public:
  using LinkEnd::receive;
  UdpLink(const SocketAddress& server, const std::string& ip)
      : fd_(connected_socket(SOCK_DGRAM, server, ip)) {}
  ~UdpLink() override { close(fd_); }

  void send(Bytes datagram) const override { ::send(fd_, datagram.data(), datagram.size(), 0); }
  std::optional<Octets> receive(int timeout_ms) override {
    if (!readable(fd_, timeout_ms)) return std::nullopt;
    Octets datagram(2048);
    const ssize_t got = recv(fd_, datagram.data(), datagram.size(), MSG_DONTWAIT);
    if (got < 0) return std::nullopt;
    datagram.resize(static_cast<std::size_t>(got));
    return datagram;
  }

 private:
  const int fd_;
};

class TcpLink : public LinkEnd {
 public:
  using LinkEnd::receive;
  TcpLink(const SocketAddress& server, const std::string& ip)
      : fd_(connected_socket(SOCK_STREAM, server, ip)) {}
  ~TcpLink() override { close(fd_); }

  void send(Bytes datagram) const override {
    Octets frame(2);
    write_u16(frame.data(), static_cast<std::uint16_t>(datagram.size()));
    frame.insert(frame.end(), datagram.begin(), datagram.end());
    ::send(fd_, frame.data(), frame.size(), MSG_NOSIGNAL);
  }
  std::optional<Octets> receive(int timeout_ms) override {
    if (auto datagram = take()) return datagram;
    if (ended_ || !readable(fd_, timeout_ms)) return std::nullopt;
    Octets some(65536);
    const ssize_t got = recv(fd_, some.data(), some.size(), MSG_DONTWAIT);
    if (got <= 0) {
      ended_ = got == 0 || (errno != EAGAIN && errno != EINTR);
      return std::nullopt;
    }
    read_.insert(read_.end(), some.begin(), some.begin() + got);
    return take();
  }
  bool ended() const override { return ended_; }

 private:
  std::optional<Octets> take() {
    if (read_.size() < 2) return std::nullopt;
    const std::size_t size = read_u16(read_.data());
    if (read_.size() < 2 + size) return std::nullopt;
    const auto begin = read_.begin() + 2;
    Octets datagram(begin, begin + static_cast<std::ptrdiff_t>(size));
    read_.erase(read_.begin(), begin + static_cast<std::ptrdiff_t>(size));
    return datagram;
  }

  const int fd_;
  Octets read_;
  bool ended_ = false;
};

} // namespace

std::unique_ptr<LinkEnd> LinkEnd::udp(const SocketAddress& server, const std::string& ip) {
  return std::make_unique<UdpLink>(server, ip);
}

std::unique_ptr<LinkEnd> LinkEnd::tcp(const SocketAddress& server, const std::string& ip) {
  return std::make_unique<TcpLink>(server, ip);
}

} // namespace fanlight::fanout
