#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include <libsoup/soup.h>

#include "http/json.h"
#include "http/owned.h"
#include "support/turn_until.h"

namespace fanlight::test {

/// Lets the message accept any certificate.
void trust_anybody(SoupMessage* message);

/// The WebSocket of a page: keeps what came, sends JSON.
class Page {
 public:
  /// Connects; `protocols` is NULL or a list as libsoup wants it. Fails the test if it cannot.
  Page(SoupSession* session, const std::string& url, char** protocols = nullptr);
  ~Page();
  Page(const Page&) = delete;
  Page& operator=(const Page&) = delete;

  bool connected() const { return connection_ != nullptr; }
  void send(const std::string& text) {
    soup_websocket_connection_send_text(connection_.get(), text.c_str());
  }
  void send_binary(const std::string& bytes) {
    soup_websocket_connection_send_binary(connection_.get(), bytes.data(), bytes.size());
  }
  /// Turns the loop until there is a message of that type (after the ones already returned for
  /// it); "{}" and a failed test if none comes.
  std::string next(const std::string& type);
  /// Messages of that type that came and were not returned by next().
  std::size_t count(const std::string& type) const;
  bool closed() const { return closed_; }
  int close_code() const { return soup_websocket_connection_get_close_code(connection_.get()); }
  const char* protocol() const { return soup_websocket_connection_get_protocol(connection_.get()); }
  void close() { soup_websocket_connection_close(connection_.get(), 1000, nullptr); }
  SoupWebsocketConnection* connection() const { return connection_.get(); }

 private:
  void listen(http::Owned<SoupWebsocketConnection> connection);

  http::Owned<SoupWebsocketConnection> connection_;
  std::vector<std::pair<std::string, std::string>> messages_; ///< Type and text.
  bool closed_ = false;
};

/// The string member of a JSON object, or "".
std::string text_of(const std::string& object, const char* name);

} // namespace fanlight::test
