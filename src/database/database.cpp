#include "database/database.h"

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
