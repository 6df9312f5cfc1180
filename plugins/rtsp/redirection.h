#pragma once

#include <string>

namespace fanlight::rtsp {

/// Where an answer redirects to.
struct Redirection {
  enum class Fault {
    none,
    nowhere,    ///< It names no address.
    not_rtsp,   ///< Another protocol.
    unencrypted ///< From TLS to a connection without it.
  };
  Fault fault = Fault::none;
  std::string url; ///< Without a login. With a fault: as the camera sent it.
};

/// Reads the Location header, absolute or relative, of an answer to a request for `requested`.
/// `tls` tells whether the request used TLS.
Redirection redirection_of(const std::string& requested, const std::string& location, bool tls);

} // namespace fanlight::rtsp
