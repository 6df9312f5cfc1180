#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "base/reason.h"
#include "gst/ref.h"
#include "media/camera_clock.h"

namespace fanlight::media {

/// The health of a stream, checked once per second from the counters of its tees and of its jitter
/// buffers. Main only.
class Health {
 public:
  /// Since the first connection, if not noted otherwise.
  struct Counters {
    std::uint64_t access_units = 0;
    std::uint64_t bytes = 0;
    std::uint64_t cached_bytes = 0; ///< Of the current GOP.
    std::uint64_t key_frames = 0;
    std::uint64_t timestamp_jumps = 0;
    std::uint64_t timestamp_standstills = 0; ///< Frames with the timestamp of the previous frame.
    std::uint64_t parameter_changes = 0;
    std::uint64_t packets_lost = 0; ///< Of this connection.
  };
  struct Rates {
    std::uint64_t bitrate = 0; ///< bit/s, averaged over the last seconds.
    double fps = 0;            ///< Frames that arrive per second.
    double jitter_ms = 0;
    std::uint32_t gop_frames = 0; ///< Length of the last complete GOP; 0: unknown.
    std::int64_t gop_ms = 0;
    std::int64_t last_key_frame_ms = -1; ///< Age; -1: no key frame yet.
    bool b_frames = false;
  };

  /// A connection begins: silence counts from now on.
  void begin(std::int64_t now_us);
  /// The stream is idle: no data are expected.
  void go_idle() { rates_ = {}; }
  /// Video arrived, or its format changed.
  void note_frame(std::int64_t now_us) { heard_us_ = now_us; }
  /// The elements whose counters are read.
  struct Elements {
    std::vector<GstElement*> tees;                ///< Of video.
    std::vector<Ref<GstElement>> packet_counters; ///< Jitter buffers, or what is in their place.
    Ref<GstElement> picture_counter; ///< The depayloader of video; null before it exists.
  };
  void poll(const Elements& elements, std::int64_t now_us);
  /// Why the server must drop the connection although it is still open; empty: no reason.
  Reason problem(bool live, std::chrono::milliseconds timeout, std::int64_t now_us);
  /// How long pictures have arrived on this connection without a key frame, with which viewers
  /// could start; none: there was one, or nothing has arrived yet.
  std::optional<std::chrono::milliseconds> key_frame_wait(std::int64_t now_us) const;
  /// Why no key frame is likely to come; empty: one may come.
  Reason keyless(std::int64_t now_us) const;

  /// How long until problem() reports silence, if no data arrive.
  std::chrono::milliseconds patience(std::chrono::milliseconds timeout, std::int64_t now_us) const;

  const Counters& counters() const { return counters_; }
  const Rates& rates() const { return rates_; }

 private:
  void measure(const Counters& now, std::int64_t now_us);
  void read_picture_counter(GstElement* counter, bool new_pictures, std::int64_t now_us);

  Counters counters_;
  Rates rates_;
  CameraClock clock_;
  std::int64_t looked_us_ = 0;
  std::int64_t heard_us_ = 0;         // When the last video arrived.
  std::int64_t key_us_ = 0;           // When the last key frame arrived, or the connection began.
  std::int64_t waiting_since_us_ = 0; // When pictures began to arrive without a key frame; 0: no.
  std::uint64_t start_points_ = 0;    // Of this connection.
  bool pictures_ = false;             // This connection has brought some.
  // The limit if the distance of key frames is unknown.
  std::int64_t longest_group_us_ = 60'000'000;
};

} // namespace fanlight::media
