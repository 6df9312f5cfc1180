#pragma once

#include <optional>

#include "run.h"

namespace fanlight::load {

/// What follows from an outcome, as both reports show it.
struct Figures {
  double seconds = 0; ///< Of the steady part.
  Counts steady;      ///< What was counted in it.
  Counts whole;       ///< And from the first viewer to the end.
  double packets_per_second = 0;
  double mbit_per_second = 0;

  struct Process {
    double cores = 0;
    double us_per_packet = 0;
    double idle_cores = 0;               ///< Without viewers; of the server only.
    double us_per_packet_above_idle = 0; ///< What of it the viewers cost.
    double kb_per_viewer = 0;            ///< Of RSS, beyond that without viewers.
    Usage before;                        ///< Without viewers.
    Usage last;
  };
  Process self;
  std::optional<Process> server; ///< Nothing where it was not looked at, or ended on the way.

  static Figures of(const Outcome& outcome);
};

/// Of the media packets that should have come in, 0 to 100.
double loss_percent(const Counts& counts);

} // namespace fanlight::load
