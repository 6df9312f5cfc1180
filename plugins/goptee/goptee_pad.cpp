/**
 * GstGopTeePad:
 *
 * A src pad of `goptee`: a bounded queue and a streaming thread, so that its branch can neither
 * delay the source nor another branch. See `goptee`.
 */
#include "goptee_pad.h"

#include <atomic>
#include <chrono>
#include <mutex>

#include <gst/video/video.h>

#include "properties.h"

GST_DEBUG_CATEGORY_EXTERN(gst_goptee_debug);
#define GST_CAT_DEFAULT gst_goptee_debug

namespace goptee = fanlight::goptee;
using fanlight::EventRef;
using fanlight::goptee::Branch;
using fanlight::goptee::install_counter;
using fanlight::goptee::kReadable;
using fanlight::goptee::Tee;
using fanlight::goptee::Upstream;

namespace {

/// How long to wait for the end of a push if the pad is deactivated with its element. The elements
/// behind it stop first, so their pushes already return.
constexpr std::chrono::milliseconds kDeactivationPatience{1000};

struct PadState {
  std::shared_ptr<Tee> tee;
  std::shared_ptr<Upstream> upstream;
  Branch branch;
  std::atomic<bool> retired{false};
  /// Held by the task while it runs: at most one thread pushes, even if a new one starts while an
  /// old one is stuck. Recursive, as GstTask requires.
  GRecMutex push_lock;
  /// Protects task.
  std::mutex task_lock;
  GstTask* task = nullptr;
};

/// What a streaming thread holds during its life.
struct Run {
  GstGopTeePad* pad;
  unsigned number;
};

} // namespace

struct _GstGopTeePad {
  GstPad parent;
  PadState* state;
};

G_DEFINE_TYPE(GstGopTeePad, gst_goptee_pad, GST_TYPE_PAD)

enum {
  PROP_0,
  PROP_MAX_QUEUE_BYTES,
  PROP_MAX_QUEUE_TIME,
  PROP_MAX_QUEUE_BUFFERS,
  PROP_LEVEL_BYTES,
  PROP_LEVEL_TIME,
  PROP_LEVEL_BUFFERS,
  PROP_PUSHED_BUFFERS,
  PROP_PUSHED_BYTES,
  PROP_DROPPED_BUFFERS,
  PROP_DROPPED_GROUPS,
  PROP_REPLAYS,
  PROP_KEY_UNIT_REQUESTS,
  PROP_WAITING_FOR_KEY,
  PROP_LAST_FLOW,
};

static void gst_goptee_pad_run(gpointer data) {
  const Run* run = static_cast<Run*>(data);
  PadState& state = *run->pad->state;
  const Tee::Settings& settings = state.tee->settings;
  const Branch::Step step = state.branch.step(
      GST_PAD(run->pad), run->number,
      {.squeeze_step = settings.squeeze_step, .bitrate = settings.replay_bitrate});
  if (step == Branch::Step::wants_replay) state.tee->replay_late_start(state.branch);
}

static void gst_goptee_pad_run_free(gpointer data) {
  Run* run = static_cast<Run*>(data);
  gst_object_unref(run->pad);
  delete run;
}

static void gst_goptee_pad_stop(GstGopTeePad* self) {
  PadState& state = *self->state;
  state.tee->close(state.branch);
  GstTask* task = nullptr;
  {
    std::lock_guard lock(state.task_lock);
    std::swap(state.task, task);
  }
  if (!task) return;
  gst_task_stop(task);
  if (!state.branch.on_streaming_thread()) {
    // A closed branch that is not pushing ends without waiting.
    if (state.branch.wait_until_idle(state.retired ? std::chrono::milliseconds(0)
                                                   : kDeactivationPatience))
      gst_task_join(task);
    else if (!state.retired)
      GST_WARNING_OBJECT(self, "The branch does not return; its thread ends when the push returns");
  }
  gst_object_unref(task);
}

static gboolean gst_goptee_pad_start(GstGopTeePad* self) {
  PadState& state = *self->state;
  if (state.retired) return FALSE;
  const Tee::Opening opening = state.tee->open(state.branch, GST_PAD(self));
  for (const EventRef& event : opening.sticky)
    gst_pad_store_sticky_event(GST_PAD(self), event.get());

  // The task keeps the pad, and the thread keeps the task: after a push in which it was stuck, the
  // thread finds all it needs, however long after the release of the pad.
  Run* run = new Run{GST_GOPTEE_PAD(gst_object_ref(self)), opening.run};
  GstTask* task = gst_task_new(gst_goptee_pad_run, run, gst_goptee_pad_run_free);
  gst_task_set_lock(task, &state.push_lock);
  gchar* name = g_strdup_printf("goptee:%s", GST_PAD_NAME(self));
  gst_object_set_name(GST_OBJECT(task), name);
  g_free(name);
  {
    std::lock_guard lock(state.task_lock);
    std::swap(state.task, task);
    g_assert(task == nullptr);
    task = GST_TASK(gst_object_ref(state.task));
  }
  const gboolean started = gst_task_start(task);
  gst_object_unref(task);
  if (!started) {
    GST_ERROR_OBJECT(self, "The system could not start a thread for the pad");
    gst_goptee_pad_stop(self);
  }
  return started;
}

