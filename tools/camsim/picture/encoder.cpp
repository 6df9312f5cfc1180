#include "camsim/picture/encoder.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>

#include <gst/app/app.h>

#include "camsim/picture/scene.h"
#include "camsim/picture/sei.h"
#include "camsim/picture/tone.h"

namespace fanlight::camsim {
namespace {

using config::VideoCodec;
using Sample = Owned<GstSample, gst_sample_unref>;

constexpr int kMaxWholeLoopSeconds = 60;
/// A multiple of the frames of every codec: 375 frames of AAC (1024/48000 s), 400 of 20 ms.
constexpr int kAudioLoopSeconds = 8;

/// Runs `in ! <description> ! out`. `next` returns the next input buffer, or null at the end, on a
/// streaming thread; `take` gets the output on the caller's thread.
Result<> run_encoder(const std::string& what, const std::string& description,
                     const std::string& caps, std::function<GstBuffer*()> next,
                     const std::function<void(GstSample*)>& take) {
  const std::string line = "appsrc name=in format=time caps=\"" + caps + "\" ! " + description +
                           " ! appsink name=out sync=false max-buffers=64";
  GError* raw = nullptr;
  const auto pipeline = Ref<GstElement>::retain(gst_parse_launch(line.c_str(), &raw));
  if (const GErrorPtr error{raw}; error)
    return Error{Errc::internal, "encoding " + what + ": " + error->message};
  const auto in = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "in"));
  const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));

  GstAppSrcCallbacks callbacks{};
  callbacks.need_data = [](GstAppSrc* source, guint, gpointer data) {
    auto& make = *static_cast<std::function<GstBuffer*()>*>(data);
    if (GstBuffer* buffer = make())
      gst_app_src_push_buffer(source, buffer);
    else
      gst_app_src_end_of_stream(source);
  };
  gst_app_src_set_callbacks(GST_APP_SRC(in.get()), &callbacks, &next, nullptr);

  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  while (const Sample sample{gst_app_sink_pull_sample(GST_APP_SINK(out.get()))}) take(sample.get());

  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const auto message = Ref<GstMessage>::adopt(gst_bus_pop_filtered(bus.get(), GST_MESSAGE_ERROR));
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  if (!message) return Done{};
  gst_message_parse_error(message.get(), &raw, nullptr);
  const GErrorPtr error{raw};
  return Error{Errc::internal, "encoding " + what + ": " + error->message};
}

bool is_slice(VideoCodec codec, std::span<const std::uint8_t> nal) {
  const int type = codec == VideoCodec::h264 ? nal[0] & 0x1f : nal[0] >> 1 & 0x3f;
  return codec == VideoCodec::h264 ? type >= 1 && type <= 5 : type <= 31;
}

bool is_parameter_set(VideoCodec codec, std::span<const std::uint8_t> nal) {
  const int type = codec == VideoCodec::h264 ? nal[0] & 0x1f : nal[0] >> 1 & 0x3f;
  return codec == VideoCodec::h264 ? type == 7 || type == 8 : type >= 32 && type <= 34;
}

/// An SEI that begins with a recovery point, which is not dropped: it makes a picture a place to
/// start.
bool is_recovery_point(VideoCodec codec, std::span<const std::uint8_t> nal) {
  constexpr std::uint8_t kRecoveryPoint = 6;
  const std::size_t header = codec == VideoCodec::h264 ? 1 : 2;
  const bool sei = codec == VideoCodec::h264 ? (nal[0] & 0x1f) == 6 : (nal[0] >> 1 & 0x3f) == 39;
  return sei && nal.size() > header && nal[header] == kRecoveryPoint;
}

std::string caps_of(GstSample* sample) {
  return take_string(gst_caps_to_string(gst_sample_get_caps(sample)));
}

GstBuffer* new_buffer(const void* data, std::size_t size, GstClockTime pts, GstClockTime duration) {
  GstBuffer* buffer = gst_buffer_new_memdup(data, size);
  GST_BUFFER_PTS(buffer) = pts;
  GST_BUFFER_DURATION(buffer) = duration;
  return buffer;
}

/// Splits an access unit into slices and recovery points, which are kept, and parameter sets, of
/// which the first ones are kept; drops the rest (delimiters, the encoder's other SEI, filler).
void take_access_unit(EncodedTrack& out, VideoCodec codec, std::span<const std::uint8_t> unit,
                      Unit made) {
  const bool first = out.track.units.empty();
  made.offset = out.bytes.size();
  for (const auto nal : split_nals(NalFraming::length_prefixed, unit)) {
    if (nal.empty()) continue;
    const std::string_view bytes{reinterpret_cast<const char*>(nal.data()), nal.size()};
    if (is_parameter_set(codec, nal) && first) out.track.headers.emplace_back(bytes);
    if (!is_slice(codec, nal) && !is_recovery_point(codec, nal)) continue;
    for (int shift = 24; shift >= 0; shift -= 8)
      out.bytes.push_back(static_cast<char>(nal.size() >> shift));
    out.bytes.append(bytes);
  }
  made.size = static_cast<std::uint32_t>(out.bytes.size() - made.offset);
  out.track.units.push_back(made);
}

