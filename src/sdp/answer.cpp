#include "sdp/answer.h"

#include <algorithm>
#include <set>

#include "sdp/candidate.h"
#include "sdp/parameters.h"
#include "sdp/sdp_text.h"

namespace fanlight::webrtc {

namespace {

constexpr const char* kEnd = "\r\n";
constexpr const char* kReducedSize = "a=rtcp-rsize";
constexpr const char* kReceiverRtt = "a=rtcp-xr:rcvr-rtt=all";
/// Feedback that is useful only if our packets have the extension from which it is computed.
struct FeedbackOf {
  const char* feedback;
  const char* extension;
};
constexpr FeedbackOf kFeedbackOf[] = {
    {"transport-cc", "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"},
    {"goog-remb", "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"}};

/// The parts of one media of the transport's answer that go into ours.
struct OwnMedia {
  bool accepted = false; ///< Port not 0.
  std::string first_format;
  std::string mid;
  std::string direction = "sendrecv"; ///< The default of RFC 8866.
  std::string ice_ufrag;
  std::string ice_pwd;
  std::string fingerprint;
  std::string setup;
  bool rtcp_rsize = false;
  bool receiver_rtt = false; ///< The transport reports the round trip to viewers.
  bool nack = false;         ///< The transport keeps packets for retransmission.
  /// Those of transport-cc and goog-remb that the transport reads.
  std::set<std::string> estimates;
  std::vector<std::string> sources; ///< The ssrc-group, ssrc and msid attributes, unchanged.
  std::vector<std::string> candidates;
};

struct OwnAnswer {
  bool ice_lite = false;
  std::vector<OwnMedia> media;

