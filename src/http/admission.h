#pragma once

#include <string>

#include "config.h"
#include "http/exchange.h"

namespace fanlight::http {

/// Who asks, as far as it matters for changing settings.
struct Visitor {
  std::string address;  ///< Numeric, of the connection.
  std::string host;     ///< Of the Host header, with port.
  std::string origin;   ///< Of the Origin header; empty: none.
  std::string site;     ///< Of the Sec-Fetch-Site header; empty: none.
  bool proxied = false; ///< Forwarded for somebody else.
  bool reads = false;   ///< GET or HEAD.
};

Visitor visitor_of(const Exchange& exchange);

/// Why the visitor may not change settings (docs/settings.md); empty: it may.
std::string refusal(const Visitor& visitor, config::Access access);

} // namespace fanlight::http
