#include "load/signalling/target.h"

#include <cerrno>
#include <cstring>

#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::load {

Result<Target> Target::find(const Url& url) {
  auto server = Address::resolve(url.host, url.port);
  if (!server) return server.error();
  // A connected UDP socket has sent nothing, but knows its route.
  const int fd = socket(server->family(), SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const bool known = connect(fd, server->get(), server->size()) == 0;
  const Address from = Address::of_socket(fd).with_port(0);
  const Error error{Errc::unavailable, "going to " + url.host + ": " + std::strerror(errno)};
  close(fd);
  if (!known) return error;
  return Target{.url = url, .server = *server, .mountpoint = {}, .from = from};
}

} // namespace fanlight::load
