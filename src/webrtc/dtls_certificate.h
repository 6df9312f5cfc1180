#pragma once

#include <string>

namespace fanlight::webrtc {

/// The self-signed certificate for viewers on webrtcbin with its key, in PEM: ECDSA on P-256.
/// GStreamer would create an RSA certificate, for which some stacks (str0m, aiortc) offer no cipher
/// suite; all stacks support P-256 (RFC 8827, section 6.5).
///
/// Created at the first call, and again after 12 hours. Empty if OpenSSL fails, which is logged.
/// Main only.
const std::string& dtls_certificate();

} // namespace fanlight::webrtc
