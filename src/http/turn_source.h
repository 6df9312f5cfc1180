#pragma once

#include <memory>

#include <gio/gio.h>

namespace fanlight::http {

class HttpConnection;

/// A source for a reader of `stream`, transfer full: it is ready whenever `socket` has something to
/// read. Where `connection` is given, its share of a turn has stopped the reader: the source is
/// ready in the turn in which the connection is called (HttpConnection::is_called()) first, and
/// until then nobody polls the socket: to be told of the same bytes in every turn cost more than to
/// read them.
///
/// GLib's own would be three sources, and the loop looks at each of them in every turn, however
/// idle its connection is.
GSource* turn_source_new(GPollableInputStream* stream, GSocket* socket,
                         std::shared_ptr<const HttpConnection> connection,
                         GCancellable* cancellable);

} // namespace fanlight::http
