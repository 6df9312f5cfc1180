/**
 * SECTION:element-rtspdirectsrc
 *
 * Reads a live camera over RTSP, in place of rtspsrc, rtpbin and the depayloaders of H.264 and
 * H.265. All elements of a process share a few threads, which wait for their sockets together; an
 * RTP packet is taken apart where the system has put it, and each byte of a picture is copied once,
 * into its access unit. A camera costs no thread, jitter buffer, session or parser of its own.
 *
 * - Video of H.264 and H.265 comes as access units, as from `rtph26xdepay`, and with the same
 *   properties in `stats`. Anything else comes as RTP packets (application/x-rtp) for a
 * depayloader. A pad is added when its first buffer is there.
 * - The times of buffers are those of `rtpstamper`.
 * - It logs in by Basic and Digest (MD5, SHA-256), keeps the session alive, and follows
 *   redirections. It sends receiver reports, and asks the camera for a key frame by PLI or FIR if
 *   the camera announces one of them (a=rtcp-fb).
 * - Packets come interleaved in the RTSP connection (TCP), or over UDP (`transport`). rtsps:// is
 * TLS 1.2 or later; GIO judges the certificate, as `tls-validation-flags` and `tls-database` say,
 * and then the handlers of `accept-certificate`, whose connection is null. The element does not
 * read multicast, the HTTP tunnel and SRTP: use rtspsrc for these.
 * - `on-sdp` and `select-stream` are as those of rtspsrc. Without a handler, all streams are taken.
 *
 * It connects when it goes to PLAYING, and disconnects when it leaves it. An error message has the
 * details `rtsp-failure`: its `kind` and what is known of it, as in rtsp/failure.h. If the camera
 * closes the connection while it plays, the streams end (EOS).
 *
 * What is behind a pad must not block: other cameras wait meanwhile. `goptee` does not; before
 * other elements, put a `queue`.
 *
 * ## Example
 * |[
 * gst-launch-1.0 rtspdirectsrc location=rtsp://192.0.2.10/stream1 ! queue ! avdec_h264 !
 *   autovideosink
 * ]|
 */
#include "rtspdirectsrc.h"

#include <memory>
#include <mutex>
#include <string>

#include <gst/sdp/sdp.h>
#include <gst/video/video.h>

#include "playback.h"
#include "trust.h"

GST_DEBUG_CATEGORY_STATIC(gst_rtsp_direct_src_debug);
#define GST_CAT_DEFAULT gst_rtsp_direct_src_debug

using fanlight::direct::Link;
using fanlight::direct::Playback;
using fanlight::direct::Trust;
namespace rtsp = fanlight::rtsp;

namespace {

class Element : public Playback::Element {
 public:
  explicit Element(GstElement* element) : element_(element) {}

  GstElement* element() override { return element_; }
  void on_description(GstSDPMessage* sdp) override;
  bool selects(guint medium, GstCaps* caps) override;
  GstPad* make_pad(const std::string& name) override;
  bool logs() override {
    return gst_debug_category_get_threshold(GST_CAT_DEFAULT) >= GST_LEVEL_DEBUG;
  }
  void log(const std::string& line) override { GST_DEBUG_OBJECT(element_, "%s", line.c_str()); }

 private:
  GstElement* const element_;
};

struct Settings {
  std::string location;
  std::string user;
  std::string password;
  std::string agent = "Fanlight";
  Link::Lower lower = Link::Lower::tcp;
  Trust trust;
  rtsp::KeepAlivePlan plan;
};

struct ElementState {
  explicit ElementState(GstElement* self) : element(self) {}
  Element element;
  std::mutex lock; ///< Protects what follows.
  Settings settings;
  std::shared_ptr<Playback> playback; ///< Null: not connected.
};

} // namespace

struct _GstRtspDirectSrc {
  GstElement parent;
  ElementState* state;
};

G_DEFINE_TYPE_WITH_CODE(GstRtspDirectSrc, gst_rtsp_direct_src, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_rtsp_direct_src_debug, "rtspdirectsrc", 0,
                                                "RTSP cameras, read by a few threads for all"))
GST_ELEMENT_REGISTER_DEFINE(rtspdirectsrc, "rtspdirectsrc", GST_RANK_NONE, GST_TYPE_RTSP_DIRECT_SRC)

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE(
    "stream_%u", GST_PAD_SRC, GST_PAD_SOMETIMES,
    GST_STATIC_CAPS("video/x-h264, stream-format=(string)byte-stream, alignment=(string)au; "
                    "video/x-h265, stream-format=(string)byte-stream, alignment=(string)au; "
                    "application/x-rtp"));

