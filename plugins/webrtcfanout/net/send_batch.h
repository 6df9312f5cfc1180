#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <sys/socket.h>

#include "webrtcfanout/base/counters.h"
#include "webrtcfanout/net/path.h"

namespace fanlight::fanout {

/// Datagrams for one UDP socket: written side by side, passed to the kernel many at a time.
///
/// Consecutive datagrams of one path and one size, and a shorter one after them, form a single
/// message to the kernel (UDP_SEGMENT, Linux 4.18): most of a datagram's cost is its way through
/// the network stack. Threads: the worker.
class SendBatch {
 public:
  SendBatch(int socket, WorkerCounters& counters);

  /// Room for a datagram of `size` bytes to `path`, which must stay valid until flush(). It is sent
  /// by flush(), or when the batch is full.
  std::uint8_t* add(const Path& path, std::size_t size);
  /// Sends the batch. Waits for a full socket for a short time; then the rest is dropped and
  /// counted, as in any full queue on the network.
  void flush();

 private:
  /// Bytes per system call: the size of a core's second-level cache.
  static constexpr std::size_t kCapacity = 192 * 1024;
  static constexpr std::size_t kMessages = 64;
  static constexpr std::size_t kMaxSegments = 64; ///< UDP_MAX_SEGMENTS.
  static constexpr std::size_t kMaxMessage = 60'000;

  struct Message {
    const Path* path = nullptr;
    std::size_t begin = 0;
    std::size_t size = 0;
    std::size_t segment = 0; ///< Size of all datagrams but the last, which may be shorter.
    std::size_t count = 0;
    bool closed = false; ///< Contains its shorter datagram.
  };
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(std::uint16_t)) + CMSG_SPACE(sizeof(in6_pktinfo))> bytes;
  };
  void prepare(std::size_t index);
  void send_one_by_one(std::size_t index);
  void wait_for_room();

  const int socket_;
  WorkerCounters& counters_;
  std::vector<std::uint8_t> bytes_;
  std::size_t used_ = 0;
  std::size_t count_ = 0;
  std::array<Message, kMessages> messages_;
  std::array<mmsghdr, kMessages> headers_{};
  std::array<iovec, kMessages> vectors_{};
  std::array<Control, kMessages> controls_{};
};

} // namespace fanlight::fanout
