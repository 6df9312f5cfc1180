#include "aside.h"

#include <memory>
#include <utility>

#include <glib.h>

namespace fanlight::direct {

void run_aside(std::function<void()> task) {
  constexpr gint kMostThreads = 4;
  using Task = std::function<void()>;
  static GThreadPool* const pool = g_thread_pool_new(
      +[](gpointer data, gpointer) {
        const std::unique_ptr<Task> mine{static_cast<Task*>(data)};
        (*mine)();
      },
      nullptr, kMostThreads, FALSE, nullptr);
  g_thread_pool_push(pool, new Task(std::move(task)), nullptr);
}

} // namespace fanlight::direct
