#pragma once

#include "gst/pipeline.h"

namespace fanlight::media {

/// AAC to Opus for all of a camera's listeners together: a branch of the audio tee that decodes,
/// encodes and ends in a tee of its own. Runs from construction to destruction; Camera keeps it
/// while somebody listens. Main only.
class Transcoder {
 public:
  /// `name` is its own in `pipeline`. `source` is the tee that carries AAC, `sink` the sink pad of
  /// the tee that is to carry Opus; all in `pipeline`.
  static Result<std::unique_ptr<Transcoder>> create(Pipeline& pipeline, const std::string& name,
                                                    GstElement* source, GstPad* sink);
  ~Transcoder();

  bool contains(GstObject* object) const { return is_inside(object, bin_.get()); }

 private:
  Transcoder(Pipeline& pipeline, Ref<GstElement> source, Ref<GstPad> pad, Ref<GstElement> bin);

  Pipeline& pipeline_;
  Ref<GstElement> source_;
  Ref<GstPad> pad_; // Of source_.
  Ref<GstElement> bin_;
};

} // namespace fanlight::media
