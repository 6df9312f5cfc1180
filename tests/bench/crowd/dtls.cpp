#include "dtls.h"

#include <algorithm>
#include <array>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace fanlight::crowd {
namespace {

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeCertificate {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

std::string fingerprint_of(X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest;
  unsigned size = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string text = "sha-256 ";
  for (unsigned i = 0; i < size; ++i) {
    if (i > 0) text += ':';
    text += kHex[digest[i] >> 4];
    text += kHex[digest[i] & 15];
  }
  return text;
}

} // namespace

Identity::Identity() : context_(SSL_CTX_new(DTLS_method())) {
  const std::unique_ptr<EVP_PKEY, FreeKey> key{EVP_EC_gen("P-256")};
  const std::unique_ptr<X509, FreeCertificate> certificate{X509_new()};
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 86400);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  fingerprint_ = fingerprint_of(certificate.get());

  SSL_CTX* context = context_.get();
  SSL_CTX_use_certificate(context, certificate.get());
  SSL_CTX_use_PrivateKey(context, key.get());
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  // 0 is success here. In the order of Chromium's offer.
  if (SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") != 0)
    throw std::runtime_error("OpenSSL has no SRTP");
}

Dtls::Dtls(const Identity& identity, bool server, Send send)
    : ssl_(SSL_new(identity.context())), server_(server), send_(std::move(send)) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl_.get(), in, out); // Takes both.
  SSL_set_options(ssl_.get(), SSL_OP_NO_QUERY_MTU);
  SSL_set_mtu(ssl_.get(), 1200);
  server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

void Dtls::receive(std::span<const std::uint8_t> datagram) {
  BIO_write(SSL_get_rbio(ssl_.get()), datagram.data(), static_cast<int>(datagram.size()));
  advance();
}

void Dtls::tick() {
  if (!done() && DTLSv1_handle_timeout(ssl_.get()) > 0) flush();
}

void Dtls::advance() {
  if (!done()) {
    SSL_do_handshake(ssl_.get());
  } else {
    std::array<char, 2048> alerts; // Nothing but these can come.
    SSL_read(ssl_.get(), alerts.data(), alerts.size());
  }
  flush();
}

/// A flight leaves in one datagram: several records in one are allowed (RFC 6347, section 4.1.1),
/// and with an ECDSA certificate they fit.
void Dtls::flush() {
  std::array<std::uint8_t, 4096> flight;
  const int size = BIO_read(SSL_get_wbio(ssl_.get()), flight.data(), flight.size());
  if (size > 0) send_({flight.data(), static_cast<std::size_t>(size)});
}

SrtpKeys Dtls::keys() const {
  const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl_.get());
  if (profile == nullptr) throw std::runtime_error("DTLS agreed on no SRTP profile");
  const std::size_t key = 16;
  const std::size_t salt = profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  std::vector<std::uint8_t> material(2 * (key + salt));
  if (SSL_export_keying_material(ssl_.get(), material.data(), material.size(), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1)
    throw std::runtime_error("DTLS gives no keys");
  const auto cut = [&](bool of_server) {
    const auto keys = material.begin() + (of_server ? key : 0);
    const auto salts = material.begin() + 2 * key + (of_server ? salt : 0);
    std::vector<std::uint8_t> both(keys, keys + key);
    both.insert(both.end(), salts, salts + salt);
    return both;
  };
  return {static_cast<unsigned>(profile->id), cut(server_), cut(!server_)};
}

void Dtls::close() {
  SSL_shutdown(ssl_.get());
  flush();
}

} // namespace fanlight::crowd
