#pragma once

#include <gst/rtsp-server/rtsp-server.h>

#include "gst/ref.h"

namespace fanlight::camsim {

/// The library's pool with two differences: all media share one thread for their bus messages,
/// where the library would start one each; and clients get several, where they would share one and
/// wait for each other's DESCRIBE.
Ref<GstRTSPThreadPool> make_thread_pool();

} // namespace fanlight::camsim
