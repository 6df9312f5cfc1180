#pragma once

#include <string>

#include "config/config.h"

namespace fanlight::media {

/// The gst-launch-1.0 command that does for `camera` what the service does: source, depayloaders,
/// parsers, tees, and for each tee a payloader. The payloader ends in a webrtcfanout without
/// viewers, or in a fakesink if the configuration does not use webrtcfanout. The command contains
/// the camera's password, because it could not run without it. `plugin_folder` becomes
/// GST_PLUGIN_PATH; empty: the elements are installed.
std::string launch_line(const config::Camera& camera, const config::WebRtc& webrtc,
                        const std::string& plugin_folder);

} // namespace fanlight::media
