#include "rtp_faults.h"

#include <optional>
#include <utility>

#include <gst/rtp/gstrtpbuffer.h>

namespace fanlight::camsim {
namespace {

/// What one payloader's packets suffer. Threads: the streaming thread of its pad.
class Spoiler {
 public:
  Spoiler(std::shared_ptr<FaultState> state) : state_(std::move(state)) {}

  /// False: it is dropped.
  bool spoil(GstBuffer* packet) {
    follow();
    GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
    if (!gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp)) return true;
    ++count_;
    if (!faults_) faults_ = state_->get();
    const guint32 timestamp = gst_rtp_buffer_get_timestamp(&rtp);
    gst_rtp_buffer_set_timestamp(&rtp, changed(timestamp));
    gst_rtp_buffer_set_seq(&rtp, static_cast<guint16>(gst_rtp_buffer_get_seq(&rtp) + skipped_));
    if (faults_->marker && is_parameter_set(rtp)) gst_rtp_buffer_set_marker(&rtp, TRUE);
    gst_rtp_buffer_unmap(&rtp);
    if (faults_->hang) return false;
    return faults_->lose_percent == 0 ||
           static_cast<int>(g_random_int_range(0, 100)) >= faults_->lose_percent;
  }

  /// Whether this one is to come behind the next.
  bool is_late() const { return faults_->reorder && count_ % 10 == 0; }

 private:
  /// New faults: what happens once happens now.
  void follow() {
    const std::uint64_t version = state_->version();
    if (version == version_ && faults_) return;
    version_ = version;
    faults_ = state_->get();
    offset_ += static_cast<guint32>(static_cast<gint64>(faults_->jump_s * kClock));
    skipped_ = static_cast<guint16>(skipped_ + faults_->gap);
    held_.reset();
  }

  guint32 changed(guint32 timestamp) {
    if (!first_) first_ = timestamp;
    if (faults_->standstill) {
      if (!held_) held_ = timestamp + offset_;
      return *held_;
    }
    const guint32 run = timestamp - *first_;
    const auto drift = static_cast<gint64>(run) * faults_->drift_ppm / 1'000'000;
    return timestamp + offset_ + static_cast<guint32>(drift);
  }

  /// RFC 6184 and 7798: single NAL units only, as the payloader sends parameter sets.
  static bool is_parameter_set(GstRTPBuffer& rtp) {
    const auto* const payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(&rtp));
    if (gst_rtp_buffer_get_payload_len(&rtp) < 1) return false;
    const int h264 = payload[0] & 0x1f;
    const int h265 = payload[0] >> 1 & 0x3f;
    return h264 == 7 || h264 == 8 || (h265 >= 32 && h265 <= 34);
  }

  static constexpr int kClock = 90'000;
  const std::shared_ptr<FaultState> state_;
  std::shared_ptr<const Faults> faults_;
  std::uint64_t version_ = 0;
  std::uint64_t count_ = 0;
  guint32 offset_ = 0;
  guint16 skipped_ = 0;
  std::optional<guint32> first_;
  std::optional<guint32> held_;

 public:
  GstBuffer* late = nullptr; ///< Waits for the next packet.
  bool releasing = false;
};

GstPadProbeReturn on_data(GstPad* pad, GstPadProbeInfo* info, gpointer data) {
  auto& spoiler = *static_cast<Spoiler*>(data);
  if (spoiler.releasing) return GST_PAD_PROBE_OK;
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER_LIST) != 0) {
    // A frame of many packets: each on its own, which is what the probe is called with then.
    auto* const list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
    for (guint i = 0; i < gst_buffer_list_length(list); ++i)
      gst_pad_push(pad, gst_buffer_copy(gst_buffer_list_get(list, i)));
    return GST_PAD_PROBE_DROP;
  }
  GST_PAD_PROBE_INFO_DATA(info) = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GstBuffer* const packet = GST_PAD_PROBE_INFO_BUFFER(info);
  if (!spoiler.spoil(packet)) return GST_PAD_PROBE_DROP;
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

} // namespace

void spoil_packets(GstPad* pad, std::shared_ptr<FaultState> state) {
  gst_pad_add_probe(
      pad, static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      on_data, new Spoiler(std::move(state)), [](gpointer data) {
        auto* const spoiler = static_cast<Spoiler*>(data);
        if (spoiler->late != nullptr) gst_buffer_unref(spoiler->late);
        delete spoiler;
      });
}

} // namespace fanlight::camsim
