#include "gst/pipeline.h"

#include <algorithm>

#include "base/credentials.h"
#include "gst/undertaker.h"

namespace fanlight {
namespace {

/// Without the passwords among the properties in a drawing. A label is one line; what stands behind
/// a password in it goes with it, as the password may look like anything.
std::string hide_passwords(const std::string& dot) {
  std::string out;
  std::size_t done = 0;
  for (std::size_t at = 0; (at = dot.find("-pw=\\\"", at)) != std::string::npos;) {
    out.append(dot, done, at - done).append("-pw=***\";");
    done = at = std::min(dot.find('\n', at), dot.size());
  }
  return out.append(dot, done);
}

} // namespace

Pipeline::Pipeline(const std::string& name, OnMessage on_message)
    : name_(name), on_message_(std::move(on_message)),
      pipeline_(Ref<GstElement>::retain(gst_pipeline_new(name.c_str()))) {
  // The system clock, so that no element that comes and goes takes the clock with it.
  auto clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  bus_watch_ = gst_bus_add_watch(
      bus.get(),
      +[](GstBus*, GstMessage* message, gpointer self) -> gboolean {
        constexpr int kWanted =
            GST_MESSAGE_ERROR | GST_MESSAGE_WARNING | GST_MESSAGE_EOS | GST_MESSAGE_ELEMENT;
        if ((GST_MESSAGE_TYPE(message) & kWanted) != 0)
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
                                     name_ + ": an element of that name is there already"};
  if (!gst_element_sync_state_with_parent(element)) {
    remove(element, GST_OBJECT_NAME(element));
    return Error{Errc::internal,
                 "starting " + std::string{GST_OBJECT_NAME(element)} + " in " + name_ + " failed"};
  }
  return Done{};
}

void Pipeline::remove(GstElement* element, const std::string& what) {
  auto kept = Ref<GstElement>::retain(element);
  gst_element_set_locked_state(element, TRUE);
  gst_bin_remove(bin(), element);
  stop_in_background(std::move(kept), what);
}

std::string Pipeline::dot() const {
  return strip_credentials(
      hide_passwords(take_string(gst_debug_bin_to_dot_data(bin(), GST_DEBUG_GRAPH_SHOW_ALL))));
}

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
  // The last line of the detail is the reason; those before are source file and element path.
  if (const auto line = debug.rfind('\n'); line != std::string::npos && line + 1 < debug.size())
    text += " (" + debug.substr(line + 1) + ")";
  return strip_credentials(text);
}

} // namespace fanlight
