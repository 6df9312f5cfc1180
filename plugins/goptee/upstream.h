#pragma once

#include <mutex>

#include <gst/gst.h>

namespace fanlight::goptee {

/// The branches' access to the source: for requests and for its latency.
///
/// Threads: any. Lifetime: shared by the element and its src pads, because pads may ask while the
/// element releases them.
class Upstream {
 public:
  /// Takes over a reference on the element's sink pad.
  explicit Upstream(GstPad* sink) : sink_(sink) {}
  ~Upstream() { gst_object_unref(sink_); }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  /// (transfer full)
  void send(GstEvent* event);
  /// Answers a LATENCY query for the source; without a source, with its last answer.
  void query_latency(GstQuery* query);

 private:
  struct Latency {
    gboolean live = TRUE;
    GstClockTime shortest = 0;
    GstClockTime longest = GST_CLOCK_TIME_NONE;
  };

  GstPad* const sink_;
  std::mutex lock_; ///< Protects latency_.
  Latency latency_; ///< The last answer of the source.
};

} // namespace fanlight::goptee
