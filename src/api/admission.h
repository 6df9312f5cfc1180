#pragma once

#include <optional>
#include <string>

#include "config/config.h"
#include "http/exchange.h"
#include "http/problem.h"

namespace fanlight::http {

/// Who asks, as far as it matters for what it may do.
struct Visitor {
  std::string address;  ///< Numeric, of the connection.
  std::string host;     ///< Of the Host header, with port.
  std::string origin;   ///< Of the Origin header; empty: none.
  std::string site;     ///< Of the Sec-Fetch-Site header; empty: none.
  std::string mode;     ///< Of the Sec-Fetch-Mode header.
  std::string dest;     ///< Of the Sec-Fetch-Dest header.
  bool proxied = false; ///< Forwarded for somebody else.
  bool reads = false;   ///< GET or HEAD.
};

Visitor visitor_of(const Exchange& exchange);

/// Why the visitor may not watch cameras or read about them (docs/embed.md), and what to write into
/// the configuration if the page is theirs: unknown_host or foreign_page; none: it may. Keeps out
/// the pages of strangers that somebody on this network has open, also those whose name a stranger
/// has made lead here (DNS rebinding).
std::optional<Problem> viewing_refusal(const Visitor& visitor, const config::Server& server,
                                       const config::Embed& embed);

/// Why the visitor may not change settings (docs/settings.md); empty: it may.
std::string settings_refusal(const Visitor& visitor, const config::Server& server);

} // namespace fanlight::http
