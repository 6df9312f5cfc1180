#pragma once

#include <string>

#include <gio/gio.h>

#include "base/result.h"
#include "http/owned.h"

namespace fanlight::http {

/// Reads an address to listen on: host:port, [v6]:port, or :port for every interface. Resolves a
/// host name, which may block: use it only at the start. Errc::invalid says what to write for
/// `key`.
Result<Owned<GSocketAddress>> parse_listen(const std::string& listen,
                                           const char* key = "server.listen");

/// "192.0.2.1:8080" or "[2001:db8::1]:8080".
std::string to_string(GSocketAddress* address);

/// The address without port and brackets.
std::string host_of(GSocketAddress* address);

} // namespace fanlight::http
