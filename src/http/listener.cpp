#include "http/listener.h"

#include <cerrno>
#include <utility>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "base/network.h"
#include "http/address.h"
#include "http/inlet.h"
#include "http/poller.h"
#include "http/tls_certificate.h"
#include "http/tls_session.h"

namespace fanlight::http {
namespace {

constexpr int kBacklog = 256; // Also the size of the AcceptQueue.
// Admitted in one turn of the loop, if there is enough time.
constexpr int kAtOnce = 16;
constexpr gint64 kAtOnceUs = 1000;
constexpr gint64 kTellAgainUs = 10 * G_USEC_PER_SEC;

std::string advice(const GError& error, const std::string& address, const std::string& key) {
  if (error.domain != G_IO_ERROR) return {};
  switch (error.code) {
  case G_IO_ERROR_ADDRESS_IN_USE:
    return "; another program listens on this address (`ss -ltnp` shows which one): stop that "
           "program, or set " +
           key + " to a free port";
  case G_IO_ERROR_PERMISSION_DENIED:
    return "; a port below 1024 needs CAP_NET_BIND_SERVICE: set " + key +
           " to a higher port, or set AmbientCapabilities= in the systemd unit";
  case G_IO_ERROR_NOT_FOUND:
  case G_IO_ERROR_FAILED:
  case G_IO_ERROR_INVALID_ARGUMENT:
  case G_IO_ERROR_CONNECTION_REFUSED: // EADDRNOTAVAIL in GLib 2.84; FAILED in 2.74.
    return "; set " + key + " to an address of this machine, or to 0.0.0.0 for all its addresses";
  default: return "; " + key + " is " + address;
  }
}

std::string bound_address(GSocket* socket) {
  const Owned<GSocketAddress> address{g_socket_get_local_address(socket, nullptr)};
  return to_string(address.get());
}

} // namespace

Result<std::unique_ptr<Listener>> Listener::create(const Listening& listening, const Limits& limits,
                                                   Accepted accepted) {
  auto parsed = parse_listen(listening.address, listening.key);
  if (!parsed) return parsed.error();
  GSocketAddress* address = parsed->get();
  const std::string doing = "listening on " + to_string(address) + ": ";

  if (Poller::get() == nullptr) return Error{Errc::unavailable, doing + g_strerror(errno)};
  GError* raw = nullptr;
  const GSocketFamily family = g_socket_address_get_family(address);
  Owned<GSocket> socket{g_socket_new(family, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &raw)};
  if (socket) {
    // [::] means every address, IPv4 included.
    if (family == G_SOCKET_FAMILY_IPV6)
      g_socket_set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 0, nullptr);
    g_socket_set_listen_backlog(socket.get(), kBacklog);
    g_socket_set_blocking(socket.get(), FALSE);
    if (g_socket_bind(socket.get(), address, TRUE, &raw) && g_socket_listen(socket.get(), &raw))
      return std::unique_ptr<Listener>{
          new Listener(std::move(socket), listening, limits, std::move(accepted))};
  }
  const OwnedError error{raw};
  return Error{Errc::unavailable,
               doing + error->message + advice(*error, to_string(address), listening.key)};
}

Listener::Listener(Owned<GSocket> socket, const Listening& listening, const Limits& limits,
                   Accepted accepted)
    : certificate_(listening.certificate), limits_(limits), accepted_(std::move(accepted)),
      socket_(std::move(socket)), address_(bound_address(socket_.get())), queue_(kBacklog),
      crowd_(limits) {
  watch();
}

Listener::~Listener() {
  if (source_ != 0) g_source_remove(source_);
  g_socket_close(socket_.get(), nullptr);
}

int Listener::port() const {
  const Owned<GSocketAddress> address{g_socket_get_local_address(socket_.get(), nullptr)};
  return g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(address.get()));
}

void Listener::watch() {
  GSource* source = g_socket_create_source(socket_.get(), G_IO_IN, nullptr);
  const GSocketSourceFunc ready = +[](GSocket*, GIOCondition, gpointer self) -> gboolean {
    static_cast<Listener*>(self)->accept();
    return static_cast<Listener*>(self)->source_ != 0 ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
  };
  g_source_set_callback(source, G_SOURCE_FUNC(ready), this, nullptr);
  source_ = g_source_attach(source, nullptr);
  g_source_unref(source);
}

/// Accepts all waiting connections: only then can they be admitted address by address.
void Listener::accept() {
  for (int i = 0; i < kBacklog && accept_one(); ++i) {
  }
  admit_some();
}

bool Listener::accept_one() {
  sockaddr_storage from{};
  socklen_t size = sizeof from;
  const int fd = accept4(g_socket_get_fd(socket_.get()), reinterpret_cast<sockaddr*>(&from), &size,
                         SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    if (errno == EINTR || errno == ECONNABORTED) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) pause_accepting(g_strerror(errno));
    return false;
  }
  Owned<GSocketAddress> remote{g_socket_address_new_from_native(&from, size)};
  std::string network = network_of(host_of(remote.get()));
  queue_.push({Descriptor{fd}, std::move(remote), std::move(network)});
  return true;
}

/// Admits several connections at once: a turn of the loop costs more the more connections exist.
void Listener::admit_some() {
  const gint64 until = g_get_monotonic_time() + kAtOnceUs;
  for (int i = 0; i < kAtOnce && g_get_monotonic_time() < until; ++i)
    if (auto waiting = queue_.pop()) admit(std::move(*waiting));
  if (queue_.size() == 0) return go_on_.stop();
  if (!go_on_.running()) go_on_.once(std::chrono::milliseconds{0}, [this] { admit_some(); });
}

/// Most likely, the process has no descriptors left. The socket stays readable, so the listener
/// ignores it for a while; for a shorter one if it could end a connection in favour of the new one.
void Listener::pause_accepting(const char* error) {
  const bool spared = crowd_.spare_one();
  ++failures_;
  if (const gint64 now = g_get_monotonic_time(); told_at_ == 0 || now - told_at_ > kTellAgainUs) {
    log::warning("http", {{"times", std::to_string(failures_)}},
                 std::string{"accepting a connection: "} + error +
                     "; raise the limit of open files (LimitNOFILE= in the systemd unit)");
    told_at_ = now;
    failures_ = 0;
  }
  source_ = 0;
  pause_.once(spared ? limits_.accept_pause / 5 : limits_.accept_pause, [this] { watch(); });
}

void Listener::admit(AcceptQueue::Waiting waiting) {
  if (!crowd_.admit(waiting.network)) {
    log::debug("http", {{"client", host_of(waiting.remote.get())}},
               "refusing a connection: the address has used up its share of the places");
    return;
  }
  const int fd = waiting.socket.release();
  const Owned<GSocket> socket{g_socket_new_from_fd(fd, nullptr)};
  if (!socket) { // The client has already disconnected.
    close(fd);
    return;
  }
  const Owned<GSocketAddress> local{g_socket_get_local_address(socket.get(), nullptr)};
  const Owned<GSocketAddress>& remote = waiting.remote;
  if (!local) return;
  g_socket_set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1, nullptr);
  std::shared_ptr<TlsSession> tls;
  if (certificate_ != nullptr) {
    tls = TlsSession::create(socket.get(), certificate_->context());
    if (!tls) return; // Out of memory.
  }
  Inlet inlet{socket.get(), std::move(tls)};
  inlet.set_connection(crowd_.add(inlet.stream(), remote.get()));
  accepted_(G_IO_STREAM(inlet.stream()), local.get(), remote.get());
}

} // namespace fanlight::http
