#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace fanlight::fanout {

/// The hash of a certificate as SDP names it (RFC 8122, section 5).
struct Fingerprint {
  const EVP_MD* hash = nullptr;
  std::vector<std::uint8_t> digest;

  /// "sha-256 AB:CD:…", in whatever case. Of the hashes of RFC 8122 not those that are broken (md2,
  /// md5), but sha-1.
  static std::optional<Fingerprint> parse(std::string_view text);
  bool is_of(const X509* certificate) const;
};

/// "sha-256 AB:CD:…"; empty should OpenSSL fail.
std::string fingerprint_text(const X509* certificate);

} // namespace fanlight::fanout
