#pragma once

#include <functional>
#include <map>
#include <string>

#include "loop.h"

namespace fanlight::crowd {

/// http://host:port/path with a numeric IPv4 host.
struct Url {
  std::string host;
  std::string port;
  std::string path;
  /// Throws std::invalid_argument.
  static Url parse(const std::string& text);
};

struct HttpResponse {
  int status = 0;                             ///< 0: no response; `body` says why.
  std::map<std::string, std::string> headers; ///< Lower-case names.
  std::string body;
};

/// One request on a connection of its own, which ends with the response.
class HttpCall {
 public:
  using Done = std::function<void(HttpResponse)>;

  /// `done` runs once, from the loop, unless the call is destroyed before; it may destroy it.
  HttpCall(Loop& loop, const Url& url, const std::string& method, const std::string& content_type,
           const std::string& body, Done done);
  ~HttpCall();
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

 private:
  void on_event(std::uint32_t events);
  void write();
  void read();
  void finish(HttpResponse response);

  Loop& loop_;
  int fd_;
  std::string unsent_;
  std::string received_;
  Done done_;
};

} // namespace fanlight::crowd
