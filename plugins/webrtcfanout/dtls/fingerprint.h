#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace fanlight::fanout {

/// The hash of a certificate as in SDP (RFC 8122, section 5).
struct Fingerprint {
  const EVP_MD* hash = nullptr;
  std::vector<std::uint8_t> digest;

  /// Parses "sha-256 AB:CD:…", in upper or lower case. Of the hashes of RFC 8122, accepts sha-1 but
  /// not the broken ones (md2, md5).
  static std::optional<Fingerprint> parse(std::string_view text);
  bool is_of(const X509* certificate) const;
};

/// "sha-256 AB:CD:…"; empty if OpenSSL fails.
std::string fingerprint_text(const X509* certificate);

} // namespace fanlight::fanout
