#pragma once

#include <cstdint>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

/// The stream of a WebSocket, guarded against its client.
///
/// Reading pauses after some bytes so that the main loop turns (libsoup reads for as long as data
/// is there), and fails on a message of more than `max_message` bytes in fragments, and on a client
/// that sends pings but reads no pongs; libsoup closes the socket then. Writing is that of
/// `stream`.
Owned<GIOStream> guard_websocket(GIOStream* stream, std::uint64_t max_message);

} // namespace fanlight::http
