#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include <sys/socket.h>

#include "loop.h"
#include "rtsp/reader.h"
#include "rtsp/setup_answers.h"

namespace fanlight::direct {

/// The two UDP sockets of one medium, for RTP and RTCP, on neighbouring ports (RFC 3550, section
/// 11).
///
/// Takes only what comes from the camera's host. Threads: the loop.
class Datagrams : public std::enable_shared_from_this<Datagrams> {
 public:
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_datagram(std::size_t medium, bool control, rtsp::Bytes packet) = 0;
    /// What has arrived was told.
    virtual void on_datagrams_end() = 0;
  };

  /// `camera`: its address on the RTSP connection. Null: the system has no sockets or ports left.
  static std::shared_ptr<Datagrams> open(Loop& loop, std::size_t medium,
                                         const sockaddr_storage& camera, Observer& observer);
  ~Datagrams();
  Datagrams(const Datagrams&) = delete;
  Datagrams& operator=(const Datagrams&) = delete;

  /// The port for RTP; that for RTCP is the next one.
  int port() const { return port_; }
  bool is_open() const { return sockets_[0].descriptor >= 0; }
  /// The camera's ports are known: opens the way through firewalls that let in only answers.
  void begin(const rtsp::Transport& agreed);
  void send_control(rtsp::Bytes packet);
  /// Nothing more is told.
  void close();

 private:
  struct Socket : Loop::Reader {
    void on_ready(std::uint32_t events) override;
    Datagrams* all = nullptr;
    bool control = false;
    int descriptor = -1;
    int to = 0; ///< The camera's port; 0: unknown.
  };

  Datagrams(Loop& loop, std::size_t medium, const sockaddr_storage& camera, Observer& observer);
  bool bind_pair();
  void read(Socket& socket);
  bool is_camera(const sockaddr_storage& from) const;
  void send(const Socket& socket, rtsp::Bytes packet) const;

  Loop& loop_;
  const std::size_t medium_;
  const sockaddr_storage camera_;
  Observer& observer_;
  std::array<Socket, 2> sockets_; ///< Of RTP and RTCP.
  int port_ = 0;
};

} // namespace fanlight::direct
