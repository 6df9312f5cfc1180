#pragma once

#include <cstdint>
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
    const webrtc::Offer& offer;
    const webrtc::Choices& choices;
    std::uint64_t bitrate = 0; ///< Of the stream that was chosen, bit/s.
    bool complete_answer = false;
  };
  struct Made {
    std::shared_ptr<webrtc::ViewerTransport> transport;
    std::string reason; ///< Why this one, in words.
  };
  virtual ~TransportFactory() = default;

  /// A transport that answers the offer, through `observer`. Errc::busy at the limit of viewers on
  /// webrtcbin, and where the machine has no threads or descriptors left for one; invalid,
  /// internal.
  virtual Result<Made> make(const Request& request,
                            std::weak_ptr<webrtc::ViewerTransport::Observer> observer) = 0;
};

} // namespace fanlight::session
