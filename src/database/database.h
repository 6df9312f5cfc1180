#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/main_loop.h"
#include "base/result.h"
#include "base/worker.h"
#include "database/connection.h"

namespace fanlight::database {

/// The service's one embedded database, for what must survive a restart: users, logins, layouts.
///
/// Every access may block, so it is done by one worker thread, in the order of the calls. A room
/// with tables keeps what it reads often in memory.
///
/// Threads: main only; `work` runs on the worker and must touch nothing of main's. Lifetime: owned
/// by App; outlives the rooms that use it. The destructor finishes the work that was asked for.
class Database {
 public:
  /// Opens `path` and brings the tables of every schema to the newest version; blocks. Errors as of
  /// Connection::open() and migrate().
  static Result<std::unique_ptr<Database>> open(const std::string& path,
                                                const std::vector<Schema>& schemas);
  /// Opens the file, and has the rooms read their tables by `read`. If either fails, logs why, and
  /// does both with an empty database in memory, so that the service can run without the file.
  static Result<std::unique_ptr<Database>>
  open_or_do_without(const std::string& path, const std::vector<Schema>& schemas,
                     const std::function<Result<Done>(Database&)>& read);
  ~Database() = default;
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// Why this is not the file, but memory, and ends with the process; none: it is what was opened.
  const std::optional<Error>& not_stored() const { return not_stored_; }

  /// Runs `work` on the worker, which returns a Result, then calls `done` with that on main in a
  /// later turn, unless the database is destroyed first.
  template <typename Work, typename Next> void run(Work work, Next done) {
    // Shared, and moved from thread to thread: what `done` holds of main's is released on main.
    auto next = std::make_shared<Next>(std::move(done));
    enqueue([work = std::move(work), next = std::move(next),
             alive = std::weak_ptr{alive_}](Connection& connection) mutable {
      auto result = std::make_shared<std::invoke_result_t<Work&, Connection&>>(work(connection));
      post([result = std::move(result), next = std::move(next), alive = std::move(alive)] {
        if (!alive.expired()) (*next)(std::move(*result));
      });
    });
  }
  /// The same without an answer: a failure is logged, with `what` as its subject.
  void run_and_log(std::function<Result<Done>(Connection&)> work, const std::string& what);

  /// Runs `work` and waits for it. Only before the main loop runs, and in programs without one.
  template <typename Work> auto wait_for(Work work) {
    if (!worker_.started()) return work(*connection_);
    std::optional<std::invoke_result_t<Work&, Connection&>> result;
    wait([&](Connection& connection) { result = work(connection); });
    return std::move(*result);
  }

 private:
  using Task = std::function<void(Connection&)>;

  explicit Database(std::unique_ptr<Connection> connection);
  void enqueue(Task task);
  void wait(const Task& task);

  // Owned.
  std::optional<Error> not_stored_;
  const std::unique_ptr<Connection> connection_; ///< Used by main until the worker has started.
  Worker worker_;                                // Destroyed first: it uses the connection.
  const std::shared_ptr<char> alive_ = std::make_shared<char>(); ///< Held weakly by answers.
};

} // namespace fanlight::database
