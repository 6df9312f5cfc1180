/**
 * SECTION:element-webrtcfanout
 *
 * Sends streams that were payloaded once to any number of WebRTC viewers that only receive.
 *
 * - All viewers of all these elements in a process that are set alike share one UDP port (and, for
 *   networks without UDP, the TCP port of the same number: ICE-TCP), by an ICE-lite agent (RFC
 * 8445) with DTLS-SRTP. There is no thread and no port per viewer: `workers` threads serve all.
 * - A frame is handed over once and goes to each viewer with a header of its own, encrypted for it
 *   and sent in as few system calls as the kernel allows (UDP_SEGMENT).
 * - A new viewer starts at once with the group of pictures that is under way, the older frames'
 *   timestamps squeezed to 1 ms so that it is at the live edge. Packets that it misses are sent
 *   again (NACK, RTX) from one history for all; a missed picture comes from the cached group.
 * - A viewer that does not keep up loses whole groups of pictures, counted, and delays nobody.
 *
 * Sink pads `video_%u` and `audio_%u` take application/x-rtp as payloaders make it: payload types,
 * SSRCs and sequence numbers are each viewer's own. Set the payloader's mtu to 1200, and have it
 * repeat parameter sets before key frames (`config-interval=-1` of rtph264pay and rtph265pay).
 *
 * ## Viewers
 *
 * `add-viewer` takes a browser's offer and returns a structure: `answer` with `id` and `sdp`, a
 * complete answer with all candidates, or `refusal` with `code` (bad-offer, no-common-codec, busy,
 * not-ready, internal) and `message`. Its options, a structure too, may be NULL: `id` (string)
 * names the viewer; `loopback` (boolean) offers loopback addresses; `video` and `audio` (strings)
 * name the sink pads to take, and then the first payload type of the offer's media is what is sent.
 * `restart-viewer` takes a new offer of the same viewer (ICE restart); `add-candidate` is there for
 * completeness, as an ICE-lite agent has no use for candidates; `remove-viewer` says goodbye;
 * `viewer-stats` returns one viewer's counters, the property `stats` everything.
 *
 * `viewer-state` tells, on a thread of the element's own, what becomes of a viewer: connecting,
 * connected, disconnected (not heard of for 12 s), failed, closed. After the last two it is gone.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=250 !
 *   video/x-h264,profile=constrained-baseline ! rtph264pay mtu=1200 config-interval=-1 !
 * webrtcfanout
 * ]|
 * fanlight-fanout-demo (tools/fanout-demo) puts an HTTP server for WHEP in front of such a line.
 */
#include "webrtcfanout.h"

#include <cstring>
#include <memory>
#include <string>

#include <gst/video/video-event.h>

#include "fanout.h"
#include "stats.h"

GST_DEBUG_CATEGORY(gst_webrtcfanout_debug);
#define GST_CAT_DEFAULT gst_webrtcfanout_debug

using fanlight::fanout::Fanout;
using fanlight::fanout::History;
using fanlight::fanout::Input;
using fanlight::fanout::Transport;
using fanlight::fanout::Viewer;

namespace {

struct ElementState {
  std::shared_ptr<Fanout> fanout;
  /// Under the object lock, as all properties.
  Transport::Settings transport;
  Fanout::Settings viewers;
  History::Bounds history;
  bool forward_key_requests = true;
  guint next_pad = 0;
};

using InputPtr = std::shared_ptr<Input>;

const InputPtr& input_of(GstPad* pad) {
  return *static_cast<InputPtr*>(g_object_get_data(G_OBJECT(pad), "input"));
}

struct WeakElement {
  explicit WeakElement(gpointer object) { g_weak_ref_init(&ref, object); }
  ~WeakElement() { g_weak_ref_clear(&ref); }
  WeakElement(const WeakElement&) = delete;
  WeakElement& operator=(const WeakElement&) = delete;
  GWeakRef ref;
};

} // namespace

struct _GstWebrtcFanout {
  GstElement parent;
  ElementState* state;
};

