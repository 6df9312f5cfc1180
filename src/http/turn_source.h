#pragma once

#include <memory>

#include <gio/gio.h>

namespace fanlight::http {

class HttpConnection;

/// A source for a reader of `stream` whom the connection's share of a turn has stopped, transfer
/// full: it is ready in the turn in which the connection is called (HttpConnection::is_called()),
/// and from then on whenever there is something to read. Until it is called nobody polls the
/// socket: to be told of the same bytes in every turn cost more than to read them.
GSource* turn_source_new(GPollableInputStream* stream,
                         std::weak_ptr<const HttpConnection> connection, GCancellable* cancellable);

} // namespace fanlight::http
