#include "sdp/own_answer.h"

#include <algorithm>

#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

/// Feedback that is useful only if our packets have the extension from which it is computed.
struct FeedbackOf {
  const char* feedback;
  const char* extension;
};
constexpr FeedbackOf kFeedbackOf[] = {
    {"transport-cc", "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"},
    {"goog-remb", "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"}};

void read_own_attribute(OwnMedia& media, std::string_view text) {
  const auto [key, value] = sdp::attribute(text);
  if (key == "mid") media.mid = value;
  if (key == "ice-ufrag") media.ice_ufrag = value;
  if (key == "ice-pwd") media.ice_pwd = value;
  if (key == "fingerprint") media.fingerprint = value;
  if (key == "setup") media.setup = value;
  if (key == "rtcp-rsize") media.rtcp_rsize = true;
  if (key == "rtcp-xr") media.receiver_rtt = value.find("rcvr-rtt=") != std::string_view::npos;
  if (key == "ssrc" || key == "ssrc-group" || key == "msid") media.sources.emplace_back(text);
  if (key == "candidate") media.candidates.emplace_back(text);
  if (key == "sendrecv" || key == "sendonly" || key == "recvonly" || key == "inactive") {
    media.direction = key;
  }
  if (key == "rtcp-fb") {
    const auto words = sdp::words(value);
    if (words.size() == 2 && words[1] == "nack") media.nack = true;
    if (words.size() == 2 && estimate_of(words[1])) media.estimates.emplace(words[1]);
  }
}

} // namespace

const char* estimate_of(std::string_view feedback) {
  for (const auto& known : kFeedbackOf)
    if (feedback == known.feedback) return known.extension;
  return nullptr;
}

const OwnMedia* OwnAnswer::find(std::string_view mid) const {
  const auto found =
      std::find_if(media.begin(), media.end(), [&](const OwnMedia& m) { return m.mid == mid; });
  return found == media.end() ? nullptr : &*found;
}

OwnAnswer OwnAnswer::read(std::string_view text) {
  OwnAnswer answer;
  OwnMedia session; // Attributes above the first m-line apply to all media.
  for (const auto& line : sdp::lines(text)) {
    if (line.type == 'm') {
      const auto words = sdp::words(line.value);
      OwnMedia& media = answer.media.emplace_back(session);
      media.accepted = words.size() > 3 && words[1] != "0";
      if (words.size() > 3) media.first_format = words[3];
    } else if (line.type == 'a') {
      answer.ice_lite |= line.value == "ice-lite";
      read_own_attribute(answer.media.empty() ? session : answer.media.back(), line.value);
    }
  }
  return answer;
}

} // namespace fanlight::sdp
