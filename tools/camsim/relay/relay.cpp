#include "camsim/relay/relay.h"

#include <cstring>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "camsim/relay/relay_connection.h"

namespace fanlight::camsim {
namespace {

constexpr int kTickMs = 20;
constexpr int kBacklog = 64;

int port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  const auto port = address.ss_family == AF_INET6
                        ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                        : reinterpret_cast<const sockaddr_in*>(&address)->sin_port;
  return ntohs(port);
}

struct FreeAddress {
  void operator()(addrinfo* found) const { freeaddrinfo(found); }
};
using Address = std::unique_ptr<addrinfo, FreeAddress>;

Address address_of(const Listen& listen) {
  addrinfo hints{};
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(listen.host.c_str(), std::to_string(listen.port).c_str(), &hints, &found) != 0)
    return nullptr;
  return Address{found};
}

/// A socket bound to that address, which does not listen yet; -1: the address cannot be bound.
int bind_to(const Listen& listen) {
  const Address address = address_of(listen);
  if (!address) return -1;
  const int fd = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, address->ai_addr, address->ai_addrlen) == 0) return fd;
  if (fd >= 0) close(fd);
  return -1;
}

int connect_to(int port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (fd >= 0 && connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0)
    return fd;
  if (fd >= 0) close(fd);
  return -1;
}

} // namespace

Result<std::unique_ptr<Relay>> Relay::create(const Listen& listen, int server_port,
                                             FaultStates states, Logins logins) {
  // The kernel frees a port that it chose as soon as the socket stops listening, but not a port
  // that was requested by its number; refuse() needs the latter.
  const int chosen = bind_to(listen);
  Listen fixed = listen;
  if (chosen >= 0) fixed.port = port_of(chosen);
  const int listener = listen.port == 0 && chosen >= 0 ? bind_to(fixed) : chosen;
  const bool listens = listener >= 0 && ::listen(listener, kBacklog) == 0;
  const int error = errno;
  if (chosen >= 0 && chosen != listener) close(chosen);
  if (listens)
    return std::unique_ptr<Relay>{
        new Relay(listener, fixed, server_port, std::move(states), std::move(logins))};
  if (listener >= 0) close(listener);
  return Error{Errc::unavailable, "listening on " + listen.host + ":" +
                                      std::to_string(listen.port) + ": " + std::strerror(error)};
}

Relay::Relay(int listener, const Listen& listen, int server_port, FaultStates states, Logins logins)
    : listener_(listener), listen_(listen), server_port_(server_port), states_(std::move(states)),
      logins_(std::move(logins)), thread_([this] { accept_all(); }) {}

void Relay::refuse(bool refusing) {
  if (refusing_.exchange(refusing) == refusing) return;
  if (refusing)
    shutdown(listener_, SHUT_RDWR);
  else
    ::listen(listener_, kBacklog);
}

Relay::~Relay() {
  ending_ = true;
  thread_.join();
  connections_.clear();
  close(listener_);
}

void Relay::accept_all() {
  while (!ending_) {
    pollfd waiting{refusing_ ? -1 : listener_, POLLIN, 0};
    poll(&waiting, 1, kTickMs);
    {
      std::lock_guard lock(mutex_);
      connections_.remove_if([](const auto& connection) { return connection->over(); });
    }
    if ((waiting.revents & POLLIN) == 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) continue;
    const int server = connect_to(server_port_);
    if (server < 0) {
      close(client);
      continue;
    }
    const int on = 1;
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::lock_guard lock(mutex_);
    connections_.push_back(std::make_unique<Connection>(*this, client, server));
  }
}

void Relay::end_connections(const std::string& camera, bool reset) {
  std::lock_guard lock(mutex_);
  for (const auto& connection : connections_)
    if (connection->camera() == camera) connection->end(reset);
}

std::size_t Relay::connections(const std::string& camera) const {
  std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& connection : connections_)
    count += !connection->over() && connection->camera() == camera;
  return count;
}

bool Relay::is_taken(const std::string& camera, const Connection& by) const {
  std::lock_guard lock(mutex_);
  for (const auto& connection : connections_)
    if (connection.get() != &by && connection->playing() && !connection->over() &&
        connection->camera() == camera)
      return true;
  return false;
}

} // namespace fanlight::camsim
