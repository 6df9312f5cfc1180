#pragma once

#include <string>

#include "base/result.h"

namespace fanlight {

/// The command line, as plain values.
struct Options {
  enum class Action { serve, check_config, print_pipeline, version, help };
  Action action = Action::serve;
  std::string config = "/etc/fanlight/fanlight.yaml"; ///< --config FILE.
  std::string camera;                                 ///< Of --print-pipeline.
};

/// The text of --help.
std::string usage();

/// Reads the command line. Errc::invalid says what is wrong and refers to --help; the exit code is
/// EX_USAGE.
Result<Options> parse_options(int argc, char** argv);

/// The process's exit code for a failure, as in sysexits.h; the only place that maps them.
int exit_code(Errc code);

} // namespace fanlight
