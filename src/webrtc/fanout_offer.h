#pragma once

#include "gst/ref.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

/// A reduced offer, as webrtcfanout's add-negotiated-viewer takes it.
StructurePtr structure_of(const sdp::Offer& reduced);

} // namespace fanlight::webrtc
