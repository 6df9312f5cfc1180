#include "webrtcfanout/net/sockets.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <optional>

#include <ifaddrs.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::fanout {
namespace {

/// Room for the frames of all viewers of a worker between two of its turns.
constexpr int kSendBuffer = 8 * 1024 * 1024;
constexpr int kReceiveBuffer = 4 * 1024 * 1024;
constexpr int kBacklog = 1024;
/// How often to try another free port if its number is free for UDP but not for TCP.
constexpr int kTries = 16;
constexpr std::int64_t kAddressesUs = 1'000'000;

void enable(int fd, int level, int option, int value = 1) {
  setsockopt(fd, level, option, &value, sizeof value);
}

/// Returns -1 with errno on failure. Only a `shared` port may be opened by several sockets: if all
/// were opened that way, the kernel could choose (for port 0) or share a port of another program of
/// the same user.
int open_socket(int type, std::uint16_t port, bool shared) {
  const int fd = socket(AF_INET6, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  enable(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
  if (shared) enable(fd, SOL_SOCKET, SO_REUSEPORT);
  if (type == SOCK_DGRAM) {
    enable(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    // With the privilege beyond the system's limit, else up to it.
    enable(fd, SOL_SOCKET, SO_SNDBUF, kSendBuffer);
    enable(fd, SOL_SOCKET, SO_SNDBUFFORCE, kSendBuffer);
    enable(fd, SOL_SOCKET, SO_RCVBUF, kReceiveBuffer);
    enable(fd, SOL_SOCKET, SO_RCVBUFFORCE, kReceiveBuffer);
  } else {
    enable(fd, SOL_SOCKET, SO_REUSEADDR);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(port);
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
                     (type == SOCK_DGRAM || listen(fd, kBacklog) == 0);
  // For the sockets of the other workers.
  if (bound && !shared) enable(fd, SOL_SOCKET, SO_REUSEPORT);
  if (bound) return fd;
  const int error = errno;
  close(fd);
  errno = error;
  return -1;
}

std::uint16_t port_of(int fd) {
  sockaddr_in6 address{};
  socklen_t length = sizeof address;
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  return ntohs(address.sin6_port);
}

bool try_open(std::uint16_t port, unsigned workers, bool tcp, Sockets& sockets, std::string& why) {
  const auto fail = [&](const char* protocol) {
    const int error = errno;
    why = "opening " + std::string(protocol) + " port " + std::to_string(port) + ": " +
          std::strerror(error);
    if (error == EADDRINUSE)
      why += " (another program uses this port, or another webrtcfanout with other settings)";
    if (error == EAFNOSUPPORT)
      why += " (the server uses IPv6 sockets for both families: enable IPv6)";
    sockets.close();
    return false;
  };
  for (unsigned i = 0; i < workers; ++i) {
    const int udp = open_socket(SOCK_DGRAM, sockets.port, i > 0);
    if (udp < 0) return fail("UDP");
    sockets.udp.push_back(udp);
    if (sockets.port == 0) sockets.port = port_of(udp);
    if (!tcp) continue;
    // The TCP port belongs to this transport as soon as the UDP port does.
    const int listener = open_socket(SOCK_STREAM, sockets.port, true);
    if (listener < 0) return fail("TCP");
    sockets.tcp.push_back(listener);
  }
  return true;
}

/// None if the process has no descriptor left for the query.
std::optional<std::vector<SocketAddress>> read_interface_addresses() {
  std::vector<SocketAddress> addresses;
  ifaddrs* list = nullptr;
  if (getifaddrs(&list) != 0) return std::nullopt;
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr || (entry->ifa_flags & IFF_UP) == 0) continue;
    const int family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    const SocketAddress found = SocketAddress::of(entry->ifa_addr);
    if (!found.is_link_local()) addresses.push_back(found);
  }
  freeifaddrs(list);
  std::stable_partition(addresses.begin(), addresses.end(),
                        [](const SocketAddress& address) { return address.is_v4(); });
  return addresses;
}

/// The addresses as of at most kAddressesUs ago: the query costs an eighth of the main thread's
/// work for a join. A machine with loopback addresses only is probably still starting.
std::vector<SocketAddress> interface_addresses(std::int64_t now) {
  static std::mutex lock; // Protects the two below.
  static std::vector<SocketAddress> addresses;
  static std::int64_t read_us = 0;
  std::lock_guard locked(lock);
  const bool starting = std::all_of(addresses.begin(), addresses.end(),
                                    [](const auto& address) { return address.is_loopback(); });
  if (starting || now - read_us >= kAddressesUs) {
    if (auto found = read_interface_addresses()) addresses = std::move(*found);
    read_us = now;
  }
  return addresses;
}

} // namespace

void Sockets::close() {
  for (const int fd : udp) ::close(fd);
  for (const int fd : tcp) ::close(fd);
  udp.clear();
  tcp.clear();
}

bool open_sockets(std::uint16_t port, unsigned workers, bool tcp, Sockets& sockets,
                  std::string& why) {
  for (int tries = port == 0 ? kTries : 1; tries > 0; --tries) {
    sockets.port = port;
    if (try_open(port, workers, tcp, sockets, why)) return true;
  }
  return false;
}

std::vector<SocketAddress> local_addresses(std::uint16_t port, bool loopback, std::int64_t now_us) {
  std::vector<SocketAddress> addresses;
  for (const SocketAddress& found : interface_addresses(now_us)) {
    if (found.is_loopback() && !loopback) continue;
    const auto address = SocketAddress::parse(found.ip_text(), port);
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end())
      addresses.push_back(*address);
  }
  return addresses;
}

} // namespace fanlight::fanout
