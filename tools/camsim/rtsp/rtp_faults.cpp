#include "camsim/rtsp/rtp_faults.h"

#include <chrono>
#include <optional>
#include <utility>

#include <gst/rtp/gstrtpbuffer.h>

#include "gst/ref.h"

namespace fanlight::camsim {
namespace {

/// Applies faults to one payloader's packets. Threads: the streaming thread of its pad.
class Spoiler {
 public:
  explicit Spoiler(std::shared_ptr<FaultState> state)
      : state_(std::move(state)), faults_(state_->get()), once_(faults_->once) {}

  /// False: the packet is dropped.
  bool spoil(GstPad* pad, GstBuffer* packet) {
    if (clock_ == 0) read_caps(pad);
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (!gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp)) return true;
    ++count_;
    const guint32 timestamp = gst_rtp_buffer_get_timestamp(&rtp);
    const bool new_frame = timestamp != last_;
    follow(new_frame);
    gst_rtp_buffer_set_timestamp(&rtp, changed(timestamp));
    gst_rtp_buffer_set_seq(&rtp, static_cast<guint16>(gst_rtp_buffer_get_seq(&rtp) + skipped_));
    if (new_frame && faults_->odd_packet && clock_ == kVideoClock) {
      odd = odd_packet_like(rtp);
      ++skipped_;
      gst_rtp_buffer_set_seq(&rtp, static_cast<guint16>(gst_rtp_buffer_get_seq(&rtp) + 1));
    }
    constexpr guint32 kOther = 0x5a5a5a5a;
    if (faults_->ssrc) gst_rtp_buffer_set_ssrc(&rtp, gst_rtp_buffer_get_ssrc(&rtp) ^ kOther);
    if (faults_->markers != "last" && clock_ == kVideoClock)
      gst_rtp_buffer_set_marker(&rtp, faults_->markers == "nal" && ends_nal(rtp));
    if (faults_->marker && clock_ == kVideoClock && is_parameter_set(rtp))
      gst_rtp_buffer_set_marker(&rtp, TRUE);
    gst_rtp_buffer_unmap(&rtp);
    if (faults_->hang) return false;
    return faults_->lose_percent == 0 ||
           static_cast<int>(g_random_int_range(0, 100)) >= faults_->lose_percent;
  }

  /// Whether this packet must come after the next one.
  bool is_late() const { return faults_->reorder && count_ % 10 == 0; }

 private:
  using Clock = std::chrono::steady_clock;

  void read_caps(GstPad* pad) {
    const auto caps = Ref<GstCaps>::adopt(gst_pad_get_current_caps(pad));
    clock_ = kVideoClock;
    if (!caps) return;
    const GstStructure* const fields = gst_caps_get_structure(caps.get(), 0);
    gst_structure_get_int(fields, "clock-rate", &clock_);
    h265_ = g_strcmp0(gst_structure_get_string(fields, "encoding-name"), "H265") == 0;
  }

  /// Faults that happen once happen at the beginning of a frame, so that a clock jumps between two
  /// frames.
  void follow(bool new_frame) {
    faults_ = state_->get();
    if (!faults_->standstill) held_.reset();
    if (!new_frame) return;
    const auto now = Clock::now();
    const bool again =
        faults_->every_s > 0 && now - jumped_ > std::chrono::duration<double>(faults_->every_s);
    const bool asked = faults_->once != 0 && faults_->once != once_;
    if (!again && !asked) return;
    if (asked) once_ = faults_->once;
    jumped_ = now;
    offset_ += static_cast<guint32>(static_cast<gint64>(faults_->jump_s * clock_));
    skipped_ = static_cast<guint16>(skipped_ + faults_->gap);
  }

  /// The drift grows with time, and stays at its value when the fault ends.
  guint32 changed(guint32 timestamp) {
    const auto step = last_ ? static_cast<gint32>(timestamp - *last_) : 0;
    last_ = timestamp;
    drift_ += step * (faults_->drift_ppm / 1e6);
    const guint32 now = timestamp + offset_ + static_cast<guint32>(static_cast<gint64>(drift_));
    if (!faults_->standstill) return now;
    if (!held_) held_ = now;
    return *held_;
  }

  /// MTAP16 (RFC 6184, section 5.7.2), which hardly any receiver reads.
  static GstBuffer* odd_packet_like(GstRTPBuffer& rtp) {
    constexpr guint8 kMtap16 = 26;
    GstBuffer* const buffer = gst_rtp_buffer_new_allocate(4, 0, 0);
    GstRTPBuffer made = GST_RTP_BUFFER_INIT;
    gst_rtp_buffer_map(buffer, GST_MAP_WRITE, &made);
    gst_rtp_buffer_set_ssrc(&made, gst_rtp_buffer_get_ssrc(&rtp));
    gst_rtp_buffer_set_payload_type(&made, gst_rtp_buffer_get_payload_type(&rtp));
    gst_rtp_buffer_set_timestamp(&made, gst_rtp_buffer_get_timestamp(&rtp));
    gst_rtp_buffer_set_seq(&made, gst_rtp_buffer_get_seq(&rtp));
    static_cast<guint8*>(gst_rtp_buffer_get_payload(&made))[0] = kMtap16;
    gst_rtp_buffer_unmap(&made);
    return buffer;
  }

