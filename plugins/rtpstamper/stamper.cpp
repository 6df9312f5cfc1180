#include "stamper.h"

#include <algorithm>
#include <array>

#include <gst/rtp/rtp.h>

namespace fanlight {
namespace {

/// A sender report that is further ahead of its packets belongs to another clock; in seconds.
constexpr guint64 kReportAhead = 1;

constexpr gsize kReportSize = 28; // Of the smallest sender report (RFC 3550, section 6.4.1).

/// Sequence number and timestamp (RFC 3550, section 5.1).
struct Header {
  guint16 number = 0;
  guint32 timestamp = 0;
};

Header header_of(GstBuffer* packet) {
  std::array<guint8, 8> bytes{};
  gst_buffer_extract(packet, 0, bytes.data(), bytes.size());
  return {GST_READ_UINT16_BE(bytes.data() + 2), GST_READ_UINT32_BE(bytes.data() + 4)};
}

} // namespace

void Stamper::set_rate(guint8 payload_type, guint rate) {
  payload_type_ = payload_type;
  if (clock_.rate() != rate) clock_.begin(rate);
}

void Stamper::forget() {
  order_.forget();
  clock_.forget();
  gst_segment_init(&segment_, GST_FORMAT_TIME);
  pts_ = GST_CLOCK_TIME_NONE;
  report_ = {};
}

void Stamper::take(BufferRef packet) {
  const guint16 number = header_of(packet.get()).number;
  order_.take(number, std::move(packet));
}

BufferRef Stamper::next() {
  auto turn = order_.next();
  if (!turn) return {};
  auto packet = BufferRef::adopt(gst_buffer_make_writable(turn->packet.release()));
  if (turn->after_gap) GST_BUFFER_FLAG_SET(packet.get(), GST_BUFFER_FLAG_DISCONT);
  stamp(packet.get());
  ++pushed_;
  return packet;
}

GstClockTime Stamper::arrival_of(GstBuffer* packet) const {
  const GstClockTime time = GST_BUFFER_DTS_OR_PTS(packet);
  const GstClockTime running = GST_CLOCK_TIME_IS_VALID(time)
                                   ? gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, time)
                                   : GST_CLOCK_TIME_NONE;
  const GstClockTime now = now_();
  if (!GST_CLOCK_TIME_IS_VALID(running)) return now;
  // rtspsrc gives the first packet of every stream the time of the connection's first packet.
  return GST_CLOCK_TIME_IS_VALID(now) ? std::max(running, now) : running;
}

void Stamper::stamp(GstBuffer* packet) {
  const guint32 timestamp = header_of(packet).timestamp;
  if (clock_.is_new(timestamp)) {
    const GstClockTime arrival = arrival_of(packet);
    // Without the clock rate, there is no time yet.
    if (GST_CLOCK_TIME_IS_VALID(arrival)) {
      const auto time = static_cast<GstClockTimeDiff>(clock_.time_of(timestamp, arrival)) + offset_;
      pts_ = gst_segment_position_from_running_time(
          &segment_, GST_FORMAT_TIME, static_cast<guint64>(std::max<GstClockTimeDiff>(time, 0)));
    }
  }
  GST_BUFFER_PTS(packet) = pts_;
  GST_BUFFER_DTS(packet) = GST_CLOCK_TIME_NONE;
}

void Stamper::take_report(BufferRef rtcp) {
  if (gst_buffer_get_size(rtcp.get()) < kReportSize) return;
  if (!gst_rtcp_buffer_validate_reduced(rtcp.get())) return;
  GstRTCPBuffer mapped = GST_RTCP_BUFFER_INIT;
  if (!gst_rtcp_buffer_map(rtcp.get(), GST_MAP_READ, &mapped)) return;
  GstRTCPPacket first;
  if (gst_rtcp_buffer_get_first_packet(&mapped, &first) &&
      gst_rtcp_packet_get_type(&first) == GST_RTCP_TYPE_SR) {
    gst_rtcp_packet_sr_get_sender_info(&first, &report_source_, nullptr, &report_timestamp_,
                                       nullptr, nullptr);
    report_ = rtcp;
  }
  gst_rtcp_buffer_unmap(&mapped);
}

GstStructure* Stamper::sync() {
  const auto relation = report_ ? clock_.relation() : std::nullopt;
  if (!relation) return nullptr;
  const BufferRef report = std::exchange(report_, {});
  const guint64 ticks = clock_.extend(report_timestamp_);
  if (ticks < relation->ticks || ticks > relation->newest + kReportAhead * clock_.rate())
    return nullptr;
  // clang-format off
  return gst_structure_new("application/x-rtp-sync",
      "base-rtptime", G_TYPE_UINT64, relation->ticks,
      "base-time", G_TYPE_UINT64, relation->time,
      "clock-rate", G_TYPE_UINT, clock_.rate(),
      "clock-base", G_TYPE_UINT64, static_cast<guint64>(clock_base_),
      "ssrc", G_TYPE_UINT, report_source_,
      "sr-ext-rtptime", G_TYPE_UINT64, ticks,
      "sr-buffer", GST_TYPE_BUFFER, report.get(),
      nullptr);
  // clang-format on
}

Stamper::Stats Stamper::stats() const {
  return {pushed_, order_.lost(), order_.repeated(), clock_.jitter()};
}

} // namespace fanlight
