#include "http_call.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::crowd {
namespace {

/// The response to "Connection: close": the end of the stream ends the body.
HttpResponse parse_response(const std::string& text) {
  HttpResponse response;
  const auto end = text.find("\r\n\r\n");
  if (end == text.npos || !text.starts_with("HTTP/1.") || text.size() < 12) {
    response.body = "the connection ended before the response did";
    return response;
  }
  std::from_chars(text.data() + 9, text.data() + 12, response.status);
  auto line = text.find("\r\n") + 2;
  while (line < end) {
    const auto next = text.find("\r\n", line);
    const auto colon = text.find(':', line);
    if (colon < next) {
      std::string name = text.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto value = text.find_first_not_of(' ', colon + 1);
      response.headers[name] = text.substr(value, next - value);
    }
    line = next + 2;
  }
  response.body = text.substr(end + 4);
  return response;
}

} // namespace

Url Url::parse(const std::string& text) {
  constexpr std::string_view kScheme = "http://";
  const auto slash = text.find('/', kScheme.size());
  const auto colon = text.find(':', kScheme.size());
  if (!text.starts_with(kScheme) || slash == text.npos || colon > slash)
    throw std::invalid_argument("not http://host:port/path: " + text);
  return {text.substr(kScheme.size(), colon - kScheme.size()),
          text.substr(colon + 1, slash - colon - 1), text.substr(slash)};
}

HttpCall::HttpCall(Loop& loop, const Url& url, const std::string& method,
                   const std::string& content_type, const std::string& body, Done done)
    : loop_(loop), fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
      done_(std::move(done)) {
  if (fd_ < 0) throw std::system_error(errno, std::generic_category(), "socket");
  unsent_ = method + " " + url.path + " HTTP/1.1\r\nHost: " + url.host + ":" + url.port +
            "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
            (content_type.empty() ? "" : "Content-Type: " + content_type + "\r\n") + "\r\n" + body;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(url.port)));
  inet_pton(AF_INET, url.host.c_str(), &address.sin_addr);
  // A refusal comes as an event on the socket, like everything else.
  if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
      errno != EINPROGRESS)
    throw std::system_error(errno, std::generic_category(), "connect");
  loop_.watch(fd_, EPOLLOUT, [this](std::uint32_t events) { on_event(events); });
}

HttpCall::~HttpCall() {
  if (fd_ < 0) return;
  loop_.forget(fd_);
  close(fd_);
}

void HttpCall::on_event(std::uint32_t events) {
  if (!unsent_.empty() && (events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) != 0) return write();
  read();
}

void HttpCall::write() {
  const ssize_t sent = send(fd_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno == EAGAIN) return;
    return finish({.status = 0, .headers = {}, .body = std::strerror(errno)});
  }
  unsent_.erase(0, static_cast<std::size_t>(sent));
  if (unsent_.empty())
    loop_.watch(fd_, EPOLLIN, [this](std::uint32_t events) { on_event(events); });
}

void HttpCall::read() {
  char buffer[16384];
  while (true) {
    const ssize_t got = recv(fd_, buffer, sizeof buffer, 0);
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return finish(parse_response(received_));
    received_.append(buffer, static_cast<std::size_t>(got));
  }
}

void HttpCall::finish(HttpResponse response) {
  loop_.forget(fd_);
  close(std::exchange(fd_, -1));
  const Done done = std::move(done_); // It may destroy this.
  done(std::move(response));
}

} // namespace fanlight::crowd
