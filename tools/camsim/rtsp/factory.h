#pragma once

#include <string>

#include <gst/rtsp-server/rtsp-server.h>

#include "gst/ref.h"

namespace fanlight::camsim {

/// A media factory whose clients share one media, like the library's own. But if a client comes
/// while the media ends after the last client has left, it gets a new media; the library would
/// return the ending one and answer 503.
Ref<GstRTSPMediaFactory> make_shared_factory(const std::string& launch_line);

} // namespace fanlight::camsim
