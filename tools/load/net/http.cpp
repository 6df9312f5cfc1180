#include "load/net/http.h"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace fanlight::load {
namespace {

constexpr std::chrono::seconds kGiveUp{30};
constexpr std::size_t kMostResponse = 1 << 20;

HttpResponse no_response(const std::string& why) {
  return {.status = 0, .headers = {}, .body = why};
}

void read_headers(const std::string& head, HttpResponse& response) {
  for (auto line = head.find("\r\n"); line != head.npos;) {
    line += 2;
    const auto next = std::min(head.find("\r\n", line), head.size());
    const auto colon = head.find(':', line);
    if (colon < next) {
      std::string name = head.substr(line, colon - line);
      std::transform(name.begin(), name.end(), name.begin(),
                     [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
      const auto value = std::min(head.find_first_not_of(' ', colon + 1), next);
      response.headers[name] = head.substr(value, next - value);
    }
    line = next < head.size() ? next : head.npos;
  }
}

/// Decodes chunks (RFC 9112, section 7.1); none until the last chunk has arrived.
std::optional<std::string> read_chunks(const std::string& text, std::size_t at) {
  std::string body;
  while (true) {
    const auto line = text.find("\r\n", at);
    if (line == text.npos) return {};
    std::size_t size = 0;
    if (std::from_chars(text.data() + at, text.data() + line, size, 16).ec != std::errc{} ||
        size > kMostResponse)
      return body; // Invalid chunks: returns what was decoded.
    at = line + 2;
    if (size == 0) return body;
    if (text.size() < at + size + 2) return {};
    body += text.substr(at, size);
    at += size + 2;
  }
}

} // namespace

std::optional<HttpResponse> read_response(const std::string& text, bool end) {
  const auto blank = text.find("\r\n\r\n");
  if (blank == text.npos) {
    if (text.size() > kMostResponse) return no_response("the response is too long");
    if (!end) return {};
    return no_response("the connection ended before the response did");
  }
  HttpResponse response;
  if (!text.starts_with("HTTP/1.") || text.size() < 12 ||
      std::from_chars(text.data() + 9, text.data() + 12, response.status).ec != std::errc{})
    return no_response("the response is not HTTP/1");
  read_headers(text.substr(0, blank), response);
  const auto body = blank + 4;
  if (response.headers["transfer-encoding"] == "chunked") {
    auto chunks = read_chunks(text, body);
    if (!chunks && !end) return {};
    response.body = std::move(chunks).value_or("");
    return response;
  }
  // Without a length, the body ends with the connection.
  std::size_t length = kMostResponse;
  if (const auto given = response.headers.find("content-length"); given != response.headers.end())
    std::from_chars(given->second.data(), given->second.data() + given->second.size(), length);
  if (response.status == 204) length = 0;
  if (text.size() - body < length && !end) return {};
  response.body = text.substr(body, length);
  return response;
}

Http::Http(Loop& loop, Options options) : loop_(loop), options_(std::move(options)) {}

std::unique_ptr<HttpCall> Http::call(HttpRequest request, HttpCall::Done done) {
  if (request.url.tls && !tls_) {
    tls_.reset(SSL_CTX_new(TLS_client_method()));
    SSL_CTX_set_default_verify_paths(tls_.get());
    SSL_CTX_set_verify(tls_.get(), options_.insecure ? SSL_VERIFY_NONE : SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_mode(tls_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_RELEASE_BUFFERS |
                                     SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  }
  return std::make_unique<HttpCall>(*this, std::move(request), std::move(done));
}

void Http::enter(HttpCall& call) {
  if (running_ >= options_.most) return waiting_.push_back(&call);
  ++running_;
  call.begin();
}

void Http::leave(HttpCall& call) {
  if (!call.begun_) {
    std::erase(waiting_, &call);
    return;
  }
  --running_;
  if (waiting_.empty()) return;
  HttpCall& next = *waiting_.front();
  waiting_.pop_front();
  ++running_;
  next.begin();
}

HttpCall::HttpCall(Http& http, HttpRequest request, Done done)
    : http_(http), request_(std::move(request)), done_(std::move(done)),
      give_up_(http.loop_,
               [this] { fail(trouble_.empty() ? "no response within 30 s" : trouble_); }) {
  http_.enter(*this);
}

HttpCall::~HttpCall() {
  if (!done_) return; // It has already ended.
  close_connection();
  http_.leave(*this);
}

/// Reports errors by the timer, never by ending the call here: the caller does not hold it yet.
void HttpCall::begin() {
  begun_ = true;
  const auto& [method, url, server, type, body] = request_;
  const Http::Options& options = http_.options_;
  unsent_ = method + " " + url.path + " HTTP/1.1\r\nHost: " + url.host + ":" +
            std::to_string(url.port) + "\r\nConnection: close\r\nUser-Agent: fanlight-load\r\n" +
            (options.token.empty() ? "" : "Authorization: Bearer " + options.token + "\r\n") +
            (type.empty() ? "" : "Content-Type: " + type + "\r\n");
  if (method == "POST") unsent_ += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  unsent_ += "\r\n" + std::exchange(request_.body, {});
  give_up_.start(Clock::now() + kGiveUp);
  fd_ = socket(server.family(), SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (url.tls) {
    ssl_.reset(SSL_new(http_.tls_.get()));
    SSL_set_fd(ssl_.get(), fd_);
    if (Address::parse(url.host, 0))
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_.get()), server.host().c_str());
    else {
      SSL_set_tlsext_host_name(ssl_.get(), url.host.c_str());
      SSL_set1_host(ssl_.get(), url.host.c_str());
    }
    SSL_set_connect_state(ssl_.get());
  }
  // A refused connection is reported as an event on the socket.
  if (fd_ < 0 || (connect(fd_, server.get(), server.size()) != 0 && errno != EINPROGRESS) ||
      !http_.loop_.watch(fd_, EPOLLOUT, *this)) {
    trouble_ = std::strerror(errno);
    give_up_.start(Clock::now());
  }
}

void HttpCall::on_ready(std::uint32_t) {
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) return fail(std::strerror(error));
  if (unsent_.empty() || write()) read();
}

bool HttpCall::write() {
  while (!unsent_.empty()) {
    const int sent = transfer(true, unsent_.data(), unsent_.size());
    if (sent == -1) return false;
    if (sent <= 0) {
      fail("the connection broke while the request was sent");
      return false;
    }
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  http_.loop_.change(fd_, EPOLLIN, *this);
  return true;
}

void HttpCall::read() {
  char buffer[16384];
  while (true) {
    const int got = transfer(false, buffer, sizeof buffer);
    if (got == -1) return;
    if (got > 0) received_.append(buffer, static_cast<std::size_t>(got));
    if (auto response = read_response(received_, got <= 0)) return finish(std::move(*response));
  }
}

int HttpCall::transfer(bool out, char* data, std::size_t size) {
  if (!ssl_) {
    const ssize_t done = out ? send(fd_, data, size, MSG_NOSIGNAL) : recv(fd_, data, size, 0);
    return done < 0 ? (errno == EAGAIN ? -1 : -2) : static_cast<int>(done);
  }
  ERR_clear_error();
  const int done = out ? SSL_write(ssl_.get(), data, static_cast<int>(size))
                       : SSL_read(ssl_.get(), data, static_cast<int>(size));
  if (done > 0) return done;
  switch (SSL_get_error(ssl_.get(), done)) {
  case SSL_ERROR_WANT_READ: http_.loop_.change(fd_, EPOLLIN, *this); return -1;
  case SSL_ERROR_WANT_WRITE: http_.loop_.change(fd_, EPOLLOUT, *this); return -1;
  case SSL_ERROR_ZERO_RETURN: return 0;
  default: return -2;
  }
}

void HttpCall::finish(HttpResponse response) {
  if (response.status == 0 && ssl_ && SSL_get_verify_result(ssl_.get()) != X509_V_OK)
    response.body = std::string("the server's certificate: ") +
                    X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
  close_connection();
  const Done done = std::move(done_); // May destroy this call.
  done_ = nullptr;
  http_.leave(*this);
  done(std::move(response));
}

void HttpCall::close_connection() {
  give_up_.stop();
  ssl_.reset();
  received_ = {};
  if (fd_ < 0) return;
  http_.loop_.forget(fd_, *this);
  close(std::exchange(fd_, -1));
}

} // namespace fanlight::load
