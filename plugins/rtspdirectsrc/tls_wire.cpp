#include "tls_wire.h"

#include <algorithm>
#include <limits>

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace fanlight::direct {
namespace {

/// Of all connections; never freed.
SSL_CTX* context() {
  static SSL_CTX* const shared = [] {
    SSL_CTX* const made = SSL_CTX_new(TLS_client_method());
    if (made == nullptr) return made;
    SSL_CTX_set_verify(made, SSL_VERIFY_NONE, nullptr);
    SSL_CTX_set_min_proto_version(made, TLS1_2_VERSION);
    // Some cameras end their connections without a farewell.
    SSL_CTX_set_options(made, SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_mode(made, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                               SSL_MODE_RELEASE_BUFFERS);
    return made;
  }();
  return shared;
}

bool is_address(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET, host.c_str(), &address) == 1 ||
         inet_pton(AF_INET6, host.c_str(), &address) == 1;
}

int size_of(std::size_t size) {
  return static_cast<int>(std::min<std::size_t>(size, std::numeric_limits<int>::max()));
}

} // namespace

TlsWire::TlsWire(int socket, const std::string& host) : Wire(socket) {
  ssl_ = context() == nullptr ? nullptr : SSL_new(context());
  if (ssl_ == nullptr) return;
  SSL_set_fd(ssl_, socket);
  SSL_set_connect_state(ssl_);
  if (!is_address(host)) SSL_set_tlsext_host_name(ssl_, host.c_str());
}

TlsWire::~TlsWire() { SSL_free(ssl_); }

Wire::Outcome TlsWire::outcome_of(int result) {
  const int error = SSL_get_error(ssl_, result);
  ERR_clear_error();
  wants_to_write_ = error == SSL_ERROR_WANT_WRITE;
  if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Outcome::later;
  return error == SSL_ERROR_ZERO_RETURN ? Outcome::closed : Outcome::broken;
}

Wire::Outcome TlsWire::shake() {
  if (ssl_ == nullptr) return Outcome::broken;
  const int result = SSL_do_handshake(ssl_);
  if (result != 1) {
    const bool disagreed = SSL_get_error(ssl_, result) == SSL_ERROR_SSL;
    const Outcome outcome = outcome_of(result);
    return disagreed ? Outcome::disagreed : outcome;
  }
  wants_to_write_ = false;
  return Outcome::done;
}

std::vector<std::string> TlsWire::chain() const {
  std::vector<std::string> all;
  STACK_OF(X509)* const certificates = SSL_get_peer_cert_chain(ssl_);
  for (int i = 0; i < sk_X509_num(certificates); ++i) {
    unsigned char* bytes = nullptr;
    const int size = i2d_X509(sk_X509_value(certificates, i), &bytes);
    if (size > 0) all.emplace_back(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
    OPENSSL_free(bytes);
  }
  return all;
}

Wire::Taken TlsWire::receive(std::span<std::uint8_t> into) {
  std::size_t size = 0;
  while (size < into.size()) {
    const int got = SSL_read(ssl_, into.data() + size, size_of(into.size() - size));
    if (got <= 0) {
      const Outcome outcome = outcome_of(got);
      return size > 0 ? Taken{Outcome::done, size} : Taken{outcome, 0};
    }
    size += static_cast<std::size_t>(got);
  }
  return {Outcome::done, size};
}

bool TlsWire::has_more() const { return SSL_pending(ssl_) > 0; }

Wire::Outcome TlsWire::flush() {
  while (!waiting_.empty()) {
    const int sent = SSL_write(ssl_, waiting_.data(), size_of(waiting_.size()));
    if (sent <= 0) return outcome_of(sent);
    waiting_.erase(0, static_cast<std::size_t>(sent));
  }
  wants_to_write_ = false;
  return Outcome::done;
}

} // namespace fanlight::direct
