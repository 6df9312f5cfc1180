#pragma once

#include <span>
#include <string>
#include <vector>

#include <libsoup/soup.h>

namespace fanlight::http {

/// The client of a request, also behind proxies.
struct Client {
  std::string address;       ///< Numeric, without port.
  std::string peer;          ///< The same of the TCP connection: the client's, or a proxy's.
  std::string host;          ///< As the client named the server, with port; empty: it did not.
  std::string proxy_host;    ///< As the trusted proxy named it; empty: like the client.
  bool secure = false;       ///< The client uses HTTPS.
  bool trusted_peer = false; ///< The TCP connection is that of a trusted proxy.
  bool hidden = false;       ///< A proxy forwarded the request, or may have, and does not say for
                             ///< whom in a way that can be trusted: `address` is the proxy's.
};

/// How a request arrived.
struct Arrival {
  std::string peer; ///< The address, numeric, at the other end of the TCP connection.
  bool tls = false;
  SoupHTTPVersion version = SOUP_HTTP_1_1;
};

/// Reads the client of a request. Only proxies whose address is in one of the ranges `trusted` (see
/// Subnet) may speak for others, by X-Forwarded-For, X-Forwarded-Proto and X-Forwarded-Host.
Client client_of(SoupMessageHeaders* headers, const Arrival& arrival,
                 std::span<const std::string> trusted);

} // namespace fanlight::http