G_DEFINE_TYPE_WITH_CODE(GstWebrtcFanout, gst_webrtcfanout, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_webrtcfanout_debug, "webrtcfanout", 0,
                                                "Mass WebRTC viewers"))
GST_ELEMENT_REGISTER_DEFINE(webrtcfanout, "webrtcfanout", GST_RANK_NONE, GST_TYPE_WEBRTCFANOUT)

static GstStaticPadTemplate video_template = GST_STATIC_PAD_TEMPLATE(
    "video_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS("application/x-rtp, media=video, clock-rate=(int)[1, MAX]"));
static GstStaticPadTemplate audio_template = GST_STATIC_PAD_TEMPLATE(
    "audio_%u", GST_PAD_SINK, GST_PAD_REQUEST,
    GST_STATIC_CAPS("application/x-rtp, media=audio, clock-rate=(int)[1, MAX]"));

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

enum {
  SIGNAL_ADD_VIEWER,
  SIGNAL_RESTART_VIEWER,
  SIGNAL_ADD_CANDIDATE,
  SIGNAL_REMOVE_VIEWER,
  SIGNAL_VIEWER_STATS,
  SIGNAL_VIEWER_STATE,
  SIGNAL_COUNT,
};
static guint signals[SIGNAL_COUNT];

// ---- Pads ----

static GstFlowReturn gst_webrtcfanout_chain(GstPad* pad, GstObject* parent, GstBuffer* buffer) {
  input_of(pad)->push(GST_ELEMENT(parent), buffer);
  gst_buffer_unref(buffer);
  return GST_FLOW_OK;
}

static GstFlowReturn gst_webrtcfanout_chain_list(GstPad* pad, GstObject* parent,
                                                 GstBufferList* list) {
  const InputPtr& input = input_of(pad);
  const guint count = gst_buffer_list_length(list);
  for (guint i = 0; i < count; ++i) input->push(GST_ELEMENT(parent), gst_buffer_list_get(list, i));
  gst_buffer_list_unref(list);
  return GST_FLOW_OK;
}

/// As sinks do: the application hears when nothing more comes on any pad.
static void gst_webrtcfanout_at_end(GstWebrtcFanout* self, GstPad* pad) {
  bool all = true;
  GST_OBJECT_LOCK(self);
  input_of(pad)->at_end = true;
  for (GList* entry = GST_ELEMENT(self)->sinkpads; entry != nullptr; entry = entry->next)
    all = all && input_of(GST_PAD(entry->data))->at_end;
  GST_OBJECT_UNLOCK(self);
  if (all) gst_element_post_message(GST_ELEMENT(self), gst_message_new_eos(GST_OBJECT(self)));
}

static gboolean gst_webrtcfanout_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  const InputPtr& input = input_of(pad);
  gboolean handled = TRUE;
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_CAPS: {
    GstCaps* caps = nullptr;
    gst_event_parse_caps(event, &caps);
    handled = input->set_caps(caps);
    if (!handled)
      GST_WARNING_OBJECT(pad, "refuses caps %" GST_PTR_FORMAT, static_cast<void*>(caps));
    // Viewers were answered with the format that was; whoever comes back gets the new one.
    if (handled && input->format_changed())
      GST_WEBRTCFANOUT(parent)->state->fanout->end_viewers_of(
          *input, "the stream " + input->name() + " is now " + input->format()->encoding);
    break;
  }
  case GST_EVENT_SEGMENT: {
    const GstSegment* segment = nullptr;
    gst_event_parse_segment(event, &segment);
    input->set_segment(*segment);
    break;
  }
  case GST_EVENT_STREAM_START:
  case GST_EVENT_FLUSH_STOP:
    GST_OBJECT_LOCK(parent);
    input->at_end = false;
    GST_OBJECT_UNLOCK(parent);
    break;
  case GST_EVENT_EOS: gst_webrtcfanout_at_end(GST_WEBRTCFANOUT(parent), pad); break;
  default: break;
  }
  gst_event_unref(event);
  return handled;
}

