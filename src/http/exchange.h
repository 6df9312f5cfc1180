#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <libsoup/soup.h>

#include "http/owned.h"
#include "http/problem.h"

namespace fanlight::http {

/// How much of a request's body its route reads.
struct BodyBound {
  std::size_t bytes = 0; ///< At most; 0: nothing of it.
  std::string too_large; ///< What a client that sends more is told.
  std::string announced; ///< The type that OPTIONS tells of; empty: it does not.
};

/// One HTTP request, read whole, and its answer, now or later.
///
/// Threads: main only. Lifetime: shared by whoever has to answer; if the last one lets go without
/// an answer, the client gets a 500.
class Exchange {
 public:
  explicit Exchange(SoupServerMessage* message);
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The request.
  std::string_view method() const;
  /// As it came, percent-encoded, without the query.
  std::string path() const;
  /// The value of `name` in the query, decoded; empty if absent.
  std::string query(const char* name) const;
  /// Empty if absent.
  std::string header(const char* name) const;
  bool has_header(const char* name) const;
  /// Content-Type without parameters, in lower case.
  std::string content_type() const;
  /// The body, if it is within its bound; otherwise answers 413 and returns nothing.
  std::optional<std::string> read_body();
  std::string remote_address() const; ///< Numeric, without port.

  /// Until then no body may be read.
  void bound_body(BodyBound bound) { bound_ = std::move(bound); }

  // The answer.
  void set_header(const char* name, const std::string& value);
  void add_header(const char* name, const std::string& value); ///< Beside others of that name.
  void respond(int status);
  void respond(int status, const char* type, std::string_view body);
  void respond(int status, const char* type, GBytes* body);
  void respond(const Problem& problem);
  void respond(const Error& error) { respond(problem_of(error)); }

  /// Leaves the answer for a later turn. `gone` runs instead if the client leaves first; the
  /// exchange counts as answered then.
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
