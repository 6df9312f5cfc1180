#include "http/turn_source.h"

#include <utility>

#include "http/http_connection.h"
#include "http/poller.h"

namespace fanlight::http {
namespace {

struct TurnSource {
  GSource base;
  GPollableInputStream* stream; // Owned, as its socket is.
  GSocket* socket;
  std::weak_ptr<const HttpConnection>* connection; // Owned; null: it was called, or need not be.
  Poller::Waiter* waiter; // Owned; watches after the connection was called.
  bool (*has_pending)(GPollableInputStream* stream); // Null: all bytes make the socket readable.
};

TurnSource* self(GSource* source) { return reinterpret_cast<TurnSource*>(source); }

void poll(GSource* source) {
  Poller::get()->watch(*self(source)->waiter, g_socket_get_fd(self(source)->socket));
}

gboolean prepare(GSource* source, gint* timeout) {
  *timeout = -1;
  if (self(source)->connection == nullptr) {
    const auto has_pending = self(source)->has_pending;
    return static_cast<gboolean>(has_pending != nullptr && has_pending(self(source)->stream));
  }
  const auto connection = self(source)->connection->lock();
  if (!connection || connection->is_called()) return TRUE;
  *timeout = 0; // The next turn may be its turn, and no other source may be ready to begin one.
  return FALSE;
}

gboolean check(GSource* source) {
  return static_cast<gboolean>(Poller::get()->is_ready(*self(source)->waiter));
}

gboolean dispatch(GSource* source, GSourceFunc function, gpointer data) {
  if (const auto* connection = std::exchange(self(source)->connection, nullptr)) {
    if (!connection->expired()) poll(source);
    delete connection;
  }
  const auto ready = reinterpret_cast<GPollableSourceFunc>(reinterpret_cast<void (*)()>(function));
  return ready(G_OBJECT(self(source)->stream), data);
}

void finalize(GSource* source) {
  delete self(source)->connection;
  Poller::get()->forget(*self(source)->waiter);
  delete self(source)->waiter;
  g_object_unref(self(source)->socket);
  g_object_unref(self(source)->stream);
}

/// What g_source_set_closure() and g_source_set_dummy_callback() call.
gboolean call_closure(GObject* stream, gpointer data) {
  auto* closure = static_cast<GClosure*>(data);
  GValue result = G_VALUE_INIT;
  GValue parameter = G_VALUE_INIT;
  g_value_init(&result, G_TYPE_BOOLEAN);
  g_value_init(&parameter, G_TYPE_OBJECT);
  g_value_set_object(&parameter, stream);
  g_closure_invoke(closure, &result, 1, &parameter, nullptr);
  const gboolean again = g_value_get_boolean(&result);
  g_value_unset(&parameter);
  g_value_unset(&result);
  return again;
}

} // namespace

GSource* turn_source_new(GPollableInputStream* stream, GSocket* socket,
                         std::shared_ptr<const HttpConnection> connection,
                         bool (*has_pending)(GPollableInputStream* stream),
                         GCancellable* cancellable) {
  static GSourceFuncs called{prepare, check, dispatch, finalize, G_SOURCE_FUNC(call_closure),
                             nullptr};
  // One that need not be called has nothing to prepare: of most, the loop asks once less in a turn.
  static GSourceFuncs polled{nullptr, check, dispatch, finalize, G_SOURCE_FUNC(call_closure),
                             nullptr};
  const bool asks = connection || has_pending != nullptr;
  GSource* source = g_source_new(asks ? &called : &polled, sizeof(TurnSource));
  self(source)->stream = G_POLLABLE_INPUT_STREAM(g_object_ref(stream));
  self(source)->socket = G_SOCKET(g_object_ref(socket));
  self(source)->waiter = new Poller::Waiter;
  self(source)->has_pending = has_pending;
  if (connection)
    self(source)->connection = new std::weak_ptr<const HttpConnection>(std::move(connection));
  else
    poll(source);
  if (cancellable != nullptr) {
    GSource* cancelled = g_cancellable_source_new(cancellable);
    g_source_set_dummy_callback(cancelled);
    g_source_add_child_source(source, cancelled);
    g_source_unref(cancelled);
  }
  return source;
}

} // namespace fanlight::http
