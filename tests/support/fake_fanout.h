#pragma once

#include <string>
#include <vector>

#include "gst/ref.h"

namespace fanlight::test {

/// An element named webrtcfanout that does what the test says, in place of the real one: its
/// viewers exist in its list only.
struct FakeFanout {
  struct Call {
    std::string signal; ///< add-negotiated-viewer, remove-viewer, viewer-stats ...
    std::string id;
    StructurePtr offer;
    StructurePtr options; ///< Of add-negotiated-viewer.
  };

  /// Once a process, before the first of them is made.
  static void register_element();
  /// The state of the element `object`; null if it is none of ours.
  static FakeFanout* of(GstElement* object);

  /// Emits viewer-state.
  static void say(GstElement* self, const std::string& id, const std::string& state,
                  const std::string& message = {});

  std::vector<Call> calls;
  StructurePtr reply; ///< To the next viewer that is added or restarted; null: a plain answer.
  StructurePtr stats; ///< Of every viewer; null: it is not known.
};

} // namespace fanlight::test
