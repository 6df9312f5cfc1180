#include "webrtcfanout/dtls/dtls.h"

#include <algorithm>
#include <array>
#include <utility>

#include <openssl/err.h>

#include "webrtcfanout/dtls/connected_dtls.h"
#include "webrtcfanout/dtls/datagram_bio.h"
#include "webrtcfanout/dtls/dtls_context.h"

namespace fanlight::fanout {
namespace {

constexpr std::uint8_t kFirstType = 20; ///< The first record type; RFC 7983, section 7.
constexpr std::uint8_t kLastType = 63;

/// RFC 5764, section 4.2: the client's key, the server's, the client's salt, the server's.
bool export_keys(SSL* ssl, SrtpKey& client, SrtpKey& server) {
  const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(ssl);
  if (!profile) return false;
  client.profile = server.profile = static_cast<SrtpProfile>(profile->id);
  const std::size_t salt = client.profile == SrtpProfile::aead_aes_128_gcm ? 12 : 14;
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  std::array<std::uint8_t, 2 * (16 + 14)> material;
  if (SSL_export_keying_material(ssl, material.data(), 2 * (16 + salt), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1)
    return false;
  std::copy_n(&material[0], 16, client.key.begin());
  std::copy_n(&material[16], 16, server.key.begin());
  std::copy_n(&material[32], salt, client.salt.begin());
  std::copy_n(&material[32 + salt], salt, server.salt.begin());
  OPENSSL_cleanse(material.data(), material.size());
  return true;
}

} // namespace

struct DtlsServer::Association {
  bool start();
  void advance();
  bool read_connected(Bytes datagram); ///< Like receive().
  void end(State how, std::string why);
  void fail(std::string why) { end(State::failed, std::move(why)); }
  std::string reason() const;

  State state = State::handshaking;
  std::string error;
  DatagramPort port;

  // Until the handshake has ended.
  std::shared_ptr<const Certificate> certificate;
  HandshakeTerms terms;
  std::unique_ptr<SSL, FreeSsl> ssl; ///< From the viewer's first datagram.

  // After the handshake.
  SrtpKey sending;
  SrtpKey receiving;
  std::optional<ConnectedDtls> connected;
};

bool DtlsServer::Association::start() {
  ssl = make_dtls_server(certificate->context(), &terms);
  BIO* const bio = ssl ? make_datagram_bio(&port) : nullptr;
  if (!bio) return false;
  SSL_set_bio(ssl.get(), bio, bio); // Takes it over.
  return true;
}

/// Lets OpenSSL read what has arrived and proceed as far as possible.
void DtlsServer::Association::advance() {
  const int result = SSL_do_handshake(ssl.get());
  if (result == 1) {
    connected = export_keys(ssl.get(), receiving, sending)
                    ? ConnectedDtls::of(ssl.get(), std::move(port.sent))
                    : std::nullopt;
    if (!connected) return fail("no SRTP keys: " + take_openssl_error());
    return end(State::connected, {});
  }
  switch (SSL_get_error(ssl.get(), result)) {
  case SSL_ERROR_WANT_READ: return;
  case SSL_ERROR_ZERO_RETURN: return end(State::closed, {});
  default: return fail(reason());
  }
}

bool DtlsServer::Association::read_connected(Bytes datagram) {
  const ConnectedDtls::News news = connected->read(datagram);
  if (news == ConnectedDtls::News::flight_lost) port.send(connected->flight());
  if (news == ConnectedDtls::News::goodbye) end(State::closed, {});
  return news == ConnectedDtls::News::flight_lost;
}

std::string DtlsServer::Association::reason() const {
  const std::string theirs = take_openssl_error();
  return terms.refusal.empty() ? theirs : terms.refusal;
}

/// Ends the handshake, which frees what only a handshake needs, or the association.
void DtlsServer::Association::end(State how, std::string why) {
  state = how;
  error = std::move(why);
  ssl = nullptr;
  certificate = nullptr;
  terms = {};
  port.sent = {};
  if (how != State::connected) connected.reset();
}

DtlsServer::DtlsServer(std::unique_ptr<Association> association)
    : association_(std::move(association)) {}

DtlsServer::~DtlsServer() = default;

std::unique_ptr<DtlsServer> DtlsServer::create(std::shared_ptr<const Certificate> certificate,
                                               const std::string& fingerprint, Send send,
                                               std::string& why) {
  std::optional<Fingerprint> wanted = Fingerprint::parse(fingerprint);
  if (!wanted) {
    why = "the offer's fingerprint is not a valid sha-1, sha-224, sha-256, sha-384 or sha-512 hash";
    return nullptr;
  }
  auto association = std::make_unique<Association>();
  association->certificate = std::move(certificate);
  association->terms.fingerprint = std::move(*wanted);
  association->port.send = std::move(send);
  return std::unique_ptr<DtlsServer>(new DtlsServer(std::move(association)));
}

bool DtlsServer::receive(Bytes datagram) {
  if (datagram.empty() || datagram[0] < kFirstType || datagram[0] > kLastType) return false;
  if (association_->connected) return association_->read_connected(datagram);
  if (association_->state != State::handshaking) return false;

  ERR_clear_error();
  if (!association_->ssl && !association_->start()) {
    association_->fail("creating the DTLS state: " + take_openssl_error());
    return false;
  }
  association_->port.sent.clear();
  association_->port.arrived = datagram;
  association_->advance();
  association_->port.arrived = {};
  return false;
}

std::optional<std::chrono::milliseconds> DtlsServer::timeout() const {
  timeval left{};
  if (!association_->ssl || DTLSv1_get_timeout(association_->ssl.get(), &left) != 1)
    return std::nullopt;
  const auto exactly = std::chrono::seconds{left.tv_sec} + std::chrono::microseconds{left.tv_usec};
  return std::chrono::ceil<std::chrono::milliseconds>(exactly);
}

void DtlsServer::on_timeout() {
  if (!association_->ssl) return;
  ERR_clear_error();
  association_->port.sent.clear();
  if (DTLSv1_handle_timeout(association_->ssl.get()) < 0) {
    ERR_clear_error();
    association_->fail("the viewer does not answer the DTLS handshake");
  }
}

void DtlsServer::close() {
  if (association_->connected)
    if (const auto goodbye = association_->connected->goodbye()) association_->port.send(*goodbye);
  if (association_->state == State::handshaking || association_->state == State::connected)
    association_->end(State::closed, {});
}

DtlsServer::State DtlsServer::state() const { return association_->state; }

const std::string& DtlsServer::error() const { return association_->error; }

const SrtpKey& DtlsServer::sending_key() const { return association_->sending; }

const SrtpKey& DtlsServer::receiving_key() const { return association_->receiving; }

} // namespace fanlight::fanout
