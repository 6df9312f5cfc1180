#pragma once

#include <optional>

#include "run.h"

namespace fanlight::load {

/// The figures of an outcome that both reports show.
struct Figures {
  double seconds = 0; ///< Of the steady part.
  Counts steady;      ///< Counted in the steady part.
  Counts whole;       ///< Counted from the first viewer to the end.
  double packets_per_second = 0;
  double mbit_per_second = 0;

  struct Process {
    double cores = 0;
    double us_per_packet = 0;
    double idle_cores = 0;               ///< Without viewers; only for the server.
    double us_per_packet_above_idle = 0; ///< The part caused by viewers.
    double kb_per_viewer = 0;            ///< RSS above that without viewers.
    Usage before;                        ///< Without viewers.
    Usage last;
  };
  Process self;
  std::optional<Process> server; ///< None if not measured, or if it ended early.

  static Figures of(const Outcome& outcome);
};

/// Loss of the expected media packets, 0 to 100.
double loss_percent(const Counts& counts);

} // namespace fanlight::load
