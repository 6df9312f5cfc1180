// Many light cameras from one thread: each replays the same encoded clip of H.264 over RTSP
// (interleaved in TCP), with its own RTP numbers. What `./dev bench cameras --many` reads beside a
// server on the same machine, where fanlight-camsim's cameras would cost more than the server.
//
//     replay-cameras PORT KBITS FPS
//
// prints "ready PORT" when they can be had, at rtsp://127.0.0.1:PORT/ and any path. Port 0: any.

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <unordered_map>
#include <vector>

#include <gst/app/gstappsink.h>
#include <gst/gst.h>

namespace {

constexpr int kGroup = 20; // Pictures.
constexpr std::uint32_t kRate = 90000;

using Packet = std::vector<std::uint8_t>;
using Picture = std::vector<Packet>;

std::int64_t now_us() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

/// A group of pictures as RTP packets; a picture ends with the marker.
std::vector<Picture> encode(int kbits, int fps) {
  const std::string line =
      "videotestsrc pattern=ball num-buffers=" + std::to_string(kGroup) +
      " ! video/x-raw,width=320,height=180,framerate=" + std::to_string(fps) +
      "/1 ! x264enc tune=zerolatency speed-preset=veryfast key-int-max=" + std::to_string(kGroup) +
      " bitrate=" + std::to_string(kbits) +
      " option-string=scenecut=0:nal-hrd=cbr ! rtph264pay config-interval=-1 mtu=1200 ! "
      "appsink name=sink sync=false";
  GError* error = nullptr;
  GstElement* const pipeline = gst_parse_launch(line.c_str(), &error);
  if (pipeline == nullptr) {
    std::fprintf(stderr, "replay-cameras: %s\n", error->message);
    std::exit(1);
  }
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstElement* const sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  std::vector<Picture> pictures(1);
  while (GstSample* sample = gst_app_sink_pull_sample(GST_APP_SINK(sink))) {
    GstMapInfo map;
    gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ);
    pictures.back().emplace_back(map.data, map.data + map.size);
    if ((map.data[1] & 0x80) != 0) pictures.emplace_back();
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    gst_sample_unref(sample);
  }
  pictures.pop_back();
  gst_object_unref(sink);
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(pipeline);
  return pictures;
}

/// One that reads one of the cameras.
struct Client {
  int socket = -1;
  std::string heard;
  std::string unsent;
  bool plays = false;
  std::size_t picture = 0;
  std::uint16_t number = 0;
  std::uint32_t timestamp = 0;
  std::int64_t due_us = 0;
};

