#pragma once

#include <string>

namespace fanlight::sdp {

/// The value of an `a=fingerprint` (RFC 8122, section 5) for a certificate in PEM: the name of the
/// hash as in `like` ("sha-256 AB:…") and the hash in upper case. Empty if the hash is unknown or
/// the text is not a certificate.
std::string fingerprint_of(const std::string& pem, const std::string& like);

/// Whether `offered`, an `a=fingerprint`, is the fingerprint of the certificate in PEM.
bool matches_fingerprint(const std::string& pem, const std::string& offered);

} // namespace fanlight::sdp
