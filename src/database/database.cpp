#include "database/database.h"

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>

#include "base/log.h"

namespace fanlight::database {

/// The thread, and the tasks that wait for it.
class Database::Worker {
 public:
  explicit Worker(Connection& connection) : thread_([this, &connection] { run(connection); }) {}
  ~Worker() {
    {
      const std::lock_guard lock{mutex_};
      ending_ = true;
    }
    changed_.notify_one();
    thread_.join();
  }

  void push(Task task) {
    {
      const std::lock_guard lock{mutex_};
      tasks_.push_back(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void run(Connection& connection) {
    std::unique_lock lock{mutex_};
    while (true) {
      changed_.wait(lock, [this] { return ending_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const Task task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task(connection);
      lock.lock();
    }
  }

  std::mutex mutex_; ///< Protects tasks_ and ending_.
  std::condition_variable changed_;
  std::deque<Task> tasks_;
  bool ending_ = false;
  std::thread thread_; // The last: it uses the others.
};

Database::Database(std::unique_ptr<Connection> connection) : connection_(std::move(connection)) {}

Database::~Database() { worker_.reset(); } // It uses the connection.

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
  if (!worker_) worker_ = std::make_unique<Worker>(*connection_);
  worker_->push(std::move(task));
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
