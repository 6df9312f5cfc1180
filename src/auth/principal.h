#pragma once

#include <string>

namespace fanlight::http {
class Exchange;
}

namespace fanlight::auth {

/// The web page that sends a request, as its browser describes it. Other clients do not say.
struct RequestOrigin {
  std::string host;       ///< With port: the server's name for this client.
  std::string proxy_host; ///< What a trusted proxy has put into Host instead; empty: nothing.
  std::string origin;     ///< From the Origin header; empty: none.
  std::string site;       ///< From the Sec-Fetch-Site header; empty: none.
  std::string mode;       ///< From the Sec-Fetch-Mode header.
  std::string dest;       ///< From the Sec-Fetch-Dest header.
  bool reads = false;     ///< GET or HEAD.
};

/// The client, as far as permissions depend on it. There are no logins yet: its address and its
/// page identify it.
struct Principal {
  std::string address;  ///< Numeric: of the HTTP connection, or as a trusted proxy says.
  bool proxied = false; ///< A proxy forwarded the request; the client's address is unknown.
  RequestOrigin page;

  bool is_on_this_machine() const;
  bool is_on_private_network() const; ///< RFC 1918, RFC 3927, RFC 4193, RFC 4291, or this machine.
};

Principal principal_of(const http::Exchange& exchange);
/// For a WebSocket handshake. Ignores Sec-Fetch-Site: Chromium does not send it there, and other
/// browsers send cross-site even for the server's own page.
Principal principal_of_socket(const http::Exchange& exchange);

} // namespace fanlight::auth
