#pragma once

#include <string>

namespace fanlight::fanout {

/// Names the calling thread and makes it nicer to others (a positive `niceness`) or less nice,
/// which takes the right to (CAP_SYS_NICE or RLIMIT_NICE): without, it stays as it was.
void introduce_thread(const std::string& name, int niceness);

} // namespace fanlight::fanout
