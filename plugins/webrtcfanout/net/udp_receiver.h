#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <sys/socket.h>

#include "webrtcfanout/base/bytes.h"
#include "webrtcfanout/net/socket_address.h"

namespace fanlight::fanout {

/// Reads a UDP socket, many datagrams per system call. Threads: the worker.
class UdpReceiver {
 public:
  explicit UdpReceiver(int socket);

  struct Datagram {
    MutableBytes bytes; ///< Valid until the next read().
    SocketAddress from;
    in6_addr to = IN6ADDR_ANY_INIT; ///< Destination: our address.
  };
  /// Reads up to kBatch datagrams and returns their number; 0: none are left.
  std::size_t read();
  Datagram operator[](std::size_t index);

  static constexpr std::size_t kBatch = 64;

 private:
  static constexpr std::size_t kMaxDatagram = 2048; // Viewers send no longer datagrams.
  struct alignas(cmsghdr) Control {
    std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> bytes;
  };
  const int socket_;
  std::vector<std::uint8_t> bytes_;
  std::array<mmsghdr, kBatch> headers_{};
  std::array<iovec, kBatch> vectors_{};
  std::array<sockaddr_in6, kBatch> addresses_{};
  std::array<Control, kBatch> controls_{};
};

} // namespace fanlight::fanout
