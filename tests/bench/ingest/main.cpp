// The least that reading cameras can cost: RTSP over TCP, one thread that waits for all sockets,
// and RTP of H.264 taken apart into access units, each byte copied once. No times, no order, no
// reports, no errors. `./dev bench cameras` measures itself against it.
//
//     ingest-floor SECONDS URL...
//
// prints a line of JSON.

#include <arpa/inet.h>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <netinet/in.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::size_t kRoom = 128 * 1024;
constexpr std::size_t kUsualPicture = 256 * 1024;
constexpr std::uint8_t kStartCode[] = {0, 0, 0, 1};

struct Camera {
  int socket = -1;
  std::vector<std::uint8_t> room = std::vector<std::uint8_t>(kRoom);
  std::size_t have = 0;
  std::vector<std::uint8_t> picture;
  std::uint64_t pictures = 0;
  std::uint64_t bytes = 0;
};

[[noreturn]] void give_up(const char* doing) {
  std::perror(doing);
  std::exit(1);
}

/// The answer to a request, and in `more` what came behind it.
std::string ask(int socket, const std::string& request, std::string* more = nullptr) {
  if (send(socket, request.data(), request.size(), 0) < 0) give_up("send");
  std::string answer;
  while (true) {
    char buffer[8192];
    const ssize_t got = recv(socket, buffer, sizeof buffer, 0);
    if (got <= 0) give_up("recv");
    answer.append(buffer, static_cast<std::size_t>(got));
    const auto end = answer.find("\r\n\r\n");
    if (end == answer.npos) continue;
    const auto length = answer.find("Content-Length:");
    std::size_t size = end + 4;
    if (length < end) size += static_cast<std::size_t>(std::atoi(answer.c_str() + length + 15));
    if (answer.size() < size) continue;
    if (more != nullptr) *more = answer.substr(size);
    return answer.substr(0, size);
  }
}

std::string after(const std::string& text, const char* label, const char* end,
                  std::size_t from = 0) {
  const auto at = text.find(label, from);
  if (at == text.npos) return {};
  const auto begin = at + std::strlen(label);
  return text.substr(begin, text.find_first_of(end, begin) - begin);
}

void play(Camera& camera, const std::string& url) {
  const std::string port = after(url, "127.0.0.1:", "/");
  camera.socket = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::atoi(port.c_str())));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(camera.socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    give_up("connect");
  const std::string sdp = ask(
      camera.socket, "DESCRIBE " + url + " RTSP/1.0\r\nCSeq: 1\r\nAccept: application/sdp\r\n\r\n");
  std::string control = after(sdp, "a=control:", "\r\n", sdp.find("m=video"));
  if (control.find("://") == control.npos) control = url + "/" + control;
  const std::string setup =
      ask(camera.socket, "SETUP " + control +
                             " RTSP/1.0\r\nCSeq: 2\r\n"
                             "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n");
  std::string more;
  ask(camera.socket,
      "PLAY " + url + " RTSP/1.0\r\nCSeq: 3\r\nSession: " + after(setup, "Session: ", ";\r") +
          "\r\nRange: npt=0-\r\n\r\n",
      &more);
  std::memcpy(camera.room.data(), more.data(), more.size());
  camera.have = more.size();
  camera.picture.reserve(kUsualPicture);
}

void append(Camera& camera, const std::uint8_t* unit, std::size_t size) {
  camera.picture.insert(camera.picture.end(), kStartCode, kStartCode + sizeof kStartCode);
  camera.picture.insert(camera.picture.end(), unit, unit + size);
}

/// RFC 6184: single units, STAP-A and FU-A.
void take_packet(Camera& camera, const std::uint8_t* packet, std::size_t size) {
  constexpr std::size_t kHeader = 12;
  if (size <= kHeader + 2) return;
  const std::uint8_t* const payload = packet + kHeader;
  size -= kHeader;
  const int type = payload[0] & 31;
  if (type == 28) {
    if ((payload[1] & 0x80) != 0) {
      const auto head = static_cast<std::uint8_t>((payload[0] & 0xe0) | (payload[1] & 31));
      append(camera, &head, 1);
    }
    camera.picture.insert(camera.picture.end(), payload + 2, payload + size);
  } else if (type == 24) {
    for (std::size_t at = 1; at + 2 < size;) {
      const std::size_t length = std::size_t{payload[at]} << 8 | payload[at + 1];
      if (at + 2 + length > size) break;
      append(camera, payload + at + 2, length);
      at += 2 + length;
    }
  } else {
    append(camera, payload, size);
  }
  if ((packet[1] & 0x80) == 0) return;
  ++camera.pictures;
  camera.picture.clear();
}

void take_all(Camera& camera) {
  std::size_t at = 0;
  while (camera.have - at >= 4) {
    const std::uint8_t* const head = camera.room.data() + at;
    if (head[0] != '$') {
      ++at;
      continue;
    }
    const std::size_t size = std::size_t{head[2]} << 8 | head[3];
    if (camera.have - at < 4 + size) break;
    if (head[1] == 0) take_packet(camera, head + 4, size);
    at += 4 + size;
  }
  std::memmove(camera.room.data(), camera.room.data() + at, camera.have - at);
  camera.have -= at;
}

double now() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "ingest-floor SECONDS URL...\n");
    return 64;
  }
  const double seconds = std::atof(argv[1]);
  std::vector<Camera> cameras(static_cast<std::size_t>(argc - 2));
  const int epoll = epoll_create1(0);
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    play(cameras[i], argv[i + 2]);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.ptr = &cameras[i];
    epoll_ctl(epoll, EPOLL_CTL_ADD, cameras[i].socket, &event);
  }
  const double begin = now();
  const double used = cpu();
  while (now() - begin < seconds) {
    epoll_event events[64];
    const int ready = epoll_wait(epoll, events, 64, 1000);
    for (int i = 0; i < ready; ++i) {
      Camera& camera = *static_cast<Camera*>(events[i].data.ptr);
      const ssize_t got =
          recv(camera.socket, camera.room.data() + camera.have, kRoom - camera.have, 0);
      if (got <= 0) give_up("recv");
      camera.have += static_cast<std::size_t>(got);
      camera.bytes += static_cast<std::uint64_t>(got);
      take_all(camera);
    }
  }
  const double elapsed = now() - begin;
  std::uint64_t pictures = 0;
  std::uint64_t bytes = 0;
  for (const Camera& camera : cameras) {
    pictures += camera.pictures;
    bytes += camera.bytes;
  }
  const auto count = static_cast<double>(cameras.size());
  std::printf("{\"cameras\": %zu, \"cpu_percent_per_camera\": %.4f, \"pictures_per_second\": %.2f, "
              "\"mbit_per_second\": %.3f}\n",
              cameras.size(), 100 * (cpu() - used) / elapsed / count,
              static_cast<double>(pictures) / elapsed / count,
              static_cast<double>(bytes) * 8e-6 / elapsed / count);
  return 0;
}
