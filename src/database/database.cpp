#include "database/database.h"

#include <filesystem>
#include <future>

#include "base/log.h"

namespace fanlight::database {

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Result<std::unique_ptr<Database>> Database::open(const std::string& path,
                                                 const std::vector<Schema>& schemas) {
  auto connection = Connection::open(path);
  if (!connection) return connection.error();
  for (const Schema& schema : schemas)
    if (auto migrated = (*connection)->migrate(schema); !migrated)
      return Error{migrated.error().code,
                   "opening the database " + path + ": " + migrated.error().message};
  return std::unique_ptr<Database>{new Database{std::move(*connection)}};
}

Result<std::unique_ptr<Database>>
Database::open_or_do_without(const std::string& path, const std::vector<Schema>& schemas,
                             const std::function<Result<Done>(Database&)>& read) {
  const auto open_and_read = [&](const std::string& where) {
    auto opened = open(where, schemas);
    if (!opened) return opened;
    if (auto done = read(**opened); !done)
      opened =
          Error{done.error().code, "reading the database " + path + ": " + done.error().message};
    return opened;
  };
  auto database = open_and_read(path);
  if (database) return database;
  const std::string why = database.error().message;
  log::error("database", {{"file", path}},
             why + "; the server runs without this file and stores nothing in it: remove the cause "
                   "or restore the file from a backup, then restart the server");
  database = open_and_read(Connection::kInMemory);
  if (!database) return database;
  (*database)->not_stored_ =
      Error{Errc::unavailable,
            Reason{"write_failed"_reason,
                   "writing {file}: {detail}",
                   {{"file", std::filesystem::path{path}.filename().string()}, {"detail", why}}}};
  return database;
}

void Database::enqueue(Task task) {
  worker_.push([task = std::move(task), connection = connection_.get()] { task(*connection); });
}

void Database::run_and_log(std::function<Result<Done>(Connection&)> work, const std::string& what) {
  run(std::move(work), [what](const Result<Done>& done) {
    if (!done) log::error("database", {}, what + ": " + done.error().message);
  });
}

void Database::wait(const Task& task) {
  std::promise<void> done;
  enqueue([&](Connection& connection) {
    task(connection);
    done.set_value();
  });
  done.get_future().wait();
}

} // namespace fanlight::database
