#include "base/main_loop.h"

#include <deque>
#include <memory>
#include <mutex>
#include <utility>

namespace fanlight {
namespace {

struct Tick {
  std::function<void()> task;
  bool repeat;
  guint* source;
};

/// Whether a turn that began when this was made has done its share.
class Share {
 public:
  bool used_up() {
    return ++tasks_ >= kTasksPerTurn ||
           g_get_monotonic_time() - began_ >= std::chrono::microseconds{kTimePerTurn}.count();
  }

 private:
  const gint64 began_ = g_get_monotonic_time();
  std::size_t tasks_ = 0;
};

/// What was posted and has not run yet, as one source of the main loop.
class Backlog {
 public:
  /// Never destroyed: threads that outlive main() may still post.
  static Backlog& get() {
    static auto* backlog = new Backlog;
    return *backlog;
  }

  void push(std::function<void()> task) {
    {
      const std::lock_guard lock{mutex_};
      tasks_.push_back(std::move(task));
      if (tasks_.size() > 1) return;
    }
    // Main looks here before it waits again; waking it is a system call.
    if (!g_main_context_is_owner(nullptr)) g_main_context_wakeup(nullptr);
  }

 private:
  struct Source {
    GSource base;
    Backlog* backlog;
  };

  Backlog() {
    static GSourceFuncs functions{
        +[](GSource* source, gint* timeout) -> gboolean {
          *timeout = -1;
          return static_cast<gboolean>(of(source).size() > 0);
        },
        +[](GSource* source) -> gboolean { return static_cast<gboolean>(of(source).size() > 0); },
        +[](GSource* source, GSourceFunc, gpointer) -> gboolean {
          of(source).run();
          return G_SOURCE_CONTINUE;
        },
        nullptr,
        nullptr,
        nullptr};
    GSource* source = g_source_new(&functions, sizeof(Source));
    reinterpret_cast<Source*>(source)->backlog = this;
    g_source_set_can_recurse(source, TRUE); // A task may turn the loop itself.
    g_source_attach(source, nullptr);
  }

  /// What tasks post waits for a later turn.
  void run() {
    Share share;
    for (std::size_t left = size(); left > 0; --left) {
      if (const auto task = pop()) task();
      if (share.used_up()) break;
    }
  }

  static Backlog& of(GSource* source) { return *reinterpret_cast<Source*>(source)->backlog; }

  std::size_t size() {
    const std::lock_guard lock{mutex_};
    return tasks_.size();
  }

  /// None where a task that turned the loop has run them.
  std::function<void()> pop() {
    const std::lock_guard lock{mutex_};
    if (tasks_.empty()) return {};
    auto task = std::move(tasks_.front());
    tasks_.pop_front();
    return task;
  }

  std::mutex mutex_; ///< Protects tasks_.
  std::deque<std::function<void()>> tasks_;
};

struct Spreading {
  std::size_t next = 0;
  std::size_t count;
  std::function<void(std::size_t)> one;
  std::function<void()> done;
};

void run_slice(const std::shared_ptr<Spreading>& spreading) {
  Share share;
  while (spreading->next < spreading->count) {
    spreading->one(spreading->next++);
    if (spreading->next < spreading->count && share.used_up())
      return post([spreading] { run_slice(spreading); });
  }
  if (spreading->done) spreading->done();
}

} // namespace

void post(std::function<void()> task) { Backlog::get().push(std::move(task)); }

void spread(std::size_t count, std::function<void(std::size_t)> one, std::function<void()> done) {
  run_slice(std::make_shared<Spreading>(Spreading{0, count, std::move(one), std::move(done)}));
}

void Timer::start(std::chrono::milliseconds delay, bool repeat, std::function<void()> task) {
  stop();
  auto tick = std::make_unique<Tick>(Tick{std::move(task), repeat, &source_});
  source_ = g_timeout_add_full(
      G_PRIORITY_DEFAULT, static_cast<guint>(delay.count()),
      +[](gpointer data) -> gboolean {
        auto* due = static_cast<Tick*>(data);
        // A one-shot timer is over before its task runs: the task may start it again or destroy its
        // owner. GLib keeps `due` alive until the dispatch returns.
        if (!due->repeat) *due->source = 0;
        due->task();
        return due->repeat ? G_SOURCE_CONTINUE : G_SOURCE_REMOVE;
      },
      tick.release(), +[](gpointer data) { delete static_cast<Tick*>(data); });
}

void Timer::once(std::chrono::milliseconds delay, std::function<void()> task) {
  start(delay, false, std::move(task));
}

void Timer::every(std::chrono::milliseconds period, std::function<void()> task) {
  start(period, true, std::move(task));
}

void Timer::stop() {
  if (source_ != 0) g_source_remove(std::exchange(source_, 0));
}

} // namespace fanlight
