#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gst/ref.h"
#include "sdp/answer.h"

namespace fanlight::webrtc {

/// A trickled candidate; `candidate` empty means end of candidates.
struct IceCandidate {
  unsigned mline = 0;    ///< Of the viewer's offer.
  std::string candidate; ///< "candidate:…".
};

/// Counters as the transport reports them; of all media together.
struct PeerStats {
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::int64_t packets_lost = 0;
  double rtt_ms = 0;
  std::uint64_t nack_count = 0;
  std::uint64_t pli_count = 0;
  std::uint64_t groups_dropped = 0; ///< Groups of pictures that this viewer's path had no room for.
  std::uint64_t estimate = 0;       ///< What the viewer's network carries, bit/s; 0: not known.
  std::string candidate;            ///< "udp" or "tcp"; empty: not known.
};

/// What carries one viewer: the server's end of an RTCPeerConnection that only sends.
///
/// Either a Peer, with a webrtcbin of its own, or a FanoutPeer, one of many on a webrtcfanout.
/// Threads: main only. The observer hears nothing after it was destroyed (it is
/// held weakly).
class PeerConnection {
 public:
  enum class State { connecting, connected, disconnected, failed, closed };
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_peer_answer(const std::string& sdp) = 0;
    virtual void on_peer_candidate(const IceCandidate& candidate) = 0;
    /// `why` says in words why it failed, where that is known.
    virtual void on_peer_state(State state, const std::string& why) = 0;
    virtual void on_peer_failed(const std::string& why) = 0; ///< It cannot go on.
  };
  virtual ~PeerConnection() = default;

  virtual const char*
  name() const = 0; ///< In the words of webrtc.transport: "webrtcbin", "fanout".
  /// The branch to add to the camera's pipeline before accept(); null when it needs none of its
  /// own.
  virtual Ref<GstElement> branch() const = 0;
  /// Answers `offer` with `choices` through on_peer_answer: with all candidates when `complete`,
  /// else they follow one by one. Again for a later offer of the same viewer (ICE restart), with
  /// the same choices. At once: Errc::invalid, the offer cannot be carried this way; busy,
  /// internal.
  virtual Result<Done> accept(Offer offer, Choices choices, bool complete) = 0;
  virtual void add_candidate(const IceCandidate& candidate) = 0;
  /// Once connected: the pad of branch() that wants the stream chosen for that m-line; null when
  /// there is no branch.
  virtual Result<Ref<GstPad>> open(std::size_t mline) = 0;
  /// From its next group of pictures on the viewer gets another stream of the camera, of the same
  /// codec, which is fed already. Errc::unsupported: it cannot be done on this connection.
  virtual Result<Done> change_picture(const std::string& stream, const RtpFormat& format) = 0;
  /// Asks for the counters; `done` comes on main, or never when the connection is gone.
  virtual void read_stats(std::function<void(const PeerStats&)> done) = 0;
};

} // namespace fanlight::webrtc
