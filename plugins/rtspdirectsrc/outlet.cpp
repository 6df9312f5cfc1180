#include "outlet.h"

#include <algorithm>
#include <cstring>
#include <utility>

namespace fanlight::direct {
namespace {

constexpr std::size_t kHeader = 12; // RFC 3550, section 5.1; without contributing sources.

/// Big-endian numbers; packets are not aligned.
std::uint16_t read_u16(Bytes packet, std::size_t at) {
  return static_cast<std::uint16_t>(packet[at] << 8 | packet[at + 1]);
}

std::uint32_t read_u32(Bytes packet, std::size_t at) {
  return static_cast<std::uint32_t>(read_u16(packet, at)) << 16 | read_u16(packet, at + 2);
}

bool has(const GstCaps* caps, const char* flag) {
  gboolean set = FALSE;
  return gst_structure_get_boolean(gst_caps_get_structure(caps, 0), flag, &set) && set;
}

guint rate_of(const GstCaps* caps) {
  gint rate = 0;
  gst_structure_get_int(gst_caps_get_structure(caps, 0), "clock-rate", &rate);
  return rate > 0 ? static_cast<guint>(rate) : 0;
}

std::string any_name() {
  gchar* const text = g_uuid_string_random();
  std::string name{text};
  g_free(text);
  return name;
}

} // namespace

Outlet::Outlet(std::string name, std::vector<Format> formats, Exit& exit)
    : name_(std::move(name)), exit_(exit), reports_(g_random_int(), any_name()) {
  for (Format& format : formats) {
    const GstCaps* const caps = format.caps.get();
    Stream& stream = streams_.emplace_back();
    stream.payload_type = format.payload_type;
    stream.rate = rate_of(caps);
    stream.video = std::make_unique<Depacketizer>();
    if (!stream.video->set_caps(caps)) stream.video.reset();
    if (stream.video && has(caps, "rtcp-fb-nack-pli"))
      request_ = Reports::Request::picture_loss;
    else if (stream.video && has(caps, "rtcp-fb-ccm-fir"))
      request_ = Reports::Request::full_intra;
    stream.caps = std::move(format.caps);
  }
}

Outlet::~Outlet() = default;

// ---- Packets ----

void Outlet::take(Bytes packet, GstClockTime arrival, std::int64_t now_us) {
  if (packet.size() < kHeader || packet[0] >> 6 != 2) {
    ++malformed_;
    return;
  }
  const std::uint32_t source = read_u32(packet, 8);
  if (choice_.passes(source)) return sort(packet, arrival, now_us);
  for (const Packet& held : choice_.take({.source = source,
                            .timestamp = read_u32(packet, 4),
                            .buffer = Packet{packet.begin(), packet.end()}}))
    sort(held, arrival, now_us);
}

void Outlet::sort(Bytes packet, GstClockTime arrival, std::int64_t now_us) {
  const std::uint16_t number = read_u16(packet, 2);
  if (order_.passes(number)) return deliver(packet, false, arrival, now_us);
  order_.take(number, Packet{packet.begin(), packet.end()});
  while (const auto turn = order_.next()) deliver(turn->packet, turn->after_gap, arrival, now_us);
}

Outlet::Stream* Outlet::find(std::uint8_t payload_type) {
  if (current_ != nullptr && current_->payload_type == payload_type) return current_;
  const auto found =
      std::find_if(streams_.begin(), streams_.end(), [payload_type](const Stream& stream) {
        return stream.payload_type == payload_type;
      });
  if (found == streams_.end() || found->rate == 0) return nullptr;
  // A camera sends one of its payload types; no picture of another one is kept meanwhile.
  if (current_ != nullptr && current_->video) current_->video->forget();
  current_ = &*found;
  if (clock_.rate() != current_->rate) clock_.begin(current_->rate);
  return current_;
}

void Outlet::deliver(Bytes packet, bool after_gap, GstClockTime arrival, std::int64_t now_us) {
  ++received_;
  source_ = read_u32(packet, 8);
  const std::uint16_t number = read_u16(packet, 2);
  const auto step = static_cast<std::int16_t>(number - highest_);
  if (received_ == 1)
    highest_ = number;
  else if (step > 0)
    highest_ += static_cast<std::uint32_t>(step);
  Stream* const stream = find(packet[1] & 0x7f);
  if (stream == nullptr) return;
  const auto running = static_cast<GstClockTimeDiff>(clock_.time_of(read_u32(packet, 4), arrival));
  const auto time = static_cast<GstClockTime>(std::max<GstClockTimeDiff>(running + offset_, 0));
  if (!stream->video) return push_packet(*stream, packet, after_gap, time);
  if (const auto rtp = h26x::read_rtp_packet(packet))
    stream->video->take(*rtp, time, now_us);
  else
    ++malformed_;
  push_pictures(*stream, now_us);
}

// ---- Buffers ----

void Outlet::push_pictures(Stream& stream, std::int64_t now_us) {
  while (auto output = stream.video->next()) {
    if (output->caps != nullptr) {
      // The first access unit brings them.
      GstPad* const pad =
          exit_.open(name_ + "_" + std::to_string(stream.payload_type), output->caps);
      stream.pad = pad;
    }
    if (stream.pad != nullptr) exit_.push(stream.pad, std::move(output->buffer));
  }
  wants_key_frame_ = wants_key_frame_ || stream.video->wants_key_frame(now_us);
  if (const std::string complaint = stream.video->complaint(now_us); !complaint.empty())
    exit_.complain(complaint);
}

void Outlet::push_packet(Stream& stream, Bytes packet, bool after_gap, GstClockTime time) {
  if (!std::exchange(stream.opened, true))
    stream.pad = exit_.open(name_ + "_" + std::to_string(stream.payload_type),
                            gst_caps_ref(stream.caps.get()));
  if (stream.pad == nullptr) return;
  GstBuffer* const buffer = gst_buffer_new_allocate(nullptr, packet.size(), nullptr);
  gst_buffer_fill(buffer, 0, packet.data(), packet.size());
  GST_BUFFER_PTS(buffer) = time;
  if (after_gap) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  exit_.push(stream.pad, BufferRef::adopt(buffer));
}

void Outlet::end() {
  for (Stream& stream : streams_) {
    if (!stream.video) continue;
    stream.video->end();
    push_pictures(stream, 0);
  }
}

// ---- Reports ----

bool Outlet::take_control(Bytes packet, std::int64_t now_us) {
  const auto before = reports_.sender_report();
  const bool goodbye = reports_.take(packet, source_, now_us);
  const auto& after = reports_.sender_report();
  reported_ = reported_ || (after && (!before || before->ntp != after->ntp));
  return goodbye;
}

std::optional<Outlet::Instant> Outlet::reported() {
  const auto relation = clock_.relation();
  if (!relation || !std::exchange(reported_, false)) return {};
  const Reports::SenderReport report = *reports_.sender_report();
  const guint64 ticks = clock_.extend(report.timestamp);
  // A report that is further ahead of its packets belongs to another clock.
  if (ticks < relation->ticks || ticks > relation->newest + clock_.rate()) return {};
  const guint64 since = gst_util_uint64_scale(ticks - relation->ticks, GST_SECOND, clock_.rate());
  const guint64 seconds = report.ntp >> 32;
  const guint64 fraction = gst_util_uint64_scale(report.ntp & 0xffffffff, GST_SECOND, 1ULL << 32);
  return Instant{.camera = seconds * GST_SECOND + fraction, .running = relation->time + since};
}

std::vector<std::uint8_t> Outlet::report(std::int64_t now_us) {
  if (received_ == 0) return {};
  const bool asks = std::exchange(wants_key_frame_, false) && request_ &&
                    now_us - requested_us_ >= Depacketizer::kRequestIntervalUs / 2;
  if (!asks && now_us - reported_us_ < Reports::kIntervalUs) return {};
  if (asks) requested_us_ = now_us;
  reported_us_ = now_us;
  const guint64 ticks = gst_util_uint64_scale(clock_.jitter(), clock_.rate(), GST_SECOND);
  return reports_.write({.source = source_,
                         .highest = highest_,
                         .received = received_,
                         .lost = order_.lost(),
                         .jitter = static_cast<std::uint32_t>(ticks)},
                        asks ? request_ : std::nullopt, now_us);
}

Outlet::Stats Outlet::stats() const {
  Stats stats{.video = {},
              .received = received_,
              .lost = order_.lost(),
              .repeated = order_.repeated(),
              .jitter = clock_.jitter()};
  for (const Stream& stream : streams_) {
    if (!stream.video) continue;
    const Depacketizer::Stats video = stream.video->stats();
    if (!stats.video || video.pictures.pictures > 0) stats.video = video;
  }
  return stats;
}

} // namespace fanlight::direct
