#include "gst/undertaker.h"

#include <memory>

#include "base/log.h"
#include "base/main_loop.h"

namespace fanlight {
namespace {

constexpr std::chrono::seconds kDeadline{5};
/// Enough that one hanging TEARDOWN does not hold up a wall of cameras.
constexpr int kWorkers = 16;

unsigned pending = 0; // Main only.
unsigned overdue = 0; // Main only.

struct Stop {
  Ref<GstElement> element;
  std::string what;
  std::shared_ptr<Timer> deadline;
};

void run(gpointer data, gpointer) {
  std::unique_ptr<Stop> stop{static_cast<Stop*>(data)};
  gst_element_set_state(stop->element.get(), GST_STATE_NULL);
  stop->element = {};
  post([deadline = std::move(stop->deadline)] {
    deadline->stop();
    --pending;
  });
}

GThreadPool* workers() {
  static GThreadPool* pool = g_thread_pool_new(run, nullptr, kWorkers, FALSE, nullptr);
  return pool;
}

} // namespace

void stop_in_background(Ref<GstElement> element, std::string what) {
  auto deadline = std::make_shared<Timer>();
  deadline->once(kDeadline, [what] {
    ++overdue;
    log::warning("gst", {}, "stopping " + what + " takes longer than 5 s; going on without it");
  });
  ++pending;
  g_thread_pool_push(workers(), new Stop{std::move(element), std::move(what), std::move(deadline)},
                     nullptr);
}

unsigned stops_pending() { return pending; }
unsigned stops_overdue() { return overdue; }

bool wait_for_stops(std::chrono::milliseconds limit) {
  bool over = false;
  Timer timer;
  timer.once(limit, [&over] { over = true; });
  while (pending > 0 && !over) g_main_context_iteration(nullptr, TRUE);
  return pending == 0;
}

} // namespace fanlight
