#include "gst/pipeline.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "base/credentials.h"
#include "base/log_line.h"
#include "base/main_loop.h"
#include "gst/teardown.h"

namespace fanlight {
namespace {

/// Pipelines being drawn at the same time, including those that wait for a worker.
constexpr int kDrawers = 2;
constexpr unsigned kMostDrawings = 8;
/// The largest pipeline that is drawn; several thousand viewers on webrtcbin exceed it.
constexpr std::size_t kMostElements = 50'000;
constexpr std::size_t kMostText = 64 * 1024 * 1024;

unsigned under_way = 0; // Main only.
unsigned begun = 0;     // Main only.

/// Removes the passwords among the properties in a drawing. The rest of a label's line goes with
/// the password, because a password may contain anything.
std::string hide_passwords(const std::string& dot) {
  constexpr std::string_view kPassword = "-pw=\\\"";
  std::string hidden;
  hidden.reserve(dot.size());
  std::size_t from = 0;
  for (std::size_t at = 0; (at = dot.find(kPassword, from)) != std::string::npos;) {
    hidden.append(dot, from, at - from).append("-pw=***\";");
    from = std::min(dot.find('\n', at), dot.size());
  }
  return hidden.append(dot, from);
}

/// The current children of a bin.
std::vector<Ref<GstElement>> children_of(GstBin* bin) {
  std::vector<Ref<GstElement>> children;
  GST_OBJECT_LOCK(bin);
  for (const GList* at = GST_BIN_CHILDREN(bin); at != nullptr; at = at->next)
    children.push_back(Ref<GstElement>::retain(GST_ELEMENT(at->data)));
  GST_OBJECT_UNLOCK(bin);
  return children;
}

std::size_t count_elements(const std::vector<Ref<GstElement>>& elements) {
  std::size_t count = elements.size();
  for (const auto& element : elements)
    if (GST_IS_BIN(element.get())) count += count_elements(children_of(GST_BIN(element.get())));
  return count;
}

/// GStreamer starts over if the children of a bin change while it draws them; with viewers that
/// come and go it would never finish. Therefore it draws a stand-in pipeline that nothing changes,
/// with the children of this moment.
std::string draw_still(GstPipeline* pipeline, std::vector<Ref<GstElement>> children) {
  auto still = Ref<GstElement>::retain(gst_pipeline_new(GST_OBJECT_NAME(pipeline)));
  GstBin* bin = GST_BIN(still.get());
  GST_OBJECT_LOCK(bin);
  for (const auto& child : children)
    GST_BIN_CHILDREN(bin) = g_list_prepend(GST_BIN_CHILDREN(bin), child.get());
  GST_BIN_CHILDREN(bin) = g_list_reverse(GST_BIN_CHILDREN(bin));
  GST_STATE(bin) = GST_STATE(pipeline);
  GST_OBJECT_UNLOCK(bin);
  std::string text = take_string(gst_debug_bin_to_dot_data(bin, GST_DEBUG_GRAPH_SHOW_ALL));
  GST_OBJECT_LOCK(bin);
  g_list_free(std::exchange(GST_BIN_CHILDREN(bin), nullptr));
  GST_STATE(bin) = GST_STATE_NULL;
  GST_OBJECT_UNLOCK(bin);
  return text;
}

} // namespace

/// One drawing, shared by all that wait for it. Only the worker uses `pipeline`, only main the
/// rest.
struct Drawing {
  Ref<GstElement> pipeline;
  std::vector<Pipeline::Drawn> waiting;
};

namespace {

/// On a worker. It takes the objects' locks one at a time and reads properties without a lock. A
/// webrtcbin waits only for its own thread, which is not this one.
Result<std::shared_ptr<const std::string>> draw(GstElement* pipeline) {
  const Error too_large{Errc::internal,
                        "drawing the pipeline: the drawing is too large; remove viewers from this "
                        "camera first"};
  auto children = children_of(GST_BIN(pipeline));
  if (count_elements(children) > kMostElements) return too_large;
  const std::string text = draw_still(GST_PIPELINE(pipeline), std::move(children));
  if (text.size() > kMostText) return too_large;
  return std::make_shared<const std::string>(strip_credentials(hide_passwords(text)));
}

void run(gpointer data, gpointer) {
  std::unique_ptr<std::shared_ptr<Drawing>> held{static_cast<std::shared_ptr<Drawing>*>(data)};
  auto drawn = draw((*held)->pipeline.get());
  (*held)->pipeline = {};
  post([drawing = std::move(*held), drawn = std::move(drawn)] {
    --under_way;
    // From here on, a request gets a new drawing.
    for (const auto& done : std::exchange(drawing->waiting, {})) done(drawn);
  });
}

/// Runs on the thread that posts, before the message is queued. A bus whose queue is full keeps the
/// threads that post to it busy until one of them has made it larger: with some dozens of
/// webrtcbins that report their states at once, that took most of the CPU time (GStreamer 1.22,
/// GstAtomicQueue). Therefore only what main reads is queued.
GstBusSyncReply drop_unread(GstBus*, GstMessage* message, gpointer) {
  constexpr int kRead =
      GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS | GST_MESSAGE_ELEMENT;
  if ((GST_MESSAGE_TYPE(message) & kRead) != 0) return GST_BUS_PASS;
  gst_message_unref(message);
  return GST_BUS_DROP;
}

GThreadPool* drawers() {
  static GThreadPool* pool = g_thread_pool_new(run, nullptr, kDrawers, FALSE, nullptr);
  return pool;
}

} // namespace

Pipeline::Pipeline(const std::string& name, OnMessage on_message)
    : name_(name), on_message_(std::move(on_message)),
      pipeline_(Ref<GstElement>::retain(gst_pipeline_new(name.c_str()))) {
  // The system clock: otherwise the clock of an element would leave with the element.
  auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_sync_handler(bus.get(), drop_unread, nullptr, nullptr);
  bus_watch_ = gst_bus_add_watch(
      bus.get(),
      +[](GstBus*, GstMessage* message, gpointer self) -> gboolean {
        static_cast<Pipeline*>(self)->on_message_(message);
        return G_SOURCE_CONTINUE;
      },
      this);
}

Pipeline::~Pipeline() {
  g_source_remove(bus_watch_);
  auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_bus_set_flushing(bus.get(), TRUE);
  stop_in_background(std::move(pipeline_), "the pipeline " + name_);
}

void Pipeline::start() { gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING); }

