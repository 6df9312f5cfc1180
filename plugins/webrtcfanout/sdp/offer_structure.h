#pragma once

#include <optional>
#include <string>

#include <gst/gst.h>

#include "webrtcfanout/sdp/offer.h"

namespace fanlight::fanout {

/// The offer of a viewer with whom the application has negotiated: the structure that the element's
/// `add-negotiated-viewer` takes. None with the reason in `why`: a field is missing or not valid.
/// Null is an offer without fields.
std::optional<Offer> offer_of(const GstStructure* structure, std::string& why);

} // namespace fanlight::fanout
