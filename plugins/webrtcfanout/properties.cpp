#include "properties.h"

#include "element.h"
#include "stats.h"

namespace fanlight::fanout {
namespace {

enum {
  PROP_0,
  PROP_PORT,
  PROP_TCP,
  PROP_WORKERS,
  PROP_PUBLIC_ADDRESSES,
  PROP_MAX_VIEWERS,
  PROP_MAX_GOP_BYTES,
  PROP_MAX_GOP_TIME,
  PROP_FORWARD_KEY_REQUESTS,
  PROP_STATS,
};

void set_property(GObject* object, guint id, const GValue* value, GParamSpec* pspec) {
  ElementState& state = *GST_WEBRTCFANOUT(object)->state;
  GST_OBJECT_LOCK(object);
  switch (id) {
  case PROP_PORT: state.transport.port = static_cast<guint16>(g_value_get_uint(value)); break;
  case PROP_TCP: state.transport.tcp = g_value_get_boolean(value); break;
  case PROP_WORKERS: state.transport.workers = g_value_get_uint(value); break;
  case PROP_PUBLIC_ADDRESSES: {
    state.subscribers.public_addresses.clear();
    const auto* addresses = static_cast<const gchar* const*>(g_value_get_boxed(value));
    for (; addresses != nullptr && *addresses != nullptr; ++addresses)
      state.subscribers.public_addresses.emplace_back(*addresses);
    break;
  }
  case PROP_MAX_VIEWERS: state.subscribers.max_viewers = g_value_get_uint(value); break;
  case PROP_MAX_GOP_BYTES: state.history.bytes = g_value_get_uint64(value); break;
  case PROP_MAX_GOP_TIME:
    state.history.duration_us = static_cast<gint64>(g_value_get_uint64(value) / GST_USECOND);
    break;
  case PROP_FORWARD_KEY_REQUESTS: state.forward_key_requests = g_value_get_boolean(value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
  GST_OBJECT_UNLOCK(object);
}

void get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) {
  const ElementState& state = *GST_WEBRTCFANOUT(object)->state;
  if (id == PROP_STATS) return g_value_take_boxed(value, stats_of(*state.fanout));
  if (id == PROP_PORT) {
    if (const auto transport = state.fanout->transport())
      return g_value_set_uint(value, transport->port());
  }
  GST_OBJECT_LOCK(object);
  switch (id) {
  case PROP_PORT: g_value_set_uint(value, state.transport.port); break;
  case PROP_TCP: g_value_set_boolean(value, state.transport.tcp); break;
  case PROP_WORKERS: g_value_set_uint(value, state.transport.workers); break;
  case PROP_PUBLIC_ADDRESSES: {
    auto** const addresses = g_new0(gchar*, state.subscribers.public_addresses.size() + 1);
    for (gsize i = 0; i < state.subscribers.public_addresses.size(); ++i)
      addresses[i] = g_strdup(state.subscribers.public_addresses[i].c_str());
    g_value_take_boxed(value, addresses);
    break;
  }
  case PROP_MAX_VIEWERS: g_value_set_uint(value, state.subscribers.max_viewers); break;
  case PROP_MAX_GOP_BYTES: g_value_set_uint64(value, state.history.bytes); break;
  case PROP_MAX_GOP_TIME:
    g_value_set_uint64(value, static_cast<guint64>(state.history.duration_us) * GST_USECOND);
    break;
  case PROP_FORWARD_KEY_REQUESTS: g_value_set_boolean(value, state.forward_key_requests); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
  GST_OBJECT_UNLOCK(object);
}

} // namespace

void install_properties(GObjectClass* klass) {
  klass->set_property = set_property;
  klass->get_property = get_property;
  constexpr auto kFlags =
      GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_READY);
  constexpr auto kAnytime =
      GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS | GST_PARAM_MUTABLE_PLAYING);
  constexpr Transport::Settings kTransport;
  constexpr History::Bounds kHistory;
  const auto install = [klass](guint id, GParamSpec* spec) {
    g_object_class_install_property(klass, id, spec);
  };
  install(PROP_PORT,
          g_param_spec_uint("port", "port",
                            "UDP port for all viewers, and TCP port for ICE-TCP; 0: a free one, "
                            "readable in READY. Elements with equal settings share the port",
                            0, 65535, kTransport.port, kFlags));
  install(PROP_TCP,
          g_param_spec_boolean("tcp", "tcp", "Whether viewers may connect by TCP if UDP is blocked",
                               kTransport.tcp, kFlags));
  install(PROP_WORKERS, g_param_spec_uint("workers", "workers",
                                          "Threads that serve the viewers; 0: one for each core", 0,
                                          128, kTransport.workers, kFlags));
  install(
      PROP_PUBLIC_ADDRESSES,
      g_param_spec_boxed("public-addresses", "public-addresses",
                         "Addresses (without port) announced instead of this machine's addresses "
                         "of the same family, for 1:1 NAT",
                         G_TYPE_STRV, kAnytime));
  install(PROP_MAX_VIEWERS,
          g_param_spec_uint("max-viewers", "max-viewers", "Maximum number of viewers; 0: no limit",
                            0, G_MAXUINT, 0, kAnytime));
  install(PROP_MAX_GOP_BYTES,
          g_param_spec_uint64("max-gop-bytes", "max-gop-bytes",
                              "Size limit of the group of pictures kept for new viewers (bytes); "
                              "for pads requested later",
                              0, G_MAXUINT64, kHistory.bytes, kAnytime));
  install(PROP_MAX_GOP_TIME,
          g_param_spec_uint64("max-gop-time", "max-gop-time",
                              "Duration limit of the group of pictures kept for new viewers (ns); "
                              "for pads requested later",
                              0, G_MAXINT64,
                              static_cast<guint64>(kHistory.duration_us) * GST_USECOND, kAnytime));
  install(PROP_FORWARD_KEY_REQUESTS,
          g_param_spec_boolean(
              "forward-key-requests", "forward-key-requests",
              "Whether viewers' key frame requests also go to the source, at most once "
              "a second; the cache answers them in any case",
              TRUE, kAnytime));
  install(PROP_STATS, g_param_spec_boxed("stats", "stats",
                                         "Counters of the element, its transport and each viewer",
                                         GST_TYPE_STRUCTURE,
                                         GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

} // namespace fanlight::fanout
