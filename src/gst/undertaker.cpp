#include "gst/undertaker.h"

#include <algorithm>
#include <memory>

#include "base/log.h"
#include "base/main_loop.h"

namespace fanlight {
namespace {

constexpr std::chrono::seconds kDeadline{5};
/// Those that are not late. Enough that some slow TEARDOWNs do not hold up a wall of cameras.
constexpr unsigned kWorkers = 16;
/// With those that are late, each of which holds one: were there more, something would be wrong
/// that threads do not mend.
constexpr unsigned kMostWorkers = 256;

unsigned pending = 0; // Main only.
unsigned overdue = 0; // Main only.
unsigned late = 0;    // Of the pending; main only.

struct Stop {
  Ref<GstElement> element;
  std::string what;
  std::shared_ptr<Timer> deadline;
};

void add_late(int more);

void run(gpointer data, gpointer) {
  std::unique_ptr<Stop> stop{static_cast<Stop*>(data)};
  gst_element_set_state(stop->element.get(), GST_STATE_NULL);
  stop->element = {};
  post([deadline = std::move(stop->deadline)] {
    --pending;
    if (!deadline->running()) add_late(-1);
    deadline->stop();
  });
}

GThreadPool* workers() {
  static GThreadPool* pool =
      g_thread_pool_new(run, nullptr, static_cast<gint>(kWorkers), FALSE, nullptr);
  return pool;
}

void add_late(int more) {
  late += static_cast<unsigned>(more);
  g_thread_pool_set_max_threads(
      workers(), static_cast<gint>(std::min(kWorkers + late, kMostWorkers)), nullptr);
}

} // namespace

void stop_in_background(Ref<GstElement> element, std::string what) {
  auto deadline = std::make_shared<Timer>();
  deadline->once(kDeadline, [what] {
    ++overdue;
    add_late(1); // The thread that it holds is not missed.
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
