#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <gst/gst.h>

#include "base/main_loop.h"

namespace fanlight::webrtc {

/// When a viewer was heard of last, by g_get_monotonic_time(): shared with the thread that hears.
using HeardUs = std::shared_ptr<std::atomic<std::int64_t>>;

/// From now on what `source`, an element, pushes was sent by the viewer. Any thread.
void hear_from(GstElement* source, const HeardUs& heard_us);

/// Notices that the viewer of a webrtcbin is not heard of any more, for which libnice takes 50 s.
///
/// Whoever plays sends RTCP every few seconds. Where nothing is played, as the camera is lost, not
/// every player does: so silence counts only while packets are sent to the viewer. Threads: main
/// only.
class SilenceWatch {
 public:
  enum class News { silent, back, gone };
  /// Asks how many packets the viewer was sent; the answer comes on main, or never.
  using AskSent = std::function<void(std::function<void(std::uint64_t packets)> answer)>;

  SilenceWatch(HeardUs heard_us, AskSent ask_sent, std::function<void(News)> tell);

  /// The viewer is connected.
  void start();
  /// What is done every half second from then on.
  void look();

 private:
  std::int64_t silence_us() const;
  void on_sent(std::uint64_t packets);

  // Given.
  const HeardUs heard_us_;
  const AskSent ask_sent_;
  const std::function<void(News)> tell_;
  // Owned.
  Timer timer_;
  std::optional<std::uint64_t> sent_; ///< When the silence came to notice.
  std::int64_t excused_us_ = 0;       ///< Until then it was sent nothing.
  bool silent_ = false;
  const std::shared_ptr<SilenceWatch*> self_; ///< For answers that come late.
};

} // namespace fanlight::webrtc
