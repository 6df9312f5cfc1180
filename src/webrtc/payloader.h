#pragma once

#include "base/codec.h"
#include "base/result.h"
#include "gst/ref.h"
#include "sdp/choice.h"
#include "sdp/offer.h"

namespace fanlight::webrtc {

/// The RTP header extensions our packets carry where the viewer offers them.
const std::vector<std::string>& sent_extensions();

/// The caps of the RTP stream that goes into webrtcbin for one chosen media: no profile, no
/// sprop-*, but the SSRC, without which webrtcbin binds the viewer's track to the SSRC of the
/// retransmissions.
Ref<GstCaps> rtp_caps(const sdp::Offer::Media& media, const sdp::Choice& choice, guint32 ssrc);

/// The RTP header extensions that webrtcfanout writes where the viewer offers them. transport-cc is
/// not among them: its feedback costs a packet every 50 ms from each viewer, and REMB, which
/// abs-send-time is for, says as much for a fraction of that.
const std::vector<std::string>& fanout_extensions();

/// A payloader for what webrtcfanout sends to all: packets that leave room for what it adds to
/// each. Errc::internal when an element is missing.
Result<Ref<GstElement>> make_shared_payloader(Codec codec);

/// A payloader for one chosen media: packets of at most 1200 bytes, the viewer's payload type, our
/// SSRC, and the header extensions of sent_extensions() under the viewer's ids. Errc::internal when
/// an element is missing.
Result<Ref<GstElement>> make_payloader(const sdp::Offer::Media& media, const sdp::Choice& choice,
                                       guint32 ssrc);

} // namespace fanlight::webrtc
