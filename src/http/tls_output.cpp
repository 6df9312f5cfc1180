#include "http/tls_output.h"

#include <utility>

#include "http/tls_session.h"

namespace {

using fanlight::http::Owned;
using fanlight::http::TlsSession;

struct TlsOutput {
  GFilterOutputStream parent;
  std::shared_ptr<TlsSession>* session; // Owned: GObject memory is zeroed, not constructed.
};

struct TlsOutputClass {
  GFilterOutputStreamClass parent;
};

void tls_output_pollable_init(GPollableOutputStreamInterface* interface, gpointer);

G_DEFINE_TYPE_WITH_CODE(TlsOutput, tls_output, G_TYPE_FILTER_OUTPUT_STREAM,
                        G_IMPLEMENT_INTERFACE(G_TYPE_POLLABLE_OUTPUT_STREAM,
                                              tls_output_pollable_init))

TlsSession& session_of(gpointer stream) { return **reinterpret_cast<TlsOutput*>(stream)->session; }

GPollableOutputStream* base_of(gpointer stream) {
  return G_POLLABLE_OUTPUT_STREAM(
      g_filter_output_stream_get_base_stream(G_FILTER_OUTPUT_STREAM(stream)));
}

gboolean tls_output_is_writable(GPollableOutputStream* stream) {
  return static_cast<gboolean>(session_of(stream).is_writable());
}

/// Ready when the socket is writable: then what is not sent yet goes out first.
GSource* tls_output_create_source(GPollableOutputStream* stream, GCancellable* cancellable) {
  GSource* socket = g_pollable_output_stream_create_source(base_of(stream), nullptr);
  GSource* source = g_pollable_source_new_full(stream, socket, cancellable);
  g_source_unref(socket);
  return source;
}

gssize tls_output_write_nonblocking(GPollableOutputStream* stream, const void* buffer, gsize count,
                                    GError** error) {
  return session_of(stream).write(buffer, count, error);
}

/// The base class would write to the socket as it is.
gssize tls_output_write(GOutputStream*, const void*, gsize, GCancellable*, GError** error) {
  g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "the stream does not block");
  return -1;
}

gboolean tls_output_close(GOutputStream* stream, GCancellable* cancellable, GError** error) {
  session_of(stream).close();
  return G_OUTPUT_STREAM_CLASS(tls_output_parent_class)->close_fn(stream, cancellable, error);
}

/// libsoup closes WebSockets so; the base class would close on another thread.
void tls_output_close_async(GOutputStream* stream, int, GCancellable* cancellable,
                            GAsyncReadyCallback callback, gpointer data) {
  const Owned<GTask> task{g_task_new(stream, cancellable, callback, data)};
  GError* error = nullptr;
  if (tls_output_close(stream, cancellable, &error))
    g_task_return_boolean(task.get(), TRUE);
  else
    g_task_return_error(task.get(), error);
}

gboolean tls_output_close_finish(GOutputStream*, GAsyncResult* result, GError** error) {
  return g_task_propagate_boolean(G_TASK(result), error);
}

void tls_output_pollable_init(GPollableOutputStreamInterface* interface, gpointer) {
  interface->is_writable = tls_output_is_writable;
  interface->create_source = tls_output_create_source;
  interface->write_nonblocking = tls_output_write_nonblocking;
}

void tls_output_finalize(GObject* object) {
  delete reinterpret_cast<TlsOutput*>(object)->session; // dispose() has closed the stream.
  G_OBJECT_CLASS(tls_output_parent_class)->finalize(object);
}

void tls_output_class_init(TlsOutputClass* klass) {
  G_OBJECT_CLASS(klass)->finalize = tls_output_finalize;
  G_OUTPUT_STREAM_CLASS(klass)->write_fn = tls_output_write;
  G_OUTPUT_STREAM_CLASS(klass)->close_fn = tls_output_close;
  G_OUTPUT_STREAM_CLASS(klass)->close_async = tls_output_close_async;
  G_OUTPUT_STREAM_CLASS(klass)->close_finish = tls_output_close_finish;
}

void tls_output_init(TlsOutput* self) { self->session = new std::shared_ptr<TlsSession>; }

} // namespace

namespace fanlight::http {

Owned<GOutputStream> tls_output_new(GOutputStream* base, std::shared_ptr<TlsSession> session) {
  Owned<GOutputStream> stream{
      G_OUTPUT_STREAM(g_object_new(tls_output_get_type(), "base-stream", base, nullptr))};
  *reinterpret_cast<TlsOutput*>(stream.get())->session = std::move(session);
  return stream;
}

} // namespace fanlight::http
