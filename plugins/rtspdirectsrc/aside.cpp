#include "aside.h"

#include <memory>
#include <utility>

#include <glib.h>

namespace fanlight::direct {
namespace {

using Task = std::function<void()>;

GThreadPool* make_pool(gint most_threads) {
  return g_thread_pool_new(
      +[](gpointer data, gpointer) {
        const std::unique_ptr<Task> mine{static_cast<Task*>(data)};
        (*mine)();
      },
      nullptr, most_threads, FALSE, nullptr);
}

} // namespace

void run_aside(Aside kind, std::function<void()> task) {
  // A lookup waits for a name server, which may take half a minute to fail; a judgement computes.
  constexpr gint kLookups = 16;
  constexpr gint kJudgements = 4;
  static GThreadPool* const lookups = make_pool(kLookups);
  static GThreadPool* const judgements = make_pool(kJudgements);
  g_thread_pool_push(kind == Aside::lookup ? lookups : judgements, new Task(std::move(task)),
                     nullptr);
}

} // namespace fanlight::direct
