#pragma once

#include <gst/rtsp-server/rtsp-server.h>

#include "gst/ref.h"

namespace fanlight::camsim {

/// The library's pool with two differences: all media share one thread for bus messages, of which
/// the library would start one each; and clients get several threads, whereas the library's share
/// one and wait for each other's DESCRIBE.
Ref<GstRTSPThreadPool> make_thread_pool();

} // namespace fanlight::camsim
