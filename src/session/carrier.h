#pragma once

#include <memory>
#include <optional>
#include <string>

#include "session/fanout_branch.h"
#include "session/viewer_bound.h"
#include "webrtc/peer_connection.h"

namespace fanlight::session {

/// Gives each viewer of one camera what carries it: a webrtcbin of its own, or a share of the
/// camera's fanout, as webrtc.transport and the offer have it.
///
/// Threads: main only. Lifetime: held by the SessionTable and by the camera's viewers.
class Carrier : public std::enable_shared_from_this<Carrier> {
 public:
  struct Request {
    const std::string& id;
    const std::string& client_address; ///< Of the signalling client, numeric.
    const webrtc::Offer& offer;
    const webrtc::Choices& choices;
    std::uint64_t bitrate = 0; ///< Of the stream that was chosen, bit/s.
    bool complete_answer = false;
  };
  /// Ends, member by member from the last one, when it is dropped.
  struct Carriage {
    std::shared_ptr<webrtc::PeerConnection> peer;
    std::unique_ptr<media::Branch> branch;      ///< Of peer->branch().
    std::unique_ptr<FanoutBranch::Share> share; ///< Where there is none.
    std::string reason;                         ///< Why this one, in words.
    std::optional<Reservation> room;            ///< Until it is fed: then its threads are there.
  };

  Carrier(std::shared_ptr<media::Camera> camera, config::WebRtc config, ViewerBound bound);

  /// Answers the offer through `peer`. Errc::busy at the limit of viewers on webrtcbin, and where
  /// the machine has no threads or descriptors left for one; invalid, internal.
  Result<Carriage> carry(const Request& request,
                         std::weak_ptr<webrtc::PeerConnection::Observer> peer,
                         media::Branch::Observer& branch);

 private:
  Result<Carriage> on_webrtcbin(const Request& request,
                                std::weak_ptr<webrtc::PeerConnection::Observer> peer,
                                media::Branch::Observer& branch);
  Result<Carriage> on_fanout(const Request& request,
                             std::weak_ptr<webrtc::PeerConnection::Observer> peer,
                             media::Branch::Observer& branch);
  Result<Done> open_fanout();

  // Given.
  const std::shared_ptr<media::Camera> camera_;
  const config::WebRtc config_;
  const ViewerBound bound_;
  // Owned.
  std::shared_ptr<FanoutBranch> fanout_; // While it has viewers, and a moment longer.
};

} // namespace fanlight::session
