#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include <gst/gst.h>

#include "gst/ref.h"
#include "media/rtsp/connect_error.h"

namespace fanlight::media {

/// What reads a camera: a bin with one element that finds its streams, and what is known of the
/// talk with the camera. RtspConnection links the streams.
///
/// Threads: main only. Lifetime: its RtspConnection's; when it ends, the camera is no longer
/// needed.
class RtspSource {
 public:
  virtual ~RtspSource() = default;

  /// It lives in the camera's pipeline, longer than this object.
  virtual GstElement* bin() const = 0;
  /// Emits on-sdp, select-stream and pad-added, on a thread of its own. Lives in bin().
  virtual GstElement* element() const = 0;
  /// Interprets an error message from inside the bin.
  virtual ConnectError explain(GstMessage* message) const = 0;
  /// How many keep-alives the camera has answered.
  virtual unsigned keep_alives() const = 0;
  /// How long its session lasts without them.
  virtual std::chrono::seconds session_timeout() const = 0;
  /// Whose `stats` count packets.
  virtual std::vector<Ref<GstElement>> packet_counters() const = 0;
  /// Whose `stats` count pictures; null: a depayloader does.
  virtual Ref<GstElement> picture_counter() const = 0;
};

} // namespace fanlight::media
