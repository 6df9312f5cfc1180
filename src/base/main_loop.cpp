#include "base/main_loop.h"

#include <algorithm>
#include <deque>
#include <limits>
#include <memory>
#include <mutex>
#include <utility>

namespace fanlight {
namespace {

using detail::Due;
using detail::Tick;

/// Whether the current turn has used up its tasks or its time.
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

/// The posted tasks that have not run yet, as one source of the main loop.
class Backlog {
 public:
  /// Never destroyed: other threads may still post after main() returns.
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
    // Main checks the backlog before it waits again; a wakeup costs a system call.
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
    g_source_set_can_recurse(source, TRUE); // A task may run the loop itself.
    g_source_attach(source, nullptr);
  }

  /// Tasks that are posted meanwhile wait for a later turn.
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

  /// Null if a task that ran the loop itself has run the rest.
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

/// The clock of GLib's sources.
gint64 now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(steady_clock::now().time_since_epoch()).count();
}

/// All timers of main, as one source: GLib checks every source twice per turn.
class Schedule {
 public:
  /// Never destroyed: static objects may still stop their timers.
  static Schedule& get() {
    static auto* schedule = new Schedule;
    return *schedule;
  }

  Due add(std::chrono::microseconds delay, Tick tick) {
    return due_.emplace(now_us() + delay.count(), std::move(tick));
  }
  void remove(Due due) { due_.erase(due); }

 private:
  struct Source {
    GSource base;
    Schedule* schedule;
  };

  Schedule() {
    static GSourceFuncs functions{
        +[](GSource* source, gint* timeout) -> gboolean {
          const gint64 left = of(source).left(g_source_get_time(source));
          *timeout = static_cast<gint>(std::min<gint64>((left + 999) / 1000, G_MAXINT));
          return static_cast<gboolean>(left == 0);
        },
        +[](GSource* source) -> gboolean {
          return static_cast<gboolean>(of(source).left(g_source_get_time(source)) == 0);
        },
        +[](GSource* source, GSourceFunc, gpointer) -> gboolean {
          of(source).run(g_source_get_time(source));
          return G_SOURCE_CONTINUE;
        },
        nullptr,
        nullptr,
        nullptr};
    GSource* source = g_source_new(&functions, sizeof(Source));
    reinterpret_cast<Source*>(source)->schedule = this;
    g_source_set_can_recurse(source, TRUE); // A task may run the loop itself.
    g_source_attach(source, nullptr);
  }

  static Schedule& of(GSource* source) { return *reinterpret_cast<Source*>(source)->schedule; }

  /// Time until the first timer is due, µs.
  gint64 left(gint64 now) const {
    if (due_.empty()) return std::numeric_limits<gint64>::max() - 999;
    return std::max<gint64>(due_.begin()->first - now, 0);
  }

  /// Runs the timers that are due at `now`.
  void run(gint64 now) {
    Share share;
    while (!due_.empty() && due_.begin()->first <= now) {
      auto node = due_.extract(due_.begin());
      // The task may stop or start the timer again, or destroy its owner.
      const auto task = node.mapped().task;
      if (const auto period = node.mapped().period; period.count() == 0) {
        node.mapped().timer->reset();
      } else {
        node.key() = now_us() + period.count();
        std::optional<Due>& timer = *node.mapped().timer; // The node is empty once it is inserted.
        timer = due_.insert(std::move(node));
      }
      (*task)();
      if (share.used_up()) break;
    }
  }

  std::multimap<gint64, Tick> due_; ///< By the monotonic time when they are due, µs.
};

} // namespace

void post(std::function<void()> task) { Backlog::get().push(std::move(task)); }

void spread(std::size_t count, std::function<void(std::size_t)> one, std::function<void()> done) {
  run_slice(std::make_shared<Spreading>(Spreading{0, count, std::move(one), std::move(done)}));
}

void Timer::start(std::chrono::milliseconds delay, std::chrono::milliseconds period,
                  std::function<void()> task) {
  stop();
  due_ = Schedule::get().add(
      delay, {std::make_shared<const std::function<void()>>(std::move(task)), period, &due_});
}

void Timer::once(std::chrono::milliseconds delay, std::function<void()> task) {
  start(delay, std::chrono::milliseconds{0}, std::move(task));
}

void Timer::every(std::chrono::milliseconds period, std::function<void()> task) {
  start(period, std::max(period, std::chrono::milliseconds{1}), std::move(task));
}

void Timer::stop() {
  if (due_) Schedule::get().remove(*std::exchange(due_, std::nullopt));
}

} // namespace fanlight
