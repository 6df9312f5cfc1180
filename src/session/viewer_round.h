#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "session/viewer_session.h"

namespace fanlight::session {

/// Calls `call` for each viewer that still exists, over several turns if there are many.
void for_each(std::vector<std::weak_ptr<ViewerSession>> viewers,
              std::function<void(ViewerSession&)> call);

/// Updates the counters of these viewers, which takes at most 300 ms; then calls `done` in a later
/// turn.
void refresh_stats(std::vector<std::weak_ptr<ViewerSession>> viewers, std::function<void()> done);

} // namespace fanlight::session
