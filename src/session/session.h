#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "sdp/candidate.h"
#include "session/stream_choice.h"

namespace fanlight::session {

/// What carries a viewer, in the words of the API.
enum class State { waiting, connecting, connected, disconnected, closed };
const char* to_string(State state);

/// Why a session ended, as a stable code for programs beside the words for people.
/// Codes: stream_changed, stopped, replaced, no_common_codec, bad_offer, busy, camera_unavailable,
/// unknown_stream, camera_changed, camera_removed, connection_failed, timeout, shutting_down,
/// internal.
struct CloseReason {
  std::string code;
  std::string message;
};

using webrtc::Candidate;

/// A picture of a session for the API. Counters are 0 until the transport reports them.
struct Info {
  std::string id;
  std::string camera;
  State state = State::waiting;
  std::string transport;        ///< What carries the viewer: "webrtcbin", "fanout"; empty: waits.
  std::string transport_reason; ///< Why that, in words.
  std::string signalling;       ///< "whep" or "websocket".
  std::string remote_address;   ///< Of the signalling client.
  std::string video_codec;      ///< "H264", "H265" or empty.
  std::string audio_codec;      ///< "OPUS", "PCMU", "PCMA" or empty.
  std::string codec_reason;     ///< Why this codec, in words.
  std::string stream;           ///< Which of the camera's streams; empty: none yet.
  std::string stream_reason;    ///< Why this one, in words.
  std::int64_t age_ms = 0;
  std::uint64_t packets_sent = 0;
  std::uint64_t bytes_sent = 0;
  std::int64_t packets_lost = 0; ///< As the viewer's receiver reports say.
  double rtt_ms = 0;
  std::uint64_t nack_count = 0;
  std::uint64_t pli_count = 0;
  std::uint64_t groups_dropped = 0; ///< Groups of pictures lost because the viewer did not keep up.
  std::uint64_t estimate = 0;       ///< Of what the viewer's network carries, bit/s; 0: not known.
  std::string candidate;            ///< "udp" or "tcp", how media travels; empty: not known.
};

/// One viewer of one camera, its whole life: offer, answer, candidates, media, end.
///
/// Threads: main only. Lifetime: owned by the SessionTable; ends by close(), by the viewer's going,
/// or with its camera.
class Session {
 public:
  /// News of the session to whoever signals for it. On main, never from inside a call into the
  /// session.
  struct Observer {
    virtual ~Observer() = default;
    virtual void
    on_answer(Session& session,
              const std::string& sdp) = 0; ///< For the offer of open() and each restart().
    virtual void on_candidate(Session& session, const Candidate& candidate) = 0;
    virtual void on_state(Session& session, State state, const std::string& message) = 0;
    /// It gets another stream of the camera (info().stream), on the same connection.
    virtual void on_stream(Session& session) = 0;
    virtual void
    on_closed(Session& session,
              const CloseReason& reason) = 0; ///< The last call; the session dies after it.
  };

  virtual ~Session() = default;
  virtual const std::string& id() const = 0; ///< Unguessable, 128 bits, URL-safe.
  virtual const std::string& camera_id() const = 0;
  virtual void add_candidate(const Candidate& candidate) = 0;
  /// A new offer on the same session (ICE restart): answered through on_answer. Errc::invalid,
  /// conflict.
  virtual Result<Done> restart(const std::string& offer) = 0;
  /// Ends the session; the observer hears on_closed in a later turn.
  virtual void close(CloseReason reason) = 0;
  /// The viewer wants another stream of the camera, or one of another size.
  virtual Result<Done> select(const StreamPreference& preference) = 0;
  /// From now on nobody listens (the WebSocket is gone).
  virtual void forget_observer() = 0;
  virtual Info info() const = 0;
};

/// The sessions, to open and to find. Implemented by SessionTable.
class Directory {
 public:
  struct OpenOptions {
    std::string signalling;     ///< "whep" or "websocket".
    std::string remote_address; ///< Numeric address of the signalling client, without port.
    StreamPreference preference;
    /// How long the viewer may wait for a camera that is not live yet, before Errc::unavailable
    /// comes as on_closed; 0: the start_timeout of its stream.
    int wait_ms = 0;
    /// Answer only when all local candidates are in it (WHEP); otherwise candidates trickle through
    /// on_candidate.
    bool complete_answer = false;
  };
  virtual ~Directory() = default;

  /// Opens a session. At once: not_found (camera), no_stream, busy (limits), invalid (SDP),
  /// unsupported (no common codec with a live camera). All later failure comes as on_closed. The
  /// observer must live until on_closed or forget_observer().
  virtual Result<Session*> open(const std::string& camera, const std::string& offer,
                                const OpenOptions& options, Session::Observer& observer) = 0;
  virtual Session* find(const std::string& id) = 0;
  virtual std::size_t session_count() const = 0;
  /// Of the sessions in the order of their ids those behind `after`, which need not be there (any
  /// more), at most `most`; an empty `after` begins with the first.
  virtual std::vector<Info> sessions(const std::string& after, std::size_t most) const = 0;
  /// Brings the counters of these sessions up to date, at most 300 ms long, then calls `done` on
  /// main in a later turn.
  virtual void refresh_stats(const std::string& after, std::size_t most,
                             std::function<void()> done) = 0;
  /// The same for the session `id` alone, if there is one.
  virtual void refresh_stats(const std::string& id, std::function<void()> done) = 0;
};

} // namespace fanlight::session
