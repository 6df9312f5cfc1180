#include "webrtc/shortcut.h"

#include <string_view>

#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

/// clocksync and the bin with the FEC elements; with room for one more.
constexpr int kMaxElements = 3;

bool is_funnel(GstElement* element) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  return factory != nullptr && std::string_view{GST_OBJECT_NAME(factory)} == "rtpfunnel";
}

/// The funnel's pad that `pad` leads to, through elements with one source pad.
Ref<GstPad> find_funnel_pad(Ref<GstPad> pad) {
  for (int hop = 0; pad && hop <= kMaxElements; ++hop) {
    const auto element = Ref<GstElement>::adopt(gst_pad_get_parent_element(pad.get()));
    if (!element) break;
    if (is_funnel(element.get())) return pad;
    const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(element.get(), "src"));
    if (!source) break;
    pad = Ref<GstPad>::adopt(gst_pad_get_peer(source.get()));
  }
  return {};
}

} // namespace

bool bypass_fec(GstPad* sink) {
  if (!GST_IS_GHOST_PAD(sink)) return false;
  auto target = Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD(sink)));
  const Ref<GstPad> funnel_pad = find_funnel_pad(std::move(target));
  if (!funnel_pad) return false;
  const auto before = Ref<GstPad>::adopt(gst_pad_get_peer(funnel_pad.get()));
  return gst_pad_unlink(before.get(), funnel_pad.get()) &&
         gst_ghost_pad_set_target(GST_GHOST_PAD(sink), funnel_pad.get());
}

} // namespace fanlight::webrtc
