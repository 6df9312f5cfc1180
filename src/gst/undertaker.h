#pragma once

#include <chrono>
#include <string>

#include "gst/ref.h"

namespace fanlight {

/// Takes an element that nobody wants any more to NULL on a worker thread and drops it: stopping
/// may block on the network (TEARDOWN) or on joining threads. What takes longer than 5 s is logged
/// and counted, never waited for; nothing else waits for its thread. `what` names it in the log.
/// Main only.
void stop_in_background(Ref<GstElement> element, std::string what);

/// How many elements are being stopped now.
unsigned stops_pending();

/// Elements that ever missed the deadline.
unsigned stops_overdue();

/// Waits, turning the main loop, until nothing is being stopped or `limit` is over; says which.
bool wait_for_stops(std::chrono::milliseconds limit);

} // namespace fanlight
