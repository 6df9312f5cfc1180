#include "webrtcfanout/dtls/datagram_bio.h"

#include <algorithm>

namespace fanlight::fanout {
namespace {

DatagramPort& port_of(BIO* bio) { return *static_cast<DatagramPort*>(BIO_get_data(bio)); }

int on_write(BIO* bio, const char* data, int size) {
  const Bytes datagram{reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)};
  DatagramPort& port = port_of(bio);
  port.sent.insert(port.sent.end(), datagram.begin(), datagram.end());
  port.send(datagram);
  return size;
}

int on_read(BIO* bio, char* to, int size) {
  DatagramPort& port = port_of(bio);
  BIO_clear_retry_flags(bio);
  if (port.arrived.empty()) {
    BIO_set_retry_read(bio);
    return -1;
  }
  const std::size_t read = std::min(port.arrived.size(), static_cast<std::size_t>(size));
  std::copy_n(port.arrived.begin(), read, reinterpret_cast<std::uint8_t*>(to));
  port.arrived = {}; // As with a socket, bytes that do not fit are lost.
  return static_cast<int>(read);
}

long on_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

int on_create(BIO* bio) {
  BIO_set_init(bio, 1);
  return 1;
}

/// Created once per process and shared.
const BIO_METHOD* datagrams() {
  static const BIO_METHOD* const method = [] {
    BIO_METHOD* const made =
        BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams of one viewer");
    if (made) {
      BIO_meth_set_write(made, on_write);
      BIO_meth_set_read(made, on_read);
      BIO_meth_set_ctrl(made, on_control);
      BIO_meth_set_create(made, on_create);
    }
    return made;
  }();
  return method;
}

} // namespace

BIO* make_datagram_bio(DatagramPort* port) {
  BIO* const bio = datagrams() ? BIO_new(datagrams()) : nullptr;
  if (bio) BIO_set_data(bio, port);
  return bio;
}

} // namespace fanlight::fanout
