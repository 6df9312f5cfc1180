#include "webrtc/dtls_certificate.h"

#include <cstdint>

#include <glib.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "base/log.h"
#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

constexpr gint64 kLifeUs = G_TIME_SPAN_HOUR * 12;
constexpr long kDay = 24 * 60 * 60;

/// Fills in and signs the certificate. Its subject does not reveal this host. Clocks differ, so it
/// is valid from yesterday. False if OpenSSL fails.
bool complete(X509* certificate, EVP_PKEY* key) {
  std::uint64_t serial = 0;
  if (RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1) return false;
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* const common = reinterpret_cast<const unsigned char*>("Fanlight");
  return X509_set_version(certificate, X509_VERSION_3) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, name) == 1 &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), -kDay) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), 365 * kDay) != nullptr &&
         X509_set_pubkey(certificate, key) == 1 && X509_sign(certificate, key, EVP_sha256()) != 0;
}

std::string make_pem() {
  const Owned<EVP_PKEY, EVP_PKEY_free> key{EVP_EC_gen("P-256")};
  const Owned<X509, X509_free> certificate{X509_new()};
  const Owned<BIO, BIO_free> memory{BIO_new(BIO_s_mem())};
  if (!key || !certificate || !memory || !complete(certificate.get(), key.get()) ||
      PEM_write_bio_X509(memory.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

} // namespace

const std::string& dtls_certificate() {
  static std::string pem;
  static gint64 made_us = 0;
  const gint64 now = g_get_monotonic_time();
  if (!pem.empty() && now - made_us < kLifeUs) return pem;
  if (std::string made = make_pem(); !made.empty()) {
    pem = std::move(made);
    made_us = now;
  } else {
    log::error("session", {}, "OpenSSL could not create a DTLS certificate");
  }
  return pem; // The old one remains usable.
}

} // namespace fanlight::webrtc
