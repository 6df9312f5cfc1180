#pragma once

#include <string>

#include <gst/rtsp-server/rtsp-server.h>

#include "gst/ref.h"

namespace fanlight::camsim {

/// A media factory whose clients share one media, like the library's own, but for a client that
/// comes while the media ends after the last one left: it gets a new media, where the library would
/// hand out the dying one and answer 503.
Ref<GstRTSPMediaFactory> make_shared_factory(const std::string& launch_line);

} // namespace fanlight::camsim
