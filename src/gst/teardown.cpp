#include "gst/teardown.h"

#include <algorithm>
#include <memory>

#include "base/log.h"
#include "base/main_loop.h"

namespace fanlight {
namespace {

constexpr std::chrono::seconds kDeadline{5};
/// Workers that are not late: enough that a few slow TEARDOWNs do not delay a wall of cameras.
constexpr unsigned kWorkers = 16;
/// Including the late ones, each of which keeps its worker. If more are late, more threads do not
/// help.
constexpr unsigned kMostWorkers = 256;
/// Threads that must remain for all other purposes.
constexpr std::uint32_t kSpareThreads = 24;

unsigned pending = 0;     // Main only.
unsigned overdue = 0;     // Main only.
unsigned late = 0;        // Of the pending; main only.
unsigned most = kWorkers; // Workers; main only.

struct Stop {
  Ref<GstElement> element;
  std::string what;
  std::shared_ptr<Timer> deadline;
};

void fit();

void begin(Timer& deadline, const std::string& what) {
  deadline.once(kDeadline, [what] {
    ++overdue;
    ++late; // Its worker is replaced by another one.
    fit();
    log::warning("gst", {},
                 "stopping " + what + " takes longer than 5 s; the server goes on without it");
  });
}

void end(Timer& deadline) {
  --pending;
  if (!deadline.running()) --late;
  deadline.stop();
  fit();
}

void run(gpointer data, gpointer) {
  std::unique_ptr<Stop> stop{static_cast<Stop*>(data)};
  // The time that it waits for a worker does not count.
  post([deadline = stop->deadline, what = stop->what] { begin(*deadline, what); });
  gst_element_set_state(stop->element.get(), GST_STATE_NULL);
  stop->element = {};
  post([deadline = std::move(stop->deadline)] { end(*deadline); });
}

GThreadPool* workers() {
  static GThreadPool* pool =
      g_thread_pool_new(run, nullptr, static_cast<gint>(kWorkers), FALSE, nullptr);
  return pool;
}

/// Starts as many workers as are needed and the system has room for. Main only.
void fit() {
  const unsigned wanted = std::min(kWorkers + late, kMostWorkers);
  if (wanted == most) return;
  most = stop_threads(late, most, wanted > most ? read_bounds() : std::vector<Bound>{});
  g_thread_pool_set_max_threads(workers(), static_cast<gint>(most), nullptr);
}

} // namespace

void stop_in_background(Ref<GstElement> element, std::string what) {
  ++pending;
  fit(); // The system may have room by now.
  g_thread_pool_push(
      workers(), new Stop{std::move(element), std::move(what), std::make_shared<Timer>()}, nullptr);
}

unsigned stops_pending() { return pending; }
unsigned stops_overdue() { return overdue; }

unsigned stop_threads(unsigned late, unsigned now, const std::vector<Bound>& bounds) {
  unsigned wanted = std::min(kWorkers + late, kMostWorkers);
  while (wanted > now && !Reservation::take({wanted - now, 0}, {kSpareThreads, 0},
                                            {"for_thread"_reason, "a thread"}, bounds))
    --wanted;
  return wanted;
}

bool wait_for_stops(std::chrono::milliseconds limit) {
  bool over = false;
  Timer timer;
  timer.once(limit, [&over] { over = true; });
  while (pending > 0 && !over) g_main_context_iteration(nullptr, TRUE);
  return pending == 0;
}

} // namespace fanlight
