#include "http/self_signed.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <gio/gio.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "http/owned.h"

namespace fanlight::http {
namespace {

using Certificate = Owned<X509, X509_free>;
using Key = Owned<EVP_PKEY, EVP_PKEY_free>;
using Bio = Owned<BIO, BIO_free_all>;

constexpr std::size_t kLongestCommonName = 64;
constexpr int kSerialBits = 127;
constexpr long kDay = 86'400;

Error openssl_failed(const std::string& doing) {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  return {Errc::internal, doing + ": " + (reason != nullptr ? reason : "OpenSSL failed")};
}

bool is_address(const std::string& name) {
  return Owned<GInetAddress>{g_inet_address_new_from_string(name.c_str())} != nullptr;
}

/// A name that OpenSSL takes as it is: commas and colons have a meaning in its lists.
bool is_host_name(const std::string& name) {
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), [](char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_' || c == '*';
  });
}

bool add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const Owned<X509_EXTENSION, X509_EXTENSION_free> extension{
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str())};
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

bool set_serial(X509* certificate) {
  const Owned<BIGNUM, BN_free> number{BN_new()};
  return number && BN_rand(number.get(), kSerialBits, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool set_name(X509* certificate, const std::string& name) {
  const std::string shown = name.substr(0, kLongestCommonName);
  X509_NAME* subject = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(shown.c_str()), -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names)
    all += (all.empty() ? "" : ",") + std::string{is_address(name) ? "IP:" : "DNS:"} + name;
  return all;
}

/// Not an authority: who trusts it trusts this server only. The days begin a day ago, so that a
/// browser whose clock is slow accepts it; the last second belongs to them.
bool fill(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names, int days) {
  constexpr long kClockSkew = -kDay;
  return X509_set_version(certificate, 2) == 1 && set_serial(certificate) &&
         X509_gmtime_adj(X509_getm_notBefore(certificate), kClockSkew) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), kClockSkew + days * kDay - 1) !=
             nullptr &&
         X509_set_pubkey(certificate, key) == 1 && set_name(certificate, names.front()) &&
         add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE") &&
         add_extension(certificate, NID_key_usage, "critical,digitalSignature") &&
         add_extension(certificate, NID_ext_key_usage, "serverAuth") &&
         add_extension(certificate, NID_subject_alt_name, alternative_names(names)) &&
         add_extension(certificate, NID_subject_key_identifier, "hash") &&
         X509_sign(certificate, key, EVP_sha256()) > 0;
}

template <typename Write> std::string as_pem(Write write) {
  const Bio memory{BIO_new(BIO_s_mem())};
  if (!memory || write(memory.get()) != 1) return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string fingerprint_of(const X509* certificate) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  std::string text;
  if (X509_digest(certificate, EVP_sha256(), digest.data(), &size) != 1) return text;
  for (unsigned int i = 0; i < size; ++i) {
    constexpr std::string_view kDigits{"0123456789ABCDEF"};
    if (i > 0) text += ':';
    text += kDigits[digest[i] >> 4U];
    text += kDigits[digest[i] & 0xfU];
  }
  return text;
}

/// Empty: an address that no browser uses, or none of IP.
std::string usable_address(const sockaddr* address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address == nullptr) return {};
  if (address->sa_family == AF_INET)
    inet_ntop(AF_INET, &reinterpret_cast<const sockaddr_in*>(address)->sin_addr, text.data(),
              text.size());
  if (address->sa_family == AF_INET6) {
    const in6_addr& six = reinterpret_cast<const sockaddr_in6*>(address)->sin6_addr;
    if (!IN6_IS_ADDR_LINKLOCAL(&six)) inet_ntop(AF_INET6, &six, text.data(), text.size());
  }
  return text.data();
}

} // namespace

std::vector<std::string> names_of_this_machine() {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(name);
  };
  const std::string host = take_text(g_ascii_strdown(g_get_host_name(), -1));
  if (is_host_name(host)) {
    add(host);
    if (host.find('.') == host.npos) add(host + ".local");
  }
  add("localhost");
  ifaddrs* all = nullptr;
  if (getifaddrs(&all) == 0)
    for (const ifaddrs* one = all; one != nullptr; one = one->ifa_next)
      add(usable_address(one->ifa_addr));
  freeifaddrs(all);
  return names;
}

Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, int days) {
  for (const std::string& name : names)
    if (!is_address(name) && !is_host_name(name))
      return Error{Errc::invalid, "\"" + name +
                                      "\" is neither a host name nor an address; write, for "
                                      "example, cameras.example.org or 192.0.2.7"};
  ERR_clear_error();
  const Key key{EVP_EC_gen("P-256")};
  const Certificate certificate{X509_new()};
  if (!key || !certificate || !fill(certificate.get(), key.get(), names, days))
    return openssl_failed("making a certificate");
  SelfSigned made;
  made.certificate = as_pem([&](BIO* out) { return PEM_write_bio_X509(out, certificate.get()); });
  made.key = as_pem([&](BIO* out) {
    return PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
  made.fingerprint = fingerprint_of(certificate.get());
  if (made.certificate.empty() || made.key.empty()) return openssl_failed("writing a certificate");
  return made;
}

} // namespace fanlight::http
