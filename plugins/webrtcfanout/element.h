#pragma once

#include <memory>

#include "webrtcfanout.h"
#include "webrtcfanout/serve/fanout.h"

namespace fanlight::fanout {

/// What the files of the element share of it.
struct ElementState {
  std::shared_ptr<Fanout> fanout;
  /// Under the object lock, as all properties.
  Transport::Settings transport;
  Fanout::Settings subscribers;
  History::Bounds history;
  bool forward_key_requests = true;
  guint next_pad = 0;
};

/// The element for who must not keep it: g_weak_ref_get() has it while it lives.
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
