#pragma once

#include "cameras/camera_info.h"
#include "cameras/registry.h"
#include "media/intake.h"

namespace fanlight::cameras {

/// A stream of a camera, and a camera, for the API.
StreamInfo describe(const media::Intake& intake);
CameraInfo describe(const CameraRegistry::Entry& entry);

} // namespace fanlight::cameras
