// raw-sender: what a packet costs at the least. Frames of equal packets, encrypted for each
// receiver with AES-128-GCM by a context of its own and sent with one system call, to live
// receivers in another process; no protocol at all around it. The yardstick of `./dev bench
// fanout`.

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

#include <arpa/inet.h>
#include <netinet/udp.h>
#include <openssl/evp.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

struct Settings {
  int receivers = 500;
  int seconds = 5;
  int fps = 25;
  int packets = 10; // A frame.
  int size = 1180;
  bool gro = true;
};

constexpr int kHeader = 24; // RTP with two header extensions.
constexpr int kTag = 16;

std::vector<int> open_receivers(const Settings& settings, std::vector<sockaddr_in6>& addresses) {
  std::vector<int> sockets;
  for (int i = 0; i < settings.receivers; ++i) {
    const int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    inet_pton(AF_INET6, "::ffff:127.0.0.1", &address.sin6_addr);
    socklen_t length = sizeof address;
    if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
        getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
      std::perror("raw-sender: opening a receiver");
      std::exit(1);
    }
    const int on = 1;
    if (settings.gro) setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
    sockets.push_back(fd);
    addresses.push_back(address);
  }
  return sockets;
}

/// Reads until it is killed, and writes how many bytes came to `report` once a second.
[[noreturn]] void receive(const std::vector<int>& sockets, int report) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int epoll = epoll_create1(0);
  for (const int fd : sockets) {
    epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
    epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
  }
  std::vector<std::uint8_t> buffer(65536);
  std::array<epoll_event, 256> events;
  std::uint64_t bytes = 0;
  auto next = Clock::now();
  while (true) {
    const int count = epoll_wait(epoll, events.data(), events.size(), 100);
    for (int i = 0; i < count; ++i)
      for (ssize_t got; (got = recv(events[static_cast<std::size_t>(i)].data.fd, buffer.data(),
                                    buffer.size(), MSG_DONTWAIT)) > 0;)
        bytes += static_cast<std::uint64_t>(got);
    if (Clock::now() < next) continue;
    next = Clock::now() + std::chrono::milliseconds{100};
    [[maybe_unused]] const auto written = pwrite(report, &bytes, sizeof bytes, 0);
  }
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

/// Sends one frame to one receiver; false: the socket is full.
bool send_frame(const Settings& settings, int socket, EVP_CIPHER_CTX* context,
                const sockaddr_in6& to, const std::vector<std::uint8_t>& frame, std::uint64_t index,
                std::vector<std::uint8_t>& out) {
  const int payload = settings.size - kHeader - kTag;
  std::uint8_t* at = out.data();
  for (int i = 0; i < settings.packets; ++i) {
    std::array<std::uint8_t, 12> iv{};
    const std::uint64_t number = index + static_cast<std::uint64_t>(i);
    std::memcpy(iv.data() + 4, &number, sizeof number);
    std::memcpy(at, &number, sizeof number);
    int size = 0;
    EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, iv.data());
    EVP_EncryptUpdate(context, nullptr, &size, at, kHeader);
    EVP_EncryptUpdate(context, at + kHeader, &size, frame.data() + i * payload, payload);
    EVP_EncryptFinal_ex(context, at + kHeader + payload, &size);
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, kTag, at + kHeader + payload);
    at += settings.size;
  }
  iovec vector{out.data(), static_cast<std::size_t>(settings.size * settings.packets)};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(std::uint16_t))> control{};
  msghdr message{};
  message.msg_name = const_cast<sockaddr_in6*>(&to);
  message.msg_namelen = sizeof to;
  message.msg_iov = &vector;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_UDP;
  header->cmsg_type = UDP_SEGMENT;
  header->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
  const auto segment = static_cast<std::uint16_t>(settings.size);
  std::memcpy(CMSG_DATA(header), &segment, sizeof segment);
  return sendmsg(socket, &message, 0) > 0;
}

