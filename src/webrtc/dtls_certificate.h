#pragma once

#include <string>

namespace fanlight::webrtc {

/// The certificate of the viewers on webrtcbin with its key, in PEM: ECDSA on P-256, signed by
/// itself. GStreamer would make an RSA one, and some stacks (str0m, aiortc) offer no suite for
/// that; P-256 all have (RFC 8827, section 6.5).
///
/// Made when it is first asked for, and anew after half a day. Empty when OpenSSL fails, which is
/// logged. Main only.
const std::string& dtls_certificate();

} // namespace fanlight::webrtc
