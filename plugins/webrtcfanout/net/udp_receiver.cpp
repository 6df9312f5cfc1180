#include "webrtcfanout/net/udp_receiver.h"

#include <cstring>

namespace fanlight::fanout {

UdpReceiver::UdpReceiver(int socket) : socket_(socket), bytes_(kBatch * kMaxDatagram) {}

std::size_t UdpReceiver::read() {
  for (std::size_t i = 0; i < kBatch; ++i) {
    vectors_[i] = {bytes_.data() + i * kMaxDatagram, kMaxDatagram};
    msghdr& header = headers_[i].msg_hdr;
    header = {};
    header.msg_name = &addresses_[i];
    header.msg_namelen = sizeof addresses_[i];
    header.msg_iov = &vectors_[i];
    header.msg_iovlen = 1;
    header.msg_control = controls_[i].bytes.data();
    header.msg_controllen = controls_[i].bytes.size();
  }
  const int got = recvmmsg(socket_, headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

UdpReceiver::Datagram UdpReceiver::operator[](std::size_t index) {
  Datagram datagram;
  msghdr& header = headers_[index].msg_hdr;
  const bool whole = (header.msg_flags & MSG_TRUNC) == 0;
  datagram.bytes = {bytes_.data() + index * kMaxDatagram, whole ? headers_[index].msg_len : 0};
  datagram.from = SocketAddress::of(reinterpret_cast<const sockaddr*>(&addresses_[index]));
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level != IPPROTO_IPV6 || control->cmsg_type != IPV6_PKTINFO) continue;
    in6_pktinfo info;
    std::memcpy(&info, CMSG_DATA(control), sizeof info);
    datagram.to = info.ipi6_addr;
  }
  return datagram;
}

} // namespace fanlight::fanout
