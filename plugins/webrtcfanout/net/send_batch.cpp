#include "webrtcfanout/net/send_batch.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netinet/udp.h>
#include <poll.h>

namespace fanlight::fanout {
namespace {

/// How long a worker waits for a full socket.
constexpr int kPatienceMs = 20;

} // namespace

SendBatch::SendBatch(int socket, WorkerCounters& counters)
    : socket_(socket), counters_(counters), bytes_(kCapacity) {}

std::uint8_t* SendBatch::add(const Path& path, std::size_t size) {
  if (used_ + size > kCapacity) flush();
  if (count_ > 0) {
    Message& last = messages_[count_ - 1];
    if (last.path == &path && !last.closed && size <= last.segment && last.count < kMaxSegments &&
        last.size + size <= kMaxMessage) {
      last.closed = size < last.segment;
      last.size += size;
      ++last.count;
      used_ += size;
      return bytes_.data() + used_ - size;
    }
    if (count_ == kMessages) flush();
  }
  messages_[count_++] = {&path, used_, size, size, 1, false};
  used_ += size;
  return bytes_.data() + used_ - size;
}

void SendBatch::prepare(std::size_t index) {
  const Message& message = messages_[index];
  vectors_[index] = {bytes_.data() + message.begin, message.size};
  msghdr& header = headers_[index].msg_hdr;
  header = {};
  header.msg_name = const_cast<sockaddr_in6*>(&message.path->remote.raw());
  header.msg_namelen = sizeof(sockaddr_in6);
  header.msg_iov = &vectors_[index];
  header.msg_iovlen = 1;
  const bool segmented = message.count > 1;
  if (!segmented && !message.path->from_local) return;

  header.msg_control = controls_[index].bytes.data();
  header.msg_controllen = controls_[index].bytes.size();
  std::size_t length = 0;
  cmsghdr* control = CMSG_FIRSTHDR(&header);
  if (segmented) {
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto segment = static_cast<std::uint16_t>(message.segment);
    std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
    length += CMSG_SPACE(sizeof segment);
    control = CMSG_NXTHDR(&header, control);
  }
  if (message.path->from_local) {
    control->cmsg_level = IPPROTO_IPV6;
    control->cmsg_type = IPV6_PKTINFO;
    control->cmsg_len = CMSG_LEN(sizeof(in6_pktinfo));
    const in6_pktinfo source{.ipi6_addr = message.path->local, .ipi6_ifindex = 0};
    std::memcpy(CMSG_DATA(control), &source, sizeof source);
    length += CMSG_SPACE(sizeof source);
  }
  header.msg_controllen = length;
}

void SendBatch::wait_for_room() {
  pollfd waiting{socket_, POLLOUT, 0};
  poll(&waiting, 1, kPatienceMs);
}

void SendBatch::flush() {
  for (std::size_t i = 0; i < count_; ++i) prepare(i);
  std::size_t done = 0;
  bool waited = false;
  while (done < count_) {
    const int sent = sendmmsg(socket_, &headers_[done], static_cast<unsigned>(count_ - done), 0);
    counters_.sends.add(1);
    if (sent > 0) {
      done += static_cast<std::size_t>(sent);
      continue;
    }
    if (errno == EINTR) continue;
    if ((errno == EAGAIN || errno == ENOBUFS) && !waited) {
      waited = true;
      wait_for_room();
    } else if (errno == EAGAIN || errno == ENOBUFS) {
      counters_.unsent_messages.add(count_ - done);
      break;
    } else if ((errno == EIO || errno == EINVAL) && messages_[done].count > 1) {
      // This path's device lacks checksums, or its MTU is smaller; other paths may work.
      send_one_by_one(done++);
    } else {
      counters_.unsent_messages.add(1); // This address is unreachable; others may work.
      ++done;
    }
  }
  counters_.messages.add(count_);
  count_ = 0;
  used_ = 0;
}

void SendBatch::send_one_by_one(std::size_t index) {
  const Message whole = messages_[index];
  for (std::size_t at = 0; at < whole.size; at += whole.segment) {
    const std::size_t size = std::min(whole.segment, whole.size - at);
    messages_[index] = {whole.path, whole.begin + at, size, size, 1, true};
    prepare(index);
    if (sendmsg(socket_, &headers_[index].msg_hdr, 0) < 0) counters_.unsent_messages.add(1);
    counters_.sends.add(1);
  }
}

} // namespace fanlight::fanout
