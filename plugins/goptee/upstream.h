#pragma once

#include <mutex>

#include <gst/gst.h>

namespace fanlight::goptee {

/// The source in front of the element as its branches reach it: with requests, and for its latency.
///
/// Threads: any. Lifetime: shared by the element and its src pads, as those may ask while the
/// element gives them up.
class Upstream {
 public:
  /// Takes over a reference on the element's sink pad.
  explicit Upstream(GstPad* sink) : sink_(sink) {}
  ~Upstream() { gst_object_unref(sink_); }
  Upstream(const Upstream&) = delete;
  Upstream& operator=(const Upstream&) = delete;

  /// Lent.
  GstPad* sink() const { return sink_; }
  /// (transfer full)
  void send(GstEvent* event);
  /// Answers a LATENCY query for the source, or as it last answered while there is none.
  void query_latency(GstQuery* query);

 private:
  struct Latency {
    gboolean live = TRUE;
    GstClockTime shortest = 0;
    GstClockTime longest = GST_CLOCK_TIME_NONE;
  };

  GstPad* const sink_;
  std::mutex lock_; ///< Protects latency_.
  Latency latency_; ///< As the source last said.
};

} // namespace fanlight::goptee
