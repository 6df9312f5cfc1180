#pragma once

#include <libsoup/soup.h>

#include "base/main_loop.h"

namespace fanlight::http {

/// One debug line a request; what the server itself got wrong is a warning, at most one a second.
/// Threads: main only.
class AccessLog {
 public:
  void begin(SoupServerMessage* message);  ///< The headers are there.
  void answer(SoupServerMessage* message); ///< Headers of an answer were written.
  void end(SoupServerMessage* message);

 private:
  gint64 warned_at_ = 0; ///< Monotonic µs.
  unsigned unsaid_ = 0;  ///< Failures since.
};

} // namespace fanlight::http
