// gop-cost: what one camera's group of pictures costs where it is cached. RTP packets of H.264 go
// through the elements of a camera, frame by frame and as fast as they are taken, to one of these
// ends:
//
//   source       goptee alone: its cache, which refers to the parser's buffers
//   payloader    and a payloader, whose packets are dropped
//   fanout       and webrtcfanout, whose history refers to the payloads of the packets
//   packets      as payloader, but all packets of the group are kept, by reference
//   units        as payloader, but the memory that the payloads lie in is kept, by reference, with
//                what would find each packet in it
//
// GST_PLUGIN_PATH=build/plugins build/tests/bench/gop/gop-cost [END [FRAMES [KBPS [GROUPS]]]]
// prints a line of JSON: bytes of heap for a byte of video, while one group of so many FRAMES (250)
// grows, and CPU for a packet over so many GROUPS (100).

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/gst.h>
#include <malloc.h>
#include <time.h>
#include <unistd.h>

namespace {

constexpr int kFps = 25;
/// Pools and tables have their size by then.
constexpr int kWarmUpFrames = 10;

struct Settings {
  std::string end = "fanout";
  int frames = 250;
  int kbps = 2000;
  int groups = 100;
};

/// One frame, as a camera sends it.
using Frame = std::vector<std::vector<std::uint8_t>>;

[[noreturn]] void fail(const std::string& what) {
  std::fprintf(stderr, "gop-cost: %s\n", what.c_str());
  std::exit(1);
}

GstElement* launch(const std::string& line) {
  GError* error = nullptr;
  GstElement* pipeline = gst_parse_launch(line.c_str(), &error);
  if (error != nullptr) fail(error->message);
  return pipeline;
}

bool is_last(const std::uint8_t* packet) { return (packet[1] & 0x80) != 0; }

/// One group of pictures, as packets.
std::vector<Frame> encode(const Settings& settings) {
  const std::string frames = std::to_string(settings.frames);
  GstElement* pipeline =
      launch("videotestsrc pattern=snow num-buffers=" + frames +
             " ! video/x-raw,width=640,height=360,framerate=" + std::to_string(kFps) +
             "/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=" + frames +
             " bitrate=" + std::to_string(settings.kbps) +
             " ! video/x-h264,profile=main ! rtph264pay mtu=1400 ! appsink name=out sync=false");
  GstElement* out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  std::vector<Frame> result(1);
  while (GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(out))) {
    GstBuffer* buffer = gst_sample_get_buffer(sample);
    std::vector<std::uint8_t> packet(gst_buffer_get_size(buffer));
    gst_buffer_extract(buffer, 0, packet.data(), packet.size());
    const bool last = is_last(packet.data());
    result.back().push_back(std::move(packet));
    if (last) result.emplace_back();
    gst_sample_unref(sample);
  }
  result.pop_back();
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(out);
  gst_object_unref(pipeline);
  if (static_cast<int>(result.size()) != settings.frames) fail("the encoder gave other frames");
  return result;
}

/// What comes out at the end that is measured. Threads: the streaming thread there, and main.
class Outlet {
 public:
  enum class Keep { nothing, packets, units };
  Outlet(Keep keep, bool packets) : keep_(keep), packets_(packets) {}
  ~Outlet() { drop(); }

