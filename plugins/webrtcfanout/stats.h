#pragma once

#include <gst/gst.h>

#include "webrtcfanout/serve/fanout.h"
#include "webrtcfanout/subscribers/subscriber.h"

namespace fanlight::fanout {

/// What there is to say of one viewer; (transfer full).
GstStructure* stats_of(const Subscriber& subscriber);

/// Of an element and its transport, with all viewers as the array `viewers`; (transfer full).
GstStructure* stats_of(const Fanout& fanout);

} // namespace fanlight::fanout
