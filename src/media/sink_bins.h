#pragma once

#include <string>
#include <vector>

#include "base/token.h"
#include "gst/pipeline.h"

namespace fanlight::media {

struct Sink;

/// The bins of all sinks in one camera's pipeline. A bin is in the pipeline while a place is held
/// for it.
///
/// Threads: main only. Lifetime: its Camera's; all places end before.
class SinkBins {
 public:
  /// `camera` names it in the log. The pipeline outlives it.
  SinkBins(Pipeline& pipeline, std::string camera)
      : pipeline_(pipeline), camera_(std::move(camera)) {}
  SinkBins(const SinkBins&) = delete;
  SinkBins& operator=(const SinkBins&) = delete;

  /// Holds a place for the sink's bin. The first place adds the bin to the pipeline. The end of the
  /// last place removes it in whatever state it is and stops it on a worker.
  Result<Token> enter(Sink& sink);
  /// Reports an error from inside a bin to its sink, the first time. False: the error is from
  /// elsewhere.
  bool on_error(GstMessage* message);
  Pipeline& pipeline() const { return pipeline_; }

 private:
  struct Entry {
    Sink* sink = nullptr;
    Ref<GstElement> bin;
    std::size_t places = 0;
    bool failed = false;
  };
  std::vector<Entry>::iterator find(const Sink& sink);
  void leave(const Sink& sink);

  // Given.
  Pipeline& pipeline_;
  const std::string camera_;
  // Owned.
  std::vector<Entry> entries_;
};

} // namespace fanlight::media