int measure(const Settings& settings) {
  std::vector<sockaddr_in6> addresses;
  const std::vector<int> sockets = open_receivers(settings, addresses);
  char name[] = "/tmp/raw-sender-XXXXXX";
  const int report = mkstemp(name);
  unlink(name);
  const pid_t child = fork();
  if (child == 0) receive(sockets, report);
  for (const int fd : sockets) close(fd);

  const int sender = socket(AF_INET6, SOCK_DGRAM, 0);
  const int room = 8 * 1024 * 1024;
  setsockopt(sender, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
  EVP_CIPHER* const cipher = EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr);
  std::vector<EVP_CIPHER_CTX*> contexts;
  for (int i = 0; i < settings.receivers; ++i) {
    std::array<std::uint8_t, 16> key{};
    std::memcpy(key.data(), &i, sizeof i);
    contexts.push_back(EVP_CIPHER_CTX_new());
    EVP_EncryptInit_ex(contexts.back(), cipher, nullptr, key.data(), nullptr);
  }
  const std::vector<std::uint8_t> frame(static_cast<std::size_t>(settings.packets * settings.size),
                                        0x5a);
  std::vector<std::uint8_t> out(static_cast<std::size_t>(settings.packets * settings.size));

  const int frames = settings.fps * settings.seconds;
  std::uint64_t sent = 0;
  const double before = cpu_seconds();
  auto next = Clock::now();
  for (int f = 0; f < frames; ++f) {
    const auto index = static_cast<std::uint64_t>(f * settings.packets);
    for (std::size_t i = 0; i < contexts.size(); ++i)
      sent += send_frame(settings, sender, contexts[i], addresses[i], frame, index, out);
    next += std::chrono::microseconds{1'000'000 / settings.fps};
    const auto left = std::chrono::duration_cast<std::chrono::nanoseconds>(next - Clock::now());
    const timespec pause{0, left.count()};
    if (left.count() > 0) clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, nullptr);
  }
  const double cpu = cpu_seconds() - before;
  const timespec settle{0, 300'000'000};
  clock_nanosleep(CLOCK_MONOTONIC, 0, &settle, nullptr); // The receivers' last report.
  std::uint64_t bytes = 0;
  [[maybe_unused]] const auto got = pread(report, &bytes, sizeof bytes, 0);
  kill(child, SIGKILL);
  rusage usage{};
  wait4(child, nullptr, 0, &usage);
  const std::uint64_t packets = sent * static_cast<std::uint64_t>(settings.packets);
  const double receiving =
      static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
      static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  const double received = static_cast<double>(bytes) / settings.size;
  std::printf("{\"us_per_packet\": %.3f, \"receiver_us_per_packet\": %.3f, \"packets\": %llu, "
              "\"received\": %.0f, \"receivers\": %d, \"size\": %d, \"packets_per_frame\": %d}\n",
              cpu * 1e6 / static_cast<double>(packets), receiving * 1e6 / received,
              static_cast<unsigned long long>(packets), received, settings.receivers, settings.size,
              settings.packets);
  return received > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  Settings settings;
  const struct {
    const char* name;
    int* value;
    int most;
  } options[] = {{"--receivers", &settings.receivers, 15'000},
                 {"--seconds", &settings.seconds, 60},
                 {"--fps", &settings.fps, 120},
                 {"--packets", &settings.packets, 50},
                 {"--size", &settings.size, 1400}};
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--no-gro") == 0) {
      settings.gro = false;
      continue;
    }
    bool known = false;
    for (const auto& option : options) {
      if (std::strcmp(argv[i], option.name) != 0 || i + 1 == argc) continue;
      *option.value = std::atoi(argv[++i]);
      known = *option.value >= 1 && *option.value <= option.most;
      break;
    }
    if (known) continue;
    std::fprintf(stderr, "raw-sender [--receivers N] [--seconds N] [--fps N] [--packets N] "
                         "[--size BYTES] [--no-gro]\n");
    return 64;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return measure(settings);
}
