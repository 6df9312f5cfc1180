#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "signals.h"
#include "usage.h"
#include "viewer.h"

namespace fanlight::load {

/// Viewers that leave and come back at once.
struct Storm {
  std::size_t viewers = 0;
  std::chrono::milliseconds at{}; ///< After the ramp.
};

struct Plan {
  std::size_t viewers = 1;
  double joins_per_second = 50;
  std::chrono::milliseconds duration{10000}; ///< After the ramp.
  std::vector<Storm> storms;                 ///< By time.
  std::optional<pid_t> server;               ///< What to look at.
  std::chrono::milliseconds idle{2000};      ///< Of looking at it before the first viewer comes.
};

/// A moment: what had been counted and used by then.
struct Reading {
  Time at;
  Counts counts;
  std::uint64_t viewers = 0; ///< That are joined.
  std::optional<Usage> self;
  std::optional<Usage> server;
};

/// What came of a run.
struct Outcome {
  Findings findings;
  std::optional<Usage> idle_first; ///< Of the server without viewers.
  std::optional<Usage> idle_last;
  Usage self_before;
  double ramp_s = 0;   ///< What the ramp took.
  Reading steady;      ///< All have come, or not.
  Reading steady_last; ///< The first storm begins, or the end.
  Reading last;        ///< The end, before the viewers leave.
  bool interrupted = false;
};

/// Viewers come, watch, go and come back, and leave in the end. Ends by itself, and by SIGINT or
/// SIGTERM in order.
class Run : Signals::Observer {
 public:
  Run(Company& company, const std::vector<Target>& targets, Plan plan, bool show);

  /// Runs the loop until all is over.
  Outcome run();

 private:
  enum class Phase { idle, ramp, settling, steady, leaving };

  void on_signal(int number) override;
  void step();
  void begin(Phase phase);
  void join_due(Time now);
  void blow(const Storm& storm);
  void leave_all();
  bool all_gone() const;
  void drop_gone();
  Reading read() const;
  void show_progress(Time now);

  Company& company_;
  const std::vector<Target>& targets_;
  const Plan plan_;
  const bool show_;
  Signals signals_;
  Timer timer_;
  Phase phase_ = Phase::idle;
  Time since_{}; ///< The phase began.
  std::size_t started_ = 0;
  std::size_t next_storm_ = 0;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::vector<std::unique_ptr<Viewer>> leaving_; ///< Their places are taken again.
  Outcome outcome_;
  Time next_shown_{};
  Counts shown_;
};

} // namespace fanlight::load