enum {
  PROP_0,
  PROP_LOCATION,
  PROP_USER_ID,
  PROP_USER_PW,
  PROP_USER_AGENT,
  PROP_TRANSPORT,
  PROP_KEEP_ALIVE_REQUEST,
  PROP_KEEP_ALIVE_PERIOD,
  PROP_TLS_VALIDATION_FLAGS,
  PROP_TLS_DATABASE,
  PROP_STATS,
};
enum { SIGNAL_ON_SDP, SIGNAL_SELECT_STREAM, SIGNAL_ACCEPT_CERTIFICATE, SIGNAL_COUNT };
static guint signals[SIGNAL_COUNT];

static std::shared_ptr<Playback> playback_of(GstRtspDirectSrc* self) {
  const std::lock_guard lock{self->state->lock};
  return self->state->playback;
}

// ---- What the connection asks, on its thread ----

static gboolean gst_rtsp_direct_src_pad_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  if (!gst_video_event_is_force_key_unit(event)) return gst_pad_event_default(pad, parent, event);
  gst_event_unref(event);
  if (const auto playback = playback_of(GST_RTSP_DIRECT_SRC(parent))) playback->want_key_frame(pad);
  return TRUE;
}

static gboolean gst_rtsp_direct_src_pad_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  if (GST_QUERY_TYPE(query) != GST_QUERY_LATENCY) return gst_pad_query_default(pad, parent, query);
  gst_query_set_latency(query, TRUE, 0, GST_CLOCK_TIME_NONE);
  return TRUE;
}

GstPad* Element::make_pad(const std::string& name) {
  GstPadTemplate* const pad_template =
      gst_element_class_get_pad_template(GST_ELEMENT_GET_CLASS(element_), "stream_%u");
  GstPad* const pad = gst_pad_new_from_template(pad_template, name.c_str());
  gst_pad_use_fixed_caps(pad);
  gst_pad_set_event_function(pad, gst_rtsp_direct_src_pad_event);
  gst_pad_set_query_function(pad, gst_rtsp_direct_src_pad_query);
  return pad;
}

void Element::on_description(GstSDPMessage* sdp) {
  g_signal_emit(element_, signals[SIGNAL_ON_SDP], 0, sdp);
}

bool Element::selects(guint medium, GstCaps* caps) {
  gboolean selected = TRUE;
  if (g_signal_has_handler_pending(element_, signals[SIGNAL_SELECT_STREAM], 0, FALSE))
    g_signal_emit(element_, signals[SIGNAL_SELECT_STREAM], 0, medium, caps, &selected);
  return selected != FALSE;
}

/// On any thread.
static Link::Judge judge_for(GstRtspDirectSrc* self, const Trust& trust) {
  return [self, trust](const auto& chain, const auto& host, int port, auto done) {
    // The element may stop meanwhile.
    const auto kept = std::shared_ptr<GstObject>(
        GST_OBJECT(gst_object_ref(self)), [](GstObject* object) { gst_object_unref(object); });
    trust.judge(
        chain, host, port,
        [kept](GTlsCertificate* certificate, GTlsCertificateFlags faults) {
          gboolean accepted = FALSE;
          g_signal_emit(kept.get(), signals[SIGNAL_ACCEPT_CERTIFICATE], 0, nullptr, certificate,
                        faults, &accepted);
          return accepted != FALSE;
        },
        std::move(done));
  };
}

// ---- The element ----

static bool connect_to(GstRtspDirectSrc* self) {
  ElementState& state = *self->state;
  const std::lock_guard lock{state.lock};
  const Settings& settings = state.settings;
  state.playback = std::make_shared<Playback>(
      state.element, Link::Settings{.talk = {.url = settings.location,
                                             .login = {settings.user, settings.password},
                                             .plan = settings.plan,
                                             .agent = settings.agent},
                                    .lower = settings.lower,
                                    .judge = judge_for(self, settings.trust)});
  if (state.playback->begin()) return true;
  state.playback.reset();
  GST_ELEMENT_ERROR(self, RESOURCE, NO_SPACE_LEFT, (nullptr),
                    ("The system has no thread or descriptor left."));
  return false;
}

static void remove_pads(GstElement* element) {
  while (true) {
    GST_OBJECT_LOCK(element);
    GstPad* const pad =
        element->srcpads == nullptr ? nullptr : GST_PAD(gst_object_ref(element->srcpads->data));
    GST_OBJECT_UNLOCK(element);
    if (pad == nullptr) return;
    gst_pad_set_active(pad, FALSE);
    gst_element_remove_pad(element, pad);
    gst_object_unref(pad);
  }
}