struct AudioFormat {
  int rate;
  int frame; ///< Samples per unit.
  int delay; ///< Delay of the decoder's output in samples.
  const char* encoder;
  unsigned bits = 0; ///< Of a code word of G.726.
};

/// libavcodec makes frames of G.726 of about a kilobyte.
AudioFormat audio_format(const CameraSpec& spec) {
  switch (spec.audio) {
  case AudioCodec::aac: return {spec.rate, 1024, 1024, "audioconvert ! avenc_aac bitrate=64000"};
  case AudioCodec::opus: return {48000, 960, 312, "opusenc bitrate=32000 frame-size=20"};
  case AudioCodec::pcma: return {8000, 160, 0, "alawenc"};
  case AudioCodec::g726_16: return {8000, 4096, 0, "avenc_g726 bitrate=16000", 2};
  case AudioCodec::g726_24: return {8000, 2736, 0, "avenc_g726 bitrate=24000", 3};
  case AudioCodec::g726_32: return {8000, 2048, 0, "avenc_g726 bitrate=32000", 4};
  case AudioCodec::g726_40: return {8000, 1640, 0, "avenc_g726 bitrate=40000", 5};
  case AudioCodec::l16: return {16000, 320, 0, "audioconvert ! audio/x-raw,format=S16BE"};
  default: return {8000, 160, 0, "mulawenc"};
  }
}

/// Puts code words of G.726 into the order of RFC 3551, section 4.5.4: the first one begins at the
/// lowest bit. rtpg726pay cannot do that with 3 and 5 bits.
void reverse_code_words(std::span<std::uint8_t> bytes, unsigned bits) {
  constexpr unsigned kGroup = 8; // So many code words fill whole bytes.
  for (; bytes.size() >= bits; bytes = bytes.subspan(bits)) {
    std::uint64_t group = 0;
    for (unsigned i = 0; i < bits; ++i) group = group << 8 | bytes[i];
    std::uint64_t reversed = 0;
    for (unsigned i = 0; i < kGroup; ++i, group >>= bits)
      reversed = reversed << bits | (group & ((1u << bits) - 1));
    for (unsigned i = 0; i < bits; ++i, reversed >>= 8)
      bytes[i] = static_cast<std::uint8_t>(reversed);
  }
}

} // namespace

int loop_frames(const CameraSpec& spec) {
  const auto at_least = [&](int step) {
    const int min = spec.loop * spec.fps;
    return (min + step - 1) / step * step;
  };
  const int whole = at_least(std::lcm(spec.gop, spec.fps));
  return whole <= std::max(kMaxWholeLoopSeconds, spec.loop) * spec.fps ? whole : at_least(spec.gop);
}

std::string video_encoder(const CameraSpec& spec, VideoCodec codec) {
  const std::string gop = std::to_string(spec.gop);
  const std::string slices = spec.slices == 1 ? "" : ":slices=" + std::to_string(spec.slices);
  const std::string refresh = spec.refresh ? ":intra-refresh=1" : "";
  const std::string bframes = std::to_string(spec.bframes);
  const std::string tune = spec.bframes == 0 ? " tune=zerolatency" : "";
  if (codec == VideoCodec::h265) {
    return "x265enc speed-preset=ultrafast" + tune + " bitrate=" + std::to_string(spec.bitrate) +
           " key-int-max=" + gop + " option-string=\"" +
           // libx265 3.5 crashes with several slices and without a pool of threads.
           (slices.empty() ? "pools=none:" : "") +
           "frame-threads=1:scenecut=0:" + "open-gop=0:min-keyint=" + gop + ":bframes=" + bframes +
           ":b-adapt=0:vbv-maxrate=" + std::to_string(spec.bitrate) +
           ":vbv-bufsize=" + std::to_string(spec.bitrate) + slices + refresh + "\"" +
           " ! video/x-h265,profile=main ! h265parse" +
           " ! video/x-h265,stream-format=hvc1,alignment=au";
  }
  const char* profile = spec.profile == H264Profile::baseline ? "constrained-baseline"
                        : spec.profile == H264Profile::main   ? "main"
                                                              : "high";
  // The preset omits exactly what distinguishes main and high from baseline.
  const std::string features = spec.profile == H264Profile::baseline ? "cabac=0:8x8dct=0"
                               : spec.profile == H264Profile::main   ? "cabac=1:8x8dct=0"
                                                                     : "cabac=1:8x8dct=1";
  return "x264enc speed-preset=ultrafast" + tune +
         " threads=1 bitrate=" + std::to_string(spec.bitrate) +
         " vbv-buf-capacity=1000 key-int-max=" + gop + " bframes=" + bframes +
         " b-adapt=false option-string=\"scenecut=0:min-keyint=" + gop +
         ":no-deblock=0:" + features + slices + refresh + "\" ! video/x-h264,profile=" + profile +
         " ! h264parse ! video/x-h264,stream-format=avc,alignment=au";
}

