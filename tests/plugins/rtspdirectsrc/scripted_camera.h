#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "rtspdirectsrc/tls_server.h"

namespace fanlight::test {

/// A camera on a port of 127.0.0.1, which answers as the test says, one connection at a time.
///
/// It sends a picture of H.264 with every call of send_picture(), and nothing by itself.
class ScriptedCamera {
 public:
  /// The answer to a request of that head: status and headers, each with its line end. Empty: the
  /// usual one.
  using Script = std::function<std::string(const std::string& request)>;

  explicit ScriptedCamera(Script script = {});
  ~ScriptedCamera();

  std::string url(const std::string& scheme = "rtsp") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/live";
  }
  /// Waits for a request that begins so. Fails the test if it does not come; returns it.
  std::string wait_for(const std::string& begin, int times = 1);
  /// Waits for an interleaved packet from the client on that channel; returns its content.
  std::string wait_for_packet(int channel);
  void send(const std::string& bytes);
  void send_packet(int channel, const std::string& packet);
  /// RTCP of the video's source: it ends.
  void send_goodbye() { send_packet(1, std::string{"\x81\xcb\0\1\0\0\0\7", 8}); }
  /// With its RTP packets on channel 0, of the time since the last in ticks; a key picture begins
  /// with its parameter sets.
  void send_picture(bool key, unsigned ticks = 3600);
  /// An RTP packet of sound on channel 2.
  void send_sound();
  void hang_up();
  /// As soon as anything has come.
  void hang_up_soon() { hangs_up_ = true; }

  /// Waits for a datagram from the client to its RTCP socket.
  std::string wait_for_datagram();

  // May be changed before it is asked.

  std::string sdp;       ///< Of video and sound.
  bool over_udp = false; ///< Sends the packets of the first medium over UDP.
  bool tls = false;
  std::string greeting; ///< Sent at once, without TLS.

 private:
  void serve();
  void talk(int socket);
  std::string receive(int socket, bool& ended);
  void answer(const std::string& request);
  std::string transport(const std::string& request);
  std::string rtp(int type, bool marker, const std::string& payload);

  const Script script_;
  std::atomic<bool> hangs_up_{false};
  std::vector<int> datagrams_; ///< The sockets for RTP and RTCP over UDP.
  int client_port_ = 0;        ///< Protected by lock_.
  int listener_ = -1;
  int port_ = 0;
  std::mutex lock_; ///< Protects what follows.
  std::condition_variable changed_;
  int socket_ = -1;
  std::unique_ptr<TlsServer> secure_; ///< Of socket_; null without TLS.
  bool ended_ = false;
  std::vector<std::string> requests_;
  std::vector<std::pair<int, std::string>> packets_;
  unsigned sequence_ = 100;
  unsigned timestamp_ = 1000;
  std::thread thread_;
};

} // namespace fanlight::test