static void disconnect(GstRtspDirectSrc* self) {
  const auto playback = playback_of(self);
  if (!playback) return;
  playback->finish();
  remove_pads(GST_ELEMENT(self));
  const std::lock_guard lock{self->state->lock};
  self->state->playback.reset();
}

static GstStateChangeReturn gst_rtsp_direct_src_change_state(GstElement* element,
                                                             GstStateChange transition) {
  GstRtspDirectSrc* self = GST_RTSP_DIRECT_SRC(element);
  // Before anything behind it stops: it may end a push that waits.
  if (transition == GST_STATE_CHANGE_PLAYING_TO_PAUSED)
    if (const auto playback = playback_of(self)) playback->close();
  GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_rtsp_direct_src_parent_class)->change_state(element, transition);
  if (result == GST_STATE_CHANGE_FAILURE) return result;
  switch (transition) {
  case GST_STATE_CHANGE_READY_TO_PAUSED: return GST_STATE_CHANGE_NO_PREROLL;
  case GST_STATE_CHANGE_PAUSED_TO_PLAYING:
    disconnect(self); // It was closed on the way to PAUSED.
    if (!connect_to(self)) return GST_STATE_CHANGE_FAILURE;
    break;
  case GST_STATE_CHANGE_PLAYING_TO_PAUSED: return GST_STATE_CHANGE_NO_PREROLL;
  case GST_STATE_CHANGE_PAUSED_TO_READY: disconnect(self); break;
  default: break;
  }
  return result;
}

