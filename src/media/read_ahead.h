#pragma once

#include <string>

namespace fanlight::media {

/// While it lives, new connections to the host and port of a location read ahead: what has come is
/// taken from the kernel at once, not in three pieces for each RTP packet.
///
/// rtspsrc connects by GSocketClient, which asks the process's GProxyResolver for a way and lets a
/// GProxy of that way make the connection it uses. Ours is such a resolver and such a way, and
/// connects to the camera itself. A location for which a proxy is configured goes by that proxy,
/// without reading ahead; so does an IPv6 address with a zone, which a GProxyAddress has no room
/// for. GLib calls us a proxy in errors of its own. Threads: any.
class ReadAhead {
 public:
  explicit ReadAhead(const std::string& location);
  ~ReadAhead();
  ReadAhead(const ReadAhead&) = delete;
  ReadAhead& operator=(const ReadAhead&) = delete;

  /// Before the process makes its first connection: GIO keeps the resolver that it finds then.
  static void install();

 private:
  const std::string place_; // Host and port.
};

} // namespace fanlight::media
