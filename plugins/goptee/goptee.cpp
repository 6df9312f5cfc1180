/**
 * SECTION:element-goptee
 *
 * A tee for live streams whose branches come and go at any time. It does three things:
 *
 * - It caches the current group of pictures (the newest key frame and all frames after it) and
 *   starts every new src pad with it, at `replay-bitrate`, so that a viewer need not wait for a key
 *   frame. The timestamps of the older frames are squeezed to a distance of `squeeze-step` before
 *   the newest one, or to the time that sending them takes if that is longer. Memory is shared,
 *   never copied.
 * - Each src pad has its own bounded queue and streaming thread. A branch that is too slow loses
 *   whole groups of pictures (of audio: its oldest buffers), counted on the pad; it delays neither
 *   the source nor another branch. The first buffer after a gap is marked DISCONT.
 * - Any thread may request and release src pads at any time. A release waits for nothing: if the
 *   branch is inside a push that does not return, its thread continues alone until the push
 *   returns, which depends on the elements behind it (stop them, or unblock their pads).
 *
 * Key frames are buffers without GST_BUFFER_FLAG_DELTA_UNIT in a stream with caps video/...; one
 * buffer must hold one access unit (alignment=au). Any other stream, such as audio, passes in the
 * same way but without a cache.
 *
 * A group that exceeds `max-gop-bytes` or `max-gop-time` is not cached at all (`outgrown-groups`
 * counts these): new pads then wait for the next key frame, as they do before the first one.
 *
 * The flow return of a branch concerns that branch alone; the sink always returns GST_FLOW_OK, even
 * without src pads. After not-linked and flushing, the next buffer is a new start with the cached
 * group, so a pad may be linked before the elements behind it run. After EOS or an error, the pad
 * pauses until it is linked again or a new stream begins. A pad without peer costs nothing; it
 * starts when it is linked.
 *
 * The source may be replaced while everything runs: with its stream-start, caps and segment,
 * the cache is dropped, and each branch continues, on the same thread, at the next key frame. Set
 * `hold-eos` so that goptee does not forward the end of the old source.
 *
 * With `restamp`, timestamps move forward at the pace of the frames: timestamps in order pass
 * unchanged; missing timestamps, and those of a clock that stands still, become the time of
 * arrival; after a clock was set, counting continues from its previous value. With `drop-b-frames`,
 * goptee drops frames of H.264 and H.265 that are shown before one that was sent earlier, by the
 * picture order count in their slices: receivers that show frames in the order of arrival (WebRTC)
 * cannot use them. The rest of the stream decodes without them, with small errors if they were
 * references of each other.
 *
 * A GstForceKeyUnit event from a branch (webrtcbin makes one for each PLI and FIR) is answered from
 * the cache, at most once per `key-unit-interval` and pad: the group is sent again with timestamps
 * between the last one sent and the next frame's, because receivers drop what is older. Streams
 * with B-frames leave no room for that and get no answer from the cache. The event also goes to the
 * source, at most once per `upstream-key-unit-interval`. No other event goes from a branch to the
 * source.
 *
 * ## Example
 * |[
 * gst-launch-1.0 videotestsrc is-live=true ! x264enc tune=zerolatency key-int-max=250 ! h264parse !
 *   goptee name=t  t. ! avdec_h264 ! autovideosink  t. ! fakesink
 * ]|
 * Use a live source: goptee never slows a source down, so if the source runs ahead of the clock,
 * branches that follow the clock lose frames.
 */
#include "goptee.h"

#include <memory>
#include <mutex>
#include <string>

#include "goptee_pad.h"
#include "properties.h"
#include "stats.h"
#include "tee.h"
#include "upstream.h"

GST_DEBUG_CATEGORY(gst_goptee_debug);
#define GST_CAT_DEFAULT gst_goptee_debug

namespace goptee = fanlight::goptee;
using fanlight::BufferRef;
using fanlight::EventRef;
using fanlight::goptee::Branch;
using fanlight::goptee::install_counter;
using fanlight::goptee::install_setting;
using fanlight::goptee::install_switch;
using fanlight::goptee::kReadable;
using fanlight::goptee::Tee;
using fanlight::goptee::Upstream;