class Cameras {
 public:
  Cameras(int port, int kbits, int fps)
      : pictures_(encode(kbits, fps)), fps_(fps), epoll_(epoll_create1(0)),
        listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
    const int one = 1;
    setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    sockaddr_in address{};
    socklen_t size = sizeof address;
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        listen(listener_, 4096) != 0) {
      std::perror("replay-cameras");
      std::exit(1);
    }
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    watch(listener_, EPOLLIN, EPOLL_CTL_ADD);
    std::printf("ready %d\n", ntohs(address.sin_port));
    std::fflush(stdout);
  }

  void run() {
    while (true) {
      epoll_event events[256];
      const int ready = epoll_wait(epoll_, events, 256, 2);
      for (int i = 0; i < ready; ++i) {
        if (events[i].data.fd == listener_)
          accept_all();
        else if (const auto found = clients_.find(events[i].data.fd); found != clients_.end())
          serve(*found->second, events[i].events);
      }
      const std::int64_t now = now_us();
      for (auto at = clients_.begin(); at != clients_.end();) {
        Client& client = *at->second;
        if (client.plays && now >= client.due_us) send_picture(client);
        if (client.socket < 0)
          at = clients_.erase(at);
        else
          ++at;
      }
    }
  }

 private:
  void watch(int socket, std::uint32_t events, int operation) const {
    epoll_event event{};
    event.events = events;
    event.data.fd = socket;
    epoll_ctl(epoll_, operation, socket, &event);
  }

  void accept_all() {
    while (true) {
      const int socket = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (socket < 0) return;
      const int one = 1;
      setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      auto client = std::make_unique<Client>();
      client->socket = socket;
      watch(socket, EPOLLIN, EPOLL_CTL_ADD);
      clients_[socket] = std::move(client);
    }
  }

  static void drop(Client& client) {
    close(client.socket);
    client.socket = -1;
    client.plays = false;
  }

  void serve(Client& client, std::uint32_t events) {
    if ((events & EPOLLOUT) != 0) flush(client);
    char buffer[4096];
    const ssize_t got = client.socket < 0 ? 0 : recv(client.socket, buffer, sizeof buffer, 0);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return drop(client);
    client.heard.append(buffer, static_cast<std::size_t>(got));
    while (client.socket >= 0 && !client.heard.empty()) {
      if (client.heard[0] == '$') { // A report.
        if (client.heard.size() < 4) return;
        const auto size = std::size_t{static_cast<std::uint8_t>(client.heard[2])} << 8 |
                          static_cast<std::uint8_t>(client.heard[3]);
        if (client.heard.size() < 4 + size) return;
        client.heard.erase(0, 4 + size);
        continue;
      }
      const auto end = client.heard.find("\r\n\r\n");
      if (end == client.heard.npos) return;
      answer(client, client.heard.substr(0, end + 2));
      client.heard.erase(0, end + 4);
    }
  }

  void answer(Client& client, const std::string& request) {
    const auto at = request.find("CSeq:");
    std::string head = "RTSP/1.0 200 OK\r\n";
    if (at != request.npos) head += request.substr(at, request.find("\r\n", at) - at) + "\r\n";
    std::string body;
    if (request.starts_with("OPTIONS"))
      head += "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER\r\n";
    if (request.starts_with("DESCRIBE")) {
      body = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=replay\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\n"
             "a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:video\r\n";
      head += "Content-Type: application/sdp\r\nContent-Length: " + std::to_string(body.size()) +
              "\r\n";
    }
    if (request.starts_with("SETUP"))
      head += "Session: 1;timeout=60\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n";
    send(client, head + "\r\n" + body);
    if (!request.starts_with("PLAY")) return;
    client.plays = true;
    // They do not all send at once.
    phase_us_ = (phase_us_ + 1'618) % (1'000'000 / fps_);
    client.due_us = now_us() + phase_us_;
  }

  void send_picture(Client& client) {
    client.due_us += 1'000'000 / fps_;
    if (!client.unsent.empty()) return; // Slow: this one is not sent.
    std::string bytes;
    for (const Packet& packet : pictures_[client.picture]) {
      Packet copy = packet;
      copy[2] = static_cast<std::uint8_t>(client.number >> 8);
      copy[3] = static_cast<std::uint8_t>(client.number++);
      for (int i = 0; i < 4; ++i)
        copy[static_cast<std::size_t>(4 + i)] =
            static_cast<std::uint8_t>(client.timestamp >> (24 - 8 * i));
      bytes += {'$', '\0', static_cast<char>(copy.size() >> 8), static_cast<char>(copy.size())};
      bytes.append(copy.begin(), copy.end());
    }
    client.picture = (client.picture + 1) % pictures_.size();
    client.timestamp += kRate / static_cast<std::uint32_t>(fps_);
    send(client, bytes);
  }

  void send(Client& client, const std::string& bytes) {
    client.unsent += bytes;
    flush(client);
  }

  void flush(Client& client) {
    const ssize_t sent =
        ::send(client.socket, client.unsent.data(), client.unsent.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return drop(client);
    if (sent > 0) client.unsent.erase(0, static_cast<std::size_t>(sent));
    watch(client.socket, EPOLLIN | (client.unsent.empty() ? 0u : EPOLLOUT), EPOLL_CTL_MOD);
  }

  const std::vector<Picture> pictures_;
  const int fps_;
  const int epoll_;
  const int listener_;
  std::unordered_map<int, std::unique_ptr<Client>> clients_;
  std::int64_t phase_us_ = 0;
};

} // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "replay-cameras PORT KBITS FPS\n");
    return 64;
  }
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  gst_init(nullptr, nullptr);
  Cameras{std::atoi(argv[1]), std::atoi(argv[2]), std::atoi(argv[3])}.run();
  return 0;
}
