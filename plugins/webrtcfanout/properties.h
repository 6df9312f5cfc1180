#pragma once

#include <glib-object.h>

namespace fanlight::fanout {

/// Installs the properties of the element and their access functions.
void install_properties(GObjectClass* klass);

} // namespace fanlight::fanout
