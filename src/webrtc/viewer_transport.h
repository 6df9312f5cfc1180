#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/result.h"
#include "sdp/answer.h"
#include "sdp/candidate.h"

namespace fanlight::webrtc {

/// Counters as the transport reports them; of all media together.
struct TransportStats {
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

/// Carries a camera's media to one viewer: the server's end of an RTCPeerConnection that only
/// sends, and its place in the camera's pipeline.
///
/// Threads: main only. The observer is held weakly, and hears nothing after the transport was
/// destroyed.
class ViewerTransport {
 public:
  enum class State { connecting, connected, disconnected, failed, closed };
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_transport_answer(const std::string& sdp) = 0;
    virtual void on_transport_candidate(const sdp::Candidate& candidate) = 0;
    /// `why` says in words why it failed, where that is known.
    virtual void on_transport_state(State state, const std::string& why) = 0;
    virtual void on_transport_failed(const std::string& why) = 0; ///< It cannot go on.
  };
  virtual ~ViewerTransport() = default;

  /// In the words of webrtc.transport: "webrtcbin", "fanout".
  virtual const char* name() const = 0;
  /// Answers `offer` with `choices` through on_transport_answer: with all candidates when
  /// `complete`, else they follow one by one. Again for a later offer of the same viewer (ICE
  /// restart), with the choices that are played. At once: Errc::invalid, the offer cannot be
  /// carried this way; busy, internal.
  virtual Result<Done> accept(sdp::Offer offer, sdp::Choices choices, bool complete) = 0;
  virtual void add_candidate(const sdp::Candidate& candidate) = 0;
  /// Once connected: sends what was chosen. Later: changes the viewer to another stream of the
  /// camera, of the same codec, from the group of pictures on that the stream has then.
  /// Errc::not_found: the camera has no such stream; internal.
  virtual Result<Done> play(const sdp::Choices& choices) = 0;
  /// Asks for the counters; `done` comes on main, or never when the connection is gone.
  virtual void read_stats(std::function<void(const TransportStats&)> done) = 0;
  /// Ends the connection and notifies the viewer. `done` is called at once, or soon on main; the
  /// caller then destroys the transport, also from inside `done`.
  virtual void close(std::function<void()> done) { done(); }
};

} // namespace fanlight::webrtc