/// A viewer misses a key frame: the source is asked for one, on the control thread.
static void gst_webrtcfanout_ask_for_key(GstWebrtcFanout* self, const std::string& pad_name) {
  GST_OBJECT_LOCK(self);
  const bool wanted = self->state->forward_key_requests;
  GST_OBJECT_UNLOCK(self);
  const auto transport = self->state->fanout->transport();
  if (!wanted || !transport) return;
  transport->on_control([element = std::make_shared<WeakElement>(self), pad_name] {
    GstElement* const target = GST_ELEMENT(g_weak_ref_get(&element->ref));
    if (target == nullptr) return;
    if (GstPad* const pad = gst_element_get_static_pad(target, pad_name.c_str())) {
      gst_pad_push_event(pad,
                         gst_video_event_new_upstream_force_key_unit(GST_CLOCK_TIME_NONE, TRUE, 0));
      gst_object_unref(pad);
    }
    gst_object_unref(target);
  });
}

/// Under the object lock.
static bool gst_webrtcfanout_has_pad(GstElement* element, const std::string& name) {
  for (GList* entry = element->sinkpads; entry != nullptr; entry = entry->next)
    if (name == GST_OBJECT_NAME(entry->data)) return true;
  return false;
}

static GstPad* gst_webrtcfanout_request_new_pad(GstElement* element, GstPadTemplate* pad_template,
                                                const gchar* name, const GstCaps*) {
  GstWebrtcFanout* const self = GST_WEBRTCFANOUT(element);
  const bool video = g_str_has_prefix(GST_PAD_TEMPLATE_NAME_TEMPLATE(pad_template), "video");
  GST_OBJECT_LOCK(self);
  std::string own = name != nullptr ? name : "";
  while (own.empty() || (name == nullptr && gst_webrtcfanout_has_pad(element, own)))
    own = (video ? "video_" : "audio_") + std::to_string(self->state->next_pad++);
  const History::Bounds bounds = self->state->history;
  GST_OBJECT_UNLOCK(self);

  auto input = std::make_shared<Input>(own, video, bounds);
  input->stream()->on_key_wanted([weak = std::make_shared<WeakElement>(self), own] {
    auto* const target = static_cast<GstWebrtcFanout*>(g_weak_ref_get(&weak->ref));
    if (target == nullptr) return;
    gst_webrtcfanout_ask_for_key(target, own);
    gst_object_unref(target);
  });
  GstPad* const pad = gst_pad_new_from_template(pad_template, own.c_str());
  g_object_set_data_full(G_OBJECT(pad), "input", new InputPtr(input),
                         [](gpointer data) { delete static_cast<InputPtr*>(data); });
  gst_pad_set_chain_function(pad, gst_webrtcfanout_chain);
  gst_pad_set_chain_list_function(pad, gst_webrtcfanout_chain_list);
  gst_pad_set_event_function(pad, gst_webrtcfanout_event);
  gst_pad_set_active(pad, TRUE);
  if (!gst_element_add_pad(element, pad)) return nullptr; // There is one of that name.
  self->state->fanout->add_input(std::move(input));
  return pad;
}

static void gst_webrtcfanout_release_pad(GstElement* element, GstPad* pad) {
  GST_WEBRTCFANOUT(element)->state->fanout->remove_input(input_of(pad));
  gst_pad_set_active(pad, FALSE);
  gst_element_remove_pad(element, pad);
}

// ---- Viewers ----

static GstStructure* gst_webrtcfanout_structure(const Fanout::Reply& reply) {
  if (reply.code.empty())
    return gst_structure_new("answer", "id", G_TYPE_STRING, reply.id.c_str(), "sdp", G_TYPE_STRING,
                             reply.sdp.c_str(), nullptr);
  return gst_structure_new("refusal", "code", G_TYPE_STRING, reply.code.c_str(), "message",
                           G_TYPE_STRING, reply.message.c_str(), nullptr);
}

