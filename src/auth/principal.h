#pragma once

#include <string>

namespace fanlight::http {
class Exchange;
}

namespace fanlight::auth {

/// The web page that a request comes from, as its browser says. Other clients say nothing of it.
struct RequestOrigin {
  std::string host;   ///< Of the Host header, with port: the name by which it knows this server.
  std::string origin; ///< Of the Origin header; empty: none.
  std::string site;   ///< Of the Sec-Fetch-Site header; empty: none.
  std::string mode;   ///< Of the Sec-Fetch-Mode header.
  std::string dest;   ///< Of the Sec-Fetch-Dest header.
  bool reads = false; ///< GET or HEAD.
};

/// Who asks, as far as it matters for what it may do. There are no logins yet: it is known by its
/// address and by its page.
struct Principal {
  std::string address;  ///< Numeric, of the connection.
  bool proxied = false; ///< Forwarded for somebody else, whose address is not known.
  RequestOrigin page;

  bool is_on_this_machine() const;
  bool is_on_private_network() const; ///< RFC 1918, RFC 3927, RFC 4193, RFC 4291; this machine too.
};

Principal principal_of(const http::Exchange& exchange);
/// Of the handshake of a WebSocket, whose Sec-Fetch-Site is not heeded: Chromium does not send it,
/// and others say cross-site of the server's own page.
Principal principal_of_socket(const http::Exchange& exchange);

} // namespace fanlight::auth
