#pragma once

#include <memory>
#include <string>

struct ssl_ctx_st;
struct ssl_st;

namespace fanlight::test {

/// One side of a connection with TLS, with a certificate that signed itself.
///
/// Threads: one at a time.
class TlsServer {
 public:
  explicit TlsServer(int socket);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;

  bool accept();
  /// What has arrived; empty: nothing yet, or the other side is gone, which `ended` says.
  std::string receive(bool& ended);
  void send(const std::string& bytes);

 private:
  ssl_ctx_st* context_ = nullptr;
  ssl_st* ssl_ = nullptr;
};

} // namespace fanlight::test
