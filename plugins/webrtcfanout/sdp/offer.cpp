#include "webrtcfanout/sdp/offer.h"

#include <algorithm>
#include <utility>

#include "webrtcfanout/sdp/offer_text.h"
#include "webrtcfanout/sdp/sdp_text.h"

namespace fanlight::fanout {
namespace {

/// The payload types that RFC 3551, section 6, gives to codecs without an rtpmap.
void fill_in(Offer::Payload& payload) {
  payload.clock_rate = 8000;
  switch (payload.type) {
  case 0: payload.encoding = "PCMU"; break;
  case 8: payload.encoding = "PCMA"; break;
  case 9: payload.encoding = "G722"; break;
  case 13: payload.encoding = "CN"; break;
  default: payload.clock_rate = 0;
  }
}

bool is_repair(const std::string& encoding) {
  return encoding == "RTX" || encoding == "RED" || encoding == "ULPFEC" ||
         encoding.starts_with("FLEXFEC");
}

/// The value of apt= in "apt=96;rtx-time=3000" (RFC 4588, section 8.6).
std::string_view associated_type(std::string_view fmtp) {
  while (!fmtp.empty()) {
    const auto [parameter, rest] = sdp::cut(fmtp, ';');
    const auto [key, value] = sdp::cut(parameter, '=');
    if (sdp::lower(key) == "apt") return value;
    fmtp = rest;
  }
  return {};
}

/// Completes the payloads and takes those that repair out of them.
void finish_payloads(OfferText::Media& draft) {
  auto& payloads = draft.media.payloads;
  for (auto& payload : payloads)
    if (payload.encoding.empty()) fill_in(payload);
  for (const auto& rtx : payloads) {
    if (rtx.encoding != "RTX") continue;
    Offer::Payload* const primary = draft.find(associated_type(rtx.fmtp));
    if (primary && !is_repair(primary->encoding) && !primary->rtx) primary->rtx = rtx.type;
  }
  std::erase_if(payloads,
                [](const auto& p) { return p.encoding.empty() || is_repair(p.encoding); });
}

bool is_in(const std::vector<std::string>& mids, const std::string& mid) {
  return !mid.empty() && std::find(mids.begin(), mids.end(), mid) != mids.end();
}

const std::string& first_of(const std::string& own, const std::string& otherwise) {
  return own.empty() ? otherwise : own;
}

/// What the media says itself or takes from the session.
void finish_media(const OfferText& text, OfferText::Media& draft) {
  finish_payloads(draft);
  const OfferText::Attributes& own = draft.own;
  const OfferText::Attributes& session = text.session;
  Offer::Media& media = draft.media;
  // Port 0 is a refusal, but for those that are sent only bundled (RFC 9143, section 6).
  media.rejected = draft.port == 0 && !(draft.bundle_only && is_in(text.bundle, media.mid));
  media.receives =
      draft.is_rtp && !media.rejected && receives(first_of(own.direction, session.direction));
  media.extensions = own.extensions;
  for (const auto& shared : session.extensions) add(media.extensions, shared);
  media.ice_ufrag = first_of(own.ufrag, session.ufrag);
  media.ice_pwd = first_of(own.pwd, session.pwd);
  media.fingerprint = first_of(own.fingerprint.text, session.fingerprint.text);
  media.setup = first_of(own.setup, session.setup);
}

/// A bundled media may omit attributes that the first media of its bundle has (RFC 9143,
/// section 7.1.3).
void inherit_transport(Offer& offer) {
  const auto first = std::find_if(offer.media.begin(), offer.media.end(), [&](const auto& media) {
    return !offer.bundle.empty() && media.mid == offer.bundle[0];
  });
  if (first == offer.media.end()) return;
  for (auto& media : offer.media) {
    if (!is_in(offer.bundle, media.mid)) continue;
    media.ice_ufrag = first_of(media.ice_ufrag, first->ice_ufrag);
    media.ice_pwd = first_of(media.ice_pwd, first->ice_pwd);
    media.fingerprint = first_of(media.fingerprint, first->fingerprint);
    media.setup = first_of(media.setup, first->setup);
  }
}

/// Why a media cannot be received; empty: it can.
std::string fault_of(const OfferText::Media& draft, const Offer::Media& media) {
  if (!media.protocol.ends_with("TLS/RTP/SAVPF") && media.protocol != "RTP/SAVPF")
    return "'" + media.protocol + "' is not a WebRTC protocol; use UDP/TLS/RTP/SAVPF";
  if (media.mid.empty()) return "no a=mid";
  if (media.ice_ufrag.empty() || media.ice_pwd.empty())
    return "no ICE credentials (a=ice-ufrag and a=ice-pwd)";
  if (media.fingerprint.empty()) return "no DTLS fingerprint (a=fingerprint:sha-256 ...)";
  if (media.setup != "actpass" && media.setup != "active")
    return (media.setup.empty() ? "no a=setup" : "a=setup:" + sdp::excerpt(media.setup)) +
           "; webrtcfanout is the DTLS server: use actpass or active";
  if (!draft.rtcp_mux)
    return "no a=rtcp-mux; webrtcfanout does not support RTCP on a separate port";
  return {};
}

std::string fault_of(const OfferText& text, const Offer& offer) {
  std::size_t received = 0;
  std::size_t bundled = 0;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Offer::Media& media = offer.media[i];
    const std::string name = "m-line " + std::to_string(i) + " (" + media.type + "): ";
    for (std::size_t j = 0; j < i; ++j)
      if (!media.mid.empty() && offer.media[j].mid == media.mid)
        return name + "its a=mid equals that of m-line " + std::to_string(j);
    if (!media.receives) continue;
    if (const std::string fault = fault_of(text.media[i], media); !fault.empty())
      return name + fault;
    ++received;
    if (is_in(offer.bundle, media.mid)) ++bundled;
  }
  if (received == 0) return "no media receives; use a=recvonly or a=sendrecv for video or audio";
  if (received > 1 && bundled != received)
    return "not all media that receive are in one BUNDLE group, but webrtcfanout uses one "
           "transport for all";
  return {};
}

} // namespace

std::optional<Offer> Offer::parse(std::string_view sdp, std::string& why) {
  auto text = OfferText::read(sdp, why);
  if (!text) return std::nullopt;
  Offer offer{.session_id = text->session_id,
              .session_version = text->session_version,
              .bundle = text->bundle,
              .media = {}};
  for (auto& draft : text->media) {
    finish_media(*text, draft);
    offer.media.push_back(std::move(draft.media));
  }
  inherit_transport(offer);
  why = fault_of(*text, offer);
  if (!why.empty()) return std::nullopt;
  return offer;
}

const Offer::Media* Offer::transport() const {
  const auto found =
      std::find_if(media.begin(), media.end(), [](const Media& one) { return one.receives; });
  return found == media.end() ? nullptr : &*found;
}

std::vector<IceCredentials> Offer::credentials() const {
  std::vector<IceCredentials> found;
  const auto add_of = [&](const Media& one) {
    const bool known = std::any_of(found.begin(), found.end(), [&](const IceCredentials& other) {
      return other.ufrag == one.ice_ufrag;
    });
    if (!known && !one.ice_pwd.empty() && found.size() < kMaxCredentials)
      found.push_back({one.ice_ufrag, one.ice_pwd});
  };
  if (const Media* const first = transport()) add_of(*first);
  for (const Media& one : media) add_of(one);
  return found;
}

} // namespace fanlight::fanout
