#include "webrtc/webrtcbin_tuning.h"

#include <algorithm>
#include <utility>

#include "gst/elements.h"
#include "webrtc/receive_bin.h"
#include "webrtc/repeat_limit.h"

namespace fanlight::webrtc {
namespace {

/// Configures every element that webrtcbin builds inside itself when it is added, on the thread
/// that builds it.
void on_deep_element_added(GstBin* webrtcbin, GstBin*, GstElement* element,
                           const WebrtcbinTuning* tuning) {
  release_with(webrtcbin, element);
  const GstElementFactory* factory = gst_element_get_factory(element);
  if (factory == nullptr) return;
  const std::string name = GST_OBJECT_NAME(factory);
  // Frames leave as soon as they arrive: pacing by the clock would add the camera's jitter buffer
  // to the latency.
  if (name == "clocksync") g_object_set(element, "sync", FALSE, nullptr);
  // Sender reports map RTP time to the time of capture, which synchronizes sound and video; the
  // time of sending would require a latency for which nothing here waits.
  if (name == "rtpsession") g_object_set(element, "rtcp-sync-send-time", FALSE, nullptr);
  if (name == "rtprtxsend") {
    g_object_set(element, "max-size-time", guint{1000}, "max-size-packets", kBurstPackets, nullptr);
    limit_repeats(element);
  }
  // Before webrtcbin reads its fingerprint.
  if (name == "dtlssrtpdec" && !tuning->certificate.empty())
    g_object_set(element, "pem", tuning->certificate.c_str(), nullptr);
  if (name == "nicesrc") hear_from(element, tuning->heard_us);
}

} // namespace

unsigned retransmission_packets(std::uint64_t bitrate) {
  constexpr std::uint64_t kPacketBits = 1100 * 8;
  return bitrate == 0 ? 512U
                      : static_cast<unsigned>(
                            std::clamp<std::uint64_t>(bitrate / 2 / kPacketBits, 128, 1024));
}

void tune(GstElement* webrtcbin, WebrtcbinTuning tuning) {
  g_signal_connect_data(
      webrtcbin, "deep-element-added", G_CALLBACK(on_deep_element_added),
      new WebrtcbinTuning{std::move(tuning)},
      [](gpointer data, GClosure*) { delete static_cast<WebrtcbinTuning*>(data); },
      GConnectFlags{});
}

void keep_packets(GstElement* webrtcbin, unsigned packets) {
  if (const Ref<GstElement> store = find_element(webrtcbin, "rtprtxsend"))
    g_object_set(store.get(), "max-size-packets", packets, nullptr);
}

} // namespace fanlight::webrtc
