#include "relay_connection.h"

#include <array>
#include <cerrno>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sdp_faults.h"

namespace fanlight::camsim {
namespace {

constexpr int kTickMs = 20;

void send_all(int socket, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return; // Whoever reads from it will see its end.
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

/// False: the other side has closed it.
bool receive(int socket, std::string& into) {
  std::array<char, 64 * 1024> buffer;
  const ssize_t got = ::recv(socket, buffer.data(), buffer.size(), MSG_DONTWAIT);
  if (got < 0) return errno == EAGAIN || errno == EINTR;
  into.append(buffer.data(), static_cast<std::size_t>(got));
  return got > 0;
}

/// "front" of rtsp://host:port/front/stream=0 and rtsp://host:port/front?track=0.
std::string camera_of(const std::string& uri) {
  const std::size_t host = uri.find("://");
  const std::size_t path = host == uri.npos ? uri.npos : uri.find('/', host + 3);
  if (path == uri.npos) return {};
  return uri.substr(path + 1, uri.find_first_of("/?", path + 1) - path - 1);
}

const char* words_of(int status) {
  switch (status) {
  case 401: return "Unauthorized";
  case 404: return "Not Found";
  case 453: return "Not Enough Bandwidth";
  case 454: return "Session Not Found";
  case 461: return "Unsupported Transport";
  case 503: return "Service Unavailable";
  default: return "Error";
  }
}

} // namespace

Relay::Connection::Connection(Relay& relay, int client, int server)
    : relay_(relay), client_(client), server_(server), thread_([this] { run(); }) {}

Relay::Connection::~Connection() {
  ending_ = true;
  thread_.join();
  ::close(client_);
  ::close(server_);
}

void Relay::Connection::end(bool reset) {
  if (reset) {
    const linger now{.l_onoff = 1, .l_linger = 0};
    setsockopt(client_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }
  ending_ = true;
}

void Relay::Connection::run() {
  while (!ending_ && !relay_.ending_) {
    std::array<pollfd, 2> both{{{client_, POLLIN, 0}, {server_, POLLIN, 0}}};
    poll(both.data(), both.size(), kTickMs);
    if (both[0].revents != 0 && !from_client()) break;
    if (both[1].revents != 0 && !from_server()) break;
    if (expired(*faults())) break;
  }
  // What was asked of both is done by ~Connection; the kernel's goodbye to the client is now, but
  // for RST, which takes the closing of the descriptor.
  linger set{};
  socklen_t size = sizeof set;
  getsockopt(client_, SOL_SOCKET, SO_LINGER, &set, &size);
  if (set.l_onoff == 0) shutdown(client_, SHUT_RDWR);
  shutdown(server_, SHUT_RDWR);
  playing_ = false;
  over_ = true;
}

bool Relay::Connection::expired(const Faults& faults) const {
  return faults.expire_s > 0 && playing_ &&
         Clock::now() - heard_ > std::chrono::seconds{faults.expire_s};
}

std::shared_ptr<const Faults> Relay::Connection::faults() const {
  static const auto none = std::make_shared<const Faults>();
  const auto state = relay_.states_.find(camera());
  return state == relay_.states_.end() ? none : state->second->get();
}

void Relay::Connection::follow(const std::string& uri) {
  const std::string id = camera_of(uri);
  if (!relay_.states_.contains(id)) return;
  std::lock_guard lock(mutex_);
  camera_ = id;
}

bool Relay::Connection::from_client() {
  const bool open = receive(client_, from_client_);
  while (auto piece = take_piece(from_client_)) {
    heard_ = Clock::now();
    if (piece->message)
      on_request(std::move(*piece->message));
    else if (!faults()->hang)
      send_all(server_, piece->packet);
  }
  return open;
}

void Relay::Connection::on_request(RtspMessage request) {
  const std::string method = request.method();
  const std::string uri = request.uri();
  follow(uri);
  const std::string id = camera();
  if (const auto state = relay_.states_.find(id); state != relay_.states_.end())
    state->second->count(method);
  const auto wrong = faults();
  if (wrong->hang) return;
  if (const auto delay = wrong->delay_ms.find(method); delay != wrong->delay_ms.end()) {
    const auto until = Clock::now() + std::chrono::milliseconds{delay->second};
    while (Clock::now() < until && !ending_ && !relay_.ending_)
      std::this_thread::sleep_for(std::chrono::milliseconds{kTickMs});
  }
  if (const auto status = wrong->status.find(method); status != wrong->status.end())
    return answer(request, status->second);
  if (method == "SETUP" && is_backchannel(uri)) return answer(request, 461);
  if (method == "SETUP" && wrong->one_connection && relay_.is_taken(id, *this))
    return answer(request, 453);
  if (method == "SETUP" || method == "PLAY") playing_ = true;
  std::string meant = method == "SETUP" ? sound_uri(uri, wrong->sdp) : uri;
  if (!wrong->as.empty()) {
    const std::size_t at = meant.find("/" + id, meant.find("://") + 3);
    if (at != meant.npos) meant.replace(at + 1, id.size(), wrong->as);
  }
  asked_[request.header("CSeq")] = request;
  request.set_uri(meant);
  send_all(server_, request.text());
}

void Relay::Connection::answer(const RtspMessage& request, int status) {
  std::string text = "RTSP/1.0 " + std::to_string(status) + " " + words_of(status) +
                     "\r\nCSeq: " + request.header("CSeq") + "\r\n";
  if (status == 401) text += "WWW-Authenticate: Basic realm=\"fanlight-camsim\"\r\n";
  send_all(client_, text + "\r\n");
}

bool Relay::Connection::from_server() {
  const bool open = receive(server_, from_server_);
  while (auto piece = take_piece(from_server_)) {
    if (faults()->hang) continue;
    if (piece->message)
      on_answer(std::move(*piece->message));
    else
      on_packet(piece->packet);
  }
  return open;
}

void Relay::Connection::on_answer(RtspMessage answer) {
  const auto asked = asked_.find(answer.header("CSeq"));
  const std::string method = asked == asked_.end() ? "" : asked->second.method();
  const auto wrong = faults();
  if (method == "OPTIONS" && !wrong->public_methods.empty())
    answer.set_header("Public", wrong->public_methods);
  if (method == "DESCRIBE" && !answer.body.empty()) {
    std::set<std::string> sdp = wrong->sdp;
    if (wrong->parameter_sets == "band") sdp.insert("no_sprop");
    std::string base = asked->second.uri();
    while (base.ends_with('/')) base.pop_back();
    if (!sdp.empty()) answer.set_body(spoil_sdp(answer.body, sdp, base));
    // A client goes on at the camera that it knows.
    if (!wrong->as.empty()) answer.set_header("Content-Base", base + "/");
  }
  if (asked != asked_.end()) asked_.erase(asked);
  send_all(client_, answer.text());
}

void Relay::Connection::on_packet(const std::string& packet) {
  const auto wrong = faults();
  const bool is_rtp = packet.size() > 5 && packet[1] % 2 == 0;
  if (is_rtp && frame_begins_ && wrong->garbage > 0)
    send_all(client_, std::string(static_cast<std::size_t>(wrong->garbage), '\x01'));
  if (is_rtp) frame_begins_ = (static_cast<unsigned char>(packet[5]) & 0x80) != 0;
  send_all(client_, packet);
}

} // namespace fanlight::camsim
