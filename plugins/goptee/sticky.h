#pragma once

#include <gst/gst.h>

namespace fanlight::goptee {

/// Whether a pad keeps the event for whoever is linked later.
inline bool is_sticky(GstEvent* event) {
  return (gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_STICKY) != 0;
}

/// Whether a pad keeps one for each name, not one for all of the type.
inline bool is_multi_sticky(GstEvent* event) {
  return (gst_event_type_get_flags(GST_EVENT_TYPE(event)) & GST_EVENT_TYPE_STICKY_MULTI) != 0;
}

} // namespace fanlight::goptee
