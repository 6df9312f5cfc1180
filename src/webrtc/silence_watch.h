#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include <gst/gst.h>

#include "base/main_loop.h"

namespace fanlight::webrtc {

/// When the last packet of a viewer arrived, by g_get_monotonic_time(); shared with the thread that
/// receives.
using HeardUs = std::shared_ptr<std::atomic<std::int64_t>>;

/// From now on, what the element `source` pushes counts as packets of the viewer. Any thread.
void hear_from(GstElement* source, const HeardUs& heard_us);

/// Detects that the viewer of a webrtcbin no longer sends anything; libnice needs 50 s for that.
///
/// A player sends RTCP every few seconds while it plays. While it has nothing to play, because the
/// camera is offline, not every player does; so silence counts only while packets are sent to the
/// viewer. Some players send no RTCP, but checks of ICE. Threads: main only.
class SilenceWatch {
 public:
  enum class News { silent, back, gone };
  /// Asks for the number of packets sent to the viewer; the answer comes on main, or never.
  using AskSent = std::function<void(std::function<void(std::uint64_t packets)> answer)>;

  /// `arrived`: whether anything has come from the viewer since the last call, in other ways than
  /// `heard_us` tells.
  SilenceWatch(HeardUs heard_us, std::function<bool()> arrived, AskSent ask_sent,
               std::function<void(News)> tell);

  /// The viewer is connected.
  void start();
  /// One check; after start(), a timer calls it every half second.
  void look();

 private:
  std::int64_t silence_us() const;
  void on_sent(std::uint64_t packets);

  // Given.
  const HeardUs heard_us_;
  const std::function<bool()> arrived_;
  const AskSent ask_sent_;
  const std::function<void(News)> tell_;
  // Owned.
  Timer timer_;
  std::optional<std::uint64_t> sent_; ///< When the silence was noticed.
  std::int64_t excused_us_ = 0;       ///< Until then, nothing was sent to the viewer.
  bool silent_ = false;
  const std::shared_ptr<SilenceWatch*> self_; ///< For late answers.
};

} // namespace fanlight::webrtc