static gboolean gst_goptee_pad_activate_mode(GstPad* pad, GstObject*, GstPadMode mode,
                                             gboolean active) {
  if (mode != GST_PAD_MODE_PUSH) return FALSE;
  GstGopTeePad* self = GST_GOPTEE_PAD(pad);
  if (active) return gst_goptee_pad_start(self);
  gst_goptee_pad_stop(self);
  return TRUE;
}

static gboolean gst_goptee_pad_event(GstPad* pad, GstObject* parent, GstEvent* event) {
  PadState& state = *GST_GOPTEE_PAD(pad)->state;
  gboolean handled = FALSE;
  switch (GST_EVENT_TYPE(event)) {
  case GST_EVENT_CUSTOM_UPSTREAM:
    if (!gst_video_event_is_force_key_unit(event)) break;
    GST_LOG_OBJECT(pad, "The branch requests a key frame");
    if (state.tee->request_key_unit(state.branch) && parent)
      state.upstream->send(gst_event_ref(event));
    handled = TRUE;
    break;
  case GST_EVENT_QOS:
  case GST_EVENT_RECONFIGURE:
  case GST_EVENT_LATENCY:
  case GST_EVENT_NAVIGATION:
    handled = TRUE; // Concerns this branch only, neither the source nor another branch.
    break;
  default: break; // A seek of one branch would affect all branches.
  }
  gst_event_unref(event);
  return handled;
}

static gboolean gst_goptee_pad_query_caps(GstPad* pad, GstQuery* query) {
  GstCaps* filter = nullptr;
  gst_query_parse_caps(query, &filter);
  GstCaps* caps = gst_pad_get_current_caps(pad);
  if (!caps) caps = gst_pad_get_pad_template_caps(pad);
  if (filter) {
    GstCaps* both = gst_caps_intersect_full(filter, caps, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref(caps);
    caps = both;
  }
  gst_query_set_caps_result(query, caps);
  gst_caps_unref(caps);
  return TRUE;
}

static gboolean gst_goptee_pad_query(GstPad* pad, GstObject* parent, GstQuery* query) {
  switch (GST_QUERY_TYPE(query)) {
  case GST_QUERY_CAPS: return gst_goptee_pad_query_caps(pad, query);
  case GST_QUERY_ACCEPT_CAPS: return gst_pad_query_default(pad, parent, query);
  case GST_QUERY_ALLOCATION: return FALSE;
  case GST_QUERY_LATENCY: {
    if (!parent) return FALSE;
    GST_GOPTEE_PAD(pad)->state->upstream->query_latency(query);
    gboolean live = FALSE;
    GstClockTime shortest = 0;
    GstClockTime longest = GST_CLOCK_TIME_NONE;
    gst_query_parse_latency(query, &live, &shortest, &longest);
    // The queue may delay frames up to its limit.
    const GstClockTime queue = GST_GOPTEE_PAD(pad)->state->branch.limits().duration;
    longest = queue > 0 && GST_CLOCK_TIME_IS_VALID(longest) ? longest + queue : GST_CLOCK_TIME_NONE;
    gst_query_set_latency(query, live, shortest, longest);
    return TRUE;
  }
  default: return gst_pad_query_default(pad, parent, query);
  }
}

static void gst_goptee_pad_link_changed(GstPad* pad, GstPad*) {
  PadState& state = *GST_GOPTEE_PAD(pad)->state;
  state.tee->link_changed(state.branch, pad);
}

static void gst_goptee_pad_set_property(GObject* object, guint id, const GValue* value,
                                        GParamSpec* pspec) {
  Branch& branch = GST_GOPTEE_PAD(object)->state->branch;
  Branch::Limits limits = branch.limits();
  switch (id) {
  case PROP_MAX_QUEUE_BYTES: limits.bytes = g_value_get_uint64(value); break;
  case PROP_MAX_QUEUE_TIME: limits.duration = g_value_get_uint64(value); break;
  case PROP_MAX_QUEUE_BUFFERS: limits.buffers = g_value_get_uint64(value); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec); return;
  }
  branch.set_limits(limits);
}

