#include "base/main_loop.h"

#include <memory>
#include <utility>

namespace fanlight {
namespace {

struct Tick {
  std::function<void()> task;
  bool repeat;
  guint* source;
};

} // namespace

void post(std::function<void()> task) {
  auto owned = std::make_unique<std::function<void()>>(std::move(task));
  g_idle_add_full(
      G_PRIORITY_DEFAULT,
      +[](gpointer data) -> gboolean {
        (*static_cast<std::function<void()>*>(data))();
        return G_SOURCE_REMOVE;
      },
      owned.release(), +[](gpointer data) { delete static_cast<std::function<void()>*>(data); });
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
