#include "webrtc/receive_bin.h"

#include <string_view>

#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

/// webrtcbin's threads, which could block it once more, have ended; what it reaches is still there.
void on_webrtcbin_disposed(gpointer data, GObject*) {
  const auto element = Ref<GstElement>::adopt(static_cast<GstElement*>(data));
  // To stop takes the block away. It has been stopped, and setting that state would do nothing.
  GST_STATE_LOCK(element.get());
  GST_ELEMENT_GET_CLASS(element.get())->change_state(element.get(), GST_STATE_CHANGE_READY_TO_NULL);
  GST_STATE_UNLOCK(element.get());
}

} // namespace

void release_with(GstBin* webrtcbin, GstElement* element) {
  if (std::string_view{G_OBJECT_TYPE_NAME(element)} != "TransportReceiveBin") return;
  g_object_weak_ref(G_OBJECT(webrtcbin), on_webrtcbin_disposed, gst_object_ref(element));
}

} // namespace fanlight::webrtc
