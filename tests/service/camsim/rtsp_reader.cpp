#include "rtsp_reader.h"

#include <map>

#include <gst/rtp/rtp.h>
#include <gst/video/video.h>

#include "camsim/picture/strip.h"
#include "support/hang_limit.h"

namespace fanlight::test {
namespace {

constexpr GstClockTime kLimit = kHangLimit.count() * GST_SECOND;

std::string source(const std::string& url, const std::string& transport) {
  return "rtspsrc name=src latency=100 protocols=" + transport + " location=" + url + " ";
}

/// The start of the branch for the stream of this name; see link_streams().
std::string branch(const std::string& encoding) { return "queue name=" + encoding + " ! "; }

const std::string kPackets =
    "tee name=rtp ! queue ! appsink name=packets sync=false async=false rtp. ! queue ! ";

/// Takes the streams that have a branch, an element with the name of their encoding. Links in a
/// line of gst_parse_launch would do, were it not for streams that show up on two threads at once:
/// then it uses a link that it has freed (1.22).
void link_streams(GstElement* pipeline) {
  const auto select = +[](GstElement*, guint, GstCaps* caps, gpointer bin) -> gboolean {
    const char* encoding =
        gst_structure_get_string(gst_caps_get_structure(caps, 0), "encoding-name");
    return static_cast<bool>(
        Ref<GstElement>::adopt(gst_bin_get_by_name(static_cast<GstBin*>(bin), encoding)));
  };
  const auto link = +[](GstElement*, GstPad* pad, gpointer bin) {
    const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
    const char* encoding =
        gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "encoding-name");
    const auto queue =
        Ref<GstElement>::adopt(gst_bin_get_by_name(static_cast<GstBin*>(bin), encoding));
    const auto sink = Ref<GstPad>::adopt(gst_element_get_static_pad(queue.get(), "sink"));
    gst_pad_link(pad, sink.get());
  };
  const auto src = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline), "src"));
  g_signal_connect(src.get(), "select-stream", G_CALLBACK(select), pipeline);
  g_signal_connect(src.get(), "pad-added", G_CALLBACK(link), pipeline);
}

} // namespace

RtspReader RtspReader::video(const std::string& url, const std::string& encoding,
                             const std::string& transport) {
  const bool h264 = encoding == "H264";
  const std::string depayloader =
      h264 ? "rtph264depay ! video/x-h264" : "rtph265depay ! video/x-h265";
  return RtspReader(source(url, transport) + branch(encoding) + kPackets + depayloader +
                    ",stream-format=byte-stream,alignment=au ! tee name=units ! queue ! "
                    "appsink name=access-units sync=false async=false units. ! queue ! " +
                    (h264 ? "avdec_h264" : "avdec_h265") +
                    " max-threads=1 ! videoconvert ! video/x-raw,format=I420 ! "
                    "appsink name=decoded sync=false async=false");
}

RtspReader RtspReader::audio(const std::string& url, const std::string& encoding,
                             const std::string& transport) {
  const std::map<std::string, std::string> decoders = {
      {"MPEG4-GENERIC", "rtpmp4gdepay ! avdec_aac"},
      {"OPUS", "rtpopusdepay ! opusdec"},
      {"PCMA", "rtppcmadepay ! alawdec"},
      {"PCMU", "rtppcmudepay ! mulawdec"}};
  return RtspReader(source(url, transport) + branch(encoding) + kPackets + decoders.at(encoding) +
                    " ! audioconvert ! "
                    "audio/x-raw,format=S16LE,channels=1 ! "
                    "appsink name=decoded sync=false async=false");
}

RtspReader RtspReader::both(const std::string& url) {
  return RtspReader(
      source(url, "tcp") + branch("H264") + "rtph264depay ! " +
      "avdec_h264 max-threads=1 ! videoconvert ! video/x-raw,format=I420 ! "
      "appsink name=decoded sync=false async=false " +
      branch("MPEG4-GENERIC") +
      "rtpmp4gdepay ! avdec_aac ! audioconvert ! audio/x-raw,format=S16LE,channels=1,rate=48000 ! "
      "appsink name=sound sync=false async=false");
}

