#pragma once

#include <cstddef>
#include <map>

#include <gst/gst.h>

namespace fanlight::direct {

/// Puts the streams of a camera on one time: sound and pictures that the camera took together get
/// the same running time, by the camera's clock in its sender reports (RFC 3550, section 6.4.1).
///
/// The stream that arrives later sets the time, so that no buffer gets a time before its arrival.
/// Threads: the loop.
class LipSync {
 public:
  /// Reports that differ by more are of clocks that have nothing to do with each other.
  static constexpr GstClockTimeDiff kMost = 3 * GST_SECOND;
  /// Smaller changes are ignored.
  static constexpr GstClockTimeDiff kLeast = 4 * GST_MSECOND;

  /// What a stream has at the running time `running` was taken at the time `camera` of the camera's
  /// clock.
  void note(std::size_t stream, GstClockTime camera, GstClockTime running);
  /// To add to the running times of that stream.
  GstClockTimeDiff offset(std::size_t stream) const;

 private:
  struct Stream {
    GstClockTimeDiff delay = 0; ///< Running time less the camera's time.
    GstClockTimeDiff offset = 0;
  };
  std::map<std::size_t, Stream> streams_;
};

} // namespace fanlight::direct
