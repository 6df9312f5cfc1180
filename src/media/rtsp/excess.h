#pragma once

#include "base/reason.h"
#include "rtsp/description.h"

namespace fanlight::media {

/// Why a description is not read; empty: it is.
Reason reason_of(rtsp::Excess excess);

} // namespace fanlight::media
