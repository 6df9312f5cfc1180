#pragma once

#include <atomic>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "base/result.h"
#include "camsim/relay/digest.h"
#include "camsim/setup/faults.h"
#include "camsim/setup/spec.h"

namespace fanlight::camsim {

/// Stands in front of the RTSP server and does what that would never do: a thread for each
/// connection passes on what is said, as the camera's faults have it. What travels by UDP goes past
/// it.
///
/// Threads: any.
class Relay {
 public:
  /// By the camera's id: those that want a digest by SHA-256, which the server does not know.
  using Logins = std::map<std::string, Login>;

  /// Listens at once and passes on to 127.0.0.1:`server_port`. Errc::unavailable when the address
  /// cannot be had.
  static Result<std::unique_ptr<Relay>> create(const Listen& listen, int server_port,
                                               FaultStates states, Logins logins);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  int port() const { return listen_.port; }
  /// Ends all connections of that camera: in order, or by RST.
  void end_connections(const std::string& camera, bool reset);
  /// While it does so a client's connect() fails, with ECONNREFUSED; those there are stay.
  void refuse(bool refusing);
  bool refuses() const { return refusing_; }
  /// Connections that asked for that camera.
  std::size_t connections(const std::string& camera) const;

 private:
  class Connection;

  Relay(int listener, const Listen& listen, int server_port, FaultStates states, Logins logins);
  void accept_all();
  /// Whether another connection plays that camera.
  bool is_taken(const std::string& camera, const Connection& by) const;

  const int listener_;
  const Listen listen_;
  const int server_port_;
  const FaultStates states_;
  const Logins logins_;
  std::atomic<bool> ending_{false};
  std::atomic<bool> refusing_{false};
  mutable std::mutex mutex_; ///< Protects the connections.
  std::list<std::unique_ptr<Connection>> connections_;
  std::thread thread_;
};

} // namespace fanlight::camsim
