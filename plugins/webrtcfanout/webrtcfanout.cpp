/**
 * SECTION:element-webrtcfanout
 *
 * Sends payloaded streams to any number of receive-only WebRTC viewers.
 *
 * - All viewers of all webrtcfanout elements with equal settings in a process share one UDP port
 *   (and, for networks without UDP, the TCP port of the same number: ICE-TCP), with an ICE-lite
 *   agent (RFC 8445) and DTLS-SRTP. `workers` threads serve all viewers; there is no thread and no
 *   port per viewer.
 * - A frame enters once and goes to each viewer with its own header and encryption, in as few
 *   system calls as the kernel allows (UDP_SEGMENT).
 * - A new viewer starts at once with the current group of pictures. The timestamps of the older
 *   frames are squeezed to 1 ms, so that the viewer is at the live edge. Lost packets are sent
 *   again (NACK, RTX) from one history for all; requests for key frames are answered from the
 *   cached group.
 * - A viewer that is too slow loses whole groups of pictures, which are counted; it delays no other
 *   viewer.
 *
 * The sink pads `video_%u` and `audio_%u` accept application/x-rtp from payloaders. Each viewer
 * gets its own payload types, SSRCs and sequence numbers. Set the payloader's mtu to 1200, and let
 * it repeat parameter sets before key frames (`config-interval=-1` of rtph264pay and rtph265pay).
 *
 * ## Viewers
 *
 * `add-viewer` takes a browser's offer and returns a structure: `answer` with `id` and `sdp`, a
 * complete answer with all candidates, or `refusal` with `code` (bad-offer, no-common-codec, busy,
 * not-ready, internal) and `message`. Its options, also a structure, may be NULL: `id` (string)
 * names the viewer; `loopback` (boolean) offers loopback addresses; `video` and `audio` (strings)
 * name the sink pads to use; then the first payload type of the offer's media is sent.
 *
 * An application that has read the viewer's offer itself calls `add-negotiated-viewer` instead,
 * with a structure in place of the offer's text: `ice-ufrag`, `ice-pwd`, `fingerprint` ("sha-256
 * AB:…") and `setup` of the viewer (strings), `bundle` (boolean), and `media`, an array of
 * structures named video or audio. Each has `mid` and `encoding` (strings), `payload-type` and
 * `clock-rate` (int), and may have `channels` and `rtx-payload-type` (int), `fmtp` (string),
 * `feedback` (an array of strings as in a=rtcp-fb: "nack", "nack pli", "ccm fir", "goog-remb",
 * "transport-cc"), `extensions` (an array of structures with `id` and `uri`), `rtcp-rsize` and
 * `receiver-rtt` (booleans). `restart-negotiated-viewer` is `restart-viewer` with such a structure.
 *
 * `choose-video` moves a viewer to another video pad with the same codec (the camera's other
 * stream), on the same connection and beginning with that pad's current group of pictures.
 * `restart-viewer` takes a new offer of the same viewer: an ICE restart if its credentials are new;
 * otherwise the answer keeps the element's credentials. `add-candidate` exists for completeness: an
 * ICE-lite agent does not need candidates. `remove-viewer` ends a viewer's connection.
 * `viewer-stats` returns one viewer's counters, the property `stats` all counters.
 *
 * `viewer-state` reports, on a thread of the element, the state of a viewer: connecting, connected,
 * disconnected (no packet for 12 s), failed (no packet for 14 s, or never connected), closed. After
 * the last two, the viewer is removed.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=250 !
 *   video/x-h264,profile=constrained-baseline ! rtph264pay mtu=1200 config-interval=-1 !
 * webrtcfanout
 * ]|
 * fanlight-fanout-demo (tools/fanout-demo) adds an HTTP server for WHEP to such a pipeline.
 */
#include "webrtcfanout.h"

#include <memory>
#include <optional>
#include <string>

#include "element.h"
#include "pads.h"
#include "properties.h"
#include "stats.h"
#include "webrtcfanout/sdp/offer_structure.h"

GST_DEBUG_CATEGORY(gst_webrtcfanout_debug);
#define GST_CAT_DEFAULT gst_webrtcfanout_debug

