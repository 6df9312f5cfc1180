#pragma once

#include <string>

namespace fanlight::fanout {

/// Names the calling thread and sets its niceness. A negative value needs CAP_SYS_NICE or
/// RLIMIT_NICE; without these, the niceness does not change.
void introduce_thread(const std::string& name, int niceness);

} // namespace fanlight::fanout
