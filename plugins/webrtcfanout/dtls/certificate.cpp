#include <utility>

#include <openssl/err.h>
#include <openssl/rand.h>

#include "webrtcfanout/dtls/dtls.h"
#include "webrtcfanout/dtls/dtls_context.h"

namespace fanlight::fanout {
namespace {

constexpr long kDay = 24 * 60 * 60;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeX509 {
  void operator()(X509* certificate) const { X509_free(certificate); }
};

/// The subject reveals nothing about this host. Browsers check only the fingerprint; the rest
/// serves stricter readers of certificates.
std::unique_ptr<X509, FreeX509> sign_own(EVP_PKEY* key) {
  std::unique_ptr<X509, FreeX509> certificate{X509_new()};
  std::uint64_t serial = 0;
  if (!certificate || RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) != 1)
    return nullptr;
  X509* const x509 = certificate.get();
  X509_NAME* const name = X509_get_subject_name(x509);
  const auto* const common = reinterpret_cast<const unsigned char*>("Fanlight");
  if (X509_set_version(x509, X509_VERSION_3) != 1 ||
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) != 1 ||
      X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0) != 1 ||
      X509_set_issuer_name(x509, name) != 1 || // Valid since yesterday, because clocks differ.
      !X509_gmtime_adj(X509_getm_notBefore(x509), -kDay) ||
      !X509_gmtime_adj(X509_getm_notAfter(x509), 365 * kDay) || X509_set_pubkey(x509, key) != 1 ||
      X509_sign(x509, key, EVP_sha256()) == 0)
    return nullptr;
  return certificate;
}

} // namespace

void Certificate::FreeContext::operator()(ssl_ctx_st* context) const { SSL_CTX_free(context); }

Certificate::Certificate(Context context, std::string fingerprint)
    : context_(std::move(context)), fingerprint_(std::move(fingerprint)) {}

std::shared_ptr<const Certificate> Certificate::create(std::string& why) {
  ERR_clear_error();
  const std::unique_ptr<EVP_PKEY, FreeKey> key{EVP_EC_gen("P-256")};
  const auto x509 = key ? sign_own(key.get()) : nullptr;
  std::string fingerprint = x509 ? fingerprint_text(x509.get()) : "";
  Context context{fingerprint.empty() ? nullptr
                                      : make_dtls_context(x509.get(), key.get()).release()};
  if (!context) {
    why = "creating the DTLS certificate: " + take_openssl_error();
    return nullptr;
  }
  return std::shared_ptr<const Certificate>(
      new Certificate(std::move(context), std::move(fingerprint)));
}

} // namespace fanlight::fanout
