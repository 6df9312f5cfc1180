#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <vector>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/net/link.h"

namespace fanlight::load {
namespace {

constexpr std::size_t kFrameHeader = 2; // RFC 4571: the size of the frame.
constexpr std::size_t kMostUnsent = 1 << 16;

/// The read buffer, one per thread: a frame, and more data that arrive with it.
using Room = std::array<std::uint8_t, 4 << 16>;

class TcpLink : public Link, Loop::Listener {
 public:
  TcpLink(Loop& loop, const Address& host, const Options& options, Observer& observer)
      : loop_(loop), observer_(observer), options_(options), local_(host.with_port(9)) {}
  ~TcpLink() override { close(); }

  const Address& local() const override { return local_; }
  bool open() const override { return open_; }
  void connect(const Address&) override {} // Connected since the first send.
  void join_crowd() override {}            // Few viewers use TCP.
  std::uint64_t overflowed() const override { return 0; }

  /// Connects to the first destination.
  void send(Bytes datagram, const Address& to) override {
    if (!open_ || datagram.empty()) return;
    if (fd_ < 0 || !(to == remote_)) begin(to);
    // Before the connection, only checks are sent, and one of them is enough.
    if (!connected_) unsent_.clear();
    if (unsent_.size() > kMostUnsent) return;
    put16(unsent_, static_cast<std::uint16_t>(datagram.size()));
    unsent_.insert(unsent_.end(), datagram.begin(), datagram.end());
    if (connected_) flush();
  }

  void close() override {
    open_ = false;
    disconnect();
  }

 private:
  void begin(const Address& to) {
    disconnect();
    remote_ = to;
    fd_ = socket(to.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &options_.receive_buffer,
               sizeof options_.receive_buffer);
    // A refused connection is reported as an event on the socket; if connect() itself fails, the
    // next check tries again.
    if (::connect(fd_, to.get(), to.size()) != 0 && errno != EINPROGRESS) return disconnect();
    loop_.watch(fd_, EPOLLIN | EPOLLOUT, *this);
  }

  void disconnect() {
    connected_ = false;
    unsent_ = {};
    partial_ = {};
    if (fd_ < 0) return;
    loop_.forget(fd_, *this);
    ::close(std::exchange(fd_, -1));
  }

  void on_ready(std::uint32_t events) override {
    if (!connected_) {
      int error = 0;
      socklen_t size = sizeof error;
      getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
      if (error != 0) return disconnect(); // The next check tries again.
      connected_ = true;
    }
    if ((events & EPOLLOUT) != 0) flush();
    if ((events & EPOLLIN) != 0) read();
  }

  void flush() {
    const ssize_t sent = ::send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
    if (sent > 0) unsent_.erase(unsent_.begin(), unsent_.begin() + sent);
    loop_.change(fd_, unsent_.empty() ? EPOLLIN : EPOLLIN | EPOLLOUT, *this);
  }

  void read() {
    thread_local const auto room = std::make_unique<Room>();
    std::copy(partial_.begin(), partial_.end(), room->begin());
    const std::size_t before = partial_.size();
    const ssize_t got = recv(fd_, room->data() + before, room->size() - before, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return observer_.on_link_end();
    const Arrival arrival{Clock::now()};
    std::span<std::uint8_t> rest{room->data(), before + static_cast<std::size_t>(got)};
    while (connected_ && rest.size() >= kFrameHeader) {
      const std::size_t size = get16(rest, 0);
      if (rest.size() - kFrameHeader < size) break;
      observer_.on_datagram(rest.subspan(kFrameHeader, size), remote_, arrival);
      rest = rest.subspan(kFrameHeader + size);
    }
    if (connected_) partial_.assign(rest.begin(), rest.end());
  }

  Loop& loop_;
  Observer& observer_;
  const Options options_;
  const Address local_;
  Address remote_;
  int fd_ = -1;
  bool open_ = true;
  bool connected_ = false;
  std::vector<std::uint8_t> unsent_;
  std::vector<std::uint8_t> partial_; ///< The beginning of an incomplete frame.
};

} // namespace

std::unique_ptr<Link> open_tcp(Loop& loop, const Address& host, const Link::Options& options,
                               Link::Observer& observer) {
  return std::make_unique<TcpLink>(loop, host, options, observer);
}

} // namespace fanlight::load
