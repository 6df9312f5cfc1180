#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sdp/choice.h"
#include "sdp/offer.h"

/// Between a viewer's offer and the answer of what carries it, webrtcbin or webrtcfanout.
///
/// webrtcbin reads the whole of a browser's offer, asserts on some of what it finds there, and
/// answers with the fmtp of its own caps. So it is given a reduced offer of our writing, with the
/// chosen media and payload types alone; and its answer is put back into the shape of the viewer's
/// offer. webrtcfanout takes the first payload type of an m-line, and is told the choice that way.
namespace fanlight::webrtc {

/// One for each media of the offer, in its order; none: that media is rejected.
using Choices = std::vector<std::optional<Choice>>;

struct AnswerOptions {
  /// Announced in place of host candidates' addresses of the same family (1:1 NAT).
  std::vector<std::string> public_addresses;
  /// URIs of the RTP header extensions that our packets carry; answered where they were offered.
  std::vector<std::string> extensions;
  /// Local candidates to put into the answer beside those in webrtcbin's text.
  std::vector<std::string> candidates;
  /// No candidate follows: the answer says a=end-of-candidates instead of inviting trickle.
  bool complete = false;
  std::string fingerprint = {}; ///< In place of that in webrtcbin's text; empty: that one.
};

/// The offer for what carries the viewer: the chosen media in the offer's order, each with the
/// chosen payload type, its retransmission and the `extensions`, without fmtp (nothing then can
/// fail to intersect with the caps of our pad), with the usable ones of its candidates. Empty if
/// nothing is chosen.
std::string reduced_offer(const Offer& offer, const Choices& choices,
                          const std::vector<std::string>& extensions);

/// m-line of the viewer's offer -> m-line of the reduced one; none if it is not in it.
std::optional<unsigned> to_reduced_mline(const Choices& choices, unsigned mline);
/// m-line of the reduced offer -> m-line of the viewer's offer; none if there are not so many.
std::optional<unsigned> to_offered_mline(const Choices& choices, unsigned mline);

/// The answer for the viewer: its m-lines, mids and order; ICE, DTLS, SSRCs and candidates as in
/// `own`, the answer to the reduced (or the whole) offer; codecs, fmtp and extensions as chosen.
/// What is not chosen is inactive in the BUNDLE, with its first payload type; what the offer
/// rejects, does not bundle or has no known codec for is rejected with port 0. The candidates are
/// at the first of the BUNDLE, and at the first that is sent. Errc::internal as check_answer().
Result<std::string> write_answer(std::string_view own, const Offer& offer, const Choices& choices,
                                 const AnswerOptions& options);

/// Whether `own` sends each chosen media with the chosen payload type. webrtcbin falls silently
/// back to `inactive` where its caps do not meet the offer. Errc::internal names the media.
Result<Done> check_answer(std::string_view own, const Offer& offer, const Choices& choices);

} // namespace fanlight::webrtc
