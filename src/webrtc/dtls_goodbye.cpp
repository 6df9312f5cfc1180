#include "webrtc/dtls_goodbye.h"

#include <utility>

#include "base/main_loop.h"
#include "gst/elements.h"
#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

using Sent = std::function<void()>;

/// On the encoder's thread. Pushes the datagram itself, so that it has left when `sent` is called
/// and the elements may stop.
GstPadProbeReturn on_datagram(GstPad* source, GstPadProbeInfo* info, gpointer sent) {
  const auto peer = Ref<GstPad>::adopt(gst_pad_get_peer(source));
  if (!peer) return GST_PAD_PROBE_REMOVE;
  gst_pad_chain(peer.get(), GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = nullptr;
  if (Sent& told = *static_cast<Sent*>(sent)) post(std::exchange(told, nullptr));
  return GST_PAD_PROBE_HANDLED;
}

} // namespace

bool say_goodbye(GstElement* webrtcbin, Sent sent) {
  const Ref<GstElement> encoder = find_element(webrtcbin, "dtlsenc");
  if (!encoder) return false;
  const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "sink"));
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder.get(), "src"));
  if (!sink || !source) return false;
  gst_pad_add_probe(source.get(), GST_PAD_PROBE_TYPE_BUFFER, on_datagram, new Sent{std::move(sent)},
                    [](gpointer told) { delete static_cast<Sent*>(told); });
  return gst_pad_send_event(sink.get(), gst_event_new_eos());
}

} // namespace fanlight::webrtc
