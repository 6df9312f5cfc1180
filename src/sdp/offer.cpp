#include "sdp/offer.h"

#include <algorithm>
#include <utility>

#include "sdp/offer_text.h"
#include "sdp/sdp_text.h"

namespace fanlight::sdp {

namespace {

Error invalid(const std::string& what) {
  return {Errc::invalid,
          Reason{"offer_malformed"_reason, "reading the offer: {problem}", {{"problem", what}}}};
}

const std::string& first_of(const std::string& own, const std::string& otherwise) {
  return own.empty() ? otherwise : own;
}

/// Fills in the attributes of each media: its own, else those of the session.
void apply(const SharedAttributes& own, const SharedAttributes& session, const Offer& offer,
           Offer::Media& media) {
  media.bundled = !media.mid.empty() && std::find(offer.bundle.begin(), offer.bundle.end(),
                                                  media.mid) != offer.bundle.end();
  media.rejected = media.port == 0 && !(media.bundle_only && media.bundled);
  media.direction = own.direction.value_or(session.direction.value_or(Offer::Direction::sendrecv));
  media.extensions = own.extensions;
  for (const auto& extension : session.extensions) {
    if (!media.find_extension(extension.uri)) media.extensions.push_back(extension);
  }
  media.transport = {first_of(own.ufrag, session.ufrag), first_of(own.pwd, session.pwd),
                     first_of(own.fingerprint, session.fingerprint),
                     first_of(own.setup, session.setup)};
}

/// A bundle-only media may omit attributes that the first media of its bundle has (RFC 9143).
void inherit_transport(Offer& offer) {
  if (offer.bundle.empty()) return;
  const Offer::Media* const tagged = offer.find(offer.bundle[0]);
  if (!tagged) return;
  const Offer::Transport of_bundle = tagged->transport;
  for (auto& media : offer.media) {
    if (!media.bundled) continue;
    Offer::Transport& own = media.transport;
    own = {first_of(own.ice_ufrag, of_bundle.ice_ufrag), first_of(own.ice_pwd, of_bundle.ice_pwd),
           first_of(own.fingerprint, of_bundle.fingerprint), first_of(own.setup, of_bundle.setup)};
  }
}

Result<Done> check(const Offer::Media& media, std::size_t index) {
  const std::string name = "m-line " + std::to_string(index) + " (" + media.type + "): ";
  if (!media.protocol.ends_with("RTP/SAVPF") && !media.protocol.ends_with("TLS/RTP/SAVP")) {
    return invalid(name + "'" + sdp::excerpt(media.protocol) +
                   "' is not a WebRTC protocol; use UDP/TLS/RTP/SAVPF");
  }
  if (media.mid.empty()) return invalid(name + "no a=mid");
  if (media.transport.ice_ufrag.empty() || media.transport.ice_pwd.empty()) {
    return invalid(name + "no ICE credentials (a=ice-ufrag and a=ice-pwd)");
  }
  if (media.transport.fingerprint.empty()) {
    return invalid(name + "no DTLS fingerprint (a=fingerprint:sha-256 ...)");
  }
  if (media.transport.setup.empty()) return invalid(name + "no a=setup:actpass");
  if (!media.rtcp_mux) {
    return invalid(name + "no a=rtcp-mux; the server does not support RTCP on a separate port");
  }
  return Done{};
}

Result<Done> check_mids(const Offer& offer) {
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const std::string& mid = offer.media[i].mid;
    if (!mid.empty() && offer.find(mid) != &offer.media[i]) {
      return invalid("two media have the same mid '" + sdp::excerpt(mid) + "'");
    }
  }
  return Done{};
}

Result<Done> check(const Offer& offer) {
  if (offer.media.empty()) {
    return invalid("no m-line; offer at least one video or audio to receive");
  }
  if (auto done = check_mids(offer); !done) return done;
  std::size_t carried = 0;
  std::size_t bundled = 0;
  bool has_video = false;
  bool receives_video = false;
  bool receives_audio = false;
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    const Offer::Media& media = offer.media[i];
    if (media.kind == Offer::Kind::other || media.rejected) continue;
    if (auto done = check(media, i); !done) return done;
    ++carried;
    if (media.bundled) ++bundled;
    const bool is_video = media.kind == Offer::Kind::video;
    has_video = has_video || is_video;
    (is_video ? receives_video : receives_audio) |= media.receives();
  }
  if (carried == 0) {
    return invalid("all media are rejected (port 0); offer at least one video or audio");
  }
  if (carried > 1 && bundled != carried) {
    return invalid("not all media are in the BUNDLE group, but the server uses one transport for "
                   "all: set bundlePolicy to balanced or max-bundle");
  }
  if (has_video && !receives_video) {
    return invalid("the video does not receive; use a=recvonly or a=sendrecv");
  }
  if (!receives_video && !receives_audio) {
    return invalid("no media receives; use a=recvonly or a=sendrecv");
  }
  return Done{};
}

} // namespace

const char* to_string(Offer::Direction direction) {
  switch (direction) {
  case Offer::Direction::sendrecv: return "sendrecv";
  case Offer::Direction::sendonly: return "sendonly";
  case Offer::Direction::recvonly: return "recvonly";
  case Offer::Direction::inactive: return "inactive";
  }
  return "inactive";
}

bool Offer::Payload::has_feedback(std::string_view value) const {
  return std::find(feedback.begin(), feedback.end(), value) != feedback.end();
}

const Offer::Payload* Offer::Media::find(int payload_type) const {
  const auto found = std::find_if(payloads.begin(), payloads.end(),
                                  [&](const Payload& p) { return p.type == payload_type; });
  return found == payloads.end() ? nullptr : &*found;
}

const Offer::HeaderExtension* Offer::Media::find_extension(std::string_view uri) const {
  const auto found = std::find_if(extensions.begin(), extensions.end(),
                                  [&](const HeaderExtension& e) { return e.uri == uri; });
  return found == extensions.end() ? nullptr : &*found;
}

bool Offer::Media::receives() const {
  return kind != Kind::other && !rejected &&
         (direction == Direction::recvonly || direction == Direction::sendrecv);
}

const Offer::Media* Offer::find(std::string_view mid) const {
  const auto found =
      std::find_if(media.begin(), media.end(), [&](const Media& m) { return m.mid == mid; });
  return found == media.end() ? nullptr : &*found;
}

std::optional<unsigned> Offer::mline_of(std::string_view mid) const {
  const Media* const found = find(mid);
  if (found == nullptr) return {};
  return static_cast<unsigned>(found - media.data());
}

const std::string& Offer::ice_ufrag() const {
  static const std::string none;
  for (const Media& one : media)
    if (!one.transport.ice_ufrag.empty()) return one.transport.ice_ufrag;
  return none;
}

Result<Offer> Offer::parse(std::string_view text) {
  auto read = OfferText::read(text);
  if (!read) return read.error();
  Offer offer = std::move(read->offer);
  for (std::size_t i = 0; i < offer.media.size(); ++i) {
    apply(read->media[i], read->session, offer, offer.media[i]);
  }
  inherit_transport(offer);
  if (auto done = check(offer); !done) return done.error();
  return offer;
}

} // namespace fanlight::sdp
