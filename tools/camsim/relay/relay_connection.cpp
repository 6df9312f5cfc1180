#include "camsim/relay/relay_connection.h"

#include <array>
#include <cerrno>

#include <glib.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "camsim/relay/answer_faults.h"
#include "camsim/relay/sdp_faults.h"
#include "gst/ref.h"

namespace fanlight::camsim {
namespace {

constexpr int kTickMs = 20;

void reset_when_closed(int socket) {
  const linger now{.l_onoff = 1, .l_linger = 0};
  setsockopt(socket, SOL_SOCKET, SO_LINGER, &now, sizeof now);
}

bool resets_when_closed(int socket) {
  linger set{};
  socklen_t size = sizeof set;
  getsockopt(socket, SOL_SOCKET, SO_LINGER, &set, &size);
  return set.l_onoff != 0;
}

/// False: the other side has closed the connection.
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
  case 200: return "OK";
  case 302: return "Moved Temporarily";
  case 401: return "Unauthorized";
  case 403: return "Forbidden";
  case 404: return "Not Found";
  case 453: return "Not Enough Bandwidth";
  case 454: return "Session Not Found";
  case 461: return "Unsupported Transport";
  case 501: return "Not Implemented";
  case 503: return "Service Unavailable";
  default: return "Error";
  }
}

/// The entry of a method, or the entry for all methods.
int of_method(const std::map<std::string, int>& entries, const std::string& method) {
  auto found = entries.find(method);
  if (found == entries.end()) found = entries.find("*");
  return found == entries.end() ? 0 : found->second;
}

bool lists(const Faults& wrong, const std::string& method) {
  return wrong.public_methods.empty() || wrong.public_methods.find(method) != std::string::npos;
}

bool keeps_alive(const Faults& wrong, const std::string& method) {
  if (!wrong.keep_alive.empty()) return wrong.keep_alive.find(method) != std::string::npos;
  return lists(wrong, method);
}

constexpr std::size_t kDollarHeader = 4;
constexpr std::size_t kRtpHeader = kDollarHeader + 12;

/// A packet as it may have been left over from an earlier session, `before` packets before that
/// ended.
std::string stale(std::string packet, int before) {
  const auto at = [&packet](std::size_t i) -> char& { return packet[kDollarHeader + i]; };
  at(3) = static_cast<char>(-before); // The sequence number.
  at(4) = static_cast<char>(at(4) ^ 0x40);
  for (std::size_t i = 8; i < 12; ++i) at(i) = static_cast<char>(~at(i)); // The SSRC.
  return packet;
}

} // namespace

Relay::Connection::Connection(Relay& relay, int client, int server)
    : relay_(relay), client_(client), server_(server), nonce_(take_string(g_uuid_string_random())),
      thread_([this] { run(); }) {}

Relay::Connection::~Connection() {
  ending_ = true;
  thread_.join();
  ::close(client_);
  ::close(server_);
}

void Relay::Connection::end(bool reset) {
  if (reset) reset_when_closed(client_);
  ending_ = true;
}

void Relay::Connection::run() {
  bool server_open = true;
  while (!ending_ && !relay_.ending_) {
    // A camera that hangs keeps the connection open, even if its server closes it.
    std::array<pollfd, 2> both{{{client_, POLLIN, 0}, {server_open ? server_ : -1, POLLIN, 0}}};
    poll(both.data(), both.size(), kTickMs);
    if (both[0].revents != 0 && !from_client()) break;
    if (both[1].revents != 0) server_open = from_server();
    const auto wrong = faults();
    if (!wrong->hang && (!server_open || is_due(*wrong))) break;
  }
  leave_server();
  // The RST is sent when the destructor closes the descriptor.
  if (!resets_when_closed(client_)) shutdown(client_, SHUT_RDWR);
  shutdown(server_, SHUT_RDWR);
  playing_ = false;
  over_ = true;
}

