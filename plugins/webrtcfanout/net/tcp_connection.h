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

/// A TCP connection that a viewer has opened to us (ICE-TCP, RFC 6544), each datagram in a frame of
/// its own. Bounded both ways; nothing blocks. Threads: the worker.
class TcpConnection {
 public:
  /// What waits for a slow viewer; more than this is not taken.
  static constexpr std::size_t kMaxQueued = 256 * 1024;
  /// How long the viewer may take nothing of it.
  static constexpr std::int64_t kMaxStallUs = 15'000'000;

  TcpConnection(int fd, const SocketAddress& remote, TcpPlaces::Place place);
  ~TcpConnection();
  TcpConnection(const TcpConnection&) = delete;
  TcpConnection& operator=(const TcpConnection&) = delete;

  int fd() const { return fd_; }
  const SocketAddress& remote() const { return remote_; }

  /// Reads what is there, `on_datagram(MutableBytes)` for each. False: the connection is over.
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

  /// Room for a datagram, which leaves with flush(); null when too much waits.
  std::uint8_t* add(std::size_t size);
  /// Writes what the socket takes. False: the connection is over.
  bool flush(std::int64_t now_us);
  bool wants_to_write() const { return begin_ < queued_.size(); }
  /// The viewer has taken nothing for so long that it never will.
  bool stalled(std::int64_t now_us) const { return !idle_ && now_us - written_us_ > kMaxStallUs; }
  /// Its place, for another connection instead of this one.
  TcpPlaces::Place give_place() { return std::move(place_); }

  /// Who it belongs to, once it was checked.
  std::shared_ptr<Subscriber> subscriber;
  std::int64_t opened_us = 0;
  bool watched_for_writing = false;

 private:
  static constexpr int kMaxReads = 16; // Others want to be read from, too.
  static constexpr ssize_t kLater = -2;
  /// Bytes, kLater, or -1: over.
  ssize_t read_some();

  const int fd_;
  const SocketAddress remote_;
  TcpPlaces::Place place_;
  FrameReader reader_;
  std::vector<std::uint8_t> queued_;
  std::size_t begin_ = 0;
  bool idle_ = true;            ///< There was nothing to write until flush().
  std::int64_t written_us_ = 0; ///< When the socket took something, or ceased to be idle.
};

} // namespace fanlight::fanout
