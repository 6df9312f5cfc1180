#include "datagrams.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include <netinet/in.h>
#include <sys/uio.h>
#include <unistd.h>

namespace fanlight::direct {
namespace {

/// A key frame of a large camera arrives at once.
constexpr int kReceiveBuffer = 512 * 1024;
/// Reads in one turn, so that a camera that sends much does not keep the others waiting.
constexpr int kMostReads = 8;
constexpr int kTries = 64;

/// Neither a packet that a camera could take for media, nor an empty one, which some drop: an RTP
/// header without content.
constexpr std::array<std::uint8_t, 12> kKnock{0x80};

/// Takes many datagrams by one system call. They lie in the room of the loop beside each other.
class Batch {
 public:
  static constexpr int kMost = 64;
  static constexpr std::size_t kLargest = 4096;
  static_assert(kMost * kLargest <= Room::kSize);

  explicit Batch(std::uint8_t* room) {
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      pieces_[i] = {room + i * kLargest, kLargest};
      messages_[i].msg_hdr.msg_iov = &pieces_[i];
      messages_[i].msg_hdr.msg_iovlen = 1;
      messages_[i].msg_hdr.msg_name = &from_[i];
      messages_[i].msg_hdr.msg_namelen = sizeof from_[i];
    }
  }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  int receive(int descriptor) {
    for (int i = 0; i < got_; ++i)
      messages_[static_cast<std::size_t>(i)].msg_hdr.msg_namelen = sizeof from_[0];
    got_ = std::max(0, recvmmsg(descriptor, messages_.data(), kMost, MSG_DONTWAIT, nullptr));
    return got_;
  }
  /// Empty if it was longer than kLargest.
  std::pair<rtsp::Bytes, const sockaddr_storage*> at(int index) const {
    const auto i = static_cast<std::size_t>(index);
    const bool whole = (messages_[i].msg_hdr.msg_flags & MSG_TRUNC) == 0;
    const std::size_t size = whole ? messages_[i].msg_len : 0;
    return {{static_cast<const std::uint8_t*>(pieces_[i].iov_base), size}, &from_[i]};
  }

 private:
  std::array<mmsghdr, kMost> messages_{};
  std::array<iovec, kMost> pieces_{};
  std::array<sockaddr_storage, kMost> from_{};
  int got_ = 0; ///< By the last call.
};

int port_of(int descriptor) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  // The port is at the same place in both families.
  return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

socklen_t size_of(const sockaddr_storage& address) {
  return address.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
}

} // namespace

std::shared_ptr<Datagrams> Datagrams::open(Loop& loop, std::size_t medium,
                                           const sockaddr_storage& camera, Observer& observer) {
  std::shared_ptr<Datagrams> datagrams{new Datagrams(loop, medium, camera, observer)};
  for (int i = 0; i < kTries; ++i)
    if (datagrams->bind_pair()) return datagrams;
  return nullptr;
}

Datagrams::Datagrams(Loop& loop, std::size_t medium, const sockaddr_storage& camera,
                     Observer& observer)
    : loop_(loop), medium_(medium), camera_(camera), observer_(observer) {
  for (Socket& socket : sockets_) socket.all = this;
  sockets_[1].control = true;
}

Datagrams::~Datagrams() { close(); }

void Datagrams::close() {
  for (Socket& socket : sockets_) {
    if (socket.descriptor < 0) continue;
    loop_.forget(socket.descriptor, socket);
    ::close(socket.descriptor);
    socket.descriptor = -1;
  }
}

/// The system chooses the first port, which must be an even one.
bool Datagrams::bind_pair() {
  close();
  port_ = 0;
  for (Socket& socket : sockets_) {
    socket.descriptor = ::socket(camera_.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket.descriptor < 0) return false;
    setsockopt(socket.descriptor, SOL_SOCKET, SO_RCVBUF, &kReceiveBuffer, sizeof kReceiveBuffer);
    sockaddr_storage any{};
    any.ss_family = camera_.ss_family;
    reinterpret_cast<sockaddr_in&>(any).sin_port =
        htons(static_cast<std::uint16_t>(port_ == 0 ? 0 : port_ + 1));
    if (bind(socket.descriptor, reinterpret_cast<const sockaddr*>(&any), size_of(any)) != 0)
      return false;
    if (port_ == 0) port_ = port_of(socket.descriptor);
    if (port_ % 2 != 0) return false;
    if (!loop_.watch(socket.descriptor, EPOLLIN, socket)) return false;
  }
  return true;
}

void Datagrams::begin(const rtsp::Transport& agreed) {
  if (!agreed.server_port) return;
  sockets_[0].to = agreed.server_port->first;
  sockets_[1].to = agreed.server_port->second;
  for (const Socket& socket : sockets_) send(socket, kKnock);
}

void Datagrams::send_control(rtsp::Bytes packet) { send(sockets_[1], packet); }

void Datagrams::send(const Socket& socket, rtsp::Bytes packet) const {
  if (socket.to == 0) return;
  sockaddr_storage to = camera_;
  reinterpret_cast<sockaddr_in&>(to).sin_port = htons(static_cast<std::uint16_t>(socket.to));
  sendto(socket.descriptor, packet.data(), packet.size(), MSG_NOSIGNAL,
         reinterpret_cast<const sockaddr*>(&to), size_of(to));
}

void Datagrams::Socket::on_ready(std::uint32_t) {
  const auto self = all->shared_from_this(); // The observer may drop it.
  self->read(*this);
}

bool Datagrams::is_camera(const sockaddr_storage& from) const {
  if (from.ss_family != camera_.ss_family) return false;
  if (from.ss_family == AF_INET)
    return reinterpret_cast<const sockaddr_in&>(from).sin_addr.s_addr ==
           reinterpret_cast<const sockaddr_in&>(camera_).sin_addr.s_addr;
  return std::memcmp(&reinterpret_cast<const sockaddr_in6&>(from).sin6_addr,
                     &reinterpret_cast<const sockaddr_in6&>(camera_).sin6_addr,
                     sizeof(in6_addr)) == 0;
}

void Datagrams::read(Socket& socket) {
  thread_local Batch batch{loop_.room().data()};
  for (int round = 0; round < kMostReads && socket.descriptor >= 0; ++round) {
    const int got = batch.receive(socket.descriptor);
    for (int i = 0; i < got && socket.descriptor >= 0; ++i)
      if (const auto [packet, from] = batch.at(i); !packet.empty() && is_camera(*from))
        observer_.on_datagram(medium_, socket.control, packet);
    if (got < Batch::kMost) break;
  }
  if (socket.descriptor >= 0) observer_.on_datagrams_end();
}

} // namespace fanlight::direct
