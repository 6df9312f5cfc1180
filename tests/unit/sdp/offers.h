#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/rtp_format.h"
#include "sdp/offer.h"

/// Offers to test with: the recorded ones of tests/data/offers, and one to be taken apart.
namespace fanlight::sdp::test {

/// The text of tests/data/offers/`name`.sdp.
std::string recorded(const std::string& name);
std::vector<std::string> recorded_names();

/// Parses what must be right.
Offer parsed(std::string_view text);

/// A plain offer of one video: VP8 (96), H264 42e01f (102, rtx 103), bundled, CRLF.
std::string plain();
/// The same with an audio: OPUS (111), PCMU (0), PCMA (8).
std::string plain_with_audio();

/// `text` with the first (or every) `what` replaced; fails the test where there is none.
std::string with(std::string text, std::string_view what, std::string_view instead);
std::string with_every(std::string text, std::string_view what, std::string_view instead);
/// An answer as the offer of somebody who sends and receives, so that it can be read back.
std::string as_offer(const std::string& answer);
/// `text` without the lines that begin with `prefix`; fails the test where there is none.
std::string without(std::string_view text, std::string_view prefix);

/// One video with the payload types of `rtp_lines` ("a=rtpmap:…" and "a=fmtp:…", CRLF ended).
std::string video_of(const std::string& payload_types, const std::string& rtp_lines);

RtpFormat h264(const std::string& profile_level_id);
RtpFormat h265(const std::string& profile_id, const std::string& tier_flag,
               const std::string& level_id);

} // namespace fanlight::sdp::test
