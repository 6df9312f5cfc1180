#include "rtsp_client.h"

#include <cerrno>
#include <regex>
#include <string_view>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::test {
namespace {

std::uint32_t number_at(const std::string& bytes, std::size_t at, int size) {
  std::uint32_t value = 0;
  for (int i = 0; i < size; ++i)
    value = value << 8 | static_cast<std::uint8_t>(bytes[at + static_cast<std::size_t>(i)]);
  return value;
}

} // namespace

std::string RtspAnswer::header(const std::string& name) const {
  std::smatch found;
  std::regex_search(head, found, std::regex("\r\n" + name + ": *([^\r]*)", std::regex::icase));
  return found.empty() ? "" : found[1].str();
}

RtspClient::RtspClient(const std::string& url) : url_(url) {
  std::smatch address;
  if (!std::regex_search(url, address, std::regex("//([0-9.]+):([0-9]+)"))) {
    ending_ = Ending::refused;
    return;
  }
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(std::stoi(address[2])));
  inet_pton(AF_INET, address[1].str().c_str(), &to.sin_addr);
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    ending_ = Ending::refused;
}

RtspClient::~RtspClient() {
  if (socket_ >= 0) ::close(socket_);
}

void RtspClient::send(const std::string& method, const std::string& uri,
                      const std::string& headers) {
  const std::string text =
      method + " " + (uri.empty() ? url_ : uri) + " RTSP/1.0\r\nCSeq: " + std::to_string(++cseq_) +
      "\r\n" + (session_.empty() ? "" : "Session: " + session_ + "\r\n") + headers + "\r\n";
  ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
}

std::optional<RtspAnswer> RtspClient::answer(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (answers_.empty())
    if (!read(deadline)) return {};
  RtspAnswer first = std::move(answers_.front());
  answers_.pop_front();
  return first;
}

RtspAnswer RtspClient::request(const std::string& method, const std::string& uri,
                               const std::string& headers) {
  send(method, uri, headers);
  return answer(kHangLimit).value_or(RtspAnswer{});
}

int RtspClient::setup(int number) {
  const std::string first = std::to_string(2 * number);
  const std::string second = std::to_string(2 * number + 1);
  const auto answer =
      request("SETUP", url_ + "/stream=" + std::to_string(number),
              "Transport: RTP/AVP/TCP;unicast;interleaved=" + first + "-" + second + "\r\n");
  if (answer.status == 200)
    session_ = answer.header("Session").substr(0, answer.header("Session").find(';'));
  return answer.status;
}

int RtspClient::play() {
  if (const int status = setup(); status != 200) return status;
  return request("PLAY").status;
}

std::optional<RtpPacket> RtspClient::packet(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (packets_.empty())
    if (!read(deadline)) return {};
  RtpPacket first = std::move(packets_.front());
  packets_.pop_front();
  return first;
}

Ending RtspClient::wait_end(std::chrono::milliseconds limit) {
  const auto deadline = Clock::now() + limit;
  while (read(deadline)) packets_.clear();
  return ending_;
}

bool RtspClient::read(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now());
  pollfd entry{socket_, POLLIN, 0};
  if (ending_ != Ending::none || left.count() <= 0 ||
      ::poll(&entry, 1, static_cast<int>(left.count())) != 1)
    return false;
  char buffer[65536];
  const ssize_t size = ::recv(socket_, buffer, sizeof buffer, 0);
  if (size <= 0) {
    ending_ = size == 0 ? Ending::closed : Ending::reset;
    return false;
  }
  bytes_.append(buffer, static_cast<std::size_t>(size));
  parse();
  return true;
}

void RtspClient::parse() {
  while (!bytes_.empty()) {
    if (bytes_[0] == '$') {
      if (bytes_.size() < 4) return;
      const std::size_t end = 4 + number_at(bytes_, 2, 2);
      if (bytes_.size() < end) return;
      if (bytes_[1] % 2 == 0)
        packets_.push_back({.channel = bytes_[1],
                            .marker = (number_at(bytes_, 5, 1) & 0x80) != 0,
                            .sequence = static_cast<std::uint16_t>(number_at(bytes_, 6, 2)),
                            .timestamp = number_at(bytes_, 8, 4),
                            .payload = bytes_.substr(16, end - 16)});
      bytes_.erase(0, end);
    } else if (bytes_.starts_with("RTSP/")) {
      const std::size_t head = bytes_.find("\r\n\r\n");
      if (head == bytes_.npos) return;
      RtspAnswer answer{.status = std::stoi(bytes_.substr(9, 3)),
                        .head = bytes_.substr(0, head + 4)};
      const std::string length = answer.header("Content-Length");
      const std::size_t body = length.empty() ? 0 : std::stoul(length);
      if (bytes_.size() < head + 4 + body) return;
      answer.body = bytes_.substr(head + 4, body);
      bytes_.erase(0, head + 4 + body);
      answers_.push_back(std::move(answer));
    } else if (std::string_view{"RTSP/"}.starts_with(bytes_)) {
      return;
    } else {
      ++garbage_;
      bytes_.erase(0, 1);
    }
  }
}

} // namespace fanlight::test
