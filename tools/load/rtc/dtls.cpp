#include "load/rtc/dtls.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <stdexcept>
#include <string_view>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace fanlight::load {
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

/// The first retransmission comes after 50 ms, as in browsers, not after a second as in RFC 6347:
/// otherwise a server that is not ready for the first flight would look slow.
unsigned next_timeout(SSL*, unsigned last_us) {
  return last_us == 0 ? 50'000 : std::min(2 * last_us, 3'000'000U);
}

bool same_fingerprint(const std::string& one, const std::string& other) {
  return std::equal(
      one.begin(), one.end(), other.begin(), other.end(),
      [](unsigned char a, unsigned char b) { return std::toupper(a) == std::toupper(b); });
}

} // namespace

Identity::Identity(const std::string& profiles) : context_(SSL_CTX_new(DTLS_method())) {
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
  // 0 is success here.
  if (SSL_CTX_set_tlsext_use_srtp(context, profiles.c_str()) != 0)
    throw std::runtime_error("OpenSSL does not know the SRTP profiles " + profiles);
  // No viewer resumes a session.
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_QUERY_MTU);
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
}

Dtls::Dtls(const Identity& identity, bool server, Send send)
    : ssl_(SSL_new(identity.context())), server_(server), send_(std::move(send)) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl_.get(), in, out); // Takes over both.
  SSL_set_mtu(ssl_.get(), 1200);
  DTLS_set_timer_cb(ssl_.get(), next_timeout);
  server ? SSL_set_accept_state(ssl_.get()) : SSL_set_connect_state(ssl_.get());
}

void Dtls::receive(Bytes datagram) {
  BIO_write(SSL_get_rbio(ssl_.get()), datagram.data(), static_cast<int>(datagram.size()));
  advance();
}

void Dtls::tick() {
  if (!done() && DTLSv1_handle_timeout(ssl_.get()) > 0) flush();
}

void Dtls::advance() {
  ERR_clear_error();
  if (!done()) {
    const int result = SSL_do_handshake(ssl_.get());
    if (result != 1 && SSL_get_error(ssl_.get(), result) == SSL_ERROR_SSL) {
      const char* reason = ERR_reason_error_string(ERR_peek_last_error());
      failure_ = reason != nullptr ? reason : "unknown";
    }
  } else {
    std::array<char, 2048> again; // The other side's last flight, if ours was lost.
    SSL_read(ssl_.get(), again.data(), again.size());
  }
  flush();
}

/// Sends a flight in one datagram: it may hold several records (RFC 6347, section 4.1.1), and with
/// an ECDSA certificate they fit.
void Dtls::flush() {
  std::array<std::uint8_t, 4096> flight;
  const int size = BIO_read(SSL_get_wbio(ssl_.get()), flight.data(), flight.size());
  if (size > 0) send_({flight.data(), static_cast<std::size_t>(size)});
}

Result<SrtpKeys> Dtls::keys(const std::string& fingerprint) const {
  const std::unique_ptr<X509, FreeCertificate> certificate{SSL_get1_peer_certificate(ssl_.get())};
  if (!fingerprint.empty() &&
      (!certificate || !same_fingerprint(fingerprint_of(certificate.get()), fingerprint)))
    return Error{Errc::invalid,
                 "the server's certificate does not match the fingerprint in its SDP"};
  const SRTP_PROTECTION_PROFILE* profile = SSL_get_selected_srtp_profile(ssl_.get());
  if (profile == nullptr)
    return Error{Errc::unsupported, "the DTLS handshake agreed on no SRTP profile"};
  // RFC 5764, section 4.2: both keys, then both salts, the client's first.
  const std::size_t key = 16;
  const std::size_t salt = profile->id == SRTP_AEAD_AES_128_GCM ? 12 : 14;
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";
  std::array<std::uint8_t, 60> material;
  if (SSL_export_keying_material(ssl_.get(), material.data(), 2 * (key + salt), kLabel.data(),
                                 kLabel.size(), nullptr, 0, 0) != 1)
    return Error{Errc::internal, "OpenSSL exported no keys"};
  const auto cut = [&](bool of_server) {
    SrtpMaster master{};
    std::copy_n(material.data() + (of_server ? key : 0), key, master.key.begin());
    std::copy_n(material.data() + 2 * key + (of_server ? salt : 0), salt, master.salt.begin());
    return master;
  };
  return SrtpKeys{static_cast<SrtpProfile>(profile->id), cut(server_), cut(!server_)};
}

} // namespace fanlight::load
