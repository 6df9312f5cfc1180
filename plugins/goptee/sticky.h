#pragma once

#include <gst/gst.h>

namespace fanlight::goptee {

/// Whether a pad stores the event for a later peer.
inline bool is_sticky(GstEvent* event) {
  return (gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_STICKY) != 0;
}

/// Whether a pad stores one event per name, not one per type.
inline bool is_multi_sticky(GstEvent* event) {
  return (gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_STICKY_MULTI) != 0;
}

} // namespace fanlight::goptee
