#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include <linux/sock_diag.h>
#include <netinet/udp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load/net/link.h"

namespace fanlight::load {
namespace {

constexpr std::size_t kLargest = 65536; // Size limit of coalesced datagrams.
constexpr unsigned kBatch = 16;

/// The read buffers, one set per thread: each viewer uses up the data before the next one reads.
class Batch {
 public:
  Batch() {
    for (unsigned i = 0; i < kBatch; ++i) {
      slots_[i] = {buffers_[i].data(), kLargest};
      messages_[i].msg_hdr = {.msg_name = &sources_[i],
                              .msg_namelen = sizeof sources_[i],
                              .msg_iov = &slots_[i],
                              .msg_iovlen = 1,
                              .msg_control = controls_[i].data(),
                              .msg_controllen = controls_[i].size(),
                              .msg_flags = 0};
    }
  }

  int read(int fd) { return recvmmsg(fd, messages_.data(), kBatch, 0, nullptr); }

  struct Message {
    std::span<std::uint8_t> data;
    Address source;
    std::size_t segment; ///< The size of all datagrams but the last.
    std::int64_t noted = 0;
  };

  /// Frees the entry for the next read.
  Message take(unsigned i) {
    msghdr& header = messages_[i].msg_hdr;
    Message message{{buffers_[i].data(), messages_[i].msg_len},
                    Address::of(reinterpret_cast<const sockaddr*>(&sources_[i])),
                    messages_[i].msg_len};
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
      if (c->cmsg_level == SOL_UDP && c->cmsg_type == UDP_GRO) {
        int size = 0;
        std::memcpy(&size, CMSG_DATA(c), sizeof size);
        if (size > 0) message.segment = static_cast<std::size_t>(size);
      } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
        timespec noted{};
        std::memcpy(&noted, CMSG_DATA(c), sizeof noted);
        message.noted = noted.tv_sec * 1'000'000'000 + noted.tv_nsec;
      }
    }
    header.msg_namelen = sizeof sources_[i];
    header.msg_controllen = controls_[i].size();
    return message;
  }

 private:
  std::array<std::array<std::uint8_t, kLargest>, kBatch> buffers_;
  std::array<sockaddr_in6, kBatch> sources_;
  alignas(cmsghdr) std::array<std::array<std::uint8_t, 64>, kBatch> controls_;
  std::array<iovec, kBatch> slots_;
  std::array<mmsghdr, kBatch> messages_;
};

class UdpLink : public Link, Loop::Listener {
 public:
  UdpLink(Loop& loop, int fd, const Address& host, Observer& observer)
      : loop_(loop), observer_(observer), fd_(fd),
        local_(host.with_port(Address::of_socket(fd).port())) {}
  ~UdpLink() override { close(); }

  bool watch() { return loop_.watch(fd_, kEvents, *this); }

  const Address& local() const override { return local_; }
  bool open() const override { return fd_ >= 0; }

  void connect(const Address& remote) override {
    connected_ = ::connect(fd_, remote.get(), remote.size()) == 0;
  }

  void join_crowd() override {
    if (fd_ >= 0) loop_.join_crowd(fd_, kEvents, *this);
  }

  void send(Bytes datagram, const Address& to) override {
    if (fd_ < 0 || datagram.empty()) return;
    sendto(fd_, datagram.data(), datagram.size(), 0, connected_ ? nullptr : to.get(),
           connected_ ? 0 : to.size());
  }

  void close() override {
    if (fd_ < 0) return;
    overflowed_ = overflowed();
    loop_.forget(fd_, *this);
    ::close(std::exchange(fd_, -1));
  }

  std::uint64_t overflowed() const override {
    if (fd_ < 0) return overflowed_;
    std::array<std::uint32_t, SK_MEMINFO_VARS> info{};
    socklen_t size = sizeof info;
    getsockopt(fd_, SOL_SOCKET, SO_MEMINFO, info.data(), &size);
    return info[SK_MEMINFO_DROPS];
  }

 private:
  static constexpr std::uint32_t kEvents = EPOLLIN | EPOLLET;

  void on_ready(std::uint32_t) override {
    // Created at first use, once per thread.
    thread_local const auto batch = std::make_unique<Batch>();
    int count = 0;
    do {
      count = batch->read(fd_);
      // recvmmsg() also reports an ICMP refusal; the loop would not report older datagrams again.
      if (count < 0 && errno == ECONNREFUSED) count = batch->read(fd_);
      Arrival arrival{Clock::now()};
      for (int i = 0; i < count; ++i) {
        const Batch::Message message = batch->take(static_cast<unsigned>(i));
        arrival.noted = message.noted;
        pass_on(message, arrival);
      }
    } while (count == static_cast<int>(kBatch) && fd_ >= 0);
  }

  void pass_on(const Batch::Message& message, const Arrival& arrival) {
    for (auto rest = message.data; !rest.empty() && fd_ >= 0;) {
      const std::size_t size = std::min(message.segment, rest.size());
      observer_.on_datagram(rest.first(size), message.source, arrival);
      rest = rest.subspan(size);
    }
  }

  Loop& loop_;
  Observer& observer_;
  int fd_;
  bool connected_ = false;
  const Address local_;
  std::uint64_t overflowed_ = 0;
};

void set_option(int fd, int level, int name, int value) {
  setsockopt(fd, level, name, &value, sizeof value);
}

} // namespace

std::unique_ptr<Link> open_udp(Loop& loop, const Address& host, const Link::Options& options,
                               Link::Observer& observer) {
  const int fd = socket(host.family(), SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return nullptr;
  set_option(fd, SOL_SOCKET, SO_RCVBUF, options.receive_buffer);
  // May exceed net.core.rmem_max, with privileges.
  set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, options.receive_buffer);
  set_option(fd, SOL_SOCKET, SO_TIMESTAMPNS, 1);
  if (options.gro) set_option(fd, SOL_UDP, UDP_GRO, 1);
  // Not bound to `host`: media may arrive at another address than HTTP.
  const Address any = *Address::parse(host.family() == AF_INET6 ? "::" : "0.0.0.0", 0);
  if (bind(fd, any.get(), any.size()) != 0) {
    close(fd);
    return nullptr;
  }
  auto link = std::make_unique<UdpLink>(loop, fd, host, observer);
  return link->watch() ? std::move(link) : nullptr;
}

} // namespace fanlight::load
