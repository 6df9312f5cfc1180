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

/// Viewers that leave and rejoin at once.
struct Storm {
  std::size_t viewers = 0;
  std::chrono::milliseconds at{}; ///< After the ramp.
};

struct Plan {
  std::size_t viewers = 1;
  double joins_per_second = 50;
  std::chrono::milliseconds duration{10000}; ///< After the ramp.
  std::vector<Storm> storms;                 ///< By time.
  std::optional<pid_t> server;               ///< The process to measure.
  std::chrono::milliseconds idle{2000}; ///< How long to measure it before the first viewer joins.
};

/// The counts and the resource usage at one moment.
struct Reading {
  Time at;
  Counts counts;
  std::uint64_t viewers = 0; ///< Joined viewers.
  std::optional<Usage> self;
  std::optional<Usage> server;
};

/// The result of a run.
struct Outcome {
  Findings findings;
  std::optional<Usage> idle_first; ///< Of the server, without viewers.
  std::optional<Usage> idle_last;
  Usage self_before;
  double ramp_s = 0;   ///< Duration of the ramp.
  Reading steady;      ///< When all viewers have joined or failed.
  Reading steady_last; ///< When the first storm begins, or at the end.
  Reading last;        ///< At the end, before the viewers leave.
  bool interrupted = false;
};

/// Viewers join, watch, leave and rejoin in storms, and leave at the end. Ends by itself, or
/// earlier and orderly by SIGINT or SIGTERM.
class Run : Signals::Observer {
 public:
  Run(Company& company, const std::vector<Target>& targets, Plan plan, bool show);

  /// Runs the loop until the end.
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
  Time since_{}; ///< When the phase began.
  std::size_t started_ = 0;
  std::size_t next_storm_ = 0;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::vector<std::unique_ptr<Viewer>> leaving_; ///< No longer counted; they still say goodbye.
  Outcome outcome_;
  Time next_shown_{};
  Counts shown_;
};

} // namespace fanlight::load
