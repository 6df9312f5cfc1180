#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/room.h"
#include "gst/ref.h"

namespace fanlight {

/// Sets an unused element to NULL on a worker thread and releases it: stopping may block on the
/// network (TEARDOWN) or on joining threads. If that takes a worker longer than 5 s, it is logged
/// and counted, but never waited for; as long as the system has room for another thread, nothing
/// else waits for that worker. `what` names the element in the log. Main only.
void stop_in_background(Ref<GstElement> element, std::string what);

/// The number of elements that are being stopped.
unsigned stops_pending();

/// The number of elements that have missed the deadline since the start.
unsigned stops_overdue();

/// The number of workers if `late` of them are late and there were up to `now`: more than now only
/// as far as `bounds` leave room.
unsigned stop_threads(unsigned late, unsigned now, const std::vector<Bound>& bounds);

/// Runs the main loop until nothing is being stopped or `limit` is over; returns whether all has
/// stopped.
bool wait_for_stops(std::chrono::milliseconds limit);

} // namespace fanlight
