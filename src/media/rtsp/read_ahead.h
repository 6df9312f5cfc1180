#pragma once

namespace fanlight::media {

/// What connects by an RtspSockets without TLS reads ahead: what has come is taken from the kernel
/// at once, not in three pieces for each RTP packet; and what comes is measured (MessageMeter).
///
/// rtspsrc connects by GSocketClient, which asks the process's GProxyResolver for a way and lets a
/// GProxy of that way make the connection it uses. Ours is such a resolver and such a way, and
/// connects to the camera itself. A location for which a proxy is configured goes by that proxy,
/// without reading ahead; so does an IPv6 address with a zone, which a GProxyAddress has no room
/// for. GLib calls us a proxy in errors of its own. Before the process makes its first connection:
/// GIO keeps the resolver that it finds then. Threads: any.
void install_read_ahead();

} // namespace fanlight::media
