#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <thread>

#include "relay.h"
#include "rtsp_message.h"

namespace fanlight::camsim {

/// One client, from its connection to its end.
class Relay::Connection {
 public:
  Connection(Relay& relay, int client, int server);
  ~Connection();

  bool over() const { return over_; }
  bool playing() const { return playing_; }
  std::string camera() const {
    std::lock_guard lock(mutex_);
    return camera_;
  }
  void end(bool reset);

 private:
  using Clock = std::chrono::steady_clock;

  void run();
  /// Both return false at the end of the connection.
  bool from_client();
  bool from_server();
  void on_request(RtspMessage request);
  void on_answer(RtspMessage answer);
  void on_packet(const std::string& packet);
  void answer(const RtspMessage& request, int status);
  bool expired(const Faults& faults) const;
  std::shared_ptr<const Faults> faults() const;
  void follow(const std::string& uri);

  Relay& relay_;
  const int client_;
  const int server_;
  mutable std::mutex mutex_; ///< Protects camera_.
  std::string camera_;
  std::atomic<bool> over_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> playing_{false};

  // The thread's own.
  std::string from_client_;
  std::string from_server_;
  std::map<std::string, RtspMessage> asked_; ///< By CSeq.
  Clock::time_point heard_ = Clock::now();
  bool frame_begins_ = true;
  std::thread thread_;
};

} // namespace fanlight::camsim
