#pragma once

namespace fanlight::media {

/// Makes connections of an RtspSockets without TLS read ahead: one system call takes everything
/// that has arrived, instead of three for each RTP packet. MessageMeter measures what arrives.
///
/// rtspsrc connects by GSocketClient, which asks the process's GProxyResolver for a proxy and lets
/// the GProxy of that scheme make the connection. We install such a resolver and such a GProxy,
/// which connects to the camera itself. If a proxy is configured for an address, the connection
/// uses that proxy and does not read ahead; nor does an IPv6 address with a zone, which
/// GProxyAddress cannot hold. GLib's own error messages call our GProxy a proxy. Call this before
/// the process makes its first connection: GIO keeps the resolver that it finds then. Threads: any.
void install_read_ahead();

} // namespace fanlight::media
