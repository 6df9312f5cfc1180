#pragma once

#include "cameras/camera_info.h"
#include "cameras/registry.h"
#include "media/camera_stream.h"

namespace fanlight::cameras {

/// Describes a stream or a camera for the API.
StreamInfo describe(const media::CameraStream& camera_stream);
CameraInfo describe(const CameraRegistry::Entry& entry);

} // namespace fanlight::cameras
