#include "sdp/answer.h"

#include <algorithm>

#include "sdp/candidate.h"
#include "sdp/parameters.h"
#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

constexpr const char* kEnd = "\r\n";
constexpr const char* kReducedSize = "a=rtcp-rsize";
constexpr const char* kReceiverRtt = "a=rtcp-xr:rcvr-rtt=all";

std::string rtpmap(int type, const RtpFormat& format) {
  return "a=rtpmap:" + std::to_string(type) + " " + mapping_of(format) + kEnd;
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

/// The media of the BUNDLE group that fulfil `belongs`, in the order of the group: all use the
/// transport of the first (RFC 9143, section 7.3).
template <typename Belongs>
std::vector<std::size_t> bundled_order(const Offer& offer, Belongs belongs) {
  std::vector<std::size_t> order;
  for (const auto& mid : offer.bundle) {
    for (std::size_t i = 0; i < offer.media.size(); ++i) {
      if (offer.media[i].mid == mid && belongs(i) &&
          std::find(order.begin(), order.end(), i) == order.end()) {
        order.push_back(i);
      }
    }
  }
  return order;
}

bool is_chosen(const Choices& choices, std::size_t mline) {
  return mline < choices.size() && choices[mline];
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

bool is_received(const Offer::HeaderExtension& extension) {
  using enum Offer::Direction;
  return extension.direction == sendrecv || extension.direction == recvonly;
}

std::string extension_lines(const Offer::Media& media, const std::vector<std::string>& wanted) {
  std::string text;
  for (const auto& extension : media.extensions) {
    if (!is_received(extension) || !wants(wanted, extension.uri)) continue;
    text += "a=extmap:" + std::to_string(extension.id);
    if (extension.direction == Offer::Direction::recvonly) text += "/sendonly";
    text += " " + extension.uri + kEnd;
  }
  return text;
}

/// The chosen payload type, without the feedback that the transport does not need, and its
/// retransmission.
std::vector<Offer::Payload> reduced_payloads(const Offer::Media& media, const Choice& choice,
                                             const std::vector<std::string>& extensions) {
  Offer::Payload payload{.type = choice.payload_type, .format = choice.offered};
  payload.format.fmtp.clear();
  if (const Offer::Payload* const offered = media.find(choice.payload_type)) {
    for (const auto& feedback : offered->feedback) {
      const char* needed = estimate_of(feedback);
      if (feedback == "nack" || feedback == "nack pli" || feedback == "ccm fir" ||
          (needed != nullptr && wants(extensions, needed) && media.find_extension(needed)))
        payload.feedback.push_back(feedback);
    }
  }
  const Offer::Payload* const rtx =
      choice.rtx_payload_type ? media.find(*choice.rtx_payload_type) : nullptr;
  if (rtx == nullptr) return {payload};
  payload.rtx = rtx->type;
  Offer::Payload repair{.type = rtx->type, .format = rtx->format};
  repair.format.fmtp = {{"apt", std::to_string(choice.payload_type)}};
  return {payload, repair};
}

/// Without transport and candidates.
Offer::Media reduced_media(const Offer::Media& offered, const Choice& choice,
                           const std::vector<std::string>& extensions) {
  Offer::Media media{.kind = offered.kind,
                     .type = offered.type,
                     .protocol = "UDP/TLS/RTP/SAVPF",
                     .mid = offered.mid,
                     .direction = Offer::Direction::recvonly,
                     .port = 9,
                     .bundled = offered.bundled,
                     .rtcp_mux = true,
                     .rtcp_rsize = offered.rtcp_rsize,
                     .receiver_rtt = offered.receiver_rtt,
                     .payloads = reduced_payloads(offered, choice, extensions)};
  for (const Offer::Payload& payload : media.payloads)
    media.formats.push_back(std::to_string(payload.type));
  for (const auto& extension : offered.extensions)
    if (is_received(extension) && wants(extensions, extension.uri))
      media.extensions.push_back({extension.id, extension.uri});
  return media;
}

std::string transport_lines(const OwnMedia& own) {
  return "a=ice-ufrag:" + own.ice_ufrag + kEnd + "a=ice-pwd:" + own.ice_pwd + kEnd +
         "a=fingerprint:" + own.fingerprint + kEnd + "a=setup:" + own.setup + kEnd;
}

/// The payload type for the answer to a media that is not sent; null: it offers no known codec.
const Offer::Payload* unsent_payload(const Offer::Media& media) {
  const auto is_codec = [](const Offer::Payload& payload) {
    const std::string& encoding = payload.format.encoding;
    return !encoding.empty() && encoding != "RTX" && encoding != "RED" && encoding != "ULPFEC" &&
           !encoding.starts_with("FLEXFEC");
  };
  const auto found = std::find_if(media.payloads.begin(), media.payloads.end(), is_codec);
  return found == media.payloads.end() ? nullptr : &*found;
}

/// Whether a media that is not chosen stays in the BUNDLE. It does if possible: webrtc-rs and
/// werift do not connect if another media is rejected, and Chromium finds no transport if the first
/// of the group is rejected.
bool stays_inactive(const Offer::Media& media) {
  return media.bundled && !media.rejected && media.kind != Offer::Kind::other &&
         unsent_payload(media) != nullptr;
}

std::string inactive_media(const Offer::Media& media, const OwnMedia& transport) {
  const Offer::Payload& payload = *unsent_payload(media);
  return "m=" + media.type + " 9 " + media.protocol + " " + std::to_string(payload.type) + kEnd +
         "c=IN IP4 0.0.0.0" + kEnd + "a=mid:" + media.mid + kEnd + transport_lines(transport) +
         "a=inactive" + kEnd + "a=rtcp-mux" + kEnd + rtpmap(payload.type, payload.format);
}

/// With the transport's lines: GStreamer requires them for every media, also for a rejected one.
std::string rejected_media(const Offer::Media& media, const OwnMedia& transport) {
  std::string text = "m=" + media.type + " 0 " + media.protocol;
  for (const auto& format : media.formats) text += " " + format;
  text += std::string(kEnd) + "c=IN IP4 0.0.0.0" + kEnd;
  if (!media.mid.empty()) text += "a=mid:" + media.mid + kEnd;
  return text + transport_lines(transport) + "a=inactive" + kEnd;
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
  text += transport_lines(own) + extension_lines(media, options.extensions);
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
      const auto is_same = [&](const std::string& other) { return same_place(other, announced); };
      if (std::none_of(all.begin(), all.end(), is_same)) all.push_back(std::move(announced));
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

Offer reduced_offer(const Offer& offer, const Choices& choices,
                    const std::vector<std::string>& extensions) {
  const auto order =
      bundled_order(offer, [&](std::size_t mline) { return is_chosen(choices, mline); });
  Offer reduced{.session_id = offer.session_id, .session_version = offer.session_version};
  for (const std::size_t mline : order) reduced.bundle.push_back(offer.media[mline].mid);
  const Offer::Transport* transport = nullptr; // The same for all media.
  if (!order.empty()) transport = &offer.media[order[0]].transport;
  for (std::size_t i = 0; i < offer.media.size() && i < choices.size(); ++i) {
    if (!choices[i]) continue;
    if (!transport) transport = &offer.media[i].transport;
    Offer::Media media = reduced_media(offer.media[i], *choices[i], extensions);
    media.transport = *transport;
    for (std::size_t j = 0; j < offer.media.size(); ++j) {
      const bool unsent = !is_chosen(choices, j);
      // Candidates of media that share the transport but are not sent are equally valid.
      if (j != i && !(unsent && offer.media[j].bundled && !order.empty() && order[0] == i))
        continue;
      for (const auto& candidate : offer.media[j].candidates)
        if (is_usable_candidate(candidate)) media.candidates.push_back(candidate);
    }
    reduced.media.push_back(std::move(media));
  }
  return reduced;
}

std::string mapping_of(const RtpFormat& format) {
  // Case does not matter (RFC 8866, section 6.6), but some players compare it.
  const bool small = format.encoding == "RTX" || format.encoding == "OPUS";
  std::string text =
      (small ? lower(format.encoding) : format.encoding) + "/" + std::to_string(format.clock_rate);
  if (format.channels > 1) text += "/" + std::to_string(format.channels);
  return text;
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

Result<OwnAnswer> read_answer(std::string_view text, const Offer& offer, const Choices& choices) {
  OwnAnswer own = OwnAnswer::read(text);
  if (auto done = check(own, offer, choices); !done) return done.error();
  return own;
}

std::string write_answer(OwnAnswer own, const Offer& offer, const Choices& choices,
                         const AnswerOptions& options) {
  if (!options.fingerprint.empty())
    for (OwnMedia& media : own.media) media.fingerprint = options.fingerprint;
  const auto chosen = [&](std::size_t mline) { return is_chosen(choices, mline); };
  const auto sent = bundled_order(offer, chosen);
  const auto order = bundled_order(offer, [&](std::size_t mline) {
    return !sent.empty() && (chosen(mline) || stays_inactive(offer.media[mline]));
  });
  // All chosen media have one transport. Its candidates are at the first media of the group and at
  // the first that is sent: some players read them only there.
  const auto first =
      std::find_if(choices.begin(), choices.end(), [](const auto& c) { return !!c; });
  const std::size_t carrier =
      sent.empty() ? static_cast<std::size_t>(first - choices.begin()) : sent[0];
  const OwnMedia& transport = *own.find(offer.media[carrier].mid);
  std::string text = session_lines(offer) + group_line(offer, order);
  if (own.ice_lite) text += std::string("a=ice-lite") + kEnd;
  if (!options.complete) text += std::string("a=ice-options:trickle") + kEnd;
  text += std::string("a=msid-semantic: WMS *") + kEnd;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Offer::Media& media = offer.media[i];
    if (chosen(i))
      text += chosen_media(media, *choices[i], *own.find(media.mid), options);
    else if (std::find(order.begin(), order.end(), i) != order.end())
      text += inactive_media(media, transport);
    else
      text += rejected_media(media, transport);
    if (i == carrier || (!order.empty() && i == order[0]))
      text += candidate_lines(transport, options);
  }
  return text;
}

} // namespace fanlight::sdp
