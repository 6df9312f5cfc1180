#include "media/rtsp/read_ahead.h"

#include <mutex>
#include <string>
#include <string_view>

#include <gio/gio.h>

#include "gst/ref.h"
#include "media/rtsp/read_ahead_stream.h"
#include "media/rtsp/sockets.h"

namespace fanlight::media {
namespace {

/// The scheme of our proxy type, and the name of our resolver.
constexpr const char* kWay = "fanlight-read-ahead";
constexpr guint16 kRtspPort = 554;
constexpr gint kFirst = 1000; // Before the resolvers of GIO.

/// Whether a GProxyAddress has room for its host.
bool has_room(const std::string& uri) {
  const auto address = Ref<GNetworkAddress>::adopt(
      G_NETWORK_ADDRESS(g_network_address_parse_uri(uri.c_str(), kRtspPort, nullptr)));
  return address && std::string_view{g_network_address_get_hostname(address.get())}.find('%') ==
                        std::string_view::npos;
}

// ---- The way ----

struct ReadAheadWay {
  GObject parent;
};
struct ReadAheadWayClass {
  GObjectClass parent;
};

GIOStream* connect_way(GProxy*, GIOStream* connection, GProxyAddress*, GCancellable*,
                       GError** error) {
  auto sockets = RtspSockets::here();
  if (!sockets) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        "the server has given up this connection");
    return nullptr;
  }
  sockets->measure();
  const auto input = Ref<GInputStream>::adopt(read_ahead_stream_new(
      g_socket_connection_get_socket(G_SOCKET_CONNECTION(connection)), std::move(sockets)));
  GIOStream* ahead = g_simple_io_stream_new(input.get(), g_io_stream_get_output_stream(connection));
  // The connection would close its streams when its last reference goes.
  g_object_set_data_full(G_OBJECT(ahead), kWay, g_object_ref(connection), g_object_unref);
  return ahead;
}

void connect_way_async(GProxy* proxy, GIOStream* connection, GProxyAddress* address,
                       GCancellable* cancellable, GAsyncReadyCallback done, gpointer data) {
  const auto task = Ref<GTask>::adopt(g_task_new(proxy, cancellable, done, data));
  GError* error = nullptr;
  GIOStream* ahead = connect_way(proxy, connection, address, cancellable, &error);
  if (ahead == nullptr) return g_task_return_error(task.get(), error);
  g_task_return_pointer(task.get(), ahead, g_object_unref);
}

GIOStream* connect_way_finish(GProxy*, GAsyncResult* result, GError** error) {
  return static_cast<GIOStream*>(g_task_propagate_pointer(G_TASK(result), error));
}

void read_ahead_way_proxy_init(GProxyInterface* interface) {
  interface->connect = connect_way;
  interface->connect_async = connect_way_async;
  interface->connect_finish = connect_way_finish;
  interface->supports_hostname = +[](GProxy*) -> gboolean { return TRUE; };
}
G_DEFINE_TYPE_WITH_CODE(ReadAheadWay, read_ahead_way, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_PROXY, read_ahead_way_proxy_init))
void read_ahead_way_class_init(ReadAheadWayClass*) {}
void read_ahead_way_init(ReadAheadWay*) {}

// ---- The resolver ----

struct ReadAheadResolver {
  GObject parent;
};
struct ReadAheadResolverClass {
  GObjectClass parent;
};
GType read_ahead_resolver_get_type();

