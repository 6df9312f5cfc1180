#include "wire.h"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::direct {

Wire::~Wire() { close(socket_); }

Wire::Taken Wire::receive(std::span<std::uint8_t> into) {
  const ssize_t got = recv(socket_, into.data(), into.size(), 0);
  if (got > 0) return {Outcome::done, static_cast<std::size_t>(got)};
  if (got == 0) return {Outcome::closed, 0};
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return {Outcome::later, 0};
  return {Outcome::broken, 0};
}

Wire::Outcome Wire::send(std::string_view bytes) {
  const bool waits = !waiting_.empty();
  waiting_ += bytes;
  if (waiting_.size() > kMostWaiting) return Outcome::broken;
  return waits ? Outcome::later : flush();
}

Wire::Outcome Wire::flush() {
  while (!waiting_.empty()) {
    const ssize_t sent = ::send(socket_, waiting_.data(), waiting_.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? Outcome::later : Outcome::broken;
    waiting_.erase(0, static_cast<std::size_t>(sent));
  }
  return Outcome::done;
}

} // namespace fanlight::direct
