#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <libsoup/soup.h>

#include "api/web_service.h"
#include "auth/policy.h"
#include "config/config.h"
#include "fake_directory.h"
#include "fake_store.h"
#include "http/limits.h"
#include "http/owned.h"
#include "layouts/layout_store.h"
#include "support/turn_until.h"

namespace fanlight::test {

struct Response {
  int status = 0;
  std::map<std::string, std::string> headers; ///< Names in lower case; several are joined by ", ".
  std::string body;

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string{} : found->second;
  }
  /// The path of the session that an offer at /whep/{camera} has begun.
  std::string session() const { return header("location"); }
};

struct Request {
  std::string method = "GET";
  std::string path = "/";
  std::string body;
  std::string type; ///< Content-Type.
  std::map<std::string, std::string> headers;
};

/// A server on a free port of 127.0.0.1 with a fake directory behind it, and a real HTTP client.
class ServerTest : public testing::Test {
 protected:
  ServerTest();
  ~ServerTest() override;

  void SetUp() override;
  /// Starts the server with `config` and `limits`; once.
  void start();

  Response send(const Request& request);
  Response get(const std::string& path) { return send({"GET", path, {}, {}, {}}); }
  /// Begins a request; the result arrives in `response` (status 0 until then).
  void begin(const Request& request, std::shared_ptr<Response> response,
             GCancellable* cancel = nullptr);
  void write_file(const std::string& name, const std::string& content);
  std::string url(const std::string& path) const {
    return "http://127.0.0.1:" + std::to_string(server->port()) + path;
  }

  std::filesystem::path folder; ///< Temporary; the web root is folder/web.
  config::Config config;
  http::Limits limits;
  FakeDirectory directory;
  FakeStore store{config};
  std::unique_ptr<database::Database> database =
      database::Database::open(database::Connection::kInMemory, {layouts::LayoutStore::schema()})
          .value();
  std::unique_ptr<layouts::LayoutStore> layouts = layouts::LayoutStore::create(*database).value();
  const auth::AddressPolicy address_policy{config};
  const auth::Policy* policy = &address_policy;
  std::unique_ptr<http::WebService> server;
  http::Owned<SoupSession> client;
};

/// Descriptors that this process has open, the server's included.
std::ptrdiff_t open_descriptors();

/// A frame of a WebSocket client. Its mask is zero, so that the payload is as given.
std::string websocket_frame(unsigned char opcode, bool fin, const std::string& payload);

/// A TCP connection that sends and reads bytes as they are, for clients that misbehave.
class RawClient {
 public:
  /// `from` is one of 127.0.0.0/8, which are different clients to the server.
  explicit RawClient(int port, const std::string& from = "127.0.0.1");
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void write(const std::string& bytes); ///< All of it, while the loop turns.
  /// Sends what the socket takes at once; the number of bytes.
  std::size_t offer(const std::string& bytes);
  /// What has come so far.
  const std::string& received();
  /// Forgets that, so that wait_for() waits for the next.
  void forget_received() { received_.clear(); }
  bool closed() { return received(), closed_; }
  /// Turns the loop until the text has come, or the connection is closed.
  bool wait_for(const std::string& text);
  bool wait_for_close();
  void close();
  /// The handshake of a WebSocket; the answer is to be waited for.
  void ask_for_websocket();
  int descriptor() const { return socket_; }

 private:
  int socket_ = -1;
  bool closed_ = false;
  std::string received_;
};

} // namespace fanlight::test
