// How a viewer's session restarts ICE.
#include <utility>

#include "sdp/ice_sdp.h"
#include "session/agreement.h"
#include "session/viewer_session.h"

namespace fanlight::session {
namespace {

/// How many bytes the offer of a restart may be larger than the first one: room for candidates.
constexpr std::size_t kMoreAtRestart = 16 * 1024;

} // namespace

Result<Done> ViewerSession::restart(const std::string& text) {
  // The first offer was checked against the share of its address.
  if (auto checked = check_restart(text.size(), offer_size_ + kMoreAtRestart); !checked)
    return checked.error();
  auto offer = sdp::Offer::parse(text);
  if (!offer) return offer.error();
  return restart(std::move(*offer));
}

Result<Done> ViewerSession::restart(const sdp::IceFragment& fragment) {
  std::size_t size = 0;
  for (const auto& candidate : fragment.candidates) size += candidate.candidate.size();
  if (auto checked = check_restart(size, kMoreAtRestart); !checked) return checked.error();
  return restart(sdp::restarted(offer_, fragment));
}

Error ViewerSession::restart_refused(Errc code, const Reason& why) const {
  return {code, Reason{"restart_refused"_reason,
                       "restarting session {session}: {why}",
                       {{"session", id_}, {"why", {why}}}}};
}

Result<Done> ViewerSession::check_restart(std::size_t size, std::size_t most) const {
  if (size > most)
    return restart_refused(Errc::invalid,
                           {"restart_too_large"_reason,
                            "the offer is much larger than the first one; send the same media, and "
                            "send further candidates separately"});
  if (state_ == State::closed) return restart_refused(Errc::conflict, session_over());
  if (!transport_)
    return restart_refused(Errc::conflict, {"restart_too_early"_reason,
                                            "the server has not answered the first offer yet"});
  return Done{};
}

Result<Done> ViewerSession::restart(sdp::Offer offer) {
  if (!continues(offer, offer_, choices_))
    return restart_refused(
        Errc::invalid,
        {"restart_differs"_reason,
         "the offer must have the media and codecs of the first offer, and receive them; to mute, "
         "a player mutes its element or disables its track"});
  offer_ = std::move(offer);
  return transport_->accept(offer_, choices_, options_.complete_answer);
}

} // namespace fanlight::session
