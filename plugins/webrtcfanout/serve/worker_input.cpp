#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/epoll.h>
#include <unistd.h>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/ice/stun.h"
#include "webrtcfanout/serve/worker.h"

namespace fanlight::fanout {
namespace {

constexpr int kEvents = 64;
/// Batches of datagrams per turn: media must not wait for a flood.
constexpr int kMaxReads = 64;
/// The limit of checked addresses per viewer.
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
      mailbox_.clear_wakeup(); // run() takes the tasks in any case.
    } else if (what == this) {
      accept_tcp();
    } else if (what == &receiver_) {
      read_socket();
    } else {
      const auto found = tcp_.find(static_cast<TcpConnection*>(what));
      if (found != tcp_.end())
        on_tcp_event(*found->second, events[static_cast<std::size_t>(i)].events);
    }
  }
}

void Worker::read_socket() {
  // Reads all that has arrived: thousands of viewers send reports every second, and a turn of
  // sending to all of them may take long.
  for (int rounds = 0; rounds < kMaxReads; ++rounds) {
    const std::size_t got = receiver_.read();
    for (std::size_t i = 0; i < got; ++i) {
      const UdpReceiver::Datagram datagram = receiver_[i];
      on_datagram(datagram.bytes, {.remote = datagram.from, .local = datagram.to});
    }
    if (got < UdpReceiver::kBatch) return;
  }
}

void Worker::on_datagram(MutableBytes datagram, const Path& source) {
  counters_.datagrams_received.add(1);
  const PacketKind kind = kind_of(datagram);
  const bool answers = kind == PacketKind::stun && is_binding_answer(datagram);
  if (kind == PacketKind::stun && !answers) return on_stun(datagram, source);
  Known* const known = find_known(source);
  if (known == nullptr) return (answers ? counters_.bad_stun : counters_.stray_datagrams).add(1);
  if (known->connection) return on_subscriber_datagram(*known, kind, datagram, source);
  // The viewer's address has changed, and with it the worker that the kernel chooses.
  observer_.forward(known->subscriber->worker(),
                    [subscriber = known->subscriber, kind, source,
                     bytes = std::vector<std::uint8_t>(datagram.begin(), datagram.end())](
                        Worker& worker) mutable {
                      const auto found = worker.known_.find(subscriber.get());
                      if (found != worker.known_.end() && found->second.connection)
                        worker.on_subscriber_datagram(found->second, kind, bytes, source);
                    });
}

Worker::Known* Worker::find_known(const Path& source) {
  if (source.tcp != nullptr) {
    const auto found =
        source.tcp->subscriber ? known_.find(source.tcp->subscriber.get()) : known_.end();
    return found == known_.end() ? nullptr : &found->second;
  }
  const auto found = routes_.find(source.remote);
  return found == routes_.end() ? nullptr : found->second;
}

void Worker::on_subscriber_datagram(Known& known, PacketKind kind, MutableBytes datagram,
                                    const Path& source) {
  if (kind == PacketKind::stun) {
    on_answer(*known.connection, datagram, source);
  } else if (kind == PacketKind::dtls) {
    known.connection->on_dtls(source, datagram.size());
    observer_.on_dtls(known.subscriber, datagram);
  } else if (kind == PacketKind::rtcp) {
    Connection& connection = *known.connection;
    if (!connection.on_rtcp(datagram, moment()))
      counters_.bad_rtcp.add(1);
    else {
      known.heard_us = connection.heard_us(); // Its address stays reserved.
      welcome_back(connection);
    }
    if (connection.started()) mark_lagging(connection); // It may have requested a key frame.
  } else {
    counters_.stray_datagrams.add(1);
  }
}