  void watch(GstPad* pad) {
    constexpr auto kMask =
        GstPadProbeType(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
    gst_pad_add_probe(
        pad, kMask,
        [](GstPad*, GstPadProbeInfo* info, gpointer self) -> GstPadProbeReturn {
          static_cast<Outlet*>(self)->take(info);
          return GST_PAD_PROBE_OK;
        },
        this, nullptr);
  }
  void wait_for(int frames) {
    std::unique_lock lock(lock_);
    came_.wait(lock, [&] { return frames_ >= frames; });
  }
  std::uint64_t packets() {
    std::lock_guard lock(lock_);
    return count_;
  }

 private:
  /// Where a packet's payload is in memory that is kept: two bytes of their own, as fragments have.
  struct Place {
    const std::uint8_t* data;
    std::uint16_t size;
    std::uint8_t head[2];
    bool marker;
  };

  void take(GstPadProbeInfo* info) {
    if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
      take(GST_PAD_PROBE_INFO_BUFFER(info));
    } else {
      GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
      for (guint i = 0; i < gst_buffer_list_length(list); ++i) take(gst_buffer_list_get(list, i));
    }
  }
  void take(GstBuffer* buffer) {
    std::lock_guard lock(lock_);
    bool last = true;
    if (packets_) {
      std::uint8_t header[2];
      gst_buffer_extract(buffer, 0, header, sizeof header);
      last = is_last(header);
    }
    if (begins_group_ && keep_ != Keep::nothing) drop();
    begins_group_ = false;
    ++count_;
    if (keep_ == Keep::packets) buffers_.push_back(gst_buffer_ref(buffer));
    if (keep_ == Keep::units) keep_memory(buffer, last);
    if (!last) return;
    ++frames_;
    came_.notify_one();
  }
  void keep_memory(GstBuffer* buffer, bool last) {
    GstMemory* payload = gst_buffer_peek_memory(buffer, gst_buffer_n_memory(buffer) - 1);
    GstMemory* whole = payload->parent != nullptr ? payload->parent : payload;
    if (units_.empty() || units_.back() != whole) units_.push_back(gst_memory_ref(whole));
    places_.push_back({nullptr, static_cast<std::uint16_t>(payload->size), {0, 0}, last});
  }
  void drop() {
    for (GstBuffer* buffer : buffers_) gst_buffer_unref(buffer);
    for (GstMemory* unit : units_) gst_memory_unref(unit);
    buffers_.clear();
    units_.clear();
    places_.clear();
  }

 public:
  /// The next frame begins a group: what is kept of the one before goes.
  void begin_group() {
    std::lock_guard lock(lock_);
    begins_group_ = true;
  }

 private:
  const Keep keep_;
  const bool packets_;
  std::mutex lock_; // Protects all below.
  std::condition_variable came_;
  bool begins_group_ = false;
  int frames_ = 0;
  std::uint64_t count_ = 0;
  std::deque<GstBuffer*> buffers_;
  std::deque<GstMemory*> units_;
  std::deque<Place> places_;
};

/// Bytes on the heap. All of it is one arena's: see main().
std::size_t heap() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

/// The elements of a camera, fed with one group again and again.
class Camera {
 public:
  Camera(const Settings& settings, const std::vector<Frame>& group)
      : settings_(settings), group_(group),
        outlet_(settings.end == "packets" ? Outlet::Keep::packets
                : settings.end == "units" ? Outlet::Keep::units
                                          : Outlet::Keep::nothing,
                settings.end != "source") {
    const bool source = settings.end == "source";
    pipeline_ = launch(
        "appsrc name=in format=time is-live=true max-bytes=0 caps=application/x-rtp,media=video,"
        "encoding-name=H264,clock-rate=90000,payload=96 ! rtph264depay ! h264parse "
        "config-interval=-1 ! video/x-h264,stream-format=byte-stream,alignment=au ! goptee "
        "name=tee" +
        std::string{source ? ""
                           : " ! rtph264pay name=pay aggregate-mode=zero-latency mtu=1174 ! "} +
        (source                     ? ""
         : settings.end == "fanout" ? "webrtcfanout"
                                    : "fakesink sync=false async=false"));
    in_ = gst_bin_get_by_name(GST_BIN(pipeline_), "in");
    GstElement* watched = gst_bin_get_by_name(GST_BIN(pipeline_), source ? "tee" : "pay");
    GstPad* pad = gst_element_get_static_pad(watched, source ? "sink" : "src");
    outlet_.watch(pad);
    gst_object_unref(pad);
    gst_object_unref(watched);
    gst_element_set_state(pipeline_, GST_STATE_PLAYING);
  }
  ~Camera() {
    gst_element_set_state(pipeline_, GST_STATE_NULL);
    gst_object_unref(in_);
    gst_object_unref(pipeline_);
  }
  Camera(const Camera&) = delete;
  Camera& operator=(const Camera&) = delete;