using fanlight::fanout::ElementState;
using fanlight::fanout::Fanout;
using fanlight::fanout::Offer;
using fanlight::fanout::offer_of;
using fanlight::fanout::Subscriber;
using fanlight::fanout::Transport;
using fanlight::fanout::WeakElement;

G_DEFINE_TYPE_WITH_CODE(GstWebrtcFanout, gst_webrtcfanout, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_webrtcfanout_debug, "webrtcfanout", 0,
                                                "Mass WebRTC viewers"))
GST_ELEMENT_REGISTER_DEFINE(webrtcfanout, "webrtcfanout", GST_RANK_NONE, GST_TYPE_WEBRTCFANOUT)

enum {
  SIGNAL_ADD_VIEWER,
  SIGNAL_ADD_NEGOTIATED_VIEWER,
  SIGNAL_RESTART_VIEWER,
  SIGNAL_RESTART_NEGOTIATED_VIEWER,
  SIGNAL_ADD_CANDIDATE,
  SIGNAL_CHOOSE_VIDEO,
  SIGNAL_REMOVE_VIEWER,
  SIGNAL_VIEWER_STATS,
  SIGNAL_VIEWER_STATE,
  SIGNAL_COUNT,
};
static guint signals[SIGNAL_COUNT];

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
  Fanout::Settings settings = self->state->subscribers;
  GST_OBJECT_UNLOCK(self);
  return settings;
}

static Fanout::Options gst_webrtcfanout_options(const GstStructure* options) {
  Fanout::Options wanted;
  if (options == nullptr) return wanted;
  const auto text = [&](const char* field) {
    const gchar* value = gst_structure_get_string(options, field);
    return std::string(value != nullptr ? value : "");
  };
  wanted.id = text("id");
  wanted.video = text("video");
  wanted.audio = text("audio");
  gboolean loopback = FALSE;
  gst_structure_get_boolean(options, "loopback", &loopback);
  wanted.loopback = loopback;
  return wanted;
}

static GstStructure* gst_webrtcfanout_add(GstWebrtcFanout* self, const std::optional<Offer>& offer,
                                          const std::string& why, const GstStructure* options) {
  const Fanout::Reply reply =
      offer ? self->state->fanout->add(*offer, gst_webrtcfanout_options(options),
                                       gst_webrtcfanout_viewer_settings(self))
            : Fanout::Reply{.code = "bad-offer", .message = why};
  GST_DEBUG_OBJECT(self, "viewer %s: %s", reply.id.c_str(),
                   reply.code.empty() ? "answered" : reply.message.c_str());
  return gst_webrtcfanout_structure(reply);
}

static GstStructure* gst_webrtcfanout_restart(GstWebrtcFanout* self, const gchar* id,
                                              const std::optional<Offer>& offer,
                                              const std::string& why) {
  if (!offer) return gst_webrtcfanout_structure({.code = "bad-offer", .message = why});
  return gst_webrtcfanout_structure(self->state->fanout->restart(
      id != nullptr ? id : "", *offer, gst_webrtcfanout_viewer_settings(self)));
}

static GstStructure* gst_webrtcfanout_add_viewer(GstWebrtcFanout* self, const gchar* sdp,
                                                 const GstStructure* options) {
  std::string why;
  const auto offer = Offer::parse(sdp != nullptr ? sdp : "", why);
  return gst_webrtcfanout_add(self, offer, why, options);
}

static GstStructure* gst_webrtcfanout_add_negotiated_viewer(GstWebrtcFanout* self,
                                                            const GstStructure* negotiated,
                                                            const GstStructure* options) {
  std::string why;
  const auto offer = offer_of(negotiated, why);
  return gst_webrtcfanout_add(self, offer, why, options);
}

static GstStructure* gst_webrtcfanout_restart_viewer(GstWebrtcFanout* self, const gchar* id,
                                                     const gchar* sdp) {
  std::string why;
  const auto offer = Offer::parse(sdp != nullptr ? sdp : "", why);
  return gst_webrtcfanout_restart(self, id, offer, why);
}

static GstStructure* gst_webrtcfanout_restart_negotiated_viewer(GstWebrtcFanout* self,
                                                                const gchar* id,
                                                                const GstStructure* negotiated) {
  std::string why;
  const auto offer = offer_of(negotiated, why);
  return gst_webrtcfanout_restart(self, id, offer, why);
}

