#include "http/inlet.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <libsoup/soup.h>

#include "http/http_connection.h"
#include "http/rota.h"
#include "http/tls_output.h"
#include "http/tls_session.h"
#include "http/turn_source.h"

namespace {

using fanlight::http::HttpConnection;
using fanlight::http::Rota;
using fanlight::http::TlsSession;

constexpr char kLastLine[] = "-\n";
constexpr gssize kLastLineSize = sizeof kLastLine - 1;

bool needs_last_line() {
  static const bool needs = !soup_check_version(3, 3, 0);
  return needs;
}

struct InletStream {
  GFilterInputStream parent;
  GSocketConnection* owner;                  // Owned: the base stream closes with it.
  std::weak_ptr<HttpConnection>* connection; // Owned: GObject memory is zeroed, not constructed.
  std::shared_ptr<TlsSession>* tls;          // Owned; holds null: the connection is plain.
  gboolean put_off;                          // The last read was not admitted.
  gboolean over;
};

struct InletStreamClass {
  GFilterInputStreamClass parent;
};

void inlet_stream_pollable_init(GPollableInputStreamInterface* interface, gpointer);

G_DEFINE_TYPE_WITH_CODE(InletStream, inlet_stream, G_TYPE_FILTER_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM,
                                              inlet_stream_pollable_init))

GPollableInputStream* base_of(gpointer stream) {
  return G_POLLABLE_INPUT_STREAM(
      g_filter_input_stream_get_base_stream(G_FILTER_INPUT_STREAM(stream)));
}

TlsSession* tls_of(gpointer stream) { return reinterpret_cast<InletStream*>(stream)->tls->get(); }

bool has_pending(GPollableInputStream* stream) { return tls_of(stream)->has_pending(); }

gboolean inlet_stream_is_readable(GPollableInputStream* stream) {
  if (tls_of(stream) != nullptr && has_pending(stream)) return TRUE;
  return g_pollable_input_stream_is_readable(base_of(stream));
}

GSource* inlet_stream_create_source(GPollableInputStream* stream, GCancellable* cancellable) {
  auto* self = reinterpret_cast<InletStream*>(stream);
  GSocket* socket = g_socket_connection_get_socket(self->owner);
  const TlsSession* tls = tls_of(stream);
  GSource* source =
      turn_source_new(stream, socket, self->put_off ? self->connection->lock() : nullptr,
                      tls != nullptr ? has_pending : nullptr, cancellable);
  if (tls != nullptr && tls->wants_to_write()) {
    GSource* writable = g_socket_create_source(socket, G_IO_OUT, nullptr);
    g_source_set_dummy_callback(writable);
    g_source_add_child_source(source, writable);
    g_source_unref(writable);
  }
  return source;
}

gssize read_some(InletStream* self, void* buffer, gsize count, GError** error) {
  const auto connection = self->connection->lock();
  TlsSession* tls = tls_of(self);
  if (tls == nullptr) {
    const gssize got =
        g_pollable_input_stream_read_nonblocking(base_of(self), buffer, count, nullptr, error);
    if (got > 0 && connection) connection->on_bytes(static_cast<std::size_t>(got));
    return got;
  }
  const gssize got = tls->read(buffer, count, error);
  if (!connection) return got;
  if (got > 0) connection->on_bytes(static_cast<std::size_t>(got));
  // Of tiny records, most bytes are not the client's text.
  const std::size_t text = got > 0 ? static_cast<std::size_t>(got) : 0;
  const std::size_t received = tls->take_received();
  connection->charge(received - std::min(received, text));
  if (tls->take_handshake()) connection->charge(Rota::kHandshake);
  return got;
}

gssize inlet_stream_read_nonblocking(GPollableInputStream* stream, void* buffer, gsize count,
                                     GError** error) {
  auto* self = reinterpret_cast<InletStream*>(stream);
  if (self->over) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_CONNECTION_CLOSED,
                        "the client has disconnected");
    return -1;
  }
  const auto connection = self->connection->lock();
  self->put_off = connection && !connection->may_read();
  if (self->put_off) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK, "other connections go first");
    return -1;
  }
  GError* failure = nullptr;
  const gssize got = read_some(self, buffer, count, &failure);
  const bool ended =
      got == 0 || (got < 0 && !g_error_matches(failure, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK));
  if (ended && connection) connection->charge(Rota::kRequest); // To let go of it is work, too.
  if (ended && needs_last_line() && count >= kLastLineSize && connection &&
      connection->phase() == HttpConnection::Phase::idle) {
    g_clear_error(&failure);
    self->over = TRUE;
    std::memcpy(buffer, kLastLine, kLastLineSize);
    return kLastLineSize;
  }
  if (failure != nullptr) g_propagate_error(error, failure);
  return got;
}

void inlet_stream_pollable_init(GPollableInputStreamInterface* interface, gpointer) {
  interface->is_readable = inlet_stream_is_readable;
  interface->create_source = inlet_stream_create_source;
  interface->read_nonblocking = inlet_stream_read_nonblocking;
}

/// The base class would read the socket as it is.
gssize inlet_stream_read(GInputStream*, void*, gsize, GCancellable*, GError** error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the stream does not block");
  return -1;
}

void inlet_stream_finalize(GObject* object) {
  auto* self = reinterpret_cast<InletStream*>(object);
  g_clear_object(&self->owner);
  delete self->connection;
  delete self->tls;
  G_OBJECT_CLASS(inlet_stream_parent_class)->finalize(object);
}

void inlet_stream_class_init(InletStreamClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = inlet_stream_finalize;
  G_INPUT_STREAM_CLASS(klass)->read_fn = inlet_stream_read;
}

void inlet_stream_init(InletStream* self) {
  self->connection = new std::weak_ptr<HttpConnection>;
  self->tls = new std::shared_ptr<TlsSession>;
}

} // namespace

namespace fanlight::http {

Inlet::Inlet(GSocket* socket, std::shared_ptr<TlsSession> tls) {
  const Owned<GSocketConnection> plain{g_socket_connection_factory_create_connection(socket)};
  GIOStream* base = G_IO_STREAM(plain.get());
  const Owned<GInputStream> input{G_INPUT_STREAM(g_object_new(
      inlet_stream_get_type(), "base-stream", g_io_stream_get_input_stream(base), nullptr))};
  input_ = input.get();
  reinterpret_cast<InletStream*>(input_)->owner = share(plain.get()).release();
  *reinterpret_cast<InletStream*>(input_)->tls = tls;
  GOutputStream* plain_output = g_io_stream_get_output_stream(base);
  const Owned<GOutputStream> output =
      tls ? tls_output_new(plain_output, std::move(tls)) : share(plain_output);
  const Owned<GIOStream> both{g_simple_io_stream_new(input.get(), output.get())};
  stream_.reset(G_SOCKET_CONNECTION(g_tcp_wrapper_connection_new(both.get(), socket)));
}

void Inlet::set_connection(std::weak_ptr<HttpConnection> connection) {
  *reinterpret_cast<InletStream*>(input_)->connection = std::move(connection);
}

} // namespace fanlight::http
