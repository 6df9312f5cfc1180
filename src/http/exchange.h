#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <libsoup/soup.h>

#include "http/forwarding.h"
#include "http/owned.h"
#include "http/problem.h"

namespace fanlight::http {

/// How much of a request's body a route reads.
struct BodyBound {
  std::size_t bytes = 0; ///< The limit; 0: the route reads no body.
  Reason too_large;      ///< The message for a client that sends more.
  std::string announced; ///< The content type that OPTIONS announces; empty: none.
};

/// One HTTP request, completely read, and its answer, which may come later.
///
/// Threads: main only. Lifetime: shared by those who must answer; if the last reference goes
/// without an answer, the client gets a 500.
class Exchange {
 public:
  explicit Exchange(SoupServerMessage* message);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The request.
  std::string_view method() const;
  /// As received: percent-encoded, without the query.
  std::string path() const;
  /// The value of `name` in the query, decoded; empty if absent.
  std::string query(const char* name) const;
  /// Empty if absent.
  std::string header(const char* name) const;
  bool has_header(const char* name) const;
  /// Content-Type without parameters, in lower case.
  std::string content_type() const;
  /// The body, if it is within the limit; otherwise answers 413 and returns none.
  std::optional<std::string> read_body();
  const Client& client() const;
  const std::string& remote_address() const { return client().address; } ///< The client's.

  /// Keeps the client of a message with the message: the server does so before any exchange.
  static const Client& keep(SoupServerMessage* message, std::unique_ptr<const Client> client);
  static const Client* kept_client(SoupServerMessage* message); ///< Null: none yet.

  /// Sets the limit; before that, read_body() must not be called.
  void bound_body(BodyBound bound) { bound_ = std::move(bound); }

  // The answer.
  void set_header(const char* name, const std::string& value);
  /// Adds to other headers of that name.
  void add_header(const char* name, const std::string& value);
  void respond(int status);
  void respond(int status, const char* type, std::string_view body);
  void respond(int status, const char* type, GBytes* body);
  void respond(const Problem& problem);
  void respond(const Error& error) { respond(problem_of(error)); }

  /// Says that the answer comes in a later turn. If the client disconnects first, `gone` runs and
  /// the exchange counts as answered.
  void wait(std::function<void()> gone);
  bool answered() const { return answered_; }

  SoupServerMessage* message() const { return message_.get(); }

 private:
  void watch_client();
  void client_left();
  void settle();

  const Owned<SoupServerMessage> message_;
  BodyBound bound_;
  bool answered_ = false;
  bool waiting_ = false;
  std::function<void()> gone_;
  gulong disconnected_ = 0;
  guint hangup_ = 0;
};

using ExchangePtr = std::shared_ptr<Exchange>;

} // namespace fanlight::http