namespace {

constexpr guint64 kDefaultGopBytes = 32 * 1024 * 1024;
constexpr guint64 kDefaultGopTime = 30 * GST_SECOND;
/// A LAN can carry this beside its other traffic, and a receiver can decode it.
constexpr guint64 kDefaultReplayBitrate = 40'000'000;

struct ElementState {
  explicit ElementState(GstPad* sink) : upstream(std::make_shared<Upstream>(sink)) {}

  const std::shared_ptr<Tee> tee = std::make_shared<Tee>();
  const std::shared_ptr<Upstream> upstream;
  /// Protects everything below.
  std::mutex lock;
  guint next_pad = 0;
  Branch::Limits limits = goptee::kDefaultLimits;
};

} // namespace

struct _GstGopTee {
  GstElement parent;
  ElementState* state;
};

G_DEFINE_TYPE_WITH_CODE(GstGopTee, gst_goptee, GST_TYPE_ELEMENT,
                        GST_DEBUG_CATEGORY_INIT(gst_goptee_debug, "goptee", 0,
                                                "Tee with a cache of the group of pictures"))
GST_ELEMENT_REGISTER_DEFINE(goptee, "goptee", GST_RANK_NONE, GST_TYPE_GOPTEE)

static GstStaticPadTemplate sink_template =
    GST_STATIC_PAD_TEMPLATE("sink", GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS_ANY);

enum {
  PROP_0,
  PROP_MAX_GOP_BYTES,
  PROP_MAX_GOP_TIME,
  PROP_SQUEEZE_STEP,
  PROP_REPLAY_BITRATE,
  PROP_MAX_QUEUE_BYTES,
  PROP_MAX_QUEUE_TIME,
  PROP_MAX_QUEUE_BUFFERS,
  PROP_KEY_UNIT_INTERVAL,
  PROP_UPSTREAM_KEY_UNIT_INTERVAL,
  PROP_HOLD_EOS,
  PROP_RESTAMP,
  PROP_DROP_B_FRAMES,
  PROP_CACHED_BYTES,
  PROP_CACHED_TIME,
  PROP_CACHED_BUFFERS,
  PROP_GROUPS,
  PROP_OUTGROWN_GROUPS,
  PROP_STATS,
};

static GstFlowReturn gst_goptee_chain(GstPad*, GstObject* parent, GstBuffer* buffer) {
  const GstClockTime now = gst_element_get_current_running_time(GST_ELEMENT(parent));
  GST_GOPTEE(parent)->state->tee->deliver(BufferRef::adopt(buffer), now);
  return GST_FLOW_OK;
}

static gboolean push_flush_start(GstElement*, GstPad* pad, gpointer event) {
  gst_pad_push_event(pad, gst_event_ref(static_cast<GstEvent*>(event)));
  return TRUE;
}

static gboolean gst_goptee_sink_event(GstPad*, GstObject* parent, GstEvent* event) {
  GstGopTee* self = GST_GOPTEE(parent);
  if (GST_EVENT_TYPE(event) == GST_EVENT_FLUSH_START) {
    // Not through the queues: the flush must unblock the elements that handle queued buffers.
    self->state->tee->flush();
    gst_element_foreach_src_pad(GST_ELEMENT(self), push_flush_start, event);
    gst_event_unref(event);
  } else {
    self->state->tee->deliver(EventRef::adopt(event));
  }
  return TRUE;
}

static gboolean gst_goptee_sink_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
  case GST_QUERY_CAPS:
  case GST_QUERY_ACCEPT_CAPS: return gst_pad_query_default(pad, parent, query);
  default: return FALSE; // A branch may neither control the source nor make it wait.
  }
}

