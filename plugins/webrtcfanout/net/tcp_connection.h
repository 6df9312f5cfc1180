#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <sys/types.h>

#include "webrtcfanout/net/framing.h"
#include "webrtcfanout/net/path.h"
#include "webrtcfanout/net/tcp_places.h"

namespace fanlight::fanout {

class Subscriber;

/// A TCP connection that a viewer has opened (ICE-TCP, RFC 6544); each datagram has a frame of its
/// own. Bounded in both directions; never blocks. Threads: the worker.
class TcpConnection {
 public:
  /// The limit of bytes queued for a slow viewer.
  static constexpr std::size_t kMaxQueued = 256 * 1024;
  /// How long the viewer may read nothing.
  static constexpr std::int64_t kMaxStallUs = 15'000'000;

  TcpConnection(int fd, const SocketAddress& remote, TcpPlaces::Place place);
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  int fd() const { return fd_; }
  const SocketAddress& remote() const { return remote_; }

  /// Reads what has arrived and calls `on_datagram(MutableBytes)` for each datagram. False: the
  /// connection has ended.
  template <typename OnDatagram> bool read(OnDatagram on_datagram) {
    for (int rounds = 0; rounds < kMaxReads; ++rounds) {
      const ssize_t got = read_some();
      if (got < 0) return got == kLater;
      while (auto datagram = reader_.next())
        on_datagram(MutableBytes{const_cast<std::uint8_t*>(datagram->data()), datagram->size()});
      if (reader_.broken()) return false;
    }
    return true;
  }

  /// Room for a datagram, which flush() sends; null if too much is queued.
  std::uint8_t* add(std::size_t size);
  /// Writes what the socket accepts. False: the connection has ended.
  bool flush(std::int64_t now_us);
  bool wants_to_write() const { return begin_ < queued_.size(); }
  /// Whether the viewer has read nothing for too long.
  bool stalled(std::int64_t now_us) const { return !idle_ && now_us - written_us_ > kMaxStallUs; }
  /// Gives its place to another connection.
  TcpPlaces::Place give_place() { return std::move(place_); }

  /// The viewer, once a check has identified it.
  std::shared_ptr<Subscriber> subscriber;
  std::int64_t opened_us = 0;
  bool watched_for_writing = false;

 private:
  static constexpr int kMaxReads = 16; // Then other connections are read.
  static constexpr ssize_t kLater = -2;
  /// Number of bytes, kLater, or -1: the connection has ended.
  ssize_t read_some();

  const int fd_;
  const SocketAddress remote_;
  TcpPlaces::Place place_;
  FrameReader reader_;
  std::vector<std::uint8_t> queued_;
  std::size_t begin_ = 0;
  bool idle_ = true;            ///< Nothing was queued at the last flush().
  std::int64_t written_us_ = 0; ///< When the socket last accepted bytes, or stopped being idle.
};

} // namespace fanlight::fanout
