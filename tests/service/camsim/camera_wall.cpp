#include "camera_wall.h"

#include "support/hang_limit.h"

namespace fanlight::test {

CameraWall::CameraWall(const std::vector<std::string>& urls, const std::string& media)
    : urls_(urls), media_(media) {
  std::string line;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const std::string n = std::to_string(i);
    line += "rtspsrc name=src" + n + " protocols=tcp latency=0 location=" + urls[i] + " src" + n +
            ". ! fakesink async=false signal-handoffs=true name=sink" + n + " ";
  }
  pipeline_ = Ref<GstElement>::retain(gst_parse_launch(line.c_str(), nullptr));
  const auto select = +[](GstElement*, guint, GstCaps* caps, gpointer wall) -> gboolean {
    const GstStructure* structure = gst_caps_get_structure(caps, 0);
    return static_cast<CameraWall*>(wall)->media_ == gst_structure_get_string(structure, "media");
  };
  const auto count = +[](GstElement* sink, GstBuffer*, GstPad*, gpointer data) {
    auto& wall = *static_cast<CameraWall*>(data);
    const std::lock_guard lock(wall.mutex_);
    ++wall.buffers_[take_string(gst_element_get_name(sink))];
    wall.changed_.notify_all();
  };
  for (std::size_t i = 0; i < urls.size(); ++i) {
    const std::string n = std::to_string(i);
    auto* bin = GST_BIN(pipeline_.get());
    const auto source = Ref<GstElement>::adopt(gst_bin_get_by_name(bin, ("src" + n).c_str()));
    const auto sink = Ref<GstElement>::adopt(gst_bin_get_by_name(bin, ("sink" + n).c_str()));
    g_signal_connect(source.get(), "select-stream", G_CALLBACK(select), this);
    g_signal_connect(sink.get(), "handoff", G_CALLBACK(count), this);
  }
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

CameraWall::~CameraWall() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

std::string CameraWall::wait_for_buffers(int count) {
  std::unique_lock lock(mutex_);
  std::string missing;
  changed_.wait_for(lock, kHangLimit, [&] {
    missing.clear();
    for (std::size_t i = 0; i < urls_.size(); ++i) {
      if (buffers_["sink" + std::to_string(i)] < count) missing += urls_[i] + " ";
    }
    return missing.empty();
  });
  if (missing.empty()) return {};
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  while (const auto message =
             Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR))) {
    GError* raw = nullptr;
    gchar* detail = nullptr;
    gst_message_parse_error(message.get(), &raw, &detail);
    const GErrorPtr error{raw};
    missing += std::string("\n") + error->message + " " + take_string(detail);
  }
  return missing;
}

} // namespace fanlight::test
