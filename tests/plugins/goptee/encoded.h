#pragma once

#include <string>
#include <vector>

#include <gst/gst.h>

#include "mini_ref.h"

namespace fanlight::test {

/// What a real encoder makes of a moving ball, 160x120 at 25 frames/s.
struct Encoded {
  GstCaps* caps = nullptr;
  std::vector<BufferRef> frames; ///< Access units in the order they are decoded.

  Encoded() = default;
  Encoded(const Encoded&) = delete;
  Encoded& operator=(const Encoded&) = delete;
  ~Encoded() { gst_clear_caps(&caps); }
  /// The caps as begin() of a TeeTest takes them.
  std::string format() const;
  /// Fills it with `count` access units. `encoder`: from raw video to access units, as for
  /// gst-launch-1.0. Fails the test fatally where they do not come.
  void encode(const std::string& encoder, int count);
};

} // namespace fanlight::test
