#include "database/statement.h"

#include <sqlite3.h>

namespace fanlight::database {
namespace {

Errc kind_of(int code) {
  switch (code & 0xff) { // The rest says more about the same kind.
  case SQLITE_CONSTRAINT: return Errc::conflict;
  case SQLITE_BUSY:
  case SQLITE_LOCKED: return Errc::busy;
  case SQLITE_CANTOPEN:
  case SQLITE_READONLY:
  case SQLITE_NOTADB: return Errc::unavailable;
  default: return Errc::internal;
  }
}

} // namespace

Error sqlite_error(sqlite3* connection, int code, const std::string& doing) {
  // The connection has the text of its last failure; without one, only the code is known.
  const char* why = connection != nullptr && ((sqlite3_errcode(connection) ^ code) & 0xff) == 0
                        ? sqlite3_errmsg(connection)
                        : sqlite3_errstr(code);
  return {kind_of(code), doing + ": " + why};
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }

Result<Statement> Statement::create(sqlite3* connection, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const int code =
      sqlite3_prepare_v2(connection, sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
  if (code == SQLITE_OK) return Statement{statement};
  return sqlite_error(connection, code, "preparing an SQL statement");
}

void Statement::check_bound(int code) {
  if (bind_failure_ == SQLITE_OK) bind_failure_ = code;
}

void Statement::bind(std::int64_t value) {
  check_bound(sqlite3_bind_int64(statement_.get(), ++bound_, value));
}

void Statement::bind(std::string_view value) {
  // A null pointer would be NULL instead of an empty text.
  check_bound(sqlite3_bind_text64(statement_.get(), ++bound_,
                                  value.data() == nullptr ? "" : value.data(), value.size(),
                                  SQLITE_TRANSIENT, SQLITE_UTF8));
}

void Statement::bind(std::nullopt_t) { check_bound(sqlite3_bind_null(statement_.get(), ++bound_)); }

Result<bool> Statement::step() {
  sqlite3* const connection = sqlite3_db_handle(statement_.get());
  if (bind_failure_ != SQLITE_OK)
    return sqlite_error(connection, bind_failure_, "giving an SQL statement its values");
  const int code = sqlite3_step(statement_.get());
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return sqlite_error(connection, code, "running an SQL statement");
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_.get(), column);
}

std::string Statement::text(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_.get(), column));
  const int size = sqlite3_column_bytes(statement_.get(), column);
  return bytes == nullptr ? std::string{} : std::string(bytes, static_cast<std::size_t>(size));
}

bool Statement::is_null(int column) const {
  return sqlite3_column_type(statement_.get(), column) == SQLITE_NULL;
}

} // namespace fanlight::database