static std::string free_pad_name(GstGopTee* self) {
  while (true) {
    std::string name;
    {
      std::lock_guard lock(self->state->lock);
      name = "src_" + std::to_string(self->state->next_pad++);
    }
    GstPad* taken = gst_element_get_static_pad(GST_ELEMENT(self), name.c_str());
    if (!taken) return name;
    gst_object_unref(taken);
  }
}

static GstPad* gst_goptee_request_new_pad(GstElement* element, GstPadTemplate* pad_template,
                                          const gchar* wanted_name, const GstCaps*) {
  GstGopTee* self = GST_GOPTEE(element);
  const std::string name = wanted_name ? wanted_name : free_pad_name(self);
  Branch::Limits limits;
  {
    std::lock_guard lock(self->state->lock);
    limits = self->state->limits;
  }
  GstPad* pad = GST_PAD(goptee::new_goptee_pad(pad_template, name.c_str(), self->state->tee,
                                               self->state->upstream, limits));
  gst_object_ref_sink(pad);
  GstPad* result = nullptr;
  if (gst_pad_set_active(pad, TRUE)) {
    if (gst_element_add_pad(element, pad))
      result = pad;
    else
      goptee::retire(GST_GOPTEE_PAD(pad)); // Another thread has used the name meanwhile.
  }
  gst_object_unref(pad);
  return result;
}

static void gst_goptee_release_pad(GstElement* element, GstPad* pad) {
  goptee::retire(GST_GOPTEE_PAD(pad));
  gst_element_remove_pad(element, pad);
}

static GstStateChangeReturn gst_goptee_change_state(GstElement* element,
                                                    GstStateChange transition) {
  const GstStateChangeReturn result =
      GST_ELEMENT_CLASS(gst_goptee_parent_class)->change_state(element, transition);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY) GST_GOPTEE(element)->state->tee->reset();
  return result;
}

static gboolean add_counters(GstElement*, GstPad* pad, gpointer total) {
  goptee::add(*static_cast<Branch::Counters*>(total), goptee::counters_of(GST_GOPTEE_PAD(pad)));
  return TRUE;
}

static GstStructure* collect_stats(GstGopTee* self) {
  const Tee::Stats stats = self->state->tee->stats();
  Branch::Counters total;
  gst_element_foreach_src_pad(GST_ELEMENT(self), add_counters, &total);
  return goptee::to_structure(stats, total);
}

static void gst_goptee_set_property(GObject* object, guint id, const GValue* value,
                                    GParamSpec* pspec) {
  ElementState& state = *GST_GOPTEE(object)->state;
  std::lock_guard lock(state.lock);
  goptee::GopCache::Bounds bounds = state.tee->bounds();
  Tee::Settings& settings = state.tee->settings;
  switch (id) {
  case PROP_MAX_GOP_BYTES: bounds.bytes = g_value_get_uint64(value); break;
  case PROP_MAX_GOP_TIME: bounds.duration = g_value_get_uint64(value); break;
  case PROP_SQUEEZE_STEP: settings.squeeze_step = g_value_get_uint64(value); break;
  case PROP_REPLAY_BITRATE: settings.replay_bitrate = g_value_get_uint64(value); break;
  case PROP_MAX_QUEUE_BYTES: state.limits.bytes = g_value_get_uint64(value); break;
  case PROP_MAX_QUEUE_TIME: state.limits.duration = g_value_get_uint64(value); break;
  case PROP_MAX_QUEUE_BUFFERS: state.limits.buffers = g_value_get_uint64(value); break;
  case PROP_KEY_UNIT_INTERVAL: settings.key_unit_interval = g_value_get_uint64(value); break;
  case PROP_UPSTREAM_KEY_UNIT_INTERVAL:
    settings.upstream_key_unit_interval = g_value_get_uint64(value);
    break;
  case PROP_HOLD_EOS: settings.hold_eos = g_value_get_boolean(value); break;
  case PROP_RESTAMP: settings.restamp = g_value_get_boolean(value); break;
  case PROP_DROP_B_FRAMES: settings.drop_b_frames = g_value_get_boolean(value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec); return;
  }
  state.tee->set_bounds(bounds);
}

