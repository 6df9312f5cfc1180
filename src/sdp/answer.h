#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sdp/choice.h"
#include "sdp/offer.h"
#include "sdp/own_answer.h"

/// Translates between a viewer's offer and the answer of its transport, webrtcbin or webrtcfanout.
///
/// webrtcbin reads all of a browser's offer, asserts on some of its contents, and answers with the
/// fmtp of its own caps. Therefore it gets a reduced offer, with the chosen media and payload types
/// only, and we rewrite its answer in the form of the viewer's offer. webrtcfanout uses the first
/// payload type of an m-line, so the reduced offer also tells it the choice. Neither reads the
/// viewer's text again.
namespace fanlight::sdp {

/// One entry per media of the offer, in its order; none: the media is rejected.
using Choices = std::vector<std::optional<Choice>>;

struct AnswerOptions {
  /// Announced instead of the addresses of host candidates of the same family (1:1 NAT).
  std::vector<std::string> public_addresses;
  /// URIs of the RTP header extensions in our packets; the answer contains those that were offered.
  std::vector<std::string> extensions;
  /// Local candidates for the answer, in addition to those in webrtcbin's own.
  std::vector<std::string> candidates;
  /// No further candidates follow: the answer has a=end-of-candidates instead of allowing trickle.
  bool complete = false;
  std::string fingerprint = {}; ///< Replaces the one in webrtcbin's own; empty: keeps it.
};

/// The offer for the transport: the chosen media in the offer's order, each with the chosen payload
/// type, its retransmission, the `extensions` and the usable candidates. Without fmtp, so that the
/// caps of our pad always match. Without media if nothing is chosen.
Offer reduced_offer(const Offer& offer, const Choices& choices,
                    const std::vector<std::string>& extensions);

/// The value of an a=rtpmap behind the payload type: "H264/90000", "opus/48000/2".
std::string mapping_of(const RtpFormat& format);

/// m-line of the viewer's offer -> m-line of the reduced offer; none if it is not in it.
std::optional<unsigned> to_reduced_mline(const Choices& choices, unsigned mline);
/// m-line of the reduced offer -> m-line of the viewer's offer; none if it does not exist.
std::optional<unsigned> to_offered_mline(const Choices& choices, unsigned mline);

/// Reads the answer of webrtcbin or webrtcfanout, to the reduced (or the whole) offer.
/// Errc::internal names a media that it does not send with the chosen payload type: webrtcbin
/// silently answers `inactive` if its caps do not match the offer.
Result<OwnAnswer> read_answer(std::string_view text, const Offer& offer, const Choices& choices);

/// The answer for the viewer: m-lines, mids and order of its offer; ICE, DTLS, SSRCs and candidates
/// of `own`, which read_answer() has read for this offer; codecs, fmtp and extensions as chosen.
/// Media that are not chosen are inactive in the BUNDLE, with their first payload type. Media that
/// the offer rejects, does not bundle or offers without a known codec are rejected with port 0. The
/// candidates are at the first media of the BUNDLE, and at the first that is sent.
std::string write_answer(OwnAnswer own, const Offer& offer, const Choices& choices,
                         const AnswerOptions& options);

} // namespace fanlight::sdp
