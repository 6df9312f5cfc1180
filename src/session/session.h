#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "sdp/candidate.h"
#include "sdp/ice_fragment.h"
#include "sdp/offer.h"
#include "session/stream_choice.h"

namespace fanlight::session {

/// The state of a session, in the words of the API.
enum class State { waiting, connecting, connected, disconnected, closed };
const char* to_string(State state);

/// Why a session ended: a stable code for programs, and the details for people.
/// Codes: stream_changed, stopped, replaced, no_common_codec, bad_offer, busy, camera_unavailable,
/// unknown_stream, camera_changed, camera_removed, connection_failed, timeout, shutting_down,
/// internal.
struct CloseReason : Reason {
  CloseReason(std::string code_of_end, Reason why)
      : Reason(std::move(why)), code(std::move(code_of_end)) {}

  std::string code;
};

using sdp::Candidate;

/// The API's view of a session. Counters are 0 until the transport reports them.
struct Info {
  std::string id;
  std::string camera;
  State state = State::waiting;
  std::string transport;      ///< "webrtcbin" or "fanout"; empty: the session still waits.
  Reason transport_reason;    ///< Why this transport, for people.
  std::string signalling;     ///< "whep" or "websocket".
  std::string remote_address; ///< Of the signalling client.
  std::string video_codec;    ///< "H264", "H265" or empty.
  std::string audio_codec;    ///< "OPUS", "PCMU", "PCMA" or empty.
  Reason codec_reason;        ///< Why this codec, for people.
  std::string stream;         ///< Id of the camera's stream; empty: none yet.
  Reason stream_reason;       ///< Why this stream, for people.
  std::int64_t age_ms = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::int64_t packets_lost = 0; ///< According to the viewer's receiver reports.
  double rtt_ms = 0;
  std::uint64_t nack_count = 0;
  std::uint64_t pli_count = 0;
  std::uint64_t groups_dropped = 0; ///< GOPs lost because the viewer was too slow.
  std::uint64_t estimate = 0;       ///< Estimated bandwidth to the viewer, bit/s; 0: unknown.
  std::string candidate;            ///< "udp" or "tcp", the transport of the media; empty: unknown.
};

/// One viewer of one camera: offer, answer, candidates, media, end.
///
/// Threads: main only. Lifetime: owned by the SessionTable; ends by close(), when the viewer
/// leaves, or with its camera.
class Session {
 public:
  /// Reports events of the session to its signalling. On main, never from inside a call into the
  /// session.
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_answer(Session& session,
                           const std::string& sdp) = 0; ///< Answers open() and each restart().
    virtual void on_candidate(Session& session, const Candidate& candidate) = 0;
    virtual void on_state(Session& session, State state, const Reason& reason) = 0;
    /// The session shows another stream of the camera (info().stream), on the same connection.
    virtual void on_stream(Session& session) = 0;
    virtual void
    on_closed(Session& session,
              const CloseReason& reason) = 0; ///< The last call: the session is destroyed after it.
  };

  virtual ~Session() = default;
  virtual const std::string& id() const = 0; ///< Unguessable, 128 bits, URL-safe.
  virtual const std::string& camera_id() const = 0;
  virtual void add_candidate(const Candidate& candidate) = 0;
  /// A new offer for this session (ICE restart); on_answer delivers the answer. Errc::invalid,
  /// conflict.
  virtual Result<Done> restart(const std::string& offer) = 0;
  /// The same with the last offer, but with the credentials and candidates of `fragment`.
  virtual Result<Done> restart(const sdp::IceFragment& fragment) = 0;
  /// The viewer's last offer, of open() or of a restart.
  virtual const sdp::Offer& offer() const = 0;
  /// Ends the session; calls on_closed in a later turn.
  virtual void close(CloseReason reason) = 0;
  /// Selects another stream of the camera, or one of another size.
  virtual Result<Done> select(const StreamPreference& preference) = 0;
  /// Calls no observer any more: the WebSocket is gone.
  virtual void forget_observer() = 0;
  virtual Info info() const = 0;
};

/// Opens and finds sessions. Implemented by SessionTable.
class Directory {
 public:
  struct OpenOptions {
    std::string signalling;     ///< "whep" or "websocket".
    std::string remote_address; ///< Numeric address of the signalling client, without port.
    StreamPreference preference;
    /// How long the viewer waits for a camera that is not live yet; after that, on_closed reports
    /// Errc::unavailable. 0: the start_timeout of the stream.
    int wait_ms = 0;
    /// Answer only when the answer contains all local candidates (WHEP); otherwise on_candidate
    /// reports them one by one.
    bool complete_answer = false;
  };
  virtual ~Directory() = default;

  /// Opens a session. Immediate errors: not_found (camera), no_stream, busy (limits), invalid
  /// (SDP), unsupported (no common codec with a live camera). on_closed reports all later failures.
  /// The observer must live until on_closed or forget_observer().
  virtual Result<Session*> open(const std::string& camera, const std::string& offer,
                                const OpenOptions& options, Session::Observer& observer) = 0;
  virtual Session* find(const std::string& id) = 0;
  virtual std::size_t session_count() const = 0;
  /// At most `most` sessions in the order of their ids, beginning behind `after`, which need not
  /// exist; an empty `after` begins with the first session.
  virtual std::vector<Info> sessions(const std::string& after, std::size_t most) const = 0;
  /// Updates the counters of these sessions, which takes at most 300 ms, then calls `done` on main
  /// in a later turn.
  virtual void refresh_stats(const std::string& after, std::size_t most,
                             std::function<void()> done) = 0;
  /// The same for the session `id` only, if it exists.
  virtual void refresh_stats(const std::string& id, std::function<void()> done) = 0;
};

} // namespace fanlight::session
