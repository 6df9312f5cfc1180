#include "database/connection.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

namespace fanlight::database {
namespace {

constexpr int kPatienceMs = 5'000;

Error cannot_open(const std::string& path, const std::string& why) {
  return {Errc::unavailable, "opening the database " + path + ": " + why};
}

/// Makes the file, which may hold secrets, before SQLite makes it for all to read. SQLite's own
/// files beside it get the same mode and owner.
Result<Done> make_private(const std::string& path) {
  std::error_code failure;
  const std::filesystem::path folder = std::filesystem::absolute(path, failure).parent_path();
  if (!failure) std::filesystem::create_directories(folder, failure);
  if (failure) return cannot_open(path, failure.message());
  // Root must not give away the file that a link of the folder's owner leads to.
  const int file =
      ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file < 0) return cannot_open(path, std::strerror(errno));
  // `sudo fanlight user add` may come before the service, which must be able to write the file.
  struct stat owner {};
  const bool given = ::geteuid() != 0 || ::stat(folder.c_str(), &owner) != 0 ||
                     ::fchown(file, owner.st_uid, owner.st_gid) == 0;
  const int why = errno;
  ::close(file);
  if (!given) return cannot_open(path, std::strerror(why));
  return Done{};
}

} // namespace

void Connection::Close::operator()(sqlite3* connection) const { sqlite3_close_v2(connection); }

Result<std::unique_ptr<Connection>> Connection::open(const std::string& path) {
  if (path != kInMemory)
    if (auto made = make_private(path); !made) return made.error();
  sqlite3* raw = nullptr;
  // One thread at a time uses it, so SQLite needs no locks of its own.
  const int code =
      sqlite3_open_v2(path.c_str(), &raw,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  std::unique_ptr<Connection> connection{new Connection{raw}}; // Also after a failure.
  const std::string opening = "opening the database " + path;
  if (code != SQLITE_OK) return sqlite_error(raw, code, opening);
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_busy_timeout(raw, kPatienceMs);
  // NORMAL: a power cut may lose the last transactions, but never damages the file.
  if (auto set = connection->run_script("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; "
                                        "PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; "
                                        "CREATE TABLE IF NOT EXISTS schema_versions("
                                        "room TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT");
      !set)
    return Error{set.error().code, opening + ": " + set.error().message};
  return connection;
}

Result<Done> Connection::run_script(const char* sql) {
  const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return Done{};
  return sqlite_error(connection_.get(), code, "running SQL");
}

Result<std::int64_t> Connection::finish(Statement& statement) {
  if (auto done = statement.step(); !done) return done.error();
  return sqlite3_changes64(connection_.get());
}

Result<Done> Connection::transact(const std::function<Result<Done>()>& work) {
  // IMMEDIATE: waits for other writers here, where waiting is possible.
  if (auto begun = run_script("BEGIN IMMEDIATE"); !begun) return begun;
  auto done = work();
  if (done) done = run_script("COMMIT");
  // A failure may have ended the transaction already.
  if (!done && sqlite3_get_autocommit(connection_.get()) == 0) (void)run_script("ROLLBACK");
  return done;
}

Result<std::int64_t> Connection::version_of(const std::string& room) {
  auto statement = prepare("SELECT version FROM schema_versions WHERE room = ?", room);
  if (!statement) return statement.error();
  auto row = statement->step();
  if (!row) return row.error();
  return *row ? statement->integer(0) : 0;
}

Result<Done> Connection::migrate(const Schema& schema) {
  const auto newest = static_cast<std::int64_t>(schema.migrations.size());
  // A start must succeed on a full disk, and must not wait for a writer.
  if (const auto version = version_of(schema.room); version && *version == newest) return Done{};
  return transact([&]() -> Result<Done> {
    const auto version = version_of(schema.room);
    if (!version) return version.error();
    if (*version > newest)
      return Error{Errc::unavailable, "the database was written by a newer release of Fanlight (" +
                                          schema.room + ' ' + std::to_string(*version) +
                                          ", this release knows " + std::to_string(newest) +
                                          "); install that release again"};
    for (auto next = *version; next < newest; ++next)
      if (auto run = run_script(schema.migrations[static_cast<std::size_t>(next)]); !run)
        return Error{run.error().code, "bringing the tables of " + schema.room + " to version " +
                                           std::to_string(next + 1) + ": " + run.error().message};
    const auto noted = run("INSERT INTO schema_versions(room, version) VALUES(?, ?) "
                           "ON CONFLICT(room) DO UPDATE SET version = excluded.version",
                           schema.room, newest);
    if (!noted) return noted.error();
    return Done{};
  });
}

Result<std::int64_t> Connection::version_of_others() {
  auto statement = prepare("PRAGMA data_version");
  if (!statement) return statement.error();
  if (auto row = statement->step(); !row) return row.error();
  return statement->integer(0);
}

} // namespace fanlight::database
