#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "session/viewer_session.h"

namespace fanlight::session {

/// Calls `call` for each viewer that is still there, over several turns if they are many.
void for_each(std::vector<std::weak_ptr<ViewerSession>> viewers,
              std::function<void(ViewerSession&)> call);

/// Brings the counters of these viewers up to date, at most 300 ms long; then `done`, in a later
/// turn.
void refresh_stats(std::vector<std::weak_ptr<ViewerSession>> viewers, std::function<void()> done);

} // namespace fanlight::session
