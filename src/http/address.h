#pragma once

#include <string>

#include <gio/gio.h>

#include "base/result.h"
#include "http/owned.h"

namespace fanlight::http {

/// Reads `server.listen`: host:port, [v6]:port, or :port for every interface. A host name is looked
/// up, which may block: at start only. Errc::invalid with what would be right.
Result<Owned<GSocketAddress>> parse_listen(const std::string& listen);

/// "192.0.2.1:8080" or "[2001:db8::1]:8080".
std::string to_string(GSocketAddress* address);

/// The same without the port and the brackets.
std::string host_of(GSocketAddress* address);

} // namespace fanlight::http
