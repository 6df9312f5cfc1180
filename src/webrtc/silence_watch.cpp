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

GstPadProbeReturn on_heard(GstPad*, GstPadProbeInfo*, gpointer heard_us) {
  (*static_cast<HeardUs*>(heard_us))->store(g_get_monotonic_time(), std::memory_order_relaxed);
  return GST_PAD_PROBE_OK;
}

} // namespace

void hear_from(GstElement* source, const HeardUs& heard_us) {
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(source, "src"));
  if (!pad) return;
  constexpr auto kData =
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
  gst_pad_add_probe(pad.get(), kData, on_heard, new HeardUs{heard_us},
                    [](gpointer data) { delete static_cast<HeardUs*>(data); });
}

SilenceWatch::SilenceWatch(HeardUs heard_us, std::function<bool()> arrived, AskSent ask_sent,
                           std::function<void(News)> tell)
    : heard_us_(std::move(heard_us)), arrived_(std::move(arrived)), ask_sent_(std::move(ask_sent)),
      tell_(std::move(tell)), self_(std::make_shared<SilenceWatch*>(this)) {}

void SilenceWatch::start() {
  if (timer_.running()) return;
  heard_us_->store(g_get_monotonic_time(), std::memory_order_relaxed);
  timer_.every(kPeriod, [this] { look(); });
}

std::int64_t SilenceWatch::silence_us() const {
  const std::int64_t heard_us = heard_us_->load(std::memory_order_relaxed);
  return g_get_monotonic_time() - std::max(heard_us, excused_us_);
}

void SilenceWatch::look() {
  if (arrived_()) heard_us_->store(g_get_monotonic_time(), std::memory_order_relaxed);
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
