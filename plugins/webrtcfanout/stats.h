#pragma once

#include <gst/gst.h>

#include "webrtcfanout/serve/fanout.h"
#include "webrtcfanout/subscribers/subscriber.h"

namespace fanlight::fanout {

/// The statistics of one viewer; (transfer full).
GstStructure* stats_of(const Subscriber& subscriber);

/// The statistics of an element and its transport, with the array `viewers`; (transfer full).
GstStructure* stats_of(const Fanout& fanout);

} // namespace fanlight::fanout
