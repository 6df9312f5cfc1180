#include "connector.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <unistd.h>

#include "aside.h"

namespace fanlight::direct {

Connector::~Connector() { drop(); }

std::vector<Connector::Address> Connector::find(const std::string& host, int port, int flags) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | flags;
  addrinfo* found = nullptr;
  std::vector<Address> addresses;
  if (getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found) != 0) return {};
  for (const addrinfo* at = found; at != nullptr; at = at->ai_next) {
    Address address;
    address.size = std::min<socklen_t>(at->ai_addrlen, sizeof address.storage);
    std::memcpy(&address.storage, at->ai_addr, address.size);
    addresses.push_back(address);
  }
  freeaddrinfo(found);
  return addresses;
}

void Connector::begin(const std::string& host, int port) {
  const auto found = [weak = weak_from_this(), loop = loop_.shared_from_this()](auto addresses) {
    loop->post([weak, addresses = std::move(addresses)]() mutable {
      const auto self = weak.lock();
      if (!self) return;
      self->addresses_ = std::move(addresses);
      self->try_next();
    });
  };
  if (auto addresses = find(host, port, AI_NUMERICHOST); !addresses.empty())
    return found(std::move(addresses));
  run_aside(Aside::lookup, [weak = weak_from_this(), found, host, port] {
    // It may have been given up while it waited for a thread.
    if (!weak.expired()) found(find(host, port, 0));
  });
}

void Connector::drop() {
  if (socket_ < 0) return;
  loop_.forget(socket_, *this);
  close(std::exchange(socket_, -1));
}

void Connector::try_next() {
  drop();
  while (next_ < addresses_.size()) {
    const Address& address = addresses_[next_++];
    socket_ = socket(address.storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket_ < 0) continue;
    const int one = 1;
    setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    since_us_ = now_us();
    const int made =
        connect(socket_, reinterpret_cast<const sockaddr*>(&address.storage), address.size);
    // One that is connected at once can be written to at once.
    if ((made == 0 || errno == EINPROGRESS) && loop_.watch(socket_, EPOLLOUT, *this)) return;
    close(std::exchange(socket_, -1));
  }
  end(-1);
}

void Connector::on_ready(std::uint32_t) {
  int error = 0;
  socklen_t size = sizeof error;
  if (getsockopt(socket_, SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0)
    return try_next();
  loop_.forget(socket_, *this);
  end(std::exchange(socket_, -1));
}

void Connector::check(std::int64_t now_us) {
  if (socket_ >= 0 && now_us - since_us_ > kPatienceUs) try_next();
}

void Connector::end(int socket) {
  const Done done = std::exchange(done_, nullptr);
  if (done)
    done(socket);
  else if (socket >= 0)
    close(socket);
}

} // namespace fanlight::direct
