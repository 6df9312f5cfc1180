#pragma once

#include <cstdint>
#include <memory>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

class HttpConnection;

/// The stream of a WebSocket, guarded against its client.
///
/// Its frames are told to the connection as the work of this turn of the loop. Reading fails on a
/// message of more than `max_message` bytes in fragments, and on a client that sends pings but
/// reads no pongs; libsoup closes the socket then. How much has come of the message that is under
/// way is told to the connection. Writing is that of `stream`.
Owned<GIOStream> guard_websocket(GIOStream* stream, std::uint64_t max_message,
                                 std::weak_ptr<HttpConnection> connection);

} // namespace fanlight::http