  const OwnMedia* find(std::string_view mid) const {
    const auto found =
        std::find_if(media.begin(), media.end(), [&](const OwnMedia& m) { return m.mid == mid; });
    return found == media.end() ? nullptr : &*found;
  }
};

/// The extension from which the receiver computes this bandwidth feedback; null: `feedback` is of
/// another kind.
const char* estimate_of(std::string_view feedback) {
  for (const auto& known : kFeedbackOf)
    if (feedback == known.feedback) return known.extension;
  return nullptr;
}

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

OwnAnswer read_own(std::string_view text) {
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

std::string rtpmap(int type, const RtpFormat& format) {
  // Case does not matter (RFC 8866, section 6.6), but some players compare it.
  const bool small = format.encoding == "RTX" || format.encoding == "OPUS";
  std::string text = "a=rtpmap:" + std::to_string(type) + " " +
                     (small ? sdp::lower(format.encoding) : format.encoding) + "/" +
                     std::to_string(format.clock_rate);
  if (format.channels > 1) text += "/" + std::to_string(format.channels);
  return text + kEnd;
}

std::string rtx_lines(const Offer::Media& media, const Choice& choice) {
  if (!choice.rtx_payload_type) return {};
  const int rtx = *choice.rtx_payload_type;
  const Offer::Payload* const entry = media.find(rtx);
  if (!entry) return {};
  return rtpmap(rtx, entry->format) + "a=fmtp:" + std::to_string(rtx) +
         " apt=" + std::to_string(choice.payload_type) + kEnd;
}

std::string formats_of(const Offer::Media& media, const Choice& choice) {
  std::string text = std::to_string(choice.payload_type);
  if (choice.rtx_payload_type && media.find(*choice.rtx_payload_type)) {
    text += " " + std::to_string(*choice.rtx_payload_type);
  }
  return text;
}

/// The chosen media in the order of the BUNDLE group: all use the transport of the first (RFC 9143,
/// section 7.3).
std::vector<std::size_t> bundled_order(const Offer& offer, const Choices& choices) {
  std::vector<std::size_t> order;
  for (const auto& mid : offer.bundle) {
    for (std::size_t i = 0; i < offer.media.size() && i < choices.size(); ++i) {
      if (choices[i] && offer.media[i].mid == mid &&
          std::find(order.begin(), order.end(), i) == order.end()) {
        order.push_back(i);
      }
    }
  }
  return order;
}

std::string group_line(const Offer& offer, const std::vector<std::size_t>& order) {
  if (order.empty()) return {};
  std::string text = "a=group:BUNDLE";
  for (const std::size_t i : order) text += " " + offer.media[i].mid;
  return text + kEnd;
}

std::string session_lines(const Offer& offer) {
  return std::string("v=0") + kEnd + "o=- " + offer.session_id + " " + offer.session_version +
         " IN IP4 127.0.0.1" + kEnd + "s=-" + kEnd + "t=0 0" + kEnd;
}

bool wants(const std::vector<std::string>& extensions, const std::string& uri) {
  return std::find(extensions.begin(), extensions.end(), uri) != extensions.end();
}

std::string extension_lines(const Offer::Media& media, const std::vector<std::string>& wanted,
                            bool answering) {
  using enum Offer::Direction;
  std::string text;
  for (const auto& extension : media.extensions) {
    const bool received = extension.direction == sendrecv || extension.direction == recvonly;
    if (!received || !wants(wanted, extension.uri)) continue;
    text += "a=extmap:" + std::to_string(extension.id);
    if (answering && extension.direction == recvonly) text += "/sendonly";
    text += " " + extension.uri + kEnd;
  }
  return text;
}

std::string rejected_media(const Offer::Media& media) {
  std::string text = "m=" + media.type + " 0 " + media.protocol;
  for (const auto& format : media.formats) text += " " + format;
  text += std::string(kEnd) + "c=IN IP4 0.0.0.0" + kEnd;
  if (!media.mid.empty()) text += "a=mid:" + media.mid + kEnd;
  return text + "a=inactive" + kEnd;
}

std::string transport_lines(const OwnMedia& own) {
  return "a=ice-ufrag:" + own.ice_ufrag + kEnd + "a=ice-pwd:" + own.ice_pwd + kEnd +
         "a=fingerprint:" + own.fingerprint + kEnd + "a=setup:" + own.setup + kEnd;
}

/// The first media of the BUNDLE group, if it is not chosen but can be answered: all media use its
/// transport, and Chromium finds no transport if it is rejected.
std::optional<std::size_t> unsent_tag(const Offer& offer, const Choices& choices) {
  for (std::size_t i = 0; i < offer.media.size() && !offer.bundle.empty(); ++i) {
    const Offer::Media& media = offer.media[i];
    if (media.mid != offer.bundle[0]) continue;
    const bool chosen = i < choices.size() && choices[i];
    if (!chosen && !media.rejected && media.kind != Offer::Kind::other && !media.payloads.empty() &&
        !media.payloads[0].format.encoding.empty())
      return i;
  }
  return {};
}

std::string inactive_media(const Offer::Media& media, const OwnMedia& transport) {
  const Offer::Payload& payload = media.payloads[0];
  return "m=" + media.type + " 9 " + media.protocol + " " + std::to_string(payload.type) + kEnd +
         "c=IN IP4 0.0.0.0" + kEnd + "a=mid:" + media.mid + kEnd + transport_lines(transport) +
         "a=inactive" + kEnd + "a=rtcp-mux" + kEnd + rtpmap(payload.type, payload.format);
}

std::string feedback_lines(const Offer::Media& media, const Choice& choice, const OwnMedia& own) {
  const Offer::Payload* const payload = media.find(choice.payload_type);
  if (!payload) return {};
  // The server always handles PLI and FIR; for other feedback it depends on the transport.
  std::string text;
  for (const auto& feedback : payload->feedback) {
    if (feedback == "nack pli" || feedback == "ccm fir" || (feedback == "nack" && own.nack) ||
        own.estimates.contains(feedback)) {
      text += "a=rtcp-fb:" + std::to_string(choice.payload_type) + " " + feedback + kEnd;
    }
  }
  return text;
}

std::string chosen_media(const Offer::Media& media, const Choice& choice, const OwnMedia& own,
                         const AnswerOptions& options) {
  std::string text = "m=" + media.type + " 9 " + media.protocol + " " + formats_of(media, choice) +
                     kEnd + "c=IN IP4 0.0.0.0" + kEnd + "a=mid:" + media.mid + kEnd;
  text += transport_lines(own) + extension_lines(media, options.extensions, true);
  text += std::string("a=sendonly") + kEnd + "a=rtcp-mux" + kEnd;
  if (media.rtcp_rsize && own.rtcp_rsize) text += std::string(kReducedSize) + kEnd;
  if (media.receiver_rtt && own.receiver_rtt) text += std::string(kReceiverRtt) + kEnd;
  text += rtpmap(choice.payload_type, choice.offered);
  text += feedback_lines(media, choice, own);
  if (const std::string parameters = answered_parameters(choice); !parameters.empty()) {
    text += "a=fmtp:" + std::to_string(choice.payload_type) + " " + parameters + kEnd;
  }
  text += rtx_lines(media, choice);
  for (const auto& source : own.sources) text += "a=" + source + kEnd;
  return text;
}

/// The candidates of the media whose transport is used, without duplicates.
std::string candidate_lines(const OwnMedia& own, const AnswerOptions& options) {
  std::vector<std::string> all;
  const auto add = [&](const std::string& candidate) {
    for (auto& announced : announce(candidate, options.public_addresses)) {
      if (std::find(all.begin(), all.end(), announced) == all.end()) {
        all.push_back(std::move(announced));
      }
    }
  };
  for (const auto& candidate : own.candidates) add(candidate);
  for (const auto& candidate : options.candidates) add(candidate);
  std::string text;
  for (const auto& candidate : all) text += "a=" + candidate + kEnd;
  if (options.complete) text += std::string("a=end-of-candidates") + kEnd;
  return text;
}

Result<Done> check(const OwnAnswer& own, const Offer& offer, const Choices& choices) {
  const auto fail = [&](std::size_t i, const std::string& what) {
    return Error{Errc::internal, "checking the transport's answer: m-line " + std::to_string(i) +
                                     " (" + offer.media[i].type + ") " + what};
  };
  bool any = false;
  for (std::size_t i = 0; i < offer.media.size() && i < choices.size(); ++i) {
    if (!choices[i]) continue;
    any = true;
    const OwnMedia* const media = own.find(offer.media[i].mid);
    if (!media) return fail(i, "is missing");
    if (!media->accepted) return fail(i, "is rejected");
    if (media->direction != "sendonly" && media->direction != "sendrecv") {
      return fail(i, "is a=" + media->direction +
                         ": the caps of the pad do not match the offered " +
                         describe(choices[i]->offered));
    }
    if (media->first_format != std::to_string(choices[i]->payload_type)) {
      return fail(i, "has payload type " + sdp::excerpt(media->first_format) + " instead of " +
                         std::to_string(choices[i]->payload_type));
    }
    if (media->ice_ufrag.empty() || media->ice_pwd.empty() || media->fingerprint.empty() ||
        media->setup.empty()) {
      return fail(i, "lacks ICE credentials, fingerprint or setup");
    }
  }
  if (!any) return Error{Errc::internal, "checking the transport's answer: no media was chosen"};
  return Done{};
}

} // namespace

std::string reduced_offer(const Offer& offer, const Choices& choices,
                          const std::vector<std::string>& extensions) {
  const auto order = bundled_order(offer, choices);
  std::string media_text;
  const Offer::Transport* transport = nullptr; // The same for all media.
  if (!order.empty()) transport = &offer.media[order[0]].transport;
  for (std::size_t i = 0; i < offer.media.size() && i < choices.size(); ++i) {
    if (!choices[i]) continue;
    const Offer::Media& media = offer.media[i];
    const Choice& choice = *choices[i];
    if (!transport) transport = &media.transport;
    media_text += "m=" + media.type + " 9 UDP/TLS/RTP/SAVPF " + formats_of(media, choice) + kEnd +
                  "c=IN IP4 0.0.0.0" + kEnd + "a=mid:" + media.mid + kEnd;
    media_text += "a=ice-ufrag:" + transport->ice_ufrag + kEnd + "a=ice-pwd:" + transport->ice_pwd +
                  kEnd + "a=fingerprint:" + transport->fingerprint + kEnd +
                  "a=setup:" + transport->setup + kEnd;
    media_text += extension_lines(media, extensions, false);
    media_text += std::string("a=recvonly") + kEnd + "a=rtcp-mux" + kEnd;
    if (media.rtcp_rsize) media_text += std::string(kReducedSize) + kEnd;
    if (media.receiver_rtt) media_text += std::string(kReceiverRtt) + kEnd;
    media_text += rtpmap(choice.payload_type, choice.offered);
    if (const Offer::Payload* const payload = media.find(choice.payload_type)) {
      for (const auto& feedback : payload->feedback) {
        const char* needed = estimate_of(feedback);
        if (feedback == "nack" || feedback == "nack pli" || feedback == "ccm fir" ||
            (needed != nullptr && wants(extensions, needed) && media.find_extension(needed))) {
          media_text += "a=rtcp-fb:" + std::to_string(choice.payload_type) + " " + feedback + kEnd;
        }
      }
    }
    media_text += rtx_lines(media, choice);
    for (std::size_t j = 0; j < offer.media.size(); ++j) {
      const bool unsent = j >= choices.size() || !choices[j];
      // Candidates of media that share the transport but are not sent are equally valid.
      if (j != i && !(unsent && offer.media[j].bundled && !order.empty() && order[0] == i))
        continue;
      for (const auto& candidate : offer.media[j].candidates) {
        if (is_usable_candidate(candidate)) media_text += "a=" + candidate + kEnd;
      }
    }
  }
  if (media_text.empty()) return {};
  return session_lines(offer) + group_line(offer, order) + "a=ice-options:trickle" + kEnd +
         media_text;
}

std::optional<unsigned> to_reduced_mline(const Choices& choices, unsigned mline) {
  if (mline >= choices.size() || !choices[mline]) return {};
  const auto chosen = std::count_if(choices.begin(), choices.begin() + mline,
                                    [](const auto& choice) { return choice.has_value(); });
  return static_cast<unsigned>(chosen);
}

std::optional<unsigned> to_offered_mline(const Choices& choices, unsigned mline) {
  for (unsigned i = 0; i < choices.size(); ++i) {
    if (choices[i] && mline-- == 0) return i;
  }
  return {};
}

Result<Done> check_answer(std::string_view own, const Offer& offer, const Choices& choices) {
  return check(read_own(own), offer, choices);
}

Result<std::string> write_answer(std::string_view own_text, const Offer& offer,
                                 const Choices& choices, const AnswerOptions& options) {
  const OwnAnswer own = read_own(own_text);
  if (auto done = check(own, offer, choices); !done) return done.error();
  auto order = bundled_order(offer, choices);
  const auto tag = order.empty() ? std::nullopt : unsent_tag(offer, choices);
  const OwnMedia* const transport = tag ? own.find(offer.media[order[0]].mid) : nullptr;
  if (tag) order.insert(order.begin(), *tag);
  std::string text = session_lines(offer) + group_line(offer, order);
  if (own.ice_lite) text += std::string("a=ice-lite") + kEnd;
  if (!options.complete) text += std::string("a=ice-options:trickle") + kEnd;
  text += std::string("a=msid-semantic: WMS *") + kEnd;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Offer::Media& media = offer.media[i];
    if (tag == i) {
      text += inactive_media(media, *transport) + candidate_lines(*transport, options);
      continue;
    }
    if (i >= choices.size() || !choices[i]) {
      text += rejected_media(media);
      continue;
    }
    const OwnMedia& own_media = *own.find(media.mid);
    text += chosen_media(media, *choices[i], own_media, options);
    if (order.empty() || order[0] == i) text += candidate_lines(own_media, options);
  }
  return text;
}

} // namespace fanlight::webrtc
