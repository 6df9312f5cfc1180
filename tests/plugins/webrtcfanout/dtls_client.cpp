#include "dtls_client.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include <openssl/err.h>
#include <sys/time.h>

#include "webrtcfanout/dtls/fingerprint.h"

namespace fanlight::fanout {
namespace {

/// As browsers: 50 ms, 100, and so on, up to 400.
unsigned next_interval(SSL*, unsigned last) {
  return last == 0 ? 50000 : std::min(last * 2, 400000U);
}

int accept_any(X509_STORE_CTX*, void*) { return 1; }

} // namespace

ViewerIdentity::ViewerIdentity(Kind kind)
    : key_(kind == Kind::rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256")), certificate_(X509_new()) {
  X509* const x509 = certificate_.get();
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 86400);
  X509_set_pubkey(x509, key_.get());
  if (X509_sign(x509, key_.get(), EVP_sha256()) == 0)
    throw std::runtime_error("no certificate for the viewer");
}

std::string ViewerIdentity::fingerprint(const std::string& hash) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  std::string name = hash;
  if (name == "sha-1") name = "sha1";
  X509_digest(certificate_.get(), EVP_get_digestbyname(name.c_str()), digest.data(), &size);
  std::string text = hash;
  for (unsigned i = 0; i < size; ++i) {
    char byte[4];
    std::snprintf(byte, sizeof byte, "%c%02X", i == 0 ? ' ' : ':', digest[i]);
    text += byte;
  }
  return text;
}

DtlsClient::DtlsClient(const Options& options, std::function<void(Bytes)> send)
    : port_{.send = std::move(send), .arrived = {}, .sent = {}},
      context_(SSL_CTX_new(DTLS_client_method())) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context, accept_any, nullptr);
  if (options.identity) {
    SSL_CTX_use_certificate(context, options.identity->certificate());
    SSL_CTX_use_PrivateKey(context, options.identity->key());
  }
  if (!options.profiles.empty() &&
      SSL_CTX_set_tlsext_use_srtp(context, options.profiles.c_str()) != 0)
    throw std::runtime_error("OpenSSL does not know " + options.profiles);
  ssl_.reset(SSL_new(context));
  if (options.padding > 0) {
    Octets protocol(1 + options.padding, 'x');
    protocol[0] = static_cast<std::uint8_t>(options.padding);
    SSL_set_alpn_protos(ssl_.get(), protocol.data(), static_cast<unsigned>(protocol.size()));
  }
  SSL_set_mtu(ssl_.get(), options.mtu);
  DTLS_set_timer_cb(ssl_.get(), next_interval);
  BIO* const bio = make_datagram_bio(&port_);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_connect_state(ssl_.get());
}

void DtlsClient::receive(Bytes datagram) {
  port_.arrived = datagram;
  advance();
  port_.arrived = {};
}

void DtlsClient::advance() {
  if (!error_.empty()) return;
  ERR_clear_error();
  char nothing;
  const int result = connected() ? SSL_read(ssl_.get(), &nothing, 1) : SSL_do_handshake(ssl_.get());
  if (result <= 0 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_SSL)
    error_ = take_openssl_error();
}

std::optional<int> DtlsClient::timeout_ms() const {
  timeval left{};
  if (DTLSv1_get_timeout(ssl_.get(), &left) != 1) return std::nullopt;
  return static_cast<int>(left.tv_sec * 1000 + left.tv_usec / 1000 + 1);
}

std::string DtlsClient::peer_fingerprint() const {
  const X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate ? fingerprint_text(certificate) : "";
}

SrtpKey DtlsClient::key(std::size_t which) const {
  const SRTP_PROTECTION_PROFILE* const profile = SSL_get_selected_srtp_profile(ssl_.get());
  if (!profile) throw std::runtime_error("no SRTP profile");
  SrtpKey key{.profile = static_cast<SrtpProfile>(profile->id)};
  const std::size_t salt = key.profile == SrtpProfile::aead_aes_128_gcm ? 12 : 14;
  std::array<std::uint8_t, 60> material;
  constexpr std::string_view label = "EXTRACTOR-dtls_srtp";
  SSL_export_keying_material(ssl_.get(), material.data(), 32 + 2 * salt, label.data(), label.size(),
                             nullptr, 0, 0);
  std::copy_n(&material[which * 16], 16, key.key.begin());
  std::copy_n(&material[32 + which * salt], salt, key.salt.begin());
  return key;
}

} // namespace fanlight::fanout
