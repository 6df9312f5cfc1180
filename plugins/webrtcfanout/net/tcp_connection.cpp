#include "webrtcfanout/net/tcp_connection.h"

#include <cerrno>

#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::fanout {

TcpConnection::TcpConnection(int fd, const SocketAddress& remote, TcpPlaces::Place place)
    : fd_(fd), remote_(remote), place_(std::move(place)) {}

TcpConnection::~TcpConnection() { close(fd_); }

ssize_t TcpConnection::read_some() {
  const MutableBytes space = reader_.space();
  const ssize_t got = recv(fd_, space.data(), space.size(), MSG_DONTWAIT);
  if (got > 0) {
    reader_.fill(static_cast<std::size_t>(got));
    return got;
  }
  const bool later = got < 0 && (errno == EAGAIN || errno == EINTR);
  return later ? kLater : -1;
}

std::uint8_t* TcpConnection::add(std::size_t size) {
  if (queued_.size() - begin_ + size + 2 > kMaxQueued) return nullptr;
  if (begin_ > 0 && begin_ == queued_.size()) {
    queued_.clear();
    begin_ = 0;
  } else if (begin_ > kMaxQueued / 2) {
    queued_.erase(queued_.begin(), queued_.begin() + static_cast<std::ptrdiff_t>(begin_));
    begin_ = 0;
  }
  const std::size_t at = queued_.size();
  queued_.resize(at + 2 + size);
  write_u16(&queued_[at], static_cast<std::uint16_t>(size));
  return &queued_[at + 2];
}

bool TcpConnection::flush(std::int64_t now_us) {
  if (std::exchange(idle_, false)) written_us_ = now_us;
  while (wants_to_write()) {
    const ssize_t sent =
        send(fd_, queued_.data() + begin_, queued_.size() - begin_, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    begin_ += static_cast<std::size_t>(sent);
    written_us_ = now_us;
  }
  idle_ = true;
  return true;
}

} // namespace fanlight::fanout
