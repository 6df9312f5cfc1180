#pragma once

#include <gst/gst.h>

#include "branch.h"
#include "tee.h"

namespace fanlight::goptee {

/// Adds the counters that only grow; levels and states stay per branch.
void add(Branch::Counters& total, const Branch::Counters& counters);

/// The property `stats` of the element; `total` covers the current src pads. (transfer full)
GstStructure* to_structure(const Tee::Stats& tee, const Branch::Counters& total);

} // namespace fanlight::goptee