/// The resolver that would be the default without ours. GIO has one even if there is no other.
GProxyResolver* other_resolver() {
  static const auto& other = *new auto([]() -> Ref<GProxyResolver> {
    GIOExtensionPoint* point = g_io_extension_point_lookup(G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
    for (GList* at = g_io_extension_point_get_extensions(point); at != nullptr; at = at->next) {
      const GType type = g_io_extension_get_type(static_cast<GIOExtension*>(at->data));
      if (type == read_ahead_resolver_get_type()) continue;
      auto resolver = Ref<GProxyResolver>::adopt(static_cast<GProxyResolver*>(
          g_type_is_a(type, G_TYPE_INITABLE) ? g_initable_new(type, nullptr, nullptr, nullptr)
                                             : g_object_new(type, nullptr)));
      if (resolver && g_proxy_resolver_is_supported(resolver.get())) return resolver;
    }
    return {};
  }());
  return other.get();
}

using Ways = Owned<gchar*, g_strfreev>;

Ways way(const std::string& uri) {
  const gchar* const list[] = {uri.c_str(), nullptr};
  return Ways{g_strdupv(const_cast<gchar**>(list))};
}

/// The result of the other resolver. If that is only the direct connection, and an RtspSockets
/// asks, the result is our own proxy type.
Ways ways_to(const gchar* uri, GCancellable* cancellable, GError** error) {
  const auto sockets = RtspSockets::here();
  if (sockets && sockets->closed()) {
    g_set_error_literal(error, G_IO_ERROR, G_IO_ERROR_FAILED,
                        "the server has given up this connection");
    return {};
  }
  GProxyResolver* other = other_resolver();
  Ways found = other == nullptr ? way("direct://")
                                : Ways{g_proxy_resolver_lookup(other, uri, cancellable, error)};
  const bool only_direct =
      found && g_strv_length(found.get()) == 1 && std::string_view{*found} == "direct://";
  const std::string_view text{uri};
  // The HTTP tunnel has the same messages in the direction from the camera.
  const bool plain = text.starts_with("rtsp://") || text.starts_with("http://");
  if (!only_direct || !plain || !sockets || sockets->tls() || !has_room(uri)) return found;
  return way(kWay + std::string{text.substr(4)});
}

gchar** look_up(GProxyResolver*, const gchar* uri, GCancellable* cancellable, GError** error) {
  return ways_to(uri, cancellable, error).release();
}

void look_up_async(GProxyResolver* self, const gchar* uri, GCancellable* cancellable,
                   GAsyncReadyCallback done, gpointer data) {
  const auto task = Ref<GTask>::adopt(g_task_new(self, cancellable, done, data));
  g_task_set_task_data(task.get(), g_strdup(uri), g_free);
  g_task_run_in_thread(
      task.get(), +[](GTask* running, gpointer, gpointer wanted, GCancellable* stop) {
        GError* error = nullptr;
        Ways ways = ways_to(static_cast<const gchar*>(wanted), stop, &error);
        if (error != nullptr) return g_task_return_error(running, error);
        g_task_return_pointer(running, ways.release(),
                              reinterpret_cast<GDestroyNotify>(g_strfreev));
      });
}

gchar** look_up_finish(GProxyResolver*, GAsyncResult* result, GError** error) {
  return static_cast<gchar**>(g_task_propagate_pointer(G_TASK(result), error));
}

void read_ahead_resolver_interface_init(GProxyResolverInterface* interface) {
  interface->is_supported = +[](GProxyResolver*) -> gboolean { return TRUE; };
  interface->lookup = look_up;
  interface->lookup_async = look_up_async;
  interface->lookup_finish = look_up_finish;
}
G_DEFINE_TYPE_WITH_CODE(ReadAheadResolver, read_ahead_resolver, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_PROXY_RESOLVER,
                                              read_ahead_resolver_interface_init))
void read_ahead_resolver_class_init(ReadAheadResolverClass*) {}
void read_ahead_resolver_init(ReadAheadResolver*) {}

/// If GIO_USE_PROXY_RESOLVER names another resolver, all connections stay unchanged.
void implement() {
  g_io_extension_point_register(G_PROXY_EXTENSION_POINT_NAME);
  g_io_extension_point_register(G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement(G_PROXY_EXTENSION_POINT_NAME, read_ahead_way_get_type(), kWay, 0);
  g_io_extension_point_implement(G_PROXY_RESOLVER_EXTENSION_POINT_NAME,
                                 read_ahead_resolver_get_type(), kWay, kFirst);
}

} // namespace

void install_read_ahead() {
  static std::once_flag once;
  std::call_once(once, implement);
}

} // namespace fanlight::media