static void gst_goptee_get_property(GObject* object, guint id, GValue* value, GParamSpec* pspec) {
  GstGopTee* self = GST_GOPTEE(object);
  ElementState& state = *self->state;
  const Tee::Settings& settings = state.tee->settings;
  const Tee::Stats stats = state.tee->stats();
  Branch::Limits limits;
  {
    std::lock_guard lock(state.lock);
    limits = state.limits;
  }
  switch (id) {
  case PROP_MAX_GOP_BYTES: g_value_set_uint64(value, state.tee->bounds().bytes); break;
  case PROP_MAX_GOP_TIME: g_value_set_uint64(value, state.tee->bounds().duration); break;
  case PROP_SQUEEZE_STEP: g_value_set_uint64(value, settings.squeeze_step); break;
  case PROP_REPLAY_BITRATE: g_value_set_uint64(value, settings.replay_bitrate); break;
  case PROP_MAX_QUEUE_BYTES: g_value_set_uint64(value, limits.bytes); break;
  case PROP_MAX_QUEUE_TIME: g_value_set_uint64(value, limits.duration); break;
  case PROP_MAX_QUEUE_BUFFERS: g_value_set_uint64(value, limits.buffers); break;
  case PROP_KEY_UNIT_INTERVAL: g_value_set_uint64(value, settings.key_unit_interval); break;
  case PROP_UPSTREAM_KEY_UNIT_INTERVAL:
    g_value_set_uint64(value, settings.upstream_key_unit_interval);
    break;
  case PROP_HOLD_EOS: g_value_set_boolean(value, settings.hold_eos); break;
  case PROP_RESTAMP: g_value_set_boolean(value, settings.restamp); break;
  case PROP_DROP_B_FRAMES: g_value_set_boolean(value, settings.drop_b_frames); break;
  case PROP_CACHED_BYTES: g_value_set_uint64(value, stats.cached_bytes); break;
  case PROP_CACHED_TIME: g_value_set_uint64(value, stats.cached_duration); break;
  case PROP_CACHED_BUFFERS: g_value_set_uint64(value, stats.cached_buffers); break;
  case PROP_GROUPS: g_value_set_uint64(value, stats.groups); break;
  case PROP_OUTGROWN_GROUPS: g_value_set_uint64(value, stats.outgrown_groups); break;
  case PROP_STATS: g_value_take_boxed(value, collect_stats(self)); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_goptee_finalize(GObject* object) {
  delete GST_GOPTEE(object)->state;
  G_OBJECT_CLASS(gst_goptee_parent_class)->finalize(object);
}

static void gst_goptee_init(GstGopTee* self) {
  GstPad* sink =
      GST_PAD(gst_object_ref_sink(gst_pad_new_from_static_template(&sink_template, "sink")));
  self->state = new ElementState(sink);
  self->state->tee->set_bounds({.bytes = kDefaultGopBytes, .duration = kDefaultGopTime});
  self->state->tee->settings.replay_bitrate = kDefaultReplayBitrate;
  gst_pad_set_chain_function(sink, gst_goptee_chain);
  gst_pad_set_event_function(sink, gst_goptee_sink_event);
  gst_pad_set_query_function(sink, gst_goptee_sink_query);
  // The application may unlink the pad while another thread disposes of the element.
  g_signal_connect_data(
      sink, "unlinked",
      G_CALLBACK(+[](GstPad*, GstPad*, std::shared_ptr<Tee>* tee) { (*tee)->source_gone(); }),
      new std::shared_ptr<Tee>(self->state->tee),
      [](gpointer tee, GClosure*) { delete static_cast<std::shared_ptr<Tee>*>(tee); },
      GConnectFlags{});
  gst_element_add_pad(GST_ELEMENT(self), sink);
}

static void install_settings(GObjectClass* object_class) {
  install_setting(object_class, PROP_MAX_GOP_BYTES, "max-gop-bytes",
                  "Size limit of the cached group of pictures, in bytes; a larger group is not "
                  "cached at all (0: no limit)",
                  kDefaultGopBytes);
  install_setting(object_class, PROP_MAX_GOP_TIME, "max-gop-time",
                  "Duration limit of the cached group of pictures, in ns; a longer group is not "
                  "cached at all (0: no limit)",
                  kDefaultGopTime);
  install_setting(object_class, PROP_SQUEEZE_STEP, "squeeze-step",
                  "Distance of the timestamps of older frames when a cached group is sent (ns)",
                  GST_MSECOND);
  install_setting(object_class, PROP_REPLAY_BITRATE, "replay-bitrate",
                  "Bit rate at which a cached group is sent, in bit/s (0: at once). A group that "
                  "would take more than a second is sent faster",
                  kDefaultReplayBitrate);
  goptee::install_queue_limits(object_class,
                               {PROP_MAX_QUEUE_BYTES, PROP_MAX_QUEUE_TIME, PROP_MAX_QUEUE_BUFFERS});
  install_setting(object_class, PROP_KEY_UNIT_INTERVAL, "key-unit-interval",
                  "Least time between two cached groups for a pad that requests key frames (ns)",
                  500 * GST_MSECOND);
  install_setting(object_class, PROP_UPSTREAM_KEY_UNIT_INTERVAL, "upstream-key-unit-interval",
                  "Least time between two key frame requests to the source, over all pads (ns)",
                  GST_SECOND);
  install_switch(object_class, PROP_HOLD_EOS, "hold-eos",
                 "Do not forward the end of the source, because another source follows");
  install_switch(object_class, PROP_RESTAMP, "restamp",
                 "Correct timestamps that jump, go back, stand still, run ahead of the clock or "
                 "are missing");
  install_switch(object_class, PROP_DROP_B_FRAMES, "drop-b-frames",
                 "Drop frames that are shown before a frame that was sent earlier");
}

static void install_counters(GObjectClass* object_class) {
  install_counter(object_class, PROP_CACHED_BYTES, "cached-bytes", "Bytes in the cache");
  install_counter(object_class, PROP_CACHED_TIME, "cached-time",
                  "Time from the first to the last frame in the cache (ns)");
  install_counter(object_class, PROP_CACHED_BUFFERS, "cached-buffers", "Frames in the cache");
  install_counter(object_class, PROP_GROUPS, "groups", "Groups of pictures (key frames) received");
  install_counter(object_class, PROP_OUTGROWN_GROUPS, "outgrown-groups",
                  "Groups of pictures that exceeded a limit of the cache");
  g_object_class_install_property(
      object_class, PROP_STATS,
      g_param_spec_boxed("stats", "stats",
                         "All counters; those of the current src pads added up (times in ns)",
                         GST_TYPE_STRUCTURE, kReadable));
}

static void gst_goptee_class_init(GstGopTeeClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  GstElementClass* element_class = GST_ELEMENT_CLASS(klass);
  object_class->set_property = gst_goptee_set_property;
  object_class->get_property = gst_goptee_get_property;
  object_class->finalize = gst_goptee_finalize;
  element_class->request_new_pad = gst_goptee_request_new_pad;
  element_class->release_pad = gst_goptee_release_pad;
  element_class->change_state = gst_goptee_change_state;
  install_settings(object_class);
  install_counters(object_class);

  gst_element_class_add_static_pad_template(element_class, &sink_template);
  // With the type of its pads, so that gst-inspect also shows their properties.
  GstCaps* any = gst_caps_new_any();
  gst_element_class_add_pad_template(
      element_class, gst_pad_template_new_with_gtype("src_%u", GST_PAD_SRC, GST_PAD_REQUEST, any,
                                                     GST_TYPE_GOPTEE_PAD));
  gst_caps_unref(any);
  gst_element_class_set_static_metadata(
      element_class, "Tee with a GOP cache", "Generic",
      "Gives a live stream to any number of branches: each starts with the current group of "
      "pictures, has a thread and a bounded queue, and loses whole groups if it is slow",
      "The Fanlight project");
}
