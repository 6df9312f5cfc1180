#pragma once

#include <map>
#include <string>

#include <gst/rtsp-server/rtsp-server.h>

#include "camsim/setup/spec.h"
#include "gst/ref.h"

namespace fanlight::camsim {

/// Asks for the password of the camera a request is for, by the scheme of that camera only; a
/// camera without `auth` is open. Factories of cameras with `auth` must let allow_users() be
/// called on them.
Ref<GstRTSPAuth> make_auth(const std::vector<CameraSpec>& cameras);

/// Whether it is this server that asks for the password of the camera, and not what stands in
/// front.
bool has_server_login(const CameraSpec& camera);

/// Lets whoever proved to know the password use the factory.
void allow_users(GstRTSPMediaFactory* factory);

} // namespace fanlight::camsim
