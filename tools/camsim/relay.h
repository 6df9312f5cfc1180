#pragma once

#include <atomic>
#include <condition_variable>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "faults.h"
#include "spec.h"

namespace fanlight::camsim {

/// Stands in front of the RTSP server and does what that would never do: a thread for each
/// connection passes on what is said, as the camera's faults have it. What travels by UDP goes past
/// it.
///
/// Threads: any.
class Relay {
 public:
  /// Listens at once and passes on to 127.0.0.1:`server_port`. Errc::unavailable when the address
  /// cannot be had.
  static Result<std::unique_ptr<Relay>> create(const Listen& listen, int server_port,
                                               FaultStates states);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  int port() const { return port_; }
  /// Ends all connections of that camera: in order, or by RST.
  void end_connections(const std::string& camera, bool reset);
  /// Connections that asked for that camera.
  std::size_t connections(const std::string& camera) const;

 private:
  class Connection;

  Relay(int listener, int port, int server_port, FaultStates states);
  void accept_all();
  /// Whether another connection plays that camera.
  bool is_taken(const std::string& camera, const Connection& by) const;

  const int listener_;
  const int port_;
  const int server_port_;
  const FaultStates states_;
  std::atomic<bool> ending_{false};
  mutable std::mutex mutex_; ///< Protects the connections.
  std::list<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

} // namespace fanlight::camsim