  void begin_group() { outlet_.begin_group(); }
  /// Sends the frame of the group of that number, and waits until it has come out.
  void send(std::size_t number) {
    const GstClockTime pts = static_cast<GstClockTime>(sent_) * GST_SECOND / kFps;
    for (const std::vector<std::uint8_t>& packet : group_[number]) {
      GstBuffer* buffer = gst_buffer_new_memdup(packet.data(), packet.size());
      GST_BUFFER_PTS(buffer) = GST_BUFFER_DTS(buffer) = pts;
      guint8 head[8];
      gst_buffer_extract(buffer, 0, head, sizeof head);
      GST_WRITE_UINT16_BE(head + 2, sequence_++);
      GST_WRITE_UINT32_BE(head + 4, static_cast<guint32>(sent_) * (90000 / kFps));
      gst_buffer_fill(buffer, 0, head, sizeof head);
      gst_app_src_push_buffer(GST_APP_SRC(in_), buffer);
    }
    outlet_.wait_for(++sent_);
  }
  std::uint64_t packets() { return outlet_.packets(); }
  std::uint64_t cached_bytes() const {
    GstElement* tee = gst_bin_get_by_name(GST_BIN(pipeline_), "tee");
    guint64 bytes = 0;
    g_object_get(tee, "cached-bytes", &bytes, nullptr);
    gst_object_unref(tee);
    return bytes;
  }

 private:
  const Settings& settings_;
  const std::vector<Frame>& group_;
  Outlet outlet_;
  GstElement* pipeline_ = nullptr;
  GstElement* in_ = nullptr;
  int sent_ = 0;
  guint16 sequence_ = 0;
};

void measure(const Settings& settings) {
  const std::vector<Frame> group = encode(settings);
  Camera camera(settings, group);
  for (int i = 0; i < kWarmUpFrames; ++i) camera.send(static_cast<std::size_t>(i));
  const std::size_t heap_before = heap();
  const std::uint64_t bytes_before = camera.cached_bytes();
  const std::uint64_t packets_before = camera.packets();
  for (std::size_t i = kWarmUpFrames; i < group.size(); ++i) camera.send(i);
  const auto grown = static_cast<double>(heap() - heap_before);
  const auto bytes = static_cast<double>(camera.cached_bytes() - bytes_before);
  const std::uint64_t packets = camera.packets() - packets_before;

  const std::uint64_t first = camera.packets();
  const double begun = cpu_s();
  for (int n = 0; n < settings.groups; ++n) {
    camera.begin_group();
    for (std::size_t i = 0; i < group.size(); ++i) camera.send(i);
  }
  const double used = cpu_s() - begun;
  std::printf(
      "{\"end\": \"%s\", \"group_bytes\": %.0f, \"heap_bytes\": %.0f, \"heap_per_byte\": "
      "%.3f, \"packets\": %llu, \"us_per_packet\": %.3f, \"us_per_frame\": %.2f}\n",
      settings.end.c_str(), bytes, grown, grown / bytes, static_cast<unsigned long long>(packets),
      used * 1e6 / static_cast<double>(camera.packets() - first),
      used * 1e6 / static_cast<double>(settings.groups) / static_cast<double>(group.size()));
}

} // namespace

int main(int argc, char** argv) {
  // As the server has it (base/allocator), and so that mallinfo2() sees the heap of all threads.
  if (std::getenv("G_SLICE") == nullptr) {
    setenv("G_SLICE", "always-malloc", 1);
    execv("/proc/self/exe", argv);
  }
  mallopt(M_ARENA_MAX, 1);
  gst_init(&argc, &argv);
  Settings settings;
  if (argc > 1) settings.end = argv[1];
  if (argc > 2) settings.frames = std::max(std::atoi(argv[2]), 2 * kWarmUpFrames);
  if (argc > 3) settings.kbps = std::max(std::atoi(argv[3]), 1);
  if (argc > 4) settings.groups = std::max(std::atoi(argv[4]), 1);
  const std::vector<std::string> ends{"source", "payloader", "fanout", "packets", "units"};
  if (std::find(ends.begin(), ends.end(), settings.end) == ends.end())
    fail("the end is one of source, payloader, fanout, packets, units");
  measure(settings);
  return 0;
}
