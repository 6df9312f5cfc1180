#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "database/statement.h"

struct sqlite3;

namespace fanlight::database {

/// The tables of one room of the service, and how they came to be what they are.
struct Schema {
  std::string room; ///< "auth".
  /// SQL, the oldest first. Each brings the tables from the version of its index to the next. Never
  /// change or remove one that a release had; append another.
  std::vector<const char*> migrations;
};

/// A connection to an SQLite database in a file, in WAL mode: readers in other processes do not
/// wait for a writer.
///
/// Threads: one at a time. Its calls may block on the disk, and up to 5 s on another process that
/// writes.
class Connection {
 public:
  /// In memory only, for tests and where there is no file.
  static constexpr const char* kInMemory = ":memory:";

  /// Opens or creates the file, which only its owner may read, and its folder. Errc::unavailable:
  /// it cannot be opened or written, or is not a database; internal.
  static Result<std::unique_ptr<Connection>> open(const std::string& path);

  /// Brings the tables of the room to the newest version, or leaves them as they are if that fails.
  /// Errc::unavailable: they were written by a newer release.
  Result<Done> migrate(const Schema& schema);

  /// A statement with its values, one for each `?`.
  template <typename... Values>
  Result<Statement> prepare(std::string_view sql, const Values&... values) {
    auto statement = Statement::create(connection_.get(), sql);
    if (statement) (statement->bind(values), ...);
    return statement;
  }
  /// Runs a statement that has no rows; the number of rows that it changed.
  template <typename... Values>
  Result<std::int64_t> run(std::string_view sql, const Values&... values) {
    auto statement = prepare(sql, values...);
    if (!statement) return statement.error();
    return finish(*statement);
  }
  /// Runs statements without values, separated by semicolons.
  Result<Done> run_script(const char* sql);

  /// All of what `work` does, or nothing if it fails.
  Result<Done> transact(const std::function<Result<Done>()>& work);

  /// Changes whenever another connection, as of another process, has written.
  Result<std::int64_t> version_of_others();

 private:
  struct Close {
    void operator()(sqlite3* connection) const;
  };
  explicit Connection(sqlite3* connection) : connection_(connection) {}
  Result<std::int64_t> finish(Statement& statement);
  Result<std::int64_t> version_of(const std::string& room);

  // Owned.
  std::unique_ptr<sqlite3, Close> connection_;
};

} // namespace fanlight::database
