#include "media/rtsp/launch_line.h"

#include <glib.h>

#include "base/codec.h"
#include "gst/ref.h"
#include "media/rtsp/address.h"
#include "media/rtsp/chain.h"
#include "media/rtsp/direct_source.h"

namespace fanlight::media {
namespace {

std::string quote(const std::string& text) { return take_string(g_shell_quote(text.c_str())); }

} // namespace

std::string launch_line(const config::Camera& camera, const config::WebRtc& webrtc,
                        const std::string& plugin_folder) {
  const bool fanout =
      camera.webrtc_transport.value_or(webrtc.transport) != config::ViewerTransport::webrtcbin;
  const config::Stream& stream = camera.streams.front();
  std::string line;
  if (!plugin_folder.empty()) line += "GST_PLUGIN_PATH=" + quote(plugin_folder) + " ";
  const Address address = address_of(stream);
  const bool direct =
      stream.source != config::Source::rtspsrc && DirectSource::obstacle(stream).empty();
  line += std::string{"gst-launch-1.0 "} + (direct ? "rtspdirectsrc" : "rtspsrc") +
          " name=camera location=" + quote(address.location);
  if (!address.username.empty())
    line += " user-id=" + quote(address.username) + " user-pw=" + quote(address.password);
  if (!direct)
    line += std::string{" protocols="} + protocols_of(stream.transport) +
            " latency=" + std::to_string(stream.latency.count());
  // If the camera does not send a medium, its branch stays unlinked; gst-launch-1.0 accepts that.
  for (const auto codec : camera.codecs) {
    const bool h265 = codec == Codec::h265;
    if (direct) {
      line += std::string{" camera. ! video/x-"} + (h265 ? "h265" : "h264");
    } else {
      // rtspsrc links a pad to the first element that takes it; the element takes both codecs.
      line += std::string{" camera. ! application/x-rtp,encoding-name="} + (h265 ? "H265" : "H264");
      for (const char* element : chain_of(encoding_name(codec)))
        line += std::string{" ! "} + element;
    }
    line += std::string{" ! goptee ! rtp"} + (h265 ? "h265pay" : "h264pay") +
            " aggregate-mode=zero-latency mtu=" +
            (fanout ? "1174 ! fanout." : "1200 ! fakesink async=false");
  }
  // On a port of its own: the service uses the configured one.
  if (fanout) line += " webrtcfanout name=fanout";
  if (camera.audio) line += " camera. ! application/x-rtp,media=audio ! fakesink async=false";
  return line;
}

} // namespace fanlight::media
