#pragma once

#include <memory>
#include <string>

#include "webrtc/viewer_transport.h"

namespace fanlight::session {

/// Makes the transports of the viewers of one camera. Threads: main only.
class TransportFactory {
 public:
  struct Request {
    const std::string& id;             ///< Of the session.
    const std::string& client_address; ///< Of the signalling client, numeric.
    const sdp::Offer& offer;
    const sdp::Choices& choices;
    bool complete_answer = false;
  };
  struct Made {
    std::shared_ptr<webrtc::ViewerTransport> transport;
    Reason reason; ///< Why this transport, for people.
  };
  virtual ~TransportFactory() = default;

  /// Makes a transport that answers the offer through `observer`. Errc::busy at the limit of
  /// viewers on webrtcbin, or if the machine has no threads or descriptors left; invalid, internal.
  virtual Result<Made> make(const Request& request,
                            std::weak_ptr<webrtc::ViewerTransport::Observer> observer) = 0;
};

} // namespace fanlight::session
