#pragma once

#include <memory>

#include <gio/gio.h>

namespace fanlight::http {

class HttpConnection;

/// A source for a reader of `stream` (transfer full): ready when `socket` is readable. If
/// `connection` is given, the connection had used up its share of a turn: the source is first ready
/// in the turn in which the connection is called (HttpConnection::is_called()). Until then the
/// socket is not polled, because to report the same bytes in every turn costs more than to read
/// them.
///
/// `has_pending`, if given, says whether the stream has bytes that do not make the socket readable.
///
/// GLib's own would be three sources, and the loop checks each of them in every turn, even for idle
/// connections.
GSource* turn_source_new(GPollableInputStream* stream, GSocket* socket,
                         std::shared_ptr<const HttpConnection> connection,
                         bool (*has_pending)(GPollableInputStream* stream),
                         GCancellable* cancellable);

} // namespace fanlight::http
