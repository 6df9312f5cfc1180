#include "http/turn_source.h"

#include <utility>

#include "http/http_connection.h"

namespace fanlight::http {
namespace {

struct TurnSource {
  GSource base;
  std::weak_ptr<const HttpConnection>* connection; // Owned: GLib zeroes the memory and frees it.
  gboolean called;
  gpointer polled; // Once it was called.
};

TurnSource* self(GSource* source) { return reinterpret_cast<TurnSource*>(source); }

gboolean prepare(GSource* source, gint* timeout) {
  *timeout = -1;
  if (self(source)->called) return FALSE;
  const auto connection = self(source)->connection->lock();
  if (!connection || connection->is_called()) return TRUE;
  *timeout = 0; // The next turn may be its own, and nothing else need be ready to begin one.
  return FALSE;
}

gboolean check(GSource* source) {
  gpointer polled = self(source)->polled;
  return polled != nullptr && g_source_query_unix_fd(source, polled) != 0;
}

gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
  const auto connection = self(source)->connection->lock();
  if (!std::exchange(self(source)->called, TRUE) && connection)
    self(source)->polled = g_source_add_unix_fd(source, connection->descriptor(),
                                                GIOCondition(G_IO_IN | G_IO_HUP | G_IO_ERR));
  return G_SOURCE_CONTINUE;
}

void finalize(GSource* source) { delete self(source)->connection; }

} // namespace

GSource* turn_source_new(GPollableInputStream* stream,
                         std::weak_ptr<const HttpConnection> connection,
                         GCancellable* cancellable) {
  static GSourceFuncs functions{prepare, check, dispatch, finalize, nullptr, nullptr};
  GSource* turn = g_source_new(&functions, sizeof(TurnSource));
  self(turn)->connection = new std::weak_ptr<const HttpConnection>(std::move(connection));
  GSource* source = g_pollable_source_new_full(stream, nullptr, cancellable);
  g_source_add_child_source(source, turn);
  g_source_unref(turn);
  return source;
}

} // namespace fanlight::http
