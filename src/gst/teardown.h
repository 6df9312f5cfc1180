#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/room.h"
#include "gst/ref.h"

namespace fanlight {

/// Takes an element that nobody wants any more to NULL on a worker thread and drops it: stopping
/// may block on the network (TEARDOWN) or on joining threads. What takes a worker longer than 5 s
/// is logged and counted, never waited for; nothing else waits for its thread, while the system has
/// room for another. `what` names it in the log. Main only.
void stop_in_background(Ref<GstElement> element, std::string what);

/// How many elements are being stopped now.
unsigned stops_pending();

/// Elements that ever missed the deadline.
unsigned stops_overdue();

/// How many workers there may be where `late` hold theirs and there were up to `now`: more only as
/// far as `bounds` leave room.
unsigned stop_threads(unsigned late, unsigned now, const std::vector<Bound>& bounds);

/// Waits, turning the main loop, until nothing is being stopped or `limit` is over; says which.
bool wait_for_stops(std::chrono::milliseconds limit);

} // namespace fanlight