Result<Done> Pipeline::add(GstElement* element) {
  if (!gst_bin_add(bin(), element))
    return Error{Errc::internal, "adding " + std::string{GST_OBJECT_NAME(element)} + " to " +
                                     name_ + ": an element of that name already exists"};
  if (!gst_element_sync_state_with_parent(element)) {
    remove(element, GST_OBJECT_NAME(element));
    return Error{Errc::internal,
                 "starting " + std::string{GST_OBJECT_NAME(element)} + " in " + name_ + " failed"};
  }
  return Done{};
}

void Pipeline::remove(GstElement* element, const std::string& what) {
  auto kept = Ref<GstElement>::retain(element);
  // Threads of the element may still post to the pipeline: a bin's bus refers to its bin by a raw
  // pointer. Therefore the element keeps the pipeline, whichever of the two stops first.
  g_object_set_data_full(G_OBJECT(element), "fanlight-pipeline", gst_object_ref(pipeline_.get()),
                         gst_object_unref);
  gst_element_set_locked_state(element, TRUE);
  gst_bin_remove(bin(), element);
  stop_in_background(std::move(kept), what);
}

void Pipeline::draw(Drawn done) {
  if (const auto shared = drawing_.lock(); shared && !shared->waiting.empty())
    return shared->waiting.push_back(std::move(done));
  if (under_way >= kMostDrawings)
    return post([done = std::move(done)] {
      done(Error{Errc::busy,
                 "drawing the pipeline: the server is drawing other pipelines; try again later"});
    });
  ++under_way;
  ++begun;
  const auto drawing = std::make_shared<Drawing>();
  drawing->pipeline = pipeline_;
  drawing->waiting.push_back(std::move(done));
  drawing_ = drawing;
  g_thread_pool_push(drawers(), new std::shared_ptr<Drawing>(drawing), nullptr);
}

unsigned drawings_begun() { return begun; }

bool is_inside(GstObject* object, GstElement* ancestor) {
  return object == GST_OBJECT(ancestor) || gst_object_has_as_ancestor(object, GST_OBJECT(ancestor));
}

std::string describe(GstMessage* message) {
  GError* raw = nullptr;
  gchar* raw_debug = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR)
    gst_message_parse_error(message, &raw, &raw_debug);
  else if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_WARNING)
    gst_message_parse_warning(message, &raw, &raw_debug);
  GErrorPtr error{raw};
  const std::string debug = take_string(raw_debug);
  std::string text = error ? error->message : gst_message_type_get_name(GST_MESSAGE_TYPE(message));
  // The last line of the detail is the reason; the lines before it are source file and element
  // path.
  if (const auto line = debug.rfind('\n'); line != std::string::npos && line + 1 < debug.size())
    text += " (" + debug.substr(line + 1) + ")";
  constexpr std::size_t kLongest = 512; // Bytes. A camera may send any amount of text.
  return log::bounded(text, kLongest);
}

} // namespace fanlight