  /// RFC 6184 and 7798; only single NAL units, because the payloader sends parameter sets as such.
  static bool is_parameter_set(GstRTPBuffer& rtp) {
    const auto* const payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(&rtp));
    if (gst_rtp_buffer_get_payload_len(&rtp) < 1) return false;
    const int h264 = payload[0] & 0x1f;
    const int h265 = payload[0] >> 1 & 0x3f;
    return h264 == 7 || h264 == 8 || (h265 >= 32 && h265 <= 34);
  }

  /// Whether the packet has the end of a NAL unit; the payloader makes no aggregates.
  bool ends_nal(GstRTPBuffer& rtp) const {
    constexpr guint8 kEnd = 0x40;
    const auto* const payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(&rtp));
    const guint size = gst_rtp_buffer_get_payload_len(&rtp);
    if (size < 3) return true;
    if (h265_) return (payload[0] >> 1 & 0x3f) != 49 || (payload[2] & kEnd) != 0; // FU
    return (payload[0] & 0x1f) != 28 || (payload[1] & kEnd) != 0;                 // FU-A
  }

  static constexpr int kVideoClock = 90'000;
  const std::shared_ptr<FaultState> state_;
  std::shared_ptr<const Faults> faults_;
  std::uint64_t once_;
  Clock::time_point jumped_ = Clock::now();
  int clock_ = 0;
  bool h265_ = false;
  std::uint64_t count_ = 0;
  guint32 offset_ = 0;
  guint16 skipped_ = 0;
  std::optional<guint32> last_;
  double drift_ = 0;
  std::optional<guint32> held_;

 public:
  GstBuffer* odd = nullptr;  ///< To be sent before the packet.
  GstBuffer* late = nullptr; ///< Held back until after the next packet.
  bool releasing = false;
};

GstPadProbeReturn on_data(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto& spoiler = *static_cast<Spoiler*>(data);
  if (spoiler.releasing) return GST_PAD_PROBE_OK;
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0) {
    // A frame with many packets: pushes each separately, which calls this probe again.
    auto* const list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
    for (guint i = 0; i < gst_buffer_list_length(list); ++i)
      gst_pad_push(pad, gst_buffer_copy(gst_buffer_list_get(list, i)));
    return GST_PAD_PROBE_DROP;
  }
  GST_PAD_PROBE_INFO_DATA(info) = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GstBuffer* const packet = GST_PAD_PROBE_INFO_BUFFER(info);
  const bool stays = spoiler.spoil(pad, packet);
  if (GstBuffer* const odd = std::exchange(spoiler.odd, nullptr)) {
    GST_BUFFER_PTS(odd) = GST_BUFFER_PTS(packet);
    spoiler.releasing = true;
    gst_pad_push(pad, odd);
    spoiler.releasing = false;
  }
  if (!stays) return GST_PAD_PROBE_DROP;
  if (spoiler.late == nullptr && spoiler.is_late()) {
    spoiler.late = gst_buffer_ref(packet);
    return GST_PAD_PROBE_DROP;
  }
  if (GstBuffer* const late = std::exchange(spoiler.late, nullptr)) {
    spoiler.releasing = true;
    gst_pad_push(pad, gst_buffer_ref(packet));
    gst_pad_push(pad, late);
    spoiler.releasing = false;
    return GST_PAD_PROBE_DROP;
  }
  return GST_PAD_PROBE_OK;
}

GstPadProbeReturn on_request(GstPad*, GstPadProbeInfo* info, gpointer data) {
  if (gst_event_has_name(GST_PAD_PROBE_INFO_EVENT(info), "GstForceKeyUnit"))
    (*static_cast<std::shared_ptr<FaultState>*>(data))->request_key_frame();
  return GST_PAD_PROBE_OK;
}

} // namespace

void spoil_packets(GstPad* pad, std::shared_ptr<FaultState> state) {
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_EVENT_UPSTREAM, on_request,
                    new std::shared_ptr<FaultState>(state),
                    [](gpointer data) { delete static_cast<std::shared_ptr<FaultState>*>(data); });
  gst_pad_add_probe(
      pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      on_data, new Spoiler(std::move(state)), [](gpointer data) {
        auto* const spoiler = static_cast<Spoiler*>(data);
        if (spoiler->late != nullptr) gst_buffer_unref(spoiler->late);
        delete spoiler;
      });
}

} // namespace fanlight::camsim
