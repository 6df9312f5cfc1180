#pragma once

#include <cstdint>
#include <random>

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::test {

inline bool is_free(std::uint16_t port, int type) {
  const int fd = socket(AF_INET6, type | SOCK_CLOEXEC, 0);
  sockaddr_in6 any{};
  any.sin6_family = AF_INET6;
  any.sin6_port = htons(port);
  const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&any), sizeof any) == 0;
  close(fd);
  return bound;
}

/// A port that no program uses, by UDP or TCP, for a program that is started with it. It is below
/// the ports that the system chooses itself, so that no other program gets it meanwhile.
inline std::uint16_t free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> ports{20'000, 32'000};
  for (;;) {
    const auto port = static_cast<std::uint16_t>(ports(random));
    if (is_free(port, SOCK_DGRAM) && is_free(port, SOCK_STREAM)) return port;
  }
}

} // namespace fanlight::test
