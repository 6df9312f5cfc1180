#include "webrtcfanout/stream/input.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/stream/gst_memory.h"

GST_DEBUG_CATEGORY_EXTERN(gst_webrtcfanout_debug);
#define GST_CAT_DEFAULT gst_webrtcfanout_debug

namespace fanlight::fanout {

Input::Input(std::string name, bool video, History::Bounds bounds)
    : video_(video), stream_(std::make_shared<RtpStream>(std::move(name), bounds)) {
  gst_segment_init(&segment_, GST_FORMAT_TIME);
}

std::optional<FrameAssembler::Format> Input::format() const {
  std::lock_guard lock(lock_);
  return format_;
}

bool Input::set_caps(const GstCaps* caps) {
  const GstStructure* structure = gst_caps_get_structure(caps, 0);
  const char* media = gst_structure_get_string(structure, "media");
  const char* encoding = gst_structure_get_string(structure, "encoding-name");
  FrameAssembler::Format format{.encoding = encoding ? encoding : "", .video = video_};
  if (media == nullptr || (g_strcmp0(media, "video") == 0) != video_ || format.encoding.empty() ||
      !gst_structure_get_int(structure, "clock-rate", &format.clock_rate) || format.clock_rate <= 0)
    return false;
  std::transform(format.encoding.begin(), format.encoding.end(), format.encoding.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  assembler_.set_format(format);
  held_.reset();
  std::lock_guard lock(lock_);
  format_changed_ = format_ && *format_ != format;
  if (format_changed_) stream_->clear();
  format_ = std::move(format);
  return true;
}

void Input::set_segment(const GstSegment& segment) {
  if (segment.format == GST_FORMAT_TIME)
    segment_ = segment;
  else
    gst_segment_init(&segment_, GST_FORMAT_TIME);
}

std::int64_t Input::captured_us(GstElement* element, const GstBuffer* buffer,
                                std::int64_t now_us) const {
  const GstClockTime running =
      gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
  if (!GST_CLOCK_TIME_IS_VALID(running)) return now_us;
  GstClock* const clock = gst_element_get_clock(element); // It may change at any time.
  if (clock == nullptr) return now_us;
  const auto clock_now = static_cast<std::int64_t>(gst_clock_get_time(clock));
  gst_object_unref(clock);
  const auto captured = static_cast<std::int64_t>(gst_element_get_base_time(element) + running);
  return now_us - (clock_now - captured) / 1000;
}

FrameAssembler::Outcome Input::add(GstBuffer* buffer, std::uint64_t ntp, std::int64_t now_us) {
  const bool delta = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_DELTA_UNIT);
  // Payloaders put the RTP header and that of a fragment in separate memory before the payload.
  std::array<std::uint8_t, 128> head;
  GstMemory* const end = gst_buffer_n_memory(buffer) > 1
                             ? gst_buffer_peek_memory(buffer, gst_buffer_n_memory(buffer) - 1)
                             : nullptr;
  const std::size_t before = end ? gst_buffer_get_size(buffer) - end->size : 0;
  if (end && before <= head.size()) {
    gst_buffer_extract(buffer, 0, head.data(), before);
    const Bytes packet = Bytes{head}.first(before);
    const MappedMemory tail(end);
    if (tail && FrameAssembler::can_have_tail(packet)) {
      if (end->size < FrameAssembler::kLeastHeld)
        return assembler_.add(packet, delta, ntp, now_us, {tail.bytes(), nullptr});
      held_ = hold_around(end, held_);
      return assembler_.add(packet, delta, ntp, now_us, {tail.bytes(), held_});
    }
  }
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) return FrameAssembler::Outcome::malformed;
  const auto outcome = assembler_.add(Bytes{map.data, map.size}, delta, ntp, now_us);
  gst_buffer_unmap(buffer, &map);
  return outcome;
}

void Input::push(GstElement* element, GstBuffer* buffer) {
  const std::int64_t now = monotonic_us();
  const auto outcome = add(buffer, ntp_of(captured_us(element, buffer, now)), now);
  if (outcome != FrameAssembler::Outcome::more) held_.reset();
  switch (outcome) {
  case FrameAssembler::Outcome::more: break;
  case FrameAssembler::Outcome::complete: stream_->append(assembler_.take()); break;
  case FrameAssembler::Outcome::malformed: ++malformed_; break;
  case FrameAssembler::Outcome::too_large:
    if (oversized_++ == 0)
      GST_ELEMENT_WARNING(
          element, STREAM, FORMAT,
          ("Packets on %s are too large for the network path to viewers: set the payloader's "
           "mtu to 1200",
           name().c_str()),
          (nullptr));
    break;
  }
}

} // namespace fanlight::fanout
