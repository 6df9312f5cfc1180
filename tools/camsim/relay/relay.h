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

/// Stands in front of the RTSP server and adds faults that the server itself never has: a thread
/// per connection forwards messages and applies the camera's faults. Media over UDP bypass it.
///
/// Threads: any.
class Relay {
 public:
  /// By camera id: cameras with SHA-256 digest, which the server does not support.
  using Logins = std::map<std::string, Login>;

  /// Starts to listen, and forwards to 127.0.0.1:`server_port`. Errc::unavailable if the address
  /// cannot be bound.
  static Result<std::unique_ptr<Relay>> create(const Listen& listen, int server_port,
                                               FaultStates states, Logins logins);
  ~Relay();
  Relay(const Relay&) = delete;
  Relay& operator=(const Relay&) = delete;

  int port() const { return listen_.port; }
  /// Ends all connections of that camera, orderly or by RST.
  void end_connections(const std::string& camera, bool reset);
  /// Lets clients' connect() fail with ECONNREFUSED; existing connections stay.
  void refuse(bool refusing);
  bool refuses() const { return refusing_; }
  /// The number of connections that have requested that camera.
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
