#pragma once

#include <chrono>
#include <cstddef>

namespace fanlight::http {

/// What one client, and all of them together, may cost. The defaults serve hundreds of walls of
/// hundreds of tiles, and 500 pages behind one NAT beside another client that takes all it can get:
/// what all clients share is shared out by FairShare. Tests make them small.
struct Limits {
  using Duration = std::chrono::milliseconds;

  /// TCP connections at once, WebSockets included. Each costs every turn of the main loop a µs.
  std::size_t connections = 2048;
  std::size_t sockets = 1400; ///< WebSockets at once: two addresses may have 600 each.
  std::size_t sessions_per_socket = 256;
  std::size_t candidates_per_session = 256; ///< From the client, in each ICE generation.
  std::size_t errors_per_socket = 100;      ///< Bad messages at once until the socket is closed.
  /// Sessions that are refused at once until the socket is closed: some times a wall of tiles.
  std::size_t refusals_per_socket = 1024;

  std::size_t offer = 256 * 1024;            ///< Bytes of a request body.
  std::size_t message = 256 * 1024;          ///< Bytes of a WebSocket message that is read.
  std::size_t refused_message = 1024 * 1024; ///< Up to here it is answered too_large; above, the
                                             ///< socket is closed.
  std::size_t refused_body = 1024 * 1024;    ///< Up to here a body that is too large is thrown away
                                          ///< so that the client reads its 413; above, it is cut.
  std::size_t send_queue = 4 * 1024 * 1024; ///< Bytes that wait for one slow WebSocket.
  /// Bytes of all clients together: requests and messages that are not whole, requests that wait
  /// for their answer, answers that are not written, and what waits for slow WebSockets.
  std::size_t in_flight = 64 * 1024 * 1024;

  Duration head{10'000};  ///< From the first byte, or the connection, to the end of the headers.
  Duration body{20'000};  ///< From there to the end of the body.
  Duration write{20'000}; ///< Without progress of an answer.
  std::size_t answer_rate = 16 * 1024; ///< Bytes a second of an answer beyond that, at least.
  Duration idle{60'000};               ///< Kept alive between requests.
  Duration answer{65'000}; ///< From a WHEP offer to its answer; above any start_timeout.
  Duration ping{20'000};   ///< Between WebSocket pings; two without a pong end the socket.
  /// Of a WebSocket, from its first byte to its last, whatever comes in between.
  Duration message_time{20'000};
  Duration settle{10'000};    ///< For so long a WebSocket without sessions is not replaced.
  Duration error{10'000};     ///< After which a bad message is forgiven, one after another.
  Duration refusal{30};       ///< The same of a refused session: a wall asks for all tiles in 30 s.
  Duration push{1'000};       ///< Between two pushes of one camera whose state did not change.
  Duration accept_pause{500}; ///< After accept() failed, e.g. for want of descriptors.

  std::size_t settings = 64 * 1024; ///< Bytes of a camera's settings.
  std::size_t cameras = 1000;       ///< Up to which they can be added.
  std::size_t tests = 4;            ///< Of cameras, at once.

  Duration camera_list{1'000};    ///< How long what was written of a camera is good for all.
  std::size_t sessions = 1000;    ///< In one page of GET /api/sessions, also by default.
  std::size_t session_pages = 4;  ///< That are written at once, and
  std::size_t waiting_pages = 64; ///< that wait for it.

  Duration graph{10'000};                    ///< For Graphviz to draw a pipeline.
  std::size_t graph_input = 8 * 1024 * 1024; ///< Bytes of what it may be given.
  std::size_t graph_size = 8 * 1024 * 1024;  ///< Bytes of its drawing.
  std::size_t graphs = 2;                    ///< At once.
};

} // namespace fanlight::http
