#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include <openssl/ssl.h>

#include "load/net/address.h"
#include "load/net/loop.h"
#include "load/net/url.h"

namespace fanlight::load {

struct HttpRequest {
  std::string method = "POST";
  Url url;
  Address server; ///< Address of the URL's host.
  std::string content_type;
  std::string body;
};

struct HttpResponse {
  int status = 0;                             ///< 0: no response; `body` says why.
  std::map<std::string, std::string> headers; ///< Lower-case names.
  std::string body;
};

/// The response in `text`; none until it is complete. `end`: the connection has ended. Status 0 if
/// the text cannot be a response.
std::optional<HttpResponse> read_response(const std::string& text, bool end);

class HttpCall;

/// Makes at most `most` calls at once; others wait, the oldest first.
class Http {
 public:
  struct Options {
    std::size_t most = 256;
    std::string token;     ///< For "Authorization: Bearer"; empty: not sent.
    bool insecure = false; ///< Accepts any certificate of an https server.
  };

  Http(Loop& loop, Options options);

  /// Runs `done` once, from the loop, unless the call is destroyed first; `done` may destroy it.
  std::unique_ptr<HttpCall> call(HttpRequest request, std::function<void(HttpResponse)> done);

 private:
  friend class HttpCall;
  void enter(HttpCall& call);
  void leave(HttpCall& call);

  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  };
  Loop& loop_;
  const Options options_;
  std::unique_ptr<SSL_CTX, Free> tls_;
  std::size_t running_ = 0;
  std::deque<HttpCall*> waiting_;
};

/// One request on its own connection, which ends with the response.
class HttpCall : Loop::Listener {
 public:
  using Done = std::function<void(HttpResponse)>;

  HttpCall(Http& http, HttpRequest request, Done done);
  ~HttpCall() override;
  HttpCall(const HttpCall&) = delete;
  HttpCall& operator=(const HttpCall&) = delete;

 private:
  friend class Http;
  struct FreeSsl {
    void operator()(SSL* ssl) const { SSL_free(ssl); }
  };
  void begin();
  void on_ready(std::uint32_t events) override;
  /// False: more is to be written, or the call has ended.
  bool write();
  void read();
  /// Number of bytes; 0: the end; -1: try later; -2: an error.
  int transfer(bool out, char* data, std::size_t size);
  void fail(const std::string& why) { finish({.status = 0, .headers = {}, .body = why}); }
  void finish(HttpResponse response);
  void close_connection();

  Http& http_;
  HttpRequest request_;
  Done done_;
  Timer give_up_;
  bool begun_ = false;
  std::string trouble_; ///< An error of begin(), which the timer reports.
  int fd_ = -1;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  std::string unsent_;
  std::string received_;
};

} // namespace fanlight::load
