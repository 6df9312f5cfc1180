#pragma once

#include <libsoup/soup.h>

#include "base/main_loop.h"

namespace fanlight::http {

/// Writes one debug line per request. A failure of the server itself is a warning, at most one per
/// second. Threads: main only.
class AccessLog {
 public:
  void begin(SoupServerMessage* message);  ///< The headers of the request have arrived.
  void answer(SoupServerMessage* message); ///< The headers of the answer were written.
  void end(SoupServerMessage* message);

 private:
  gint64 warned_at_ = 0; ///< Monotonic µs.
  unsigned unsaid_ = 0;  ///< Failures that were not logged since then.
};

} // namespace fanlight::http
