#pragma once

#include <map>
#include <string>

#include <gst/rtsp-server/rtsp-server.h>

#include "camsim/setup/spec.h"
#include "gst/ref.h"

namespace fanlight::camsim {

/// Requires the password of the requested camera, by the scheme of that camera; a camera without
/// `auth` is open. Call allow_users() on the factories of cameras with `auth`.
Ref<GstRTSPAuth> make_auth(const std::vector<CameraSpec>& cameras);

/// Whether this server requires the password of the camera, and not the relay in front.
bool has_server_login(const CameraSpec& camera);

/// Allows authenticated users to use the factory.
void allow_users(GstRTSPMediaFactory* factory);

} // namespace fanlight::camsim
