#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>
#include <thread>

#include "camsim/relay/relay.h"
#include "camsim/relay/rtsp_message.h"

namespace fanlight::camsim {

/// The connection of one client.
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
  /// Detects HTTP around RTSP, which is forwarded unchanged. False while that is unknown.
  bool is_tunnel();
  void on_request(RtspMessage request);
  /// Answers the request if a fault or the relay itself requires it; returns whether it did.
  bool answered(const RtspMessage& request, const Faults& wrong);
  bool logged_in(const RtspMessage& request) const;
  void on_answer(RtspMessage answer);
  void on_packet(const std::string& packet);
  void answer(const RtspMessage& request, int status, const std::string& headers = "");
  std::string challenge() const;
  void wait(int ms) const;
  void send(int socket, std::string_view bytes) const;
  void leave_server();
  /// Whether the session or the connection has to end.
  bool is_due(const Faults& wrong);
  std::shared_ptr<FaultState> state() const; ///< Null before the client has requested a camera.
  std::shared_ptr<const Faults> faults() const;
  void follow(const std::string& uri);

  Relay& relay_;
  const int client_;
  const int server_;
  const std::string nonce_;
  mutable std::mutex mutex_; ///< Protects camera_.
  std::string camera_;
  std::atomic<bool> over_{false};
  std::atomic<bool> ending_{false};
  std::atomic<bool> playing_{false};

  // Only for the connection's thread.
  std::string from_client_;
  std::string from_server_;
  std::map<std::string, RtspMessage> asked_; ///< By CSeq.
  std::string uri_;                          ///< Of the last request, as the server sees it.
  std::string session_;
  int setups_ = 0; ///< Successful SETUPs.
  bool tunnel_ = false;
  Clock::time_point heard_ = Clock::now();
  Clock::time_point played_ = Clock::time_point::max();
  bool frame_begins_ = true;
  std::set<char> begun_; ///< Channels on which RTP has begun.
  std::thread thread_;
};

} // namespace fanlight::camsim
