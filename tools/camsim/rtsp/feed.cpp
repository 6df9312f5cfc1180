#include "camsim/rtsp/feed.h"

#include <algorithm>

#include "camsim/picture/encoder.h"
#include "camsim/picture/sei.h"

namespace fanlight::camsim {
namespace {

using config::VideoCodec;
using std::chrono::nanoseconds;

std::uint64_t unix_us() { return static_cast<std::uint64_t>(g_get_real_time()); }

std::string payloader(const CameraSpec& spec, const Track* track, VideoCodec codec) {
  // The feed inserts parameter sets, not the payloader, so that they come in order.
  if (track == nullptr || track->video) {
    const std::string interval = track == nullptr ? " config-interval=-1" : "";
    return (codec == VideoCodec::h264 ? "rtph264pay" : "rtph265pay") + interval;
  }
  switch (spec.audio) {
  case AudioCodec::aac: return "rtpmp4gpay";
  case AudioCodec::opus: return "rtpopuspay";
  case AudioCodec::pcma: return "rtppcmapay";
  case AudioCodec::pcmu: return "rtppcmupay";
  case AudioCodec::l16: return "rtpL16pay";
  // It passes the code words as they are in the clip.
  default: return "rtpg726pay max-ptime=20000000";
  }
}

GstMemory* new_memory(std::string_view bytes) {
  GstMemory* memory = gst_allocator_alloc(nullptr, bytes.size(), nullptr);
  GstMapInfo map;
  gst_memory_map(memory, &map, GST_MAP_WRITE);
  std::ranges::copy(bytes, map.data);
  gst_memory_unmap(memory, &map);
  return memory;
}

/// If more than `buffers` are queued, the source drops the oldest: nothing flows before the first
/// PLAY, and an encoder may be too slow.
std::string source(int buffers) {
  return "appsrc format=time is-live=true min-latency=0 leaky-type=downstream max-bytes=0 "
         "max-buffers=" +
         std::to_string(buffers);
}

/// If no client has set up a stream, its payloader is not linked. A source that learns this fails
/// and ends all of the media; this element hides it.
constexpr const char* kForgiving = "tee allow-not-linked=true ! ";

} // namespace

std::string make_launch_line(const CameraSpec& spec, const Clip* clip) {
  std::string line = "( ";
  int n = 0;
  const auto add = [&](const std::string& caps, const std::string& middle, const Track* track,
                       VideoCodec codec) {
    const std::string number = std::to_string(n);
    // G.711 has static payload types; the others take dynamic ones in order.
    const bool fixed = track != nullptr && !track->video &&
                       (spec.audio == AudioCodec::pcma || spec.audio == AudioCodec::pcmu);
    const std::string pt = fixed ? "" : " pt=" + std::to_string(96 + n);
    line += source(track == nullptr ? 2 : 64) + " name=src" + number + " caps=\"" + caps + "\" ! " +
            middle + kForgiving + payloader(spec, track, codec) + " name=pay" + number + pt +
            " mtu=" + std::to_string(spec.mtu) + " ";
    ++n;
  };
  if (spec.live) {
    const std::string raw = "video/x-raw,format=I420,width=" + std::to_string(spec.width) +
                            ",height=" + std::to_string(spec.height) +
                            ",framerate=" + std::to_string(spec.fps) + "/1";
    for (const VideoCodec codec : spec.codecs)
      add(raw, video_encoder(spec, codec) + " ! ", nullptr, codec);
  }
  if (clip != nullptr) {
    for (const Track& track : clip->tracks()) {
      std::string caps;
      for (const char c : track.caps) caps += c == '"' ? std::string("\\\"") : std::string(1, c);
      add(caps, "", &track, track.video.value_or(VideoCodec::h264));
    }
  }
  return line + ")";
}

Feed::Feed(Pacer& pacer, CameraSpec spec, std::shared_ptr<const Clip> clip, FindClip find_clip,
           std::vector<Ref<GstElement>> sources, std::shared_ptr<FaultState> faults)
    : pacer_(pacer), spec_(std::move(spec)), clip_(std::move(clip)),
      find_clip_(std::move(find_clip)), faults_(std::move(faults)) {
  std::size_t n = 0;
  if (spec_.live) {
    scene_ = std::make_unique<Scene>(spec_.label(), spec_.width, spec_.height, spec_.fps,
                                     loop_frames(spec_));
    for (; n < spec_.codecs.size(); ++n) streams_.push_back({.source = std::move(sources[n])});
  }
  if (clip_) {
    for (const Track& track : clip_->tracks())
      streams_.push_back({.source = std::move(sources[n++]), .track = &track, .clip = clip_});
  }
}

Feed::~Feed() { stop(); }

void Feed::announce() {
  for (Stream& stream : streams_) {
    if (stream.track == nullptr)
      push(stream); // Only a running encoder knows its caps.
    else
      gst_element_send_event(stream.source.get(), gst_event_new_gap(0, GST_CLOCK_TIME_NONE));
  }
}

void Feed::start() {
  if (running_) return;
  running_ = true;
  speed_ = faults_->get()->speed;
  for (Stream& stream : streams_) {
    const bool video = stream.track != nullptr && stream.track->video;
    if (video && stream.next == 0) stream.next = static_cast<std::uint64_t>(faults_->get()->begin);
    stream.first = stream.next;
    stream.before = 0;
    stream.requests = faults_->key_frame_requests();
  }
  media_time_ = 0;
  speed_set_ = Pacer::Clock::now();
  const GstClockTime now = gst_element_get_current_running_time(streams_.front().source.get());
  started_running_time_ = GST_CLOCK_TIME_IS_VALID(now) ? now : 0;
  pacer_.add(*this, speed_set_);
}

void Feed::stop() {
  pacer_.remove(*this);
  running_ = false;
}

GstClockTime Feed::due(const Stream& stream) const {
  if (stream.track != nullptr)
    return stream.before + stream.track->time_of(stream.next) - stream.track->time_of(stream.first);
  return gst_util_uint64_scale(stream.next - stream.first, GST_SECOND,
                               static_cast<guint64>(spec_.fps));
}

std::optional<Pacer::Clock::time_point> Feed::tick(Pacer::Clock::time_point now) {
  const auto run = static_cast<double>(nanoseconds(now - speed_set_).count());
  const GstClockTime elapsed = media_time_ + static_cast<GstClockTime>(run * speed_);
  if (const double speed = faults_->get()->speed; speed != speed_) {
    speed_ = speed;
    media_time_ = elapsed;
    speed_set_ = now;
  }
  GstClockTime next = GST_CLOCK_TIME_NONE;
  for (Stream& stream : streams_) {
    while (due(stream) <= elapsed) push(stream);
    next = std::min(next, due(stream));
  }
  const auto left = static_cast<double>(next - media_time_);
  return speed_set_ + nanoseconds(static_cast<gint64>(left / speed_));
}

void Feed::follow(Stream& stream) {
  if (stream.track == nullptr || !stream.track->video) return;
  const auto wrong = faults_->get();
  if (wrong->play == stream.played) return;
  if (!stream.track->units[stream.next % stream.track->units.size()].key) return;
  const auto clip = wrong->play.empty() ? clip_ : find_clip_(wrong->play);
  if (!clip) return;
  for (const Track& track : clip->tracks()) {
    if (track.video != stream.track->video) continue;
    stream.before = due(stream);
    stream.track = &track;
    stream.clip = clip;
    stream.played = wrong->play;
    stream.next = stream.first = 0;
    return;
  }
}

void Feed::answer_request(Stream& stream) {
  if (stream.track == nullptr || !stream.track->video) return;
  const std::uint64_t requests = faults_->key_frame_requests();
  if (std::exchange(stream.requests, requests) == requests || !faults_->get()->sdp.contains("pli"))
    return;
  const auto& units = stream.track->units;
  std::uint64_t next = stream.next;
  while (!units[next % units.size()].key) ++next;
  stream.before = due(stream);
  stream.next = stream.first = next;
}

void Feed::skip_idr(Stream& stream) const {
  if (stream.track == nullptr || !stream.track->video || !faults_->get()->no_idr) return;
  const auto& units = stream.track->units;
  const auto is_idr = [&] {
    const auto memory =
        Owned<GstMemory, unref_memory>{stream.clip->unit_memory(units[stream.next % units.size()])};
    GstMapInfo map;
    gst_memory_map(memory.get(), &map, GST_MAP_READ);
    const bool idr = has_idr(*stream.track->video, {map.data, map.size});
    gst_memory_unmap(memory.get(), &map);
    return idr;
  };
  if (units.size() < 2 || !is_idr()) return;
  stream.before = due(stream);
  stream.first = ++stream.next;
}

void Feed::push(Stream& stream) {
  follow(stream);
  answer_request(stream);
  skip_idr(stream);
  GstBuffer* buffer = stream.track != nullptr ? make_unit(stream) : paint(stream);
  gst_app_src_push_buffer(GST_APP_SRC(stream.source.get()), buffer);
  ++stream.next;
}

GstBuffer* Feed::make_unit(const Stream& stream) const {
  const Track& track = *stream.track;
  const std::uint64_t position = stream.next % track.units.size();
  const Unit& unit = track.units[position];
  GstBuffer* buffer = gst_buffer_new();
  if (track.video) {
    std::string head;
    const auto append = [&](std::string_view nal) {
      for (int shift = 24; shift >= 0; shift -= 8)
        head.push_back(static_cast<char>(nal.size() >> shift));
      head.append(nal);
    };
    if (faults_->get()->delimiters)
      append(*track.video == VideoCodec::h264 ? std::string_view{"\x09\xf0", 2}
                                              : std::string_view{"\x46\x01\x50", 3});
    if (unit.key && faults_->get()->parameter_sets != "sdp") {
      for (const std::string& header : track.headers) append(header);
    }
    if (stream.next % static_cast<std::uint64_t>(spec_.stamp) == 0) {
      const auto sei = write_send_stamp(*track.video, {unix_us(), unit.display});
      append({reinterpret_cast<const char*>(sei.data()), sei.size()});
    }
    if (!head.empty()) gst_buffer_append_memory(buffer, new_memory(head));
  }
  gst_buffer_append_memory(buffer, stream.clip->unit_memory(unit));
  // With B-frames, display order differs from sending order, within the loop.
  const std::uint64_t shown = stream.next - position + unit.display;
  GST_BUFFER_PTS(buffer) =
      started_running_time_ + stream.before + track.time_of(shown) - track.time_of(stream.first);
  GST_BUFFER_DURATION(buffer) = track.time_of(1);
  if (!unit.key) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  return buffer;
}

GstBuffer* Feed::paint(const Stream& stream) {
  const std::uint64_t now = unix_us();
  const auto& data = scene_
                         ->paint(stream.next, static_cast<std::uint32_t>(now / 1000),
                                 wall_clock_caption(stream.next, now))
                         .data();
  GstBuffer* buffer = gst_buffer_new_memdup(data.data(), data.size());
  GST_BUFFER_PTS(buffer) = started_running_time_ + due(stream);
  GST_BUFFER_DURATION(buffer) = GST_SECOND / static_cast<guint64>(spec_.fps);
  return buffer;
}

} // namespace fanlight::camsim
