#pragma once

#include <chrono>
#include <cstddef>

namespace fanlight::http {

/// Limits for one client and for all clients together. The defaults serve hundreds of walls with
/// hundreds of tiles, and 500 pages behind one NAT beside another client that takes all it can get:
/// FairShare divides what all clients share. Tests make the limits small.
struct Limits {
  using Duration = std::chrono::milliseconds;

  /// TCP connections, WebSockets included. Each costs every turn of the main loop a µs.
  std::size_t connections = 2048;
  std::size_t sockets = 1400; ///< WebSockets: two addresses may have 600 each.
  std::size_t sessions_per_socket = 256;
  std::size_t candidates_per_session = 256; ///< From the client, in each ICE generation.
  std::size_t errors_per_socket = 100; ///< Bad messages in a burst before the socket is closed.
  /// Refused sessions in a burst before the socket is closed: several walls of tiles.
  std::size_t refusals_per_socket = 1024;

  std::size_t offer = 256 * 1024;   ///< Bytes of a request body.
  std::size_t message = 256 * 1024; ///< Bytes of a WebSocket message that the server reads.
  /// Up to this size the server answers too_large; above it, it closes the socket.
  std::size_t refused_message = 1024 * 1024;
  /// Up to this size the server reads and drops a body that is too large, so that the client reads
  /// its 413; above it, it closes the connection.
  std::size_t refused_body = 1024 * 1024;
  std::size_t send_queue = 4 * 1024 * 1024; ///< Bytes queued for one slow WebSocket.
  /// Bytes for all clients together: incomplete requests and messages, requests that wait for their
  /// answer, answers that are not written, and messages queued for slow WebSockets.
  std::size_t in_flight = 64 * 1024 * 1024;

  /// From the first byte, or from the connection, to the end of the headers.
  Duration head{10'000};
  Duration body{20'000};  ///< From there to the end of the body.
  Duration write{20'000}; ///< Without any progress of an answer.
  /// Bytes per second: the least average rate of an answer after that.
  std::size_t answer_rate = 16 * 1024;
  Duration idle{60'000};   ///< Between requests (keep-alive).
  Duration answer{65'000}; ///< From a WHEP offer to its answer; above any start_timeout.
  Duration ping{20'000};   ///< Between WebSocket pings; two without a pong end the socket.
  /// From the first to the last byte of a WebSocket message, whatever comes in between.
  Duration message_time{20'000};
  Duration settle{10'000}; ///< A WebSocket without sessions is not replaced before this age.
  Duration error{10'000};  ///< After this time one bad message is forgotten.
  /// After this time one refused session is forgotten: a wall asks for all tiles in 30 s.
  Duration refusal{30};
  Duration push{1'000};       ///< Between two pushes of one camera whose state has not changed.
  Duration accept_pause{500}; ///< After accept() failed, for example for lack of descriptors.

  std::size_t settings = 64 * 1024; ///< Bytes of a camera's settings.
  std::size_t cameras = 1000;       ///< With so many cameras, clients can add none.
  std::size_t tests = 4;            ///< Probes of cameras at the same time.
  std::size_t imports = 4;          ///< Imports that are worked out or wait for it.

  Duration camera_list{1'000};    ///< How long the JSON text of a camera is reused for all clients.
  std::size_t sessions = 1000;    ///< Sessions in one page of GET /api/sessions, and the default.
  std::size_t session_pages = 4;  ///< Pages written at the same time.
  std::size_t waiting_pages = 64; ///< Pages that wait to be written.

  Duration graph{10'000};                    ///< Time for Graphviz to draw a pipeline.
  std::size_t graph_input = 8 * 1024 * 1024; ///< Bytes of its input.
  std::size_t graph_size = 8 * 1024 * 1024;  ///< Bytes of its output.
  std::size_t graphs = 2;                    ///< Drawings at the same time.
};

} // namespace fanlight::http
