#include <algorithm>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/serve/worker.h"

namespace fanlight::fanout {
namespace {

/// The pause before accept() is tried again if the process has no free descriptor.
constexpr std::int64_t kAcceptPauseUs = 200'000;
/// How long a TCP connection may take to identify its viewer; browsers do so at once.
constexpr std::int64_t kIntroductionUs = 3'000'000;
/// Per viewer: a browser opens one for each of its interfaces, and another one when it moves.
constexpr std::size_t kMaxTcpOfSubscriber = 4;
/// The kernel's buffer for a viewer that does not read; 20 Mbit/s at a round trip of 100 ms.
constexpr int kSendBuffer = 256 * 1024;

/// Whether the next connection would fail in the same way. Other errors concern a connection that
/// is broken and has left the queue.
bool is_shortage(int error) {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

} // namespace

void Worker::accept_tcp() {
  sockaddr_in6 address{};
  socklen_t length = sizeof address;
  const int fd = accept4(listener_, reinterpret_cast<sockaddr*>(&address), &length,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0 && is_shortage(errno)) {
    // The connection stays in the queue, and would wake this thread for ever.
    epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
    accept_again_us_ = monotonic_us() + kAcceptPauseUs;
  }
  if (fd < 0) return;
  const SocketAddress remote = SocketAddress::of(reinterpret_cast<const sockaddr*>(&address));
  TcpPlaces::Place place = place_for(remote);
  if (!place) {
    counters_.refused_streams.add(1);
    close(fd);
    return;
  }
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &kSendBuffer, sizeof kSendBuffer);
  auto stream = std::make_unique<TcpConnection>(fd, remote, std::move(place));
  stream->opened_us = monotonic_us();
  strangers_.add(*stream);
  take_in(std::move(stream));
}

/// A place for a connection from `remote`; ends an unidentified one if necessary.
TcpPlaces::Place Worker::place_for(const SocketAddress& remote) {
  TcpConnection* leaves = strangers_.in_the_way(remote);
  if (leaves == nullptr) {
    if (TcpPlaces::Place place = places_.take()) return place;
    leaves = strangers_.oldest();
  }
  if (leaves == nullptr) return {};
  counters_.refused_streams.add(1);
  TcpPlaces::Place place = leaves->give_place();
  end_tcp(*leaves);
  return place;
}

/// False: it cannot be watched, and was closed.
bool Worker::take_in(TcpPtr stream) {
  TcpConnection& taken = *stream;
  tcp_[&taken] = std::move(stream);
  if (watch(taken.fd(), &taken)) return true;
  counters_.refused_streams.add(1);
  end_tcp(taken);
  return false;
}

void Worker::on_tcp_event(TcpConnection& stream, std::uint32_t events) {
  bool sound = true;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    const Path path{.remote = stream.remote(), .tcp = &stream};
    sound = stream.read([&](MutableBytes datagram) { on_datagram(datagram, path); });
  }
  if (sound && (events & EPOLLOUT) != 0) sound = stream.flush(monotonic_us());
  if (!sound) end_tcp(stream);
  hand_over_tcp();
}

void Worker::end_tcp(TcpConnection& stream) {
  const auto found = tcp_.find(&stream);
  if (found == tcp_.end()) return;
  strangers_.remove(stream);
  if (const auto known = known_.find(stream.subscriber.get()); known != known_.end()) {
    std::erase(known->second.streams, &stream);
    if (known->second.connection) lose_path(*known->second.connection, stream);
  }
  epoll_ctl(epoll_, EPOLL_CTL_DEL, stream.fd(), nullptr);
  ended_tcp_.push_back(std::move(found->second));
  tcp_.erase(found);
}

void Worker::keep_tcp(Known& known, TcpConnection& stream) {
  std::vector<TcpConnection*>& own = known.streams;
  if (std::find(own.begin(), own.end(), &stream) != own.end()) return;
  if (own.size() >= kMaxTcpOfSubscriber) {
    const Path* const used = known.connection ? known.connection->path() : nullptr;
    const bool oldest_is_used = used != nullptr && used->tcp == own.front();
    counters_.refused_streams.add(1);
    end_tcp(*own[oldest_is_used ? 1 : 0]);
  }
  own.push_back(&stream);
}

/// Ends connections that have not identified their viewer, and those that read nothing.
void Worker::end_useless_tcp(std::int64_t now) {
  std::vector<TcpConnection*> useless;
  for (const auto& [key, stream] : tcp_)
    if (stream->stalled(now) || (!stream->subscriber && now - stream->opened_us > kIntroductionUs))
      useless.push_back(stream.get());
  counters_.refused_streams.add(useless.size());
  for (TcpConnection* const stream : useless) end_tcp(*stream);
}

void Worker::lose_path(Connection& connection, const TcpConnection& stream) {
  if (connection.forget(&stream, monotonic_us()) && connection.started() && !connection.paused())
    mark_disconnected(connection);
}

void Worker::mark_disconnected(Connection& connection) {
  connection.pause();
  observer_.on_state(connection.shared_subscriber(), Subscriber::State::disconnected,
                     "the viewer's TCP connection has ended");
}

void Worker::flush_tcp() {
  constexpr std::int64_t kFlushUs = 5'000;
  const std::int64_t now = monotonic_us();
  next_flush_us_ = now + kFlushUs;
  std::vector<TcpConnection*> broken;
  for (const auto& [key, stream] : tcp_) {
    if (stream->wants_to_write() && !stream->flush(now)) broken.push_back(stream.get());
    if (stream->watched_for_writing == stream->wants_to_write()) continue;
    stream->watched_for_writing = stream->wants_to_write();
    epoll_event event{.events = EPOLLIN, .data = {.ptr = stream.get()}};
    if (stream->watched_for_writing) event.events |= EPOLLOUT;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, stream->fd(), &event);
  }
  for (TcpConnection* const stream : broken) end_tcp(*stream);
}

void Worker::hand_over_tcp() {
  for (const Move& move : std::exchange(moves_, {})) {
    auto node = tcp_.extract(move.stream);
    if (node.empty()) continue;
    node.mapped()->flush(monotonic_us());
    epoll_ctl(epoll_, EPOLL_CTL_DEL, move.stream->fd(), nullptr);
    observer_.forward(move.worker, [stream = std::make_shared<TcpPtr>(std::move(node.mapped())),
                                    check = move.check](Worker& other) {
      other.adopt(std::move(*stream), check);
    });
  }
}

void Worker::adopt(TcpPtr stream, const Check& check) {
  stream->watched_for_writing = false;
  const std::shared_ptr<Subscriber> subscriber = stream->subscriber;
  if (take_in(std::move(stream))) on_check(subscriber, check);
}

} // namespace fanlight::fanout
