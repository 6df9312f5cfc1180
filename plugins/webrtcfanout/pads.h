#pragma once

#include <gst/gst.h>

namespace fanlight::fanout {

/// Installs the request pads video_%u and audio_%u and their functions.
void install_pads(GstElementClass* klass);

} // namespace fanlight::fanout
