// dtls-cost: the server's CPU for a handshake, and its memory for an association before the
// viewer's first datagram, in the middle of the handshake and once connected.
#include <cstdio>
#include <ctime>
#include <deque>
#include <memory>
#include <vector>

#include <malloc.h>

#include "dtls_client.h"
#include "webrtcfanout/dtls/dtls.h"

namespace fanlight::fanout {
namespace {

constexpr std::size_t kHandshakes = 1000;

double cpu_us() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

std::size_t heap() {
  const auto info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

class Bench {
 public:
  bool run() {
    std::string why;
    certificate_ = Certificate::create(why);
    if (!certificate_ || !connect(why)) { // Makes what OpenSSL keeps for the process.
      std::fprintf(stderr, "dtls-cost: %s\n", why.c_str());
      return false;
    }
    us_ = middle_bytes_ = 0;
    servers_.clear();
    servers_.reserve(kHandshakes);
    const std::size_t before = heap();
    for (std::size_t i = 0; i < kHandshakes; ++i)
      servers_.push_back(DtlsServer::create(
          certificate_, viewer_.fingerprint(), [](Bytes) {}, why));
    const std::size_t waiting = heap() - before;
    servers_.clear();
    for (std::size_t i = 0; i < kHandshakes; ++i)
      if (!connect(why)) {
        std::fprintf(stderr, "dtls-cost: %s\n", why.c_str());
        return false;
      }
    constexpr double kCount = kHandshakes;
    std::printf(R"({"handshakes": %zu, "us_per_handshake": %.0f, "bytes_waiting": %.0f, )"
                R"("bytes_in_handshake": %.0f, "bytes_connected": %.0f})"
                "\n",
                kHandshakes, us_ / kCount, static_cast<double>(waiting) / kCount,
                middle_bytes_ / kCount, static_cast<double>(heap() - before) / kCount);
    return true;
  }

 private:
  bool connect(std::string& why) {
    std::deque<Octets> to_client;
    std::deque<Octets> to_server;
    auto client = std::make_unique<DtlsClient>(
        DtlsClient::Options{.identity = &viewer_},
        [&](Bytes datagram) { to_server.emplace_back(datagram.begin(), datagram.end()); });
    client->start();

    const std::size_t before = heap();
    auto server = DtlsServer::create(
        certificate_, viewer_.fingerprint(),
        [&](Bytes datagram) { to_client.emplace_back(datagram.begin(), datagram.end()); }, why);
    if (!server) return false;
    for (bool first = true; !to_server.empty(); first = false) {
      const Octets datagram = std::move(to_server.front());
      to_server.pop_front();
      const double start = cpu_us();
      server->receive(datagram);
      us_ += cpu_us() - start;
      if (first) middle_bytes_ += static_cast<double>(heap() - before);
      while (!to_client.empty()) {
        client->receive(to_client.front());
        to_client.pop_front();
      }
    }
    client = nullptr; // The server stays, and says nothing more.
    why = server->error();
    const bool connected = server->state() == DtlsServer::State::connected;
    servers_.push_back(std::move(server));
    return connected;
  }

  const ViewerIdentity viewer_;
  std::shared_ptr<const Certificate> certificate_;
  std::vector<std::unique_ptr<DtlsServer>> servers_;
  double us_ = 0;
  double middle_bytes_ = 0;
};

} // namespace
} // namespace fanlight::fanout

int main() { return fanlight::fanout::Bench{}.run() ? 0 : 1; }
