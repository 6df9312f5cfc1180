#pragma once

#include <string>

#include "config/config.h"

namespace fanlight::media {

/// The gst-launch-1.0 command that does for `camera` what the service does: source, depayloaders,
/// parsers, tees, and on each tee a payloader that ends in the fanout, which has no viewers there,
/// or in a fakesink where there is none. It holds the camera's password, as it must to run.
/// `plugin_folder` is put into GST_PLUGIN_PATH; empty: the elements are installed.
std::string launch_line(const config::Camera& camera, const config::WebRtc& webrtc,
                        const std::string& plugin_folder);

} // namespace fanlight::media
