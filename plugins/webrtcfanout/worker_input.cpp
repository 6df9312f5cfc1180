#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "clock.h"
#include "stun.h"
#include "worker.h"

namespace fanlight::fanout {
namespace {

constexpr int kEvents = 64;
/// Batches of datagrams to a turn: pictures must not wait for a flood.
constexpr int kMaxReads = 64;
/// Connections that have not said who they are yet, or have.
constexpr std::size_t kMaxStreams = 4096;
/// Before another try to take a connection where the process has no descriptor for it.
constexpr std::int64_t kAcceptPauseUs = 200'000;
/// Addresses that one viewer may be checked at.
constexpr std::size_t kMaxAddresses = 8;
/// How long an address belongs to the viewer that was checked at it; checks come every 5 s.
constexpr std::int64_t kRouteUs = 8'000'000;

} // namespace

void Worker::on_events(int timeout_ms) {
  std::array<epoll_event, kEvents> events;
  const int count = epoll_wait(epoll_, events.data(), kEvents, timeout_ms);
  for (int i = 0; i < count; ++i) {
    void* const what = events[static_cast<std::size_t>(i)].data.ptr;
    if (what == &mailbox_) {
      mailbox_.hush(); // run() takes from it in any case.
    } else if (what == this) {
      accept_streams();
    } else if (what == &receiver_) {
      read_socket();
    } else {
      const auto found = streams_.find(static_cast<TcpConnection*>(what));
      if (found != streams_.end())
        on_stream_event(*found->second, events[static_cast<std::size_t>(i)].events);
    }
  }
}

void Worker::read_socket() {
  // All that is there: thousands of viewers send reports every second, and a turn of sending to all
  // of them may take long.
  for (int rounds = 0; rounds < kMaxReads; ++rounds) {
    const std::size_t got = receiver_.read();
    for (std::size_t i = 0; i < got; ++i) {
      const UdpReceiver::Datagram datagram = receiver_[i];
      on_datagram(datagram.bytes, {.remote = datagram.from, .local = datagram.to});
    }
    if (got < UdpReceiver::kBatch) return;
  }
}

// ---- ICE-TCP ----

void Worker::accept_streams() {
  sockaddr_in6 address{};
  socklen_t length = sizeof address;
  const int fd = accept4(listener_, reinterpret_cast<sockaddr*>(&address), &length,
                         SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (fd < 0 && errno != EAGAIN && errno != EINTR && errno != ECONNABORTED) {
    // No descriptor is free: it stays in the queue, and would wake this thread for ever.
    epoll_ctl(epoll_, EPOLL_CTL_DEL, listener_, nullptr);
    accept_again_us_ = monotonic_us() + kAcceptPauseUs;
  }
  if (fd < 0) return;
  if (streams_.size() >= kMaxStreams) {
    counters_.refused_streams.add(1);
    close(fd);
    return;
  }
  auto stream = std::make_unique<TcpConnection>(
      fd, SocketAddress::of(reinterpret_cast<const sockaddr*>(&address)));
  stream->opened_us = monotonic_us();
  epoll_event event{.events = EPOLLIN, .data = {.ptr = stream.get()}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  streams_[stream.get()] = std::move(stream);
}

void Worker::on_stream_event(TcpConnection& stream, std::uint32_t events) {
  bool sound = true;
  if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    const Path path{.remote = stream.remote(), .tcp = &stream};
    sound = stream.read([&](MutableBytes datagram) { on_datagram(datagram, path); });
  }
  if (sound && (events & EPOLLOUT) != 0) sound = stream.flush();
  if (!sound) end_stream(stream);
  hand_over_streams();
}

void Worker::end_stream(TcpConnection& stream) {
  const auto found = streams_.find(&stream);
  if (found == streams_.end()) return;
  if (stream.viewer) {
    const auto known = known_.find(stream.viewer.get());
    if (known != known_.end() && known->second.connection)
      lose_path(*known->second.connection, stream);
  }
  epoll_ctl(epoll_, EPOLL_CTL_DEL, stream.fd(), nullptr);
  ended_streams_.push_back(std::move(found->second));
  streams_.erase(found);
}

void Worker::lose_path(Connection& connection, const TcpConnection& stream) {
  if (connection.forget(&stream, monotonic_us()) && connection.started() && !connection.paused())
    miss(connection);
}

void Worker::miss(Connection& connection) {
  connection.pause();
  observer_.on_state(connection.shared_viewer(), Viewer::State::disconnected,
                     "the viewer's TCP connection has ended");
}

void Worker::flush_streams() {
  constexpr std::int64_t kFlushUs = 5'000;
  next_flush_us_ = monotonic_us() + kFlushUs;
  std::vector<TcpConnection*> broken;
  for (const auto& [key, stream] : streams_) {
    if (stream->wants_to_write() && !stream->flush()) broken.push_back(stream.get());
    if (stream->watched_for_writing == stream->wants_to_write()) continue;
    stream->watched_for_writing = stream->wants_to_write();
    epoll_event event{.events = EPOLLIN, .data = {.ptr = stream.get()}};
    if (stream->watched_for_writing) event.events |= EPOLLOUT;
    epoll_ctl(epoll_, EPOLL_CTL_MOD, stream->fd(), &event);
  }
  for (TcpConnection* const stream : broken) end_stream(*stream);
}

void Worker::hand_over_streams() {
  for (const Move& move : std::exchange(moves_, {})) {
    auto node = streams_.extract(move.stream);
    if (node.empty()) continue;
    node.mapped()->flush();
    epoll_ctl(epoll_, EPOLL_CTL_DEL, move.stream->fd(), nullptr);
    observer_.forward(move.worker, [stream = std::make_shared<StreamPtr>(std::move(node.mapped())),
                                    check = move.check](Worker& other) {
      other.adopt(std::move(*stream), check);
    });
  }
}

void Worker::adopt(StreamPtr stream, const Check& check) {
  stream->watched_for_writing = false;
  epoll_event event{.events = EPOLLIN, .data = {.ptr = stream.get()}};
  epoll_ctl(epoll_, EPOLL_CTL_ADD, stream->fd(), &event);
  const std::shared_ptr<Viewer> viewer = stream->viewer;
  streams_[stream.get()] = std::move(stream);
  on_check(viewer, check);
}

// ---- Datagrams ----

void Worker::on_datagram(MutableBytes datagram, const Path& source) {
  counters_.datagrams_received.add(1);
  const PacketKind kind = kind_of(datagram);
  if (kind == PacketKind::stun) return on_stun(datagram, source);
  Known* known = nullptr;
  if (source.tcp != nullptr) {
    const auto found = source.tcp->viewer ? known_.find(source.tcp->viewer.get()) : known_.end();
    if (found != known_.end()) known = &found->second;
  } else if (const auto found = routes_.find(source.remote); found != routes_.end()) {
    known = found->second;
  }
  if (known == nullptr) return counters_.stray_datagrams.add(1);
  if (known->connection) return on_viewer_datagram(*known, kind, datagram);
  // The viewer's address has changed, and with it the worker that the kernel chooses.
  observer_.forward(known->viewer->worker(),
                    [viewer = known->viewer, kind,
                     bytes = std::vector<std::uint8_t>(datagram.begin(), datagram.end())](
                        Worker& worker) mutable {
                      const auto found = worker.known_.find(viewer.get());
                      if (found != worker.known_.end() && found->second.connection)
                        worker.on_viewer_datagram(found->second, kind, bytes);
                    });
}

void Worker::on_viewer_datagram(Known& known, PacketKind kind, MutableBytes datagram) {
  if (kind == PacketKind::dtls) {
    observer_.on_dtls(known.viewer, datagram);
  } else if (kind == PacketKind::rtcp) {
    Connection& connection = *known.connection;
    if (!connection.on_rtcp(datagram, moment()))
      counters_.bad_rtcp.add(1);
    else
      welcome_back(connection);
    if (connection.started()) lag(connection); // It may have asked for a picture.
  } else {
    counters_.stray_datagrams.add(1);
  }
}

void Worker::send_stun(const Path& source, Bytes response) {
  if (source.tcp != nullptr) {
    if (std::uint8_t* const out = source.tcp->add(response.size()))
      std::memcpy(out, response.data(), response.size());
    return;
  }
  std::memcpy(batch_.add(source, response.size()), response.data(), response.size());
  batch_.flush(); // `source` does not stay.
}

void Worker::on_stun(Bytes datagram, const Path& source) {
  const auto request = parse_binding_request(datagram);
  if (!request) return counters_.bad_stun.add(1);
  const auto entry = registry_.find(local_ufrag(*request));
  // Whoever does not know the password gets nothing: no answer that could be aimed at others.
  if (!entry || !has_integrity(*request, datagram, entry->password))
    return counters_.bad_stun.add(1);

  // A TCP connection stays with the viewer that it has introduced itself as.
  if (source.tcp != nullptr && source.tcp->viewer && source.tcp->viewer != entry->viewer)
    return counters_.bad_stun.add(1);

  Path path = source;
  path.from_local = path.tcp == nullptr && !kernel_chooses(path.remote, path.local);
  std::array<std::uint8_t, kMaxStunResponse> response;
  const int error = !request->unknown.empty() ? 420 : request->controlled ? 487 : 0;
  if (error != 0) {
    const std::size_t size = write_binding_error(response, *request, error, entry->password);
    return send_stun(path, Bytes{response.data(), size});
  }
  const std::size_t size =
      write_binding_success(response, *request, source.remote, entry->password);
  send_stun(path, Bytes{response.data(), size});

  const std::shared_ptr<Viewer>& viewer = entry->viewer;
  const Check check{path, request->use_candidate, request->priority};
  const int worker = viewer->assign(index_);
  if (worker == index_) {
    if (path.tcp != nullptr) path.tcp->viewer = viewer;
    return on_check(viewer, check);
  }
  if (path.tcp == nullptr) {
    know(viewer, path);
    return observer_.forward(worker,
                             [viewer, check](Worker& other) { other.on_check(viewer, check); });
  }
  path.tcp->viewer = viewer;
  moves_.push_back({path.tcp, worker, check}); // It is being read from.
}

void Worker::on_check(const std::shared_ptr<Viewer>& viewer, const Check& check) {
  if (!registry_.has(viewer)) return; // It went in the meantime.
  Known& known = know(viewer, check.path);
  if (!known.connection) {
    known.connection = std::make_unique<Connection>(viewer, batch_);
    known.connection->place = connections_.size();
    connections_.push_back(known.connection.get());
    observer_.on_state(viewer, Viewer::State::connecting, "");
  }
  Connection& connection = *known.connection;
  const Track::Moment now = moment();
  if (connection.on_check(check.path, check.nominated, check.priority, now.now_us))
    viewer->change_route([&](Viewer::Route& route) {
      route.address = check.path.remote.text();
      route.candidate = check.path.tcp != nullptr ? "tcp" : "udp";
    });
  welcome_back(connection);
}

void Worker::welcome_back(Connection& connection) {
  if (!connection.paused() || connection.path() == nullptr) return;
  connection.resume(moment());
  lag(connection);
  observer_.on_state(connection.shared_viewer(), Viewer::State::connected, "the viewer is back");
}

Worker::Known& Worker::know(const std::shared_ptr<Viewer>& viewer, const Path& path) {
  const std::int64_t now = monotonic_us();
  Known& known = known_[viewer.get()];
  known.viewer = viewer;
  known.heard_us = now;
  if (path.tcp != nullptr) return known;
  if (const auto route = routes_.find(path.remote); route != routes_.end()) {
    // One viewer cannot take another's address; but one that went without a word leaves it.
    if (route->second == &known) {
      // The one that was checked last is the last to be given up.
      const auto at = std::find(known.addresses.begin(), known.addresses.end(), path.remote);
      std::rotate(at, at + 1, known.addresses.end());
      return known;
    }
    if (now - route->second->heard_us < kRouteUs) return known;
    std::erase(route->second->addresses, path.remote);
    routes_.erase(route);
  }
  if (known.addresses.size() >= kMaxAddresses) {
    const Path* const used = known.connection ? known.connection->path() : nullptr;
    const bool oldest_is_used = used != nullptr && used->remote == known.addresses.front();
    const auto oldest = known.addresses.begin() + (oldest_is_used ? 1 : 0);
    routes_.erase(*oldest);
    known.addresses.erase(oldest);
  }
  known.addresses.push_back(path.remote);
  routes_[path.remote] = &known;
  return known;
}

bool Worker::kernel_chooses(const SocketAddress& remote, const in6_addr& local) const {
  if (IN6_IS_ADDR_UNSPECIFIED(&local)) return true;
  const auto route = routes_.find(remote);
  if (route != routes_.end() && route->second->connection) {
    const Path* const path = route->second->connection->path();
    if (path != nullptr && path->remote == remote) return !path->from_local;
  }
  const int probe = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (probe < 0) return true;
  sockaddr_in6 chosen{};
  socklen_t length = sizeof chosen;
  const bool known = ::connect(probe, reinterpret_cast<const sockaddr*>(&remote.raw()),
                               sizeof(sockaddr_in6)) == 0 &&
                     getsockname(probe, reinterpret_cast<sockaddr*>(&chosen), &length) == 0;
  close(probe);
  return !known || IN6_ARE_ADDR_EQUAL(&chosen.sin6_addr, &local);
}

} // namespace fanlight::fanout
