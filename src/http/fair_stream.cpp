#include "http/fair_stream.h"

#include <utility>

#include "http/frame_meter.h"
#include "http/http_connection.h"
#include "http/rota.h"

namespace {

using fanlight::http::FrameMeter;
using fanlight::http::HttpConnection;
using fanlight::http::Rota;

struct FairStream {
  GFilterInputStream parent;
  GPollableOutputStream* output;             // Owned.
  FrameMeter* meter;                         // Owned: GObject memory is zeroed, not constructed.
  std::weak_ptr<HttpConnection>* connection; // Owned.
  guint64 max_message;
};

struct FairStreamClass {
  GFilterInputStreamClass parent;
};

void fair_stream_pollable_init(GPollableInputStreamInterface* interface, gpointer);

G_DEFINE_TYPE_WITH_CODE(FairStream, fair_stream, G_TYPE_FILTER_INPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_INPUT_STREAM,
                                              fair_stream_pollable_init))

GPollableInputStream* base_of(gpointer stream) {
  return G_POLLABLE_INPUT_STREAM(
      g_filter_input_stream_get_base_stream(G_FILTER_INPUT_STREAM(stream)));
}

gboolean fair_stream_is_readable(GPollableInputStream* stream) {
  return g_pollable_input_stream_is_readable(base_of(stream));
}

GSource* fair_stream_create_source(GPollableInputStream* stream, GCancellable* cancellable) {
  // A source around this one would cost more than the read; libsoup does not check its stream.
  return g_pollable_input_stream_create_source(base_of(stream), cancellable);
}

gssize fair_stream_read_nonblocking(GPollableInputStream* stream, void* buffer, gsize count,
                                    GError** error) {
  auto* self = reinterpret_cast<FairStream*>(stream);
  const gssize got =
      g_pollable_input_stream_read_nonblocking(base_of(stream), buffer, count, nullptr, error);
  if (got <= 0) return got;
  const guint64 frames = self->meter->frames();
  self->meter->feed({static_cast<const char*>(buffer), static_cast<std::size_t>(got)});
  if (const auto connection = self->connection->lock()) {
    connection->charge((self->meter->frames() - frames) * Rota::kMessage);
    connection->on_message_part(self->meter->messages(), self->meter->unfinished_bytes());
  }
  if (self->meter->message_bytes() > self->max_message) {
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                "the message is larger than %" G_GUINT64_FORMAT " bytes", self->max_message);
    return -1;
  }
  // libsoup queues a pong for each ping, without a limit.
  if (self->meter->take_pings() > 0 && !g_pollable_output_stream_is_writable(self->output)) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_BUSY,
                        "the client sends pings but reads nothing");
    return -1;
  }
  return got;
}

void fair_stream_pollable_init(GPollableInputStreamInterface* interface, gpointer) {
  interface->is_readable = fair_stream_is_readable;
  interface->create_source = fair_stream_create_source;
  interface->read_nonblocking = fair_stream_read_nonblocking;
}

void fair_stream_finalize(GObject* object) {
  auto* self = reinterpret_cast<FairStream*>(object);
  g_clear_object(&self->output);
  delete self->meter;
  delete self->connection;
  G_OBJECT_CLASS(fair_stream_parent_class)->finalize(object);
}

void fair_stream_class_init(FairStreamClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = fair_stream_finalize;
}

void fair_stream_init(FairStream* self) {
  self->meter = new FrameMeter;
  self->connection = new std::weak_ptr<HttpConnection>;
}

} // namespace

namespace fanlight::http {

Owned<GIOStream> guard_websocket(GIOStream* stream, std::uint64_t max_message,
                                 std::weak_ptr<HttpConnection> connection) {
  GOutputStream* output = g_io_stream_get_output_stream(stream);
  const Owned<GInputStream> input{G_INPUT_STREAM(g_object_new(
      fair_stream_get_type(), "base-stream", g_io_stream_get_input_stream(stream), nullptr))};
  auto* fair = reinterpret_cast<FairStream*>(input.get());
  fair->output = share(G_POLLABLE_OUTPUT_STREAM(output)).release();
  fair->max_message = max_message;
  *fair->connection = std::move(connection);
  return Owned<GIOStream>{g_simple_io_stream_new(input.get(), output)};
}

} // namespace fanlight::http
