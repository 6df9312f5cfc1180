#pragma once

#include <gst/rtsp-server/rtsp-server.h>

#include "gst/ref.h"

namespace fanlight::camsim {

/// The library's pool with one difference: all media share one thread for their bus messages, where
/// the library would start one each.
Ref<GstRTSPThreadPool> make_thread_pool();

} // namespace fanlight::camsim
