#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace fanlight::database {

/// One SQL statement and its values, as it runs: a row at a time.
///
///     auto found = connection.prepare("SELECT role FROM users WHERE name = ?", name);
///     if (!found) return found.error();
///     auto row = found->step();
///
/// Threads: those of its connection. Lifetime: ends before its connection.
class Statement {
 public:
  /// Errc::internal: the SQL is wrong.
  static Result<Statement> create(sqlite3* connection, std::string_view sql);

  /// Gives the next `?` its value. Values are copied.
  void bind(std::int64_t value);
  void bind(int value) { bind(std::int64_t{value}); }
  void bind(bool value) { bind(std::int64_t{value}); }
  void bind(std::string_view value);
  void bind(const std::string& value) { bind(std::string_view{value}); }
  void bind(const char* value) { bind(std::string_view{value}); }
  void bind(std::nullopt_t);
  template <typename T> void bind(const std::optional<T>& value) {
    if (value) return bind(*value);
    bind(std::nullopt);
  }

  /// Goes to the next row; false: there is none, and the statement is done. Errc::conflict: a row
  /// with that key exists already, or another row refers to this one; busy: another process writes;
  /// internal.
  Result<bool> step();

  // Columns of the row, from 0. A NULL is 0, or an empty text.
  std::int64_t integer(int column) const;
  std::string text(int column) const; ///< The bytes of a text or a blob.
  bool is_null(int column) const;

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  void check_bound(int code);

  // Owned.
  std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  int bound_ = 0;        ///< Values so far.
  int bind_failure_ = 0; ///< The first code that was not SQLITE_OK, which step() reports.
};

/// What SQLite reports for `connection` after `code`, as "doing: why".
Error sqlite_error(sqlite3* connection, int code, const std::string& doing);

} // namespace fanlight::database
