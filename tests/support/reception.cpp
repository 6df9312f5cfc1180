#include "reception.h"

#include <array>

#include <gst/app/gstappsink.h>
#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "base/main_loop.h"
#include "camsim/picture/strip.h"
#include "gst/ref.h"

namespace fanlight::support {

namespace {

constexpr const char* kSink = "fakesink sync=false async=false";

/// The elements behind one pad, as gst-launch would write them.
std::string chain_of(const std::string& encoding, bool decode) {
  if (!decode) return kSink;
  const std::string pictures = " ! videoconvert ! video/x-raw,format={I420,NV12} ! appsink "
                               "name=pictures sync=false async=false emit-signals=true "
                               "max-buffers=8";
  const std::string sound =
      std::string(" ! audioconvert ! audio/x-raw,format=S16LE ! level name=sound ! ") + kSink;
  if (encoding == "H264") {
    return "rtph264depay ! h264parse ! avdec_h264 max-threads=1" + pictures;
  }
  if (encoding == "H265") {
    return "rtph265depay ! h265parse ! avdec_h265 max-threads=1" + pictures;
  }
  if (encoding == "OPUS") return "rtpopusdepay ! opusdec" + sound;
  if (encoding == "PCMU") return "rtppcmudepay ! mulawdec" + sound;
  if (encoding == "PCMA") return "rtppcmadepay ! alawdec" + sound;
  return kSink;
}

/// Connects a C++ callable to a signal; it lives as long as the connection.
template <typename Signature, typename Function>
void connect(gpointer instance, const char* signal, Signature trampoline, Function function) {
  g_signal_connect_data(
      instance, signal, G_CALLBACK(trampoline), new Function(std::move(function)),
      [](gpointer data, GClosure*) { delete static_cast<Function*>(data); }, GConnectFlags{});
}

using OnElement = std::function<void(GstElement*)>;
using OnPad = std::function<void(GstPad*)>;
using OnSample = std::function<void(GstElement*)>;
using OnBuffer = std::function<bool(GstBuffer*)>; // False: it goes no further.

void deep_element_added(GstBin*, GstBin*, GstElement* element, gpointer data) {
  (*static_cast<OnElement*>(data))(element);
}

void pad_added(GstElement*, GstPad* pad, gpointer data) { (*static_cast<OnPad*>(data))(pad); }

GstFlowReturn new_sample(GstElement* appsink, gpointer data) {
  (*static_cast<OnSample*>(data))(appsink);
  return GST_FLOW_OK;
}

GstPadProbeReturn on_data(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto& function = *static_cast<OnBuffer*>(data);
  if ((info->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    return function(GST_PAD_PROBE_INFO_BUFFER(info)) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
  }
  auto* const list = gst_buffer_list_make_writable(GST_PAD_PROBE_INFO_BUFFER_LIST(info));
  GST_PAD_PROBE_INFO_DATA(info) = list;
  gst_buffer_list_foreach(
      list,
      +[](GstBuffer** buffer, guint, gpointer each) -> gboolean {
        if (!(*static_cast<OnBuffer*>(each))(*buffer)) gst_clear_buffer(buffer);
        return TRUE;
      },
      data);
  return GST_PAD_PROBE_OK;
}

void probe(GstPad* pad, OnBuffer function) {
  const auto types = GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
  gst_pad_add_probe(pad, types, on_data, new OnBuffer(std::move(function)),
                    [](gpointer data) { delete static_cast<OnBuffer*>(data); });
}

std::string encoding_of(GstPad* pad, bool& video) {
  GstCaps* raw = gst_pad_get_current_caps(pad);
  if (raw == nullptr) raw = gst_pad_query_caps(pad, nullptr);
  const auto caps = Ref<GstCaps>::adopt(raw);
  if (gst_caps_is_any(caps.get()) || gst_caps_is_empty(caps.get())) return {};
  const GstStructure* const rtp = gst_caps_get_structure(caps.get(), 0);
  const char* const media = gst_structure_get_string(rtp, "media");
  video = media != nullptr && std::string(media) == "video";
  const char* const encoding = gst_structure_get_string(rtp, "encoding-name");
  return encoding == nullptr ? "" : encoding;
}

} // namespace

Reception::Reception(bool decode, unsigned drop_every, std::function<void()> on_news)
    : decode_(decode), drop_every_(drop_every), on_news_(std::move(on_news)) {}

void Reception::watch(GstElement* pipeline, GstElement* webrtcbin) {
  connect(
      webrtcbin, "deep-element-added", deep_element_added,
      OnElement([self = shared_from_this()](GstElement* element) { self->on_element(element); }));
  connect(webrtcbin, "pad-added", pad_added,
          OnPad([self = shared_from_this(), pipeline](GstPad* pad) {
            if (GST_PAD_DIRECTION(pad) == GST_PAD_SRC) self->on_pad(pipeline, pad);
          }));
}

void Reception::on_pad(GstElement* pipeline, GstPad* pad) {
  bool video = false;
  const std::string encoding = encoding_of(pad, video);
  {
    const std::lock_guard lock(mutex_);
    (video ? received_.video_codec : received_.audio_codec) = encoding;
  }
  probe(pad, [self = shared_from_this(), video,
              last = std::optional<std::uint16_t>()](GstBuffer* buffer) mutable {
    self->on_packet(buffer, video, last);
    return true;
  });

  GError* raw = nullptr;
  GstElement* const chain =
      gst_parse_bin_from_description(chain_of(encoding, decode_).c_str(), TRUE, &raw);
  if (const GErrorPtr error{raw}) {
    g_printerr("whep-viewer: %s\n", error->message);
    return;
  }
  gst_bin_add(GST_BIN(pipeline), chain);
  if (GstElement* const sink = gst_bin_get_by_name(GST_BIN(chain), "pictures")) {
    const auto owned = Ref<GstElement>::adopt(sink);
    connect(sink, "new-sample", new_sample,
            OnSample([self = shared_from_this()](GstElement* from) { self->on_sample(from); }));
  }
  if (GstElement* const sound = gst_bin_get_by_name(GST_BIN(chain), "sound")) {
    const auto owned = Ref<GstElement>::adopt(sound);
    const auto entry = Ref<GstPad>::adopt(gst_element_get_static_pad(sound, "sink"));
    probe(entry.get(), [self = shared_from_this(), from = entry.get()](GstBuffer* buffer) {
      self->on_sound(from, buffer);
      return true;
    });
  }
  gst_element_sync_state_with_parent(chain);
  const auto input = Ref<GstPad>::adopt(gst_element_get_static_pad(chain, "sink"));
  gst_pad_link(pad, input.get());
}

void Reception::on_element(GstElement* element) {
  const GstElementFactory* const factory = gst_element_get_factory(element);
  if (factory == nullptr) return;
  const std::string name = GST_OBJECT_NAME(factory);
  // A browser asks for a lost packet as soon as it misses it; GStreamer would by default only with
  // a share of the bandwidth and once in several seconds.
  if (name == "rtpsession") {
    g_object_set(element, "rtcp-min-interval", guint64{20 * GST_MSECOND}, "rtcp-fraction", 100000.0,
                 nullptr);
  }
  if (name != "nicesrc") return;
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(element, "src"));
  probe(source.get(),
        [self = shared_from_this()](GstBuffer* buffer) { return self->on_datagram(buffer); });
}

bool Reception::on_datagram(GstBuffer* buffer) {
  std::array<std::uint8_t, 12> header{};
  if (gst_buffer_extract(buffer, 0, header.data(), header.size()) != header.size()) return true;
  // RTP beside DTLS and STUN (RFC 7983), and not RTCP (RFC 5761, section 4).
  const unsigned type = header[1] & 0x7f;
  if (header[0] < 128 || header[0] > 191 || (type >= 64 && type <= 95)) return true;
  const auto sequence = static_cast<std::uint16_t>(header[2] << 8 | header[3]);
  const std::uint32_t ssrc = static_cast<std::uint32_t>(header[8]) << 24 |
                             static_cast<std::uint32_t>(header[9]) << 16 |
                             static_cast<std::uint32_t>(header[10]) << 8 | header[11];
  const std::lock_guard lock(mutex_);
  if (drop_every_ != 0 && ++arrived_ % drop_every_ == 0) return false;
  if (received_.datagrams++ == 0) received_.first_datagram_at = g_get_monotonic_time();
  const auto [known, is_new] = sequences_.try_emplace(ssrc, sequence);
  const auto step = static_cast<std::uint16_t>(sequence - known->second);
  if (is_new || step == 0 || step >= 0x8000) return true;
  received_.missed += step - 1u;
  known->second = sequence;
  return true;
}

void Reception::on_packet(GstBuffer* buffer, bool video,
                          std::optional<std::uint16_t>& last_sequence) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(buffer, GST_MAP_READ, &rtp)) return;
  const std::uint16_t sequence = gst_rtp_buffer_get_seq(&rtp);
  const bool marker = gst_rtp_buffer_get_marker(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  bool news = false;
  {
    const std::lock_guard lock(mutex_);
    if (received_.first_packet_at == 0) {
      received_.first_packet_at = g_get_monotonic_time();
      news = true;
    }
    auto& packets = video ? received_.video_packets : received_.audio_packets;
    ++packets;
    received_.bytes += gst_buffer_get_size(buffer);
    if (last_sequence) {
      const auto step = static_cast<std::uint16_t>(sequence - *last_sequence);
      if (step > 1 && step < 0x8000) received_.lost += step - 1u;
    }
    if (video && marker && !decode_) {
      if (++received_.pictures == 1) received_.first_picture_at = g_get_monotonic_time();
      news = news || received_.pictures % 25 == 1;
    }
    news = news || packets % 50 == 0;
  }
  last_sequence = sequence;
  if (news) tell();
}

