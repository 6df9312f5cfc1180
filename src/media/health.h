#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "base/result.h"
#include "gst/ref.h"
#include "media/camera_clock.h"

namespace fanlight::media {

/// How a stream does: looked at once a second, from the counters of its tees and of the jitter
/// buffers before them. Main only.
class Health {
 public:
  /// Counted since the first connection.
  struct Counters {
    std::uint64_t access_units = 0;
    std::uint64_t bytes = 0;
    std::uint64_t cached_bytes = 0; ///< Of the current group of pictures.
    std::uint64_t key_frames = 0;
    std::uint64_t timestamp_jumps = 0;
    std::uint64_t timestamp_standstills = 0; ///< Pictures with the timestamp of the one before.
    std::uint64_t parameter_changes = 0;
    std::uint64_t packets_lost = 0; ///< Of this connection.
  };
  struct Rates {
    std::uint64_t bitrate = 0; ///< bit/s over the last seconds.
    double fps = 0;            ///< Pictures that really arrived per second.
    double jitter_ms = 0;
    std::uint32_t gop_frames = 0; ///< Of the last whole group of pictures; 0: not known.
    std::int64_t gop_ms = 0;
    std::int64_t last_key_frame_ms = -1; ///< Ago; -1: none yet.
    bool b_frames = false;
  };

  /// A connection begins: what is silent is silent from now on.
  void begin(std::int64_t now_us);
  /// Nothing is to come.
  void go_idle() { rates_ = {}; }
  /// A picture came, or a new form of them.
  void note_frame(std::int64_t now_us) { heard_us_ = now_us; }
  /// Whose counters are looked at.
  struct Elements {
    std::vector<GstElement*> tees; ///< Of the video.
    std::vector<Ref<GstElement>> jitter_buffers;
    Ref<GstElement> depayloader; ///< Of the video; null before it comes.
  };
  void poll(const Elements& elements, std::int64_t now_us);
  /// Why the connection is of no use any more though it stays; empty: it is.
  std::string problem(bool live, std::chrono::milliseconds timeout, std::int64_t now_us);

  /// Until problem() would have to say that nothing comes, if nothing does.
  std::chrono::milliseconds patience(std::chrono::milliseconds timeout, std::int64_t now_us) const;

  const Counters& counters() const { return counters_; }
  const Rates& rates() const { return rates_; }

 private:
  void measure(const Counters& now, std::int64_t now_us);

  Counters counters_;
  Rates rates_;
  CameraClock clock_;
  std::int64_t looked_us_ = 0;
  std::int64_t heard_us_ = 0;                  ///< The last picture.
  std::int64_t key_us_ = 0;                    ///< The last key frame, or the begin.
  std::int64_t longest_group_us_ = 60'000'000; ///< Where the distance of key frames is not known.
};

} // namespace fanlight::media