static Fanout::Settings gst_webrtcfanout_viewer_settings(GstWebrtcFanout* self) {
  GST_OBJECT_LOCK(self);
  Fanout::Settings settings = self->state->viewers;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

static GstStructure* gst_webrtcfanout_add_viewer(GstWebrtcFanout* self, const gchar* offer,
                                                 const GstStructure* options) {
  Fanout::Options wanted;
  const auto text = [&](const char* field) {
    const gchar* value = options != nullptr ? gst_structure_get_string(options, field) : nullptr;
    return std::string(value != nullptr ? value : "");
  };
  wanted.id = text("id");
  wanted.video = text("video");
  wanted.audio = text("audio");
  gboolean loopback = FALSE;
  if (options != nullptr) gst_structure_get_boolean(options, "loopback", &loopback);
  wanted.loopback = loopback;
  const Fanout::Reply reply = self->state->fanout->add(offer != nullptr ? offer : "", wanted,
                                                       gst_webrtcfanout_viewer_settings(self));
  GST_DEBUG_OBJECT(self, "viewer %s: %s", reply.id.c_str(),
                   reply.code.empty() ? "answered" : reply.message.c_str());
  return gst_webrtcfanout_structure(reply);
}

static GstStructure* gst_webrtcfanout_restart_viewer(GstWebrtcFanout* self, const gchar* id,
                                                     const gchar* offer) {
  return gst_webrtcfanout_structure(
      self->state->fanout->restart(id != nullptr ? id : "", offer != nullptr ? offer : "",
                                   gst_webrtcfanout_viewer_settings(self)));
}

/// A lite agent answers checks and sends none: candidates tell it nothing.
static gboolean gst_webrtcfanout_add_candidate(GstWebrtcFanout* self, const gchar* id, guint,
                                               const gchar*) {
  return id != nullptr && self->state->fanout->has(id);
}

static gboolean gst_webrtcfanout_remove_viewer(GstWebrtcFanout* self, const gchar* id) {
  return id != nullptr && self->state->fanout->remove(id);
}

static GstStructure* gst_webrtcfanout_viewer_stats(GstWebrtcFanout* self, const gchar* id) {
  const auto viewer = self->state->fanout->find(id != nullptr ? id : "");
  return viewer ? fanlight::fanout::stats_of(*viewer) : nullptr;
}

// ---- The element ----

static GstStateChangeReturn gst_webrtcfanout_change_state(GstElement* element,
                                                          GstStateChange transition) {
  GstWebrtcFanout* const self = GST_WEBRTCFANOUT(element);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY) {
    GST_OBJECT_LOCK(self);
    const Transport::Settings settings = self->state->transport;
    GST_OBJECT_UNLOCK(self);
    std::string why;
    auto transport = Transport::acquire(settings, why);
    if (!transport) {
      GST_ELEMENT_ERROR(self, RESOURCE, OPEN_READ_WRITE, ("%s", why.c_str()), (nullptr));
      return GST_STATE_CHANGE_FAILURE;
    }
    self->state->fanout->open(std::move(transport));
  }
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_webrtcfanout_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_READY_TO_NULL) self->state->fanout->close();
  return result;
}

