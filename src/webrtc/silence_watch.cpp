#include "webrtc/silence_watch.h"

#include <algorithm>
#include <utility>

#include "gst/ref.h"

namespace fanlight::webrtc {
namespace {

constexpr std::chrono::milliseconds kPeriod{500};
/// GStreamer's receivers send RTCP every 2 to 6 s, browsers every second.
constexpr std::int64_t kQuestionUs = 9'000'000;
constexpr std::int64_t kSilentUs = 12'000'000;
constexpr std::int64_t kGoneUs = 14'000'000;

/// The first byte tells RTCP from what DTLS sends at the end of its handshake (RFC 7983).
bool is_rtcp(GstBuffer* packet) {
  guint8 first = 0;
  return gst_buffer_extract(packet, 0, &first, 1) == 1 && first >= 128 && first <= 191;
}

GstPadProbeReturn on_packet(GstPad*, GstPadProbeInfo* info, gpointer heard_us) {
  if (is_rtcp(GST_PAD_PROBE_INFO_BUFFER(info)))
    (*static_cast<HeardUs*>(heard_us))->store(g_get_monotonic_time(), std::memory_order_relaxed);
  return GST_PAD_PROBE_OK;
}

} // namespace

void hear_from(GstElement* source, const HeardUs& heard_us) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source, "src"));
  if (!pad) return;
  // nicesrc pushes one buffer per packet, no lists.
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_packet, new HeardUs{heard_us},
                    [](gpointer data) { delete static_cast<HeardUs*>(data); });
}

SilenceWatch::SilenceWatch(HeardUs heard_us, AskSent ask_sent, std::function<void(News)> tell)
    : heard_us_(std::move(heard_us)), ask_sent_(std::move(ask_sent)), tell_(std::move(tell)),
      self_(std::make_shared<SilenceWatch*>(this)) {}

void SilenceWatch::start() {
  if (timer_.running()) return;
  heard_us_->store(0, std::memory_order_relaxed);
  timer_.every(kPeriod, [this] { look(); });
}

std::int64_t SilenceWatch::silence_us() const {
  const std::int64_t heard_us = heard_us_->load(std::memory_order_relaxed);
  return g_get_monotonic_time() - std::max(heard_us, excused_us_);
}

void SilenceWatch::look() {
  // Some players never send RTCP: libnice notices when they are gone.
  if (heard_us_->load(std::memory_order_relaxed) == 0) return;
  if (silence_us() >= kQuestionUs)
    return ask_sent_([weak = std::weak_ptr{self_}](std::uint64_t packets) {
      if (const auto self = weak.lock()) (*self)->on_sent(packets);
    });
  sent_.reset();
  if (std::exchange(silent_, false)) tell_(News::back);
}

void SilenceWatch::on_sent(std::uint64_t packets) {
  if (!sent_) sent_ = packets;
  const std::int64_t silence = silence_us();
  if (silence < kSilentUs) return;
  if (packets == *sent_) {
    excused_us_ = g_get_monotonic_time();
  } else if (silence < kGoneUs) {
    if (!std::exchange(silent_, true)) tell_(News::silent);
  } else {
    timer_.stop();
    tell_(News::gone);
  }
}

} // namespace fanlight::webrtc
