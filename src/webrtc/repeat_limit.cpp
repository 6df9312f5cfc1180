#include "webrtc/repeat_limit.h"

#include <algorithm>
#include <string_view>

#include "gst/elements.h"
#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

constexpr std::int64_t kShortestPauseUs = 5'000;
constexpr std::int64_t kLongestPauseUs = 200'000;
/// A number that comes again after this is that of another packet: rtprtxsend keeps none so long.
constexpr std::int64_t kForgottenUs = 5'000'000;
constexpr std::int64_t kRoundTripPeriodUs = 1'000'000;

bool is_of(GstElement* element, std::string_view name) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  return factory != nullptr && GST_OBJECT_NAME(factory) == name;
}

/// The only one of the rtpbin that `element` is in: webrtcbin bundles all media.
Ref<GstElement> find_session(GstElement* element) {
  auto bin = Ref<GstElement>::share(element);
  while (bin && !is_of(bin.get(), "rtpbin"))
    bin = Ref<GstElement>::adopt(GST_ELEMENT(gst_object_get_parent(GST_OBJECT(bin.get()))));
  return bin ? find_element(bin.get(), "rtpsession") : Ref<GstElement>{};
}

std::int64_t ask_round_trip_us(GstElement* rtprtxsend) {
  const Ref<GstElement> session = find_session(rtprtxsend);
  if (!session) return 0;
  GstStructure* raw = nullptr;
  g_object_get(session.get(), "stats", &raw, nullptr);
  const StructurePtr stats{raw};
  return stats ? round_trip_us(stats.get()) : 0;
}

/// On the thread that reads the viewer's RTCP.
class Gate {
 public:
  explicit Gate(GstElement* rtprtxsend) : rtprtxsend_(rtprtxsend) {}

  bool lets_pass(const GstStructure* request) {
    guint ssrc = 0;
    guint sequence = 0;
    if (!gst_structure_get_uint(request, "ssrc", &ssrc) ||
        !gst_structure_get_uint(request, "seqnum", &sequence))
      return true;
    const std::int64_t now_us = g_get_monotonic_time();
    if (now_us >= ask_at_us_) {
      rtt_us_ = ask_round_trip_us(rtprtxsend_);
      ask_at_us_ = now_us + kRoundTripPeriodUs;
    }
    return limit_.take(ssrc, static_cast<std::uint16_t>(sequence), now_us, rtt_us_);
  }

 private:
  GstElement* const rtprtxsend_; // Whose pad has this in a probe.
  RepeatLimit limit_;
  std::int64_t ask_at_us_ = 0;
  std::int64_t rtt_us_ = 0;
};

GstPadProbeReturn on_event(GstPad*, GstPadProbeInfo* info, gpointer gate) {
  const GstStructure* request = gst_event_get_structure(GST_PAD_PROBE_INFO_EVENT(info));
  if (request == nullptr || !gst_structure_has_name(request, "GstRTPRetransmissionRequest"))
    return GST_PAD_PROBE_OK;
  return static_cast<Gate*>(gate)->lets_pass(request) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

} // namespace

bool RepeatLimit::take(std::uint32_t ssrc, std::uint16_t sequence, std::int64_t now_us,
                       std::int64_t rtt_us) {
  Packet& packet = recent_[sequence % recent_.size()];
  if (packet.ssrc != ssrc || packet.sequence != sequence || now_us - packet.at_us > kForgottenUs)
    packet = {.ssrc = ssrc, .sequence = sequence};
  const bool again = packet.times > 0;
  const std::int64_t pause_us = std::clamp(rtt_us, kShortestPauseUs, kLongestPauseUs);
  if (again &&
      (packet.times == kMostTimes || repeats_ < kRepeat || now_us - packet.at_us < pause_us))
    return false;
  repeats_ = again ? repeats_ - kRepeat : std::min(repeats_ + kEarned, kMostRepeats);
  packet.at_us = now_us;
  ++packet.times;
  return true;
}

std::int64_t round_trip_us(const GstStructure* stats) {
  const GValue* sources = gst_structure_get_value(stats, "source-stats");
  // GLib's macro for the type warns that it is deprecated; rtpsession uses it all the same.
  if (sources == nullptr || !G_VALUE_HOLDS(sources, g_type_from_name("GValueArray"))) return 0;
  const auto* array = static_cast<const GValueArray*>(g_value_get_boxed(sources));
  guint longest = 0; // In 1/65536 s.
  for (guint i = 0; array != nullptr && i < array->n_values; ++i) {
    const GstStructure* source = gst_value_get_structure(&array->values[i]);
    gboolean reported = FALSE;
    guint round_trip = 0;
    if (gst_structure_get_boolean(source, "have-rb", &reported) && reported &&
        gst_structure_get_uint(source, "rb-round-trip", &round_trip))
      longest = std::max(longest, round_trip);
  }
  return std::int64_t{longest} * 1'000'000 / 65536;
}

void limit_repeats(GstElement* rtprtxsend) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(rtprtxsend, "src"));
  if (!pad) return;
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_event, new Gate{rtprtxsend},
                    [](gpointer gate) { delete static_cast<Gate*>(gate); });
}

} // namespace fanlight::webrtc
