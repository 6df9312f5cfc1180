#include "camsim/rtsp/certificate.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

namespace fanlight::camsim {
namespace {

using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using X509Ptr = Owned<X509, X509_free>;

constexpr long kTenYears = 10L * 365 * 24 * 3600;

X509Ptr make_certificate(EVP_PKEY* key) {
  X509Ptr made{X509_new()};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), static_cast<long>(g_random_int() >> 1U));
  X509_gmtime_adj(X509_getm_notBefore(made.get()), 0);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), kTenYears);
  X509_set_pubkey(made.get(), key);
  X509_NAME* const name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("fanlight-camsim"), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  if (X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                                        "DNS:localhost,IP:127.0.0.1")) {
    X509_add_ext(made.get(), names, -1);
    X509_EXTENSION_free(names);
  }
  if (X509_sign(made.get(), key, EVP_sha256()) == 0) made.reset();
  return made;
}

/// Writes a temporary file and renames it; only the owner can read it, because it contains the key.
bool write_pem(const std::string& path) {
  const Key key{EVP_EC_gen("P-256")};
  if (!key) return false;
  const X509Ptr certificate = make_certificate(key.get());
  const std::string beside = path + "." + std::to_string(getpid());
  const int fd = open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (!certificate || fd < 0) return false;
  FILE* const file = fdopen(fd, "w");
  const bool written =
      PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1 &&
      PEM_write_X509(file, certificate.get()) == 1;
  const bool closed = fclose(file) == 0;
  return written && closed && g_rename(beside.c_str(), path.c_str()) == 0;
}

std::string fingerprint_of(GTlsCertificate* certificate) {
  GByteArray* der = nullptr;
  g_object_get(certificate, "certificate", &der, nullptr);
  const std::string hex =
      take_string(g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len));
  g_byte_array_unref(der);
  std::string out;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    if (i > 0) out += ':';
    out += static_cast<char>(g_ascii_toupper(hex[i]));
    out += static_cast<char>(g_ascii_toupper(hex[i + 1]));
  }
  return out;
}

} // namespace

Result<Certificate> load_certificate(const std::string& path) {
  if (!g_file_test(path.c_str(), G_FILE_TEST_EXISTS) && !write_pem(path))
    return Error{Errc::internal, "writing the certificate " + path + " failed"};
  GError* raw = nullptr;
  Certificate out;
  out.tls = Ref<GTlsCertificate>::adopt(g_tls_certificate_new_from_file(path.c_str(), &raw));
  if (const GErrorPtr error{raw}; error)
    return Error{Errc::internal, "reading the certificate " + path + ": " + error->message +
                                     "; delete it, and a new one will be created"};
  out.fingerprint = fingerprint_of(out.tls.get());
  return out;
}

} // namespace fanlight::camsim