RtspReader::RtspReader(const std::string& pipeline)
    : pipeline_(Ref<GstElement>::retain(gst_parse_launch(pipeline.c_str(), nullptr))) {
  link_streams(pipeline_.get());
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

RtspReader::~RtspReader() {
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

bool RtspReader::pause() {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  gst_element_set_state(pipeline_.get(), GST_STATE_PAUSED);
  // rtspsrc sends PAUSE on its own thread and says when it is done.
  while (const auto message = Ref<GstMessage>::adopt(
             gst_bus_timed_pop_filtered(bus.get(), kLimit, GST_MESSAGE_PROGRESS))) {
    gchar* text = nullptr;
    gst_message_parse_progress(message.get(), nullptr, nullptr, &text);
    if (take_string(text) == "Sent PAUSE request") return true;
  }
  return false;
}

void RtspReader::play() { gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING); }

Owned<GstSample, gst_sample_unref> RtspReader::pull(const char* sink) {
  const auto element = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), sink));
  return Owned<GstSample, gst_sample_unref>{
      gst_app_sink_try_pull_sample(GST_APP_SINK(element.get()), kLimit)};
}

std::optional<std::uint32_t> RtspReader::strip() {
  const auto sample = pull("decoded");
  if (!sample) return {};
  strip_time_ = GST_BUFFER_PTS(gst_sample_get_buffer(sample.get()));
  GstVideoInfo info;
  gst_video_info_from_caps(&info, gst_sample_get_caps(sample.get()));
  GstVideoFrame frame;
  gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample.get()), GST_MAP_READ);
  const auto value =
      camsim::read_strip(static_cast<const std::uint8_t*>(GST_VIDEO_FRAME_PLANE_DATA(&frame, 0)),
                         GST_VIDEO_FRAME_WIDTH(&frame), GST_VIDEO_FRAME_HEIGHT(&frame),
                         GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0));
  gst_video_frame_unmap(&frame);
  return value;
}

std::optional<std::vector<std::uint8_t>> RtspReader::access_unit() {
  const auto sample = pull("access-units");
  if (!sample) return {};
  GstMapInfo map;
  GstBuffer* buffer = gst_sample_get_buffer(sample.get());
  gst_buffer_map(buffer, &map, GST_MAP_READ);
  std::vector<std::uint8_t> bytes(map.data, map.data + map.size);
  gst_buffer_unmap(buffer, &map);
  return bytes;
}

std::optional<Packet> RtspReader::packet() {
  const auto sample = pull("packets");
  if (!sample) return {};
  const GstStructure* caps = gst_caps_get_structure(gst_sample_get_caps(sample.get()), 0);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(gst_sample_get_buffer(sample.get()), GST_MAP_READ, &rtp);
  Packet packet{gst_rtp_buffer_get_seq(&rtp), gst_rtp_buffer_get_timestamp(&rtp),
                gst_rtp_buffer_get_ssrc(&rtp), gst_structure_get_string(caps, "encoding-name")};
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

namespace {

void append_samples(std::vector<std::int16_t>& samples, GstSample* sample) {
  GstMapInfo map;
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  gst_buffer_map(buffer, &map, GST_MAP_READ);
  const auto* begin = reinterpret_cast<const std::int16_t*>(map.data);
  samples.insert(samples.end(), begin, begin + map.size / sizeof *begin);
  gst_buffer_unmap(buffer, &map);
}

} // namespace

std::vector<std::int16_t> RtspReader::sound(std::size_t count) {
  std::vector<std::int16_t> samples;
  while (samples.size() < count) {
    const auto sample = pull("decoded");
    if (!sample) break;
    append_samples(samples, sample.get());
  }
  return samples;
}

std::pair<GstClockTime, std::vector<std::int16_t>> RtspReader::sound_from(std::size_t count) {
  std::pair<GstClockTime, std::vector<std::int16_t>> sound{GST_CLOCK_TIME_NONE, {}};
  while (sound.second.size() < count) {
    const auto sample = pull("sound");
    if (!sample) break;
    if (sound.second.empty()) sound.first = GST_BUFFER_PTS(gst_sample_get_buffer(sample.get()));
    append_samples(sound.second, sample.get());
  }
  return sound;
}

std::string RtspReader::error() {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline_.get()));
  const auto message =
      Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(bus.get(), kLimit, GST_MESSAGE_ERROR));
  if (!message) return {};
  GError* raw = nullptr;
  gst_message_parse_error(message.get(), &raw, nullptr);
  const GErrorPtr error{raw};
  return std::string(g_quark_to_string(error->domain)) + " " + std::to_string(error->code) + ": " +
         error->message;
}

} // namespace fanlight::test