static void gst_webrtcfanout_set_property(GObject* object, guint id, const GValue* value,
                                          GParamSpec* pspec) {
  ElementState& state = *GST_WEBRTCFANOUT(object)->state;
  GST_OBJECT_LOCK(object);
  switch (id) {
  case PROP_PORT: state.transport.port = static_cast<guint16>(g_value_get_uint(value)); break;
  case PROP_TCP: state.transport.tcp = g_value_get_boolean(value); break;
  case PROP_WORKERS: state.transport.workers = g_value_get_uint(value); break;
  case PROP_PUBLIC_ADDRESSES: {
    state.viewers.public_addresses.clear();
    const auto* addresses = static_cast<const gchar* const*>(g_value_get_boxed(value));
    for (; addresses != nullptr && *addresses != nullptr; ++addresses)
      state.viewers.public_addresses.emplace_back(*addresses);
    break;
  }
  case PROP_MAX_VIEWERS: state.viewers.max_viewers = g_value_get_uint(value); break;
  case PROP_MAX_GOP_BYTES: state.history.bytes = g_value_get_uint64(value); break;
  case PROP_MAX_GOP_TIME:
    state.history.duration_us = static_cast<gint64>(g_value_get_uint64(value) / GST_USECOND);
    break;
  case PROP_FORWARD_KEY_REQUESTS: state.forward_key_requests = g_value_get_boolean(value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
  GST_OBJECT_UNLOCK(object);
}

static void gst_webrtcfanout_get_property(GObject* object, guint id, GValue* value,
                                          GParamSpec* pspec) {
  const ElementState& state = *GST_WEBRTCFANOUT(object)->state;
  if (id == PROP_STATS) return g_value_take_boxed(value, fanlight::fanout::stats_of(*state.fanout));
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
    auto** const addresses = g_new0(gchar*, state.viewers.public_addresses.size() + 1);
    for (gsize i = 0; i < state.viewers.public_addresses.size(); ++i)
      addresses[i] = g_strdup(state.viewers.public_addresses[i].c_str());
    g_value_take_boxed(value, addresses);
    break;
  }
  case PROP_MAX_VIEWERS: g_value_set_uint(value, state.viewers.max_viewers); break;
  case PROP_MAX_GOP_BYTES: g_value_set_uint64(value, state.history.bytes); break;
  case PROP_MAX_GOP_TIME:
    g_value_set_uint64(value, static_cast<guint64>(state.history.duration_us) * GST_USECOND);
    break;
  case PROP_FORWARD_KEY_REQUESTS: g_value_set_boolean(value, state.forward_key_requests); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
  GST_OBJECT_UNLOCK(object);
}

static void gst_webrtcfanout_finalize(GObject* object) {
  delete GST_WEBRTCFANOUT(object)->state;
  G_OBJECT_CLASS(gst_webrtcfanout_parent_class)->finalize(object);
}

static void gst_webrtcfanout_init(GstWebrtcFanout* self) {
  self->state = new ElementState;
  self->state->fanout = std::make_shared<Fanout>(
      [weak = std::make_shared<WeakElement>(self)](const std::string& id, Viewer::State state,
                                                   const std::string& message) {
        gpointer const element = g_weak_ref_get(&weak->ref);
        if (element == nullptr) return;
        g_signal_emit(element, signals[SIGNAL_VIEWER_STATE], 0, id.c_str(), to_string(state),
                      message.c_str());
        gst_object_unref(element);
      });
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
}

static void gst_webrtcfanout_install_properties(GObjectClass* klass) {
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
                            "UDP port for all viewers, and TCP port for ICE-TCP; 0: any free one, "
                            "to be read from READY on. Elements that are set alike share it",
                            0, 65535, kTransport.port, kFlags));
  install(PROP_TCP, g_param_spec_boolean("tcp", "tcp",
                                         "Whether viewers may connect by TCP where UDP is blocked",
                                         kTransport.tcp, kFlags));
  install(PROP_WORKERS, g_param_spec_uint("workers", "workers",
                                          "Threads that serve the viewers; 0: one for each core", 0,
                                          128, kTransport.workers, kFlags));
  install(PROP_PUBLIC_ADDRESSES,
          g_param_spec_boxed("public-addresses", "public-addresses",
                             "Addresses (without port) announced in place of this machine's own of "
                             "the same family: for 1:1 NAT",
                             G_TYPE_STRV, kAnytime));
  install(PROP_MAX_VIEWERS,
          g_param_spec_uint("max-viewers", "max-viewers", "Viewers at a time; 0: no limit", 0,
                            G_MAXUINT, 0, kAnytime));
  install(PROP_MAX_GOP_BYTES,
          g_param_spec_uint64("max-gop-bytes", "max-gop-bytes",
                              "Largest group of pictures that is kept for new viewers (bytes); for "
                              "pads requested later",
                              0, G_MAXUINT64, kHistory.bytes, kAnytime));
  install(PROP_MAX_GOP_TIME,
          g_param_spec_uint64("max-gop-time", "max-gop-time",
                              "Longest group of pictures that is kept for new viewers (ns); for "
                              "pads requested later",
                              0, G_MAXINT64,
                              static_cast<guint64>(kHistory.duration_us) * GST_USECOND, kAnytime));
  install(
      PROP_FORWARD_KEY_REQUESTS,
      g_param_spec_boolean("forward-key-requests", "forward-key-requests",
                           "Whether a viewer's request for a key frame also goes to the source, "
                           "at most once a second; it is answered from the cache in any case",
                           TRUE, kAnytime));
  install(PROP_STATS, g_param_spec_boxed("stats", "stats",
                                         "Counters of the element, its transport and each viewer",
                                         GST_TYPE_STRUCTURE,
                                         GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

template <typename... Types>
static guint gst_webrtcfanout_action(const char* name, GCallback callback, GType result,
                                     Types... types) {
  return g_signal_new_class_handler(name, GST_TYPE_WEBRTCFANOUT,
                                    GSignalFlags(G_SIGNAL_RUN_LAST | G_SIGNAL_ACTION), callback,
                                    nullptr, nullptr, nullptr, result, sizeof...(types), types...);
}

static void gst_webrtcfanout_class_init(GstWebrtcFanoutClass* klass) {
  GObjectClass* const object_class = G_OBJECT_CLASS(klass);
  GstElementClass* const element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = gst_webrtcfanout_set_property;
  object_class->get_property = gst_webrtcfanout_get_property;
  object_class->finalize = gst_webrtcfanout_finalize;
  element_class->request_new_pad = gst_webrtcfanout_request_new_pad;
  element_class->release_pad = gst_webrtcfanout_release_pad;
  element_class->change_state = gst_webrtcfanout_change_state;
  gst_webrtcfanout_install_properties(object_class);
  gst_element_class_add_static_pad_template(element_class, &video_template);
  gst_element_class_add_static_pad_template(element_class, &audio_template);
  gst_element_class_set_static_metadata(element_class, "Mass WebRTC viewers", "Sink/Network/WebRTC",
                                        "Sends streams to thousands of receive-only WebRTC viewers "
                                        "over one port",
                                        "Fanlight");

  const auto structure = GST_TYPE_STRUCTURE | G_SIGNAL_TYPE_STATIC_SCOPE;
  signals[SIGNAL_ADD_VIEWER] =
      gst_webrtcfanout_action("add-viewer", G_CALLBACK(gst_webrtcfanout_add_viewer),
                              GST_TYPE_STRUCTURE, G_TYPE_STRING, structure);
  signals[SIGNAL_RESTART_VIEWER] =
      gst_webrtcfanout_action("restart-viewer", G_CALLBACK(gst_webrtcfanout_restart_viewer),
                              GST_TYPE_STRUCTURE, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_ADD_CANDIDATE] =
      gst_webrtcfanout_action("add-candidate", G_CALLBACK(gst_webrtcfanout_add_candidate),
                              G_TYPE_BOOLEAN, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_REMOVE_VIEWER] = gst_webrtcfanout_action(
      "remove-viewer", G_CALLBACK(gst_webrtcfanout_remove_viewer), G_TYPE_BOOLEAN, G_TYPE_STRING);
  signals[SIGNAL_VIEWER_STATS] = gst_webrtcfanout_action(
      "viewer-stats", G_CALLBACK(gst_webrtcfanout_viewer_stats), GST_TYPE_STRUCTURE, G_TYPE_STRING);
  signals[SIGNAL_VIEWER_STATE] =
      g_signal_new("viewer-state", GST_TYPE_WEBRTCFANOUT, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr,
                   nullptr, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}
