#pragma once

#include <glib-object.h>

namespace fanlight::fanout {

/// The properties of the element, with how they are read and set.
void install_properties(GObjectClass* klass);

} // namespace fanlight::fanout
