#pragma once

#include <cstdint>
#include <memory>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

class HttpConnection;

/// Guards the stream of a WebSocket against its client.
///
/// It reports frames to the connection as work in this turn of the loop, and how many bytes of the
/// current message have arrived. Reading fails if a message in fragments exceeds `max_message`
/// bytes, or if the client sends pings but reads no pongs; libsoup then closes the socket. Writing
/// goes to `stream` directly.
Owned<GIOStream> guard_websocket(GIOStream* stream, std::uint64_t max_message,
                                 std::weak_ptr<HttpConnection> connection);

} // namespace fanlight::http