void Worker::on_stun(Bytes datagram, const Path& source) {
  const auto request = parse_binding_request(datagram);
  if (!request) return counters_.bad_stun.add(1);
  const auto entry = registry_.find(local_ufrag(*request));
  // A sender without the password gets nothing, so that no answer can be directed at others.
  if (!entry || !has_integrity(request->integrity_at, datagram, entry->password))
    return counters_.bad_stun.add(1);

  // A TCP connection stays with the viewer that it has identified.
  if (source.tcp != nullptr && source.tcp->subscriber &&
      source.tcp->subscriber != entry->subscriber)
    return counters_.bad_stun.add(1);

  Path path = source;
  path.from_local = path.tcp == nullptr && !kernel_chooses(path.remote, path.local);
  std::array<std::uint8_t, kMaxStunResponse> response;
  const int error = !request->unknown.empty() ? 420 : request->controlled ? 487 : 0;
  if (error != 0) {
    const std::size_t size = write_binding_error(response, *request, error, entry->password);
    return send_over(path, batch_, Bytes{response.data(), size});
  }
  const std::size_t size =
      write_binding_success(response, *request, source.remote, entry->password);
  send_over(path, batch_, Bytes{response.data(), size});

  if (path.tcp != nullptr && !path.tcp->subscriber) {
    path.tcp->subscriber = entry->subscriber;
    strangers_.remove(*path.tcp);
  }
  Check check{path, request->use_candidate, request->priority, datagram.size()};
  check.generation = entry->generation;
  const std::string_view theirs = remote_ufrag(*request);
  check.username = std::string(theirs) + ":" + std::string(local_ufrag(*request));
  for (const IceCredentials& offered : *entry->theirs)
    if (offered.ufrag == theirs) check.password = offered.password;
  hand_to_server(entry->subscriber, std::move(check));
}

/// Passes the check to the worker that serves `subscriber`, or will serve it.
void Worker::hand_to_server(const std::shared_ptr<Subscriber>& subscriber, Check check) {
  const int worker = subscriber->assign(index_);
  if (worker == index_) return on_check(subscriber, check);
  if (check.path.tcp != nullptr) {
    TcpConnection* const stream = check.path.tcp; // It is being read at this moment.
    moves_.push_back({stream, worker, std::move(check)});
    return;
  }
  remember_address(subscriber, check.path);
  observer_.forward(worker, [subscriber, check = std::move(check)](Worker& other) {
    other.on_check(subscriber, check);
  });
}

void Worker::on_check(const std::shared_ptr<Subscriber>& subscriber, const Check& check) {
  if (!registry_.has(subscriber)) { // It was removed meanwhile.
    if (check.path.tcp != nullptr) end_tcp(*check.path.tcp);
    return;
  }
  Known& known = remember_address(subscriber, check.path);
  if (!known.connection) {
    known.connection = std::make_unique<Connection>(subscriber, batch_);
    known.connection->place = connections_.size();
    connections_.push_back(known.connection.get());
    observer_.on_state(subscriber, Subscriber::State::connecting, "");
  }
  Connection& connection = *known.connection;
  if (connection.on_check(check, monotonic_us())) publish_route(connection);
  if (connection.path() != nullptr && connection.path()->same_as(check.path))
    welcome_back(connection);
}

void Worker::on_answer(Connection& connection, Bytes answer, const Path& source) {
  if (!connection.on_answer(source, answer, monotonic_us())) return;
  publish_route(connection);
  welcome_back(connection);
}

void Worker::publish_route(Connection& connection) {
  const Path& path = *connection.path();
  connection.subscriber().change_route([&](Subscriber::Route& route) {
    route.address = path.remote.text();
    route.candidate = path.tcp != nullptr ? "tcp" : "udp";
  });
}

void Worker::welcome_back(Connection& connection) {
  if (!connection.paused() || connection.path() == nullptr) return;
  connection.resume(moment());
  mark_lagging(connection);
  observer_.on_state(connection.shared_subscriber(), Subscriber::State::connected,
                     "the viewer is back");
}

Worker::Known& Worker::remember_address(const std::shared_ptr<Subscriber>& subscriber,
                                        const Path& path) {
  const std::int64_t now = monotonic_us();
  Known& known = known_[subscriber.get()];
  known.subscriber = subscriber;
  known.heard_us = now;
  if (path.tcp != nullptr) {
    keep_tcp(known, *path.tcp);
    return known;
  }
  if (const auto route = routes_.find(path.remote); route != routes_.end()) {
    // A viewer cannot take another one's address; but the address of one that vanished is free.
    if (route->second == &known) {
      // The address checked last is the last to be dropped.
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
  sockaddr_in6 chosen{};
  socklen_t length = sizeof chosen;
  const bool known = ::connect(router_, reinterpret_cast<const sockaddr*>(&remote.raw()),
                               sizeof(sockaddr_in6)) == 0 &&
                     getsockname(router_, reinterpret_cast<sockaddr*>(&chosen), &length) == 0;
  const sockaddr none{.sa_family = AF_UNSPEC, .sa_data = {}};
  ::connect(router_, &none, sizeof none);
  return !known || IN6_ARE_ADDR_EQUAL(&chosen.sin6_addr, &local);
}

} // namespace fanlight::fanout
