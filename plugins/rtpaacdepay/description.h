#pragma once

#include <gst/gst.h>

#include "aac/unpacker.h"

namespace fanlight {

/// What the caps of a payloader or of an SDP say. Parameters that are no numbers, or lengths that
/// no stream has, count as missing.
aac::Description description_of(const GstCaps* caps);

} // namespace fanlight