static void gst_goptee_pad_get_property(GObject* object, guint id, GValue* value,
                                        GParamSpec* pspec) {
  const Branch& branch = GST_GOPTEE_PAD(object)->state->branch;
  const Branch::Limits limits = branch.limits();
  const Branch::Counters counters = branch.counters();
  switch (id) {
  case PROP_MAX_QUEUE_BYTES: g_value_set_uint64(value, limits.bytes); break;
  case PROP_MAX_QUEUE_TIME: g_value_set_uint64(value, limits.duration); break;
  case PROP_MAX_QUEUE_BUFFERS: g_value_set_uint64(value, limits.buffers); break;
  case PROP_LEVEL_BYTES: g_value_set_uint64(value, counters.level_bytes); break;
  case PROP_LEVEL_TIME: g_value_set_uint64(value, counters.level_duration); break;
  case PROP_LEVEL_BUFFERS: g_value_set_uint64(value, counters.level_buffers); break;
  case PROP_PUSHED_BUFFERS: g_value_set_uint64(value, counters.pushed_buffers); break;
  case PROP_PUSHED_BYTES: g_value_set_uint64(value, counters.pushed_bytes); break;
  case PROP_DROPPED_BUFFERS: g_value_set_uint64(value, counters.dropped_buffers); break;
  case PROP_DROPPED_GROUPS: g_value_set_uint64(value, counters.dropped_groups); break;
  case PROP_REPLAYS: g_value_set_uint64(value, counters.replays); break;
  case PROP_KEY_UNIT_REQUESTS: g_value_set_uint64(value, counters.key_unit_requests); break;
  case PROP_WAITING_FOR_KEY: g_value_set_boolean(value, counters.waiting_for_key); break;
  case PROP_LAST_FLOW: g_value_set_enum(value, counters.last_flow); break;
  default: G_OBJECT_WARN_INVALID_PROPERTY_ID(object, id, pspec);
  }
}

static void gst_goptee_pad_finalize(GObject* object) {
  GstGopTeePad* self = GST_GOPTEE_PAD(object);
  g_rec_mutex_clear(&self->state->push_lock);
  delete self->state;
  G_OBJECT_CLASS(gst_goptee_pad_parent_class)->finalize(object);
}

static void gst_goptee_pad_init(GstGopTeePad* self) {
  self->state = new PadState;
  g_rec_mutex_init(&self->state->push_lock);
}

static void gst_goptee_pad_class_init(GstGopTeePadClass* klass) {
  GObjectClass* object_class = G_OBJECT_CLASS(klass);
  object_class->set_property = gst_goptee_pad_set_property;
  object_class->get_property = gst_goptee_pad_get_property;
  object_class->finalize = gst_goptee_pad_finalize;
  GST_PAD_CLASS(klass)->linked = gst_goptee_pad_link_changed;
  GST_PAD_CLASS(klass)->unlinked = gst_goptee_pad_link_changed;

  goptee::install_queue_limits(object_class,
                               {PROP_MAX_QUEUE_BYTES, PROP_MAX_QUEUE_TIME, PROP_MAX_QUEUE_BUFFERS});
  install_counter(object_class, PROP_LEVEL_BYTES, "level-bytes", "Bytes in the queue");
  install_counter(object_class, PROP_LEVEL_TIME, "level-time", "Time in the queue (ns)");
  install_counter(object_class, PROP_LEVEL_BUFFERS, "level-buffers", "Buffers in the queue");
  install_counter(object_class, PROP_PUSHED_BUFFERS, "pushed-buffers",
                  "Buffers that the branch took, including replayed ones");
  install_counter(object_class, PROP_PUSHED_BYTES, "pushed-bytes",
                  "Bytes that the branch took, including replayed ones");
  install_counter(object_class, PROP_DROPPED_BUFFERS, "dropped-buffers",
                  "Buffers lost because the branch was too slow");
  install_counter(object_class, PROP_DROPPED_GROUPS, "dropped-groups",
                  "Groups of pictures that were lost completely or in part because the branch was "
                  "too slow");
  install_counter(object_class, PROP_REPLAYS, "replays",
                  "How often the branch got the cached group of pictures, at its start or on "
                  "request");
  install_counter(object_class, PROP_KEY_UNIT_REQUESTS, "key-unit-requests",
                  "Key frame requests from the branch, answered or not");
  g_object_class_install_property(
      object_class, PROP_WAITING_FOR_KEY,
      g_param_spec_boolean("waiting-for-key", "waiting-for-key",
                           "Whether the branch waits for the next key frame", FALSE, kReadable));
  g_object_class_install_property(object_class, PROP_LAST_FLOW,
                                  g_param_spec_enum("last-flow", "last-flow",
                                                    "What the branch returned for the last buffer",
                                                    GST_TYPE_FLOW_RETURN, GST_FLOW_OK, kReadable));
}

namespace fanlight::goptee {

GstGopTeePad* new_goptee_pad(GstPadTemplate* pad_template, const char* name,
                             std::shared_ptr<Tee> tee, std::shared_ptr<Upstream> upstream,
                             const Branch::Limits& limits) {
  GstGopTeePad* self = GST_GOPTEE_PAD(g_object_new(GST_TYPE_GOPTEE_PAD, "name", name, "direction",
                                                   GST_PAD_SRC, "template", pad_template, nullptr));
  self->state->tee = std::move(tee);
  self->state->upstream = std::move(upstream);
  self->state->branch.set_limits(limits);
  gst_pad_set_activatemode_function(GST_PAD(self), gst_goptee_pad_activate_mode);
  gst_pad_set_event_function(GST_PAD(self), gst_goptee_pad_event);
  gst_pad_set_query_function(GST_PAD(self), gst_goptee_pad_query);
  return self;
}

void retire(GstGopTeePad* pad) {
  pad->state->retired = true;
  gst_pad_set_active(GST_PAD(pad), FALSE);
}

Branch::Counters counters_of(GstGopTeePad* pad) { return pad->state->branch.counters(); }

} // namespace fanlight::goptee
