#pragma once

#include <memory>

#include "webrtcfanout.h"
#include "webrtcfanout/serve/fanout.h"

namespace fanlight::fanout {

/// The state that the files of the element share.
struct ElementState {
  std::shared_ptr<Fanout> fanout;
  /// Protected by the object lock, like all properties.
  Transport::Settings transport;
  Fanout::Settings subscribers;
  History::Bounds history;
  bool forward_key_requests = true;
  guint next_pad = 0;
};

/// A weak reference to the element: g_weak_ref_get() returns it while it exists.
struct WeakElement {
  explicit WeakElement(gpointer object) { g_weak_ref_init(&ref, object); }
  ~WeakElement() { g_weak_ref_clear(&ref); }
  WeakElement(const WeakElement&) = delete;
  WeakElement& operator=(const WeakElement&) = delete;
  GWeakRef ref;
};

} // namespace fanlight::fanout

struct _GstWebrtcFanout {
  GstElement parent;
  fanlight::fanout::ElementState* state;
};
