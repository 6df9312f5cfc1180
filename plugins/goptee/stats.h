#pragma once

#include <gst/gst.h>

#include "branch.h"
#include "tee.h"

namespace fanlight::goptee {

/// Adds up what grows with time; levels and states are each branch's own.
void add(Branch::Counters& total, const Branch::Counters& counters);

/// What the property `stats` of the element shows; `total` of the present src pads. (transfer full)
GstStructure* to_structure(const Tee::Stats& tee, const Branch::Counters& total);

} // namespace fanlight::goptee