/// Sends a TEARDOWN; otherwise media over UDP would continue for a while.
void Relay::Connection::leave_server() {
  if (session_.empty() || tunnel_) return;
  const std::string text =
      "TEARDOWN " + uri_ + " RTSP/1.0\r\nCSeq: 999999\r\nSession: " + session_ + "\r\n\r\n";
  ::send(server_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

bool Relay::Connection::is_due(const Faults& wrong) {
  const auto now = Clock::now();
  if (wrong.expire_s > 0 && playing_ && now - heard_ > std::chrono::seconds{wrong.expire_s})
    return true;
  if (wrong.end_after_s <= 0 || played_ == Clock::time_point::max() ||
      now - played_ < std::chrono::duration<double>(wrong.end_after_s))
    return false;
  if (wrong.end == "reset") reset_when_closed(client_);
  return true;
}

std::shared_ptr<FaultState> Relay::Connection::state() const {
  const auto state = relay_.states_.find(camera());
  return state == relay_.states_.end() ? nullptr : state->second;
}

std::shared_ptr<const Faults> Relay::Connection::faults() const {
  static const auto none = std::make_shared<const Faults>();
  const auto now = state();
  return now ? now->get() : none;
}

void Relay::Connection::follow(const std::string& uri) {
  const std::string id = camera_of(uri);
  const auto state = relay_.states_.find(id);
  if (state == relay_.states_.end() || id == camera()) return;
  state->second->count_connection();
  std::lock_guard lock(mutex_);
  camera_ = id;
}

void Relay::Connection::wait(int ms) const {
  const auto until = Clock::now() + std::chrono::milliseconds{ms};
  while (Clock::now() < until && !ending_ && !relay_.ending_)
    std::this_thread::sleep_for(std::chrono::milliseconds{kTickMs});
}

void Relay::Connection::send(int socket, std::string_view bytes) const {
  while (!bytes.empty() && !ending_ && !relay_.ending_) {
    const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN) {
      pollfd room{socket, POLLOUT, 0};
      poll(&room, 1, kTickMs);
    } else if (errno != EINTR) {
      return; // The reader will notice the end.
    }
  }
}

bool Relay::Connection::is_tunnel() {
  if (tunnel_) return true;
  const std::string line = from_client_.substr(0, from_client_.find("\r\n"));
  if (line.size() == from_client_.size() || line.find(" HTTP/1.") == line.npos) return false;
  const std::size_t path = line.find(' ') + 1;
  follow("http://host" + line.substr(path, line.find(' ', path) - path));
  return tunnel_ = true;
}

bool Relay::Connection::from_client() {
  const bool open = receive(client_, from_client_);
  if (is_tunnel()) {
    if (!faults()->hang) send(server_, from_client_);
    from_client_.clear();
    return open;
  }
  while (auto piece = take_piece(from_client_)) {
    if (piece->message)
      on_request(std::move(*piece->message));
    else if (!faults()->hang)
      send(server_, piece->packet);
  }
  return open;
}

bool Relay::Connection::logged_in(const RtspMessage& request) const {
  const auto login = relay_.logins_.find(camera());
  return login == relay_.logins_.end() ||
         answers_sha256(request.header("Authorization"), login->second, request.method(),
                        request.uri(), nonce_);
}

bool Relay::Connection::answered(const RtspMessage& request, const Faults& wrong) {
  const std::string method = request.method();
  const std::string session = request.header("Session");
  const bool is_setup = method == "SETUP";
  const bool is_parameter = method == "GET_PARAMETER" || method == "SET_PARAMETER";
  int status = of_method(wrong.status, method);
  std::string headers;
  if (status == 0 && method != "OPTIONS" && !logged_in(request)) status = 401;
  if (status == 0 && is_parameter && !lists(wrong, method) && !keeps_alive(wrong, method))
    status = 501;
  if (status == 0 && !wrong.redirect.empty() && method == "DESCRIBE") status = 302;
  if (status / 100 == 3 && !wrong.redirect.empty())
    headers = "Location: " + wrong.redirect + "\r\n";
  if (status == 0 && is_setup && is_backchannel(request.uri())) status = 461;
  if (status == 0 && is_setup && is_metadata(request.uri())) {
    status = session.empty() ? 454 : 200;
    headers = "Transport: " + request.header("Transport") + "\r\nSession: " + session + "\r\n";
  }
  if (status == 0 && is_setup && wrong.one_connection && relay_.is_taken(camera(), *this))
    status = 453;
  if (status == 0) return false;
  answer(request, status, headers);
  return true;
}

void Relay::Connection::on_request(RtspMessage request) {
  const std::string method = request.method();
  follow(request.uri());
  const std::string id = camera();
  if (const auto now = state())
    now->count_request(method, !request.header("Authorization").empty());
  if (faults()->hang) return;
  wait(of_method(faults()->delay_ms, method));
  const auto wrong = faults();
  if (keeps_alive(*wrong, method)) heard_ = Clock::now();
  if (answered(request, *wrong)) return;

  std::string meant = request.uri();
  if (method == "SETUP") meant = sound_uri(meant, setups_);
  if (method == "SETUP" || method == "PLAY") playing_ = true;
  if (method == "PLAY") played_ = Clock::now();
  if (!wrong->as.empty()) {
    const std::size_t at = meant.find("/" + id, meant.find("://") + 3);
    if (at != meant.npos) meant.replace(at + 1, id.size(), wrong->as);
  }
  asked_[request.header("CSeq")] = request;
  uri_ = meant;
  request.set_uri(meant);
  send(server_, request.text());
}

std::string Relay::Connection::challenge() const {
  if (relay_.logins_.contains(camera())) return sha256_challenge(nonce_);
  return "Basic realm=\"fanlight-camsim\"";
}

void Relay::Connection::answer(const RtspMessage& request, int status, const std::string& headers) {
  if (const auto now = state()) now->count_answer(status);
  std::string text = "RTSP/1.0 " + std::to_string(status) + " " + words_of(status) +
                     "\r\nCSeq: " + request.header("CSeq") + "\r\n" + headers;
  if (status == 401) text += "WWW-Authenticate: " + challenge() + "\r\n";
  RtspMessage refusal{.head = text + "\r\n", .body = {}};
  spoil_answer(refusal, request.method(), faults()->answers);
  send(client_, refusal.text());
}

bool Relay::Connection::from_server() {
  const bool open = receive(server_, from_server_);
  if (tunnel_) {
    if (!faults()->hang) send(client_, from_server_);
    from_server_.clear();
    return open;
  }
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
  if (const auto now = state()) now->count_answer(answer.status());
  if (method == "OPTIONS" && !wrong->public_methods.empty())
    answer.set_header("Public", wrong->public_methods);
  if (method == "DESCRIBE" && !answer.body.empty()) {
    std::set<std::string> sdp = wrong->sdp;
    if (wrong->parameter_sets == "band") sdp.insert("no_sprop");
    std::string base = asked->second.uri();
    while (base.ends_with('/')) base.pop_back();
    if (!sdp.empty()) answer.set_body(spoil_sdp(answer.body, sdp, base));
    // The client continues with the camera that it knows.
    if (!wrong->as.empty()) answer.set_header("Content-Base", base + "/");
  }
  if (method == "SETUP" && answer.status() == 200) {
    ++setups_;
    const std::string session = answer.header("Session");
    session_ = session.substr(0, session.find(';'));
    if (wrong->expire_s > 0)
      answer.set_header("Session", session_ + ";timeout=" + std::to_string(wrong->expire_s));
  }
  if (asked != asked_.end()) asked_.erase(asked);
  spoil_answer(answer, method, wrong->answers);
  send(client_, answer.text());
}

void Relay::Connection::on_packet(const std::string& packet) {
  const auto wrong = faults();
  const bool is_rtp = packet.size() > 5 && packet[1] % 2 == 0;
  if (is_rtp && frame_begins_ && wrong->garbage > 0)
    send(client_, std::string(static_cast<std::size_t>(wrong->garbage), '\x01'));
  if (is_rtp) frame_begins_ = (static_cast<unsigned char>(packet[5]) & 0x80) != 0;
  if (is_rtp && packet.size() > kRtpHeader && begun_.insert(packet[1]).second)
    for (int i = wrong->stale; i > 0; --i) send(client_, stale(packet, i));
  send(client_, packet);
}

} // namespace fanlight::camsim
