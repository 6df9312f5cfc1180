#pragma once

#include <gst/sdp/sdp.h>

#include "gst/ref.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

using SdpMessagePtr = Owned<GstSDPMessage, gst_sdp_message_free>;

/// A reduced offer, as webrtcbin takes it.
SdpMessagePtr message_of(const sdp::Offer& reduced);

} // namespace fanlight::webrtc