void Reception::on_sample(GstElement* appsink) {
  const Owned<GstSample, gst_sample_unref> sample{gst_app_sink_pull_sample(GST_APP_SINK(appsink))};
  if (!sample) return;
  GstVideoInfo info;
  GstVideoFrame frame;
  if (!gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get()))) return;
  if (!gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ))
    return;
  const auto value =
      camsim::read_strip(static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)),
                         info.width, info.height, GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
  gst_video_frame_unmap(&frame);
  {
    const std::lock_guard lock(mutex_);
    if (received_.first_picture_at == 0) received_.first_picture_at = g_get_monotonic_time();
    ++received_.pictures;
    received_.width = info.width;
    received_.height = info.height;
    if (!value) {
      ++received_.unreadable;
    } else {
      // A looped camera begins again at 0.
      const bool follows =
          received_.last_value && (*value == *received_.last_value + 1 || *value == 0);
      if (received_.last_value && !follows) ++received_.gaps;
      if (!received_.first_value) received_.first_value = value;
      received_.last_value = value;
    }
  }
  tell();
}

void Reception::on_sound(GstPad* pad, GstBuffer* buffer) {
  const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
  int rate = 0;
  int channels = 0;
  if (!tone_ || !caps) return;
  const GstStructure* const fields = gst_caps_get_structure(caps.get(), 0);
  GstMapInfo map;
  if (!gst_structure_get_int(fields, "rate", &rate) ||
      !gst_structure_get_int(fields, "channels", &channels) || rate <= 0 || channels <= 0 ||
      !gst_buffer_map(buffer, &map, GST_MAP_READ))
    return;
  {
    const std::lock_guard lock(mutex_);
    tone_->take({reinterpret_cast<const std::int16_t*>(map.data), map.size / 2},
                static_cast<std::size_t>(channels), rate);
    received_.audio_tone = tone_->share();
  }
  gst_buffer_unmap(buffer, &map);
  tell();
}

void Reception::on_level(double rms) {
  const std::lock_guard lock(mutex_);
  if (!received_.audio_level || *received_.audio_level < rms) received_.audio_level = rms;
}

Received Reception::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

void Reception::tell() {
  post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->on_news_();
  });
}

} // namespace fanlight::support