static void gst_rtsp_direct_src_set_property(GObject* object, guint id, const GValue* value,
                                             GParamSpec* pspec) {
  ElementState& state = *GST_RTSP_DIRECT_SRC(object)->state;
  const std::lock_guard lock{state.lock};
  const auto text = [value] {
    const char* const given = g_value_get_string(value);
    return std::string{given == nullptr ? "" : given};
  };
  switch (id) {
  case PROP_LOCATION: state.settings.location = text(); break;
  case PROP_USER_ID: state.settings.user = text(); break;
  case PROP_USER_PW: state.settings.password = text(); break;
  case PROP_USER_AGENT: state.settings.agent = text(); break;
  case PROP_TRANSPORT:
    state.settings.lower = static_cast<Link::Lower>(g_value_get_uint(value));
    break;
  case PROP_KEEP_ALIVE_REQUEST:
    state.settings.plan.request =
        static_cast<rtsp::KeepAlivePlan::Request>(g_value_get_uint(value));
    break;
  case PROP_KEEP_ALIVE_PERIOD:
    state.settings.plan.longest_period = std::chrono::milliseconds{g_value_get_uint(value)};
    break;
  case PROP_TLS_VALIDATION_FLAGS:
    state.settings.trust.set_flags(static_cast<GTlsCertificateFlags>(g_value_get_flags(value)));
    break;
  case PROP_TLS_DATABASE:
    state.settings.trust.set_database(static_cast<GTlsDatabase*>(g_value_get_object(value)));
    break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtsp_direct_src_get_property(GObject* object, guint id, GValue* value,
                                             GParamSpec* pspec) {
  GstRtspDirectSrc* self = GST_RTSP_DIRECT_SRC(object);
  if (id == PROP_STATS) {
    const auto playback = playback_of(self);
    return g_value_take_boxed(value, playback ? playback->stats() : nullptr);
  }
  const std::lock_guard lock{self->state->lock};
  const Settings& settings = self->state->settings;
  switch (id) {
  case PROP_LOCATION: g_value_set_string(value, settings.location.c_str()); break;
  case PROP_USER_ID: g_value_set_string(value, settings.user.c_str()); break;
  case PROP_USER_AGENT: g_value_set_string(value, settings.agent.c_str()); break;
  case PROP_TRANSPORT: g_value_set_uint(value, static_cast<guint>(settings.lower)); break;
  case PROP_KEEP_ALIVE_REQUEST:
    g_value_set_uint(value, static_cast<guint>(settings.plan.request));
    break;
  case PROP_KEEP_ALIVE_PERIOD:
    g_value_set_uint(value, static_cast<guint>(settings.plan.longest_period.count()));
    break;
  case PROP_TLS_VALIDATION_FLAGS: g_value_set_flags(value, settings.trust.flags()); break;
  case PROP_TLS_DATABASE: g_value_set_object(value, settings.trust.database()); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_rtsp_direct_src_finalize(GObject* object) {
  delete GST_RTSP_DIRECT_SRC(object)->state;
  G_OBJECT_CLASS(gst_rtsp_direct_src_parent_class)->finalize(object);
}

static void gst_rtsp_direct_src_init(GstRtspDirectSrc* self) {
  self->state = new ElementState{GST_ELEMENT(self)};
  GST_OBJECT_FLAG_SET(self, GST_ELEMENT_FLAG_SOURCE);
}

static void install_properties(GObjectClass* object_class) {
  constexpr auto kFlags = GParamFlags(G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  const auto install_text = [&](guint id, const char* name, const char* blurb,
                                const char* otherwise) {
    g_object_class_install_property(object_class, id,
                                    g_param_spec_string(name, name, blurb, otherwise, kFlags));
  };
  install_text(PROP_LOCATION, "location", "rtsp:// or rtsps:// URL, without user and password", "");
  install_text(PROP_USER_ID, "user-id", "User name for the camera", "");
  // Not readable: a drawing of the pipeline shows what is.
  g_object_class_install_property(
      object_class, PROP_USER_PW,
      g_param_spec_string("user-pw", "user-pw", "Password for the camera", "",
                          GParamFlags(G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS)));
  install_text(PROP_USER_AGENT, "user-agent", "What requests call the client; empty: nothing",
               "Fanlight");
  g_object_class_install_property(
      object_class, PROP_TRANSPORT,
      g_param_spec_uint(
          "transport", "transport",
          "How packets travel. 0: TCP; 1: UDP; 2: UDP, or TCP if none arrive within 5 s "
          "or the camera refuses UDP",
          0, 2, 0, kFlags));
  g_object_class_install_property(
      object_class, PROP_KEEP_ALIVE_REQUEST,
      g_param_spec_uint("keep-alive-request", "keep-alive-request",
                        "0: GET_PARAMETER if the camera lists it, otherwise OPTIONS; 1: the other "
                        "one; 2: SET_PARAMETER",
                        0, 2, 0, kFlags));
  g_object_class_install_property(
      object_class, PROP_KEEP_ALIVE_PERIOD,
      g_param_spec_uint("keep-alive-period", "keep-alive-period",
                        "Longest time between two requests that keep the session alive (ms); "
                        "half of what the camera allows, if that is less",
                        100, 3'600'000, 30'000, kFlags));
  g_object_class_install_property(object_class, PROP_TLS_VALIDATION_FLAGS,
                                  g_param_spec_flags("tls-validation-flags", "tls-validation-flags",
                                                     "Which faults of a certificate count",
                                                     G_TYPE_TLS_CERTIFICATE_FLAGS,
                                                     G_TLS_CERTIFICATE_VALIDATE_ALL, kFlags));
  g_object_class_install_property(
      object_class, PROP_TLS_DATABASE,
      g_param_spec_object("tls-database", "tls-database",
                          "The authorities that may sign certificates; null: those of the system",
                          G_TYPE_TLS_DATABASE, kFlags));
  g_object_class_install_property(
      object_class, PROP_STATS,
      g_param_spec_boxed(
          "stats", "stats",
          "As of rtph26xdepay, for the video; num-pushed, num-lost, num-duplicates: packets; "
          "avg-jitter: ns; keep-alives: answered; session-timeout: s",
          GST_TYPE_STRUCTURE, GParamFlags(G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)));
}

static void gst_rtsp_direct_src_class_init(GstRtspDirectSrcClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = gst_rtsp_direct_src_set_property;
  object_class->get_property = gst_rtsp_direct_src_get_property;
  object_class->finalize = gst_rtsp_direct_src_finalize;
  element_class->change_state = gst_rtsp_direct_src_change_state;
  install_properties(object_class);
  const GType type = G_TYPE_FROM_CLASS(klass);
  signals[SIGNAL_ON_SDP] =
      g_signal_new("on-sdp", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr, G_TYPE_NONE, 1,
                   GST_TYPE_SDP_MESSAGE | G_SIGNAL_TYPE_STATIC_SCOPE);
  signals[SIGNAL_SELECT_STREAM] =
      g_signal_new("select-stream", type, G_SIGNAL_RUN_LAST, 0, nullptr, nullptr, nullptr,
                   G_TYPE_BOOLEAN, 2, G_TYPE_UINT, GST_TYPE_CAPS);
  signals[SIGNAL_ACCEPT_CERTIFICATE] =
      g_signal_new("accept-certificate", type, G_SIGNAL_RUN_LAST, 0,
                   g_signal_accumulator_true_handled, nullptr, nullptr, G_TYPE_BOOLEAN, 3,
                   G_TYPE_TLS_CONNECTION, G_TYPE_TLS_CERTIFICATE, G_TYPE_TLS_CERTIFICATE_FLAGS);
  gst_element_class_add_static_pad_template(element_class, &src_template);
  gst_element_class_set_static_metadata(
      element_class, "RTSP camera source", "Source/Network",
      "Reads live cameras over RTSP with a few threads for all of them", "The Fanlight project");
}