Result<EncodedTrack> encode_video(const CameraSpec& spec, VideoCodec codec, std::stop_token stop) {
  const int frames = loop_frames(spec);
  EncodedTrack out;
  out.track.video = codec;
  out.track.numerator = 1;
  out.track.denominator = static_cast<std::uint64_t>(spec.fps);

  Scene scene(spec.label(), spec.width, spec.height, spec.fps, frames);
  int painted = 0;
  const auto next = [&]() -> GstBuffer* {
    if (painted == frames || stop.stop_requested()) return nullptr;
    const int n = painted++;
    const auto& data = scene.paint(n, n, frame_caption(n, spec.fps)).data();
    return new_buffer(data.data(), data.size(), out.track.time_of(n), out.track.time_of(1));
  };
  GstClockTime first_pts = GST_CLOCK_TIME_NONE;
  const auto take = [&](GstSample* sample) {
    GstBuffer* buffer = gst_sample_get_buffer(sample);
    if (out.track.units.empty()) {
      out.track.caps = caps_of(sample);
      first_pts = GST_BUFFER_PTS(buffer); // x264enc counts from a thousand hours.
    }
    Unit unit;
    unit.key = !GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
    unit.display = static_cast<std::uint32_t>(gst_util_uint64_scale_round(
        GST_BUFFER_PTS(buffer) - first_pts, static_cast<guint64>(spec.fps), GST_SECOND));
    GstMapInfo map;
    gst_buffer_map(buffer, &map, GST_MAP_READ);
    take_access_unit(out, codec, {map.data, map.size}, unit);
    gst_buffer_unmap(buffer, &map);
  };
  const std::string caps = "video/x-raw,format=I420,width=" + std::to_string(spec.width) +
                           ",height=" + std::to_string(spec.height) +
                           ",framerate=" + std::to_string(spec.fps) + "/1";
  const std::string what = "the picture of camera " + spec.id;
  if (auto run = run_encoder(what, video_encoder(spec, codec), caps, next, take); !run)
    return run.error();
  if (out.track.units.size() != static_cast<std::size_t>(frames) || out.track.headers.empty())
    return Error{Errc::internal, "encoding " + what + ": the encoder returned only " +
                                     std::to_string(out.track.units.size()) + " of " +
                                     std::to_string(frames) + " frames"};
  return out;
}

Result<EncodedTrack> encode_audio(const CameraSpec& spec) {
  const AudioFormat format = audio_format(spec);
  const int units = kAudioLoopSeconds * format.rate / format.frame;
  EncodedTrack out;
  out.track.numerator = static_cast<std::uint64_t>(format.frame);
  out.track.denominator = static_cast<std::uint64_t>(format.rate);

  // Encodes a little more than two loops and takes the second one: there, the encoder has settled,
  // and its last frame overlaps with its first one as it did with that of the first loop.
  const int tone = spec.tone != 0 ? spec.tone : tone_of(spec.label());
  int fed = 0;
  const auto next = [&]() -> GstBuffer* {
    if (fed == 2 * units + 8) return nullptr;
    const int n = fed++;
    const auto samples =
        make_tone(tone, format.rate, std::int64_t{n} * format.frame + format.delay, format.frame);
    return new_buffer(samples.data(), samples.size() * sizeof samples[0], out.track.time_of(n),
                      out.track.time_of(1));
  };
  int seen = 0;
  const auto take = [&](GstSample* sample) {
    const int n = seen++;
    if (n < units || n >= 2 * units) return;
    GstBuffer* buffer = gst_sample_get_buffer(sample);
    out.track.caps = caps_of(sample);
    Unit unit{
        .offset = out.bytes.size(), .display = static_cast<std::uint32_t>(n - units), .key = true};
    GstMapInfo map;
    gst_buffer_map(buffer, &map, GST_MAP_READ);
    std::vector<std::uint8_t> bytes(map.data, map.data + map.size);
    if (format.bits > 0) reverse_code_words(bytes, format.bits);
    out.bytes.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    unit.size = static_cast<std::uint32_t>(map.size);
    gst_buffer_unmap(buffer, &map);
    out.track.units.push_back(unit);
  };
  const std::string caps =
      "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" + std::to_string(format.rate);
  const std::string what = "the sound of camera " + spec.id;
  if (auto run = run_encoder(what, format.encoder, caps, next, take); !run) return run.error();
  if (out.track.units.size() != static_cast<std::size_t>(units))
    return Error{Errc::internal, "encoding " + what + ": the encoder returned too few frames"};
  return out;
}

} // namespace fanlight::camsim
