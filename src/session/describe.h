#pragma once

#include "media/intake.h"
#include "session/camera_info.h"

namespace fanlight::session {

/// A stream of a camera for the API.
StreamInfo describe(const media::Intake& intake);

} // namespace fanlight::session
