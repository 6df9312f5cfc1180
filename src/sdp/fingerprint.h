#pragma once

#include <string>

namespace fanlight::webrtc {

/// The value of an `a=fingerprint` (RFC 8122, section 5) for a certificate in PEM: the hash by its
/// name in `like`
/// ("sha-256 AB:…") and its upper-case bytes. Empty for a hash we do not know or a text that is no
/// certificate.
std::string fingerprint_of(const std::string& pem, const std::string& like);

/// Whether the certificate in PEM is the one that `offered`, an `a=fingerprint`, names.
bool matches_fingerprint(const std::string& pem, const std::string& offered);

} // namespace fanlight::webrtc
