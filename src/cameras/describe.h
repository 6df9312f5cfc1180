#pragma once

#include "cameras/camera_info.h"
#include "media/intake.h"

namespace fanlight::session {

/// A stream of a camera for the API.
StreamInfo describe(const media::Intake& intake);

} // namespace fanlight::session