/// An ICE-lite agent only answers checks: it does not need candidates.
static gboolean gst_webrtcfanout_add_candidate(GstWebrtcFanout* self, const gchar* id, guint,
                                               const gchar*) {
  return id != nullptr && self->state->fanout->has(id);
}

static GstStructure* gst_webrtcfanout_choose_video(GstWebrtcFanout* self, const gchar* id,
                                                   const gchar* pad) {
  return gst_webrtcfanout_structure(
      self->state->fanout->choose(id != nullptr ? id : "", pad != nullptr ? pad : ""));
}

static gboolean gst_webrtcfanout_remove_viewer(GstWebrtcFanout* self, const gchar* id) {
  return id != nullptr && self->state->fanout->remove(id);
}

static GstStructure* gst_webrtcfanout_viewer_stats(GstWebrtcFanout* self, const gchar* id) {
  const auto subscriber = self->state->fanout->find(id != nullptr ? id : "");
  return subscriber ? fanlight::fanout::stats_of(*subscriber) : nullptr;
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

static void gst_webrtcfanout_finalize(GObject* object) {
  delete GST_WEBRTCFANOUT(object)->state;
  G_OBJECT_CLASS(gst_webrtcfanout_parent_class)->finalize(object);
}

static void gst_webrtcfanout_init(GstWebrtcFanout* self) {
  self->state = new ElementState;
  self->state->fanout = std::make_shared<Fanout>(
      [weak = std::make_shared<WeakElement>(self)](const std::string& id, Subscriber::State state,
                                                   const std::string& message) {
        gpointer const element = g_weak_ref_get(&weak->ref);
        if (element == nullptr) return;
        g_signal_emit(element, signals[SIGNAL_VIEWER_STATE], 0, id.c_str(), to_string(state),
                      message.c_str());
        gst_object_unref(element);
      });
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SINK);
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
  object_class->finalize = gst_webrtcfanout_finalize;
  element_class->change_state = gst_webrtcfanout_change_state;
  fanlight::fanout::install_properties(object_class);
  fanlight::fanout::install_pads(element_class);
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
  signals[SIGNAL_ADD_NEGOTIATED_VIEWER] = gst_webrtcfanout_action(
      "add-negotiated-viewer", G_CALLBACK(gst_webrtcfanout_add_negotiated_viewer),
      GST_TYPE_STRUCTURE, structure, structure);
  signals[SIGNAL_RESTART_NEGOTIATED_VIEWER] = gst_webrtcfanout_action(
      "restart-negotiated-viewer", G_CALLBACK(gst_webrtcfanout_restart_negotiated_viewer),
      GST_TYPE_STRUCTURE, G_TYPE_STRING, structure);
  signals[SIGNAL_ADD_CANDIDATE] =
      gst_webrtcfanout_action("add-candidate", G_CALLBACK(gst_webrtcfanout_add_candidate),
                              G_TYPE_BOOLEAN, G_TYPE_STRING, G_TYPE_UINT, G_TYPE_STRING);
  signals[SIGNAL_CHOOSE_VIDEO] =
      gst_webrtcfanout_action("choose-video", G_CALLBACK(gst_webrtcfanout_choose_video),
                              GST_TYPE_STRUCTURE, G_TYPE_STRING, G_TYPE_STRING);
  signals[SIGNAL_REMOVE_VIEWER] = gst_webrtcfanout_action(
      "remove-viewer", G_CALLBACK(gst_webrtcfanout_remove_viewer), G_TYPE_BOOLEAN, G_TYPE_STRING);
  signals[SIGNAL_VIEWER_STATS] = gst_webrtcfanout_action(
      "viewer-stats", G_CALLBACK(gst_webrtcfanout_viewer_stats), GST_TYPE_STRUCTURE, G_TYPE_STRING);
  signals[SIGNAL_VIEWER_STATE] =
      g_signal_new("viewer-state", GST_TYPE_WEBRTCFANOUT, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr,
                   nullptr, G_TYPE_NONE, 3, G_TYPE_STRING, G_TYPE_STRING, G_TYPE_STRING);
}
