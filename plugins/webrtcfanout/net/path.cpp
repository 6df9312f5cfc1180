#include "webrtcfanout/net/path.h"

#include <cstring>

#include "webrtcfanout/net/send_batch.h"
#include "webrtcfanout/net/tcp_connection.h"

namespace fanlight::fanout {

void send_over(const Path& path, SendBatch& udp, Bytes datagram) {
  if (path.tcp != nullptr) {
    if (std::uint8_t* const out = path.tcp->add(datagram.size()))
      std::memcpy(out, datagram.data(), datagram.size());
    return;
  }
  std::memcpy(udp.add(path, datagram.size()), datagram.data(), datagram.size());
  udp.flush(); // `path` may not outlive this call.
}

} // namespace fanlight::fanout
