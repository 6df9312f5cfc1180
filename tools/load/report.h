#pragma once

#include <string>

#include "options.h"
#include "run.h"

namespace fanlight::load {

/// What came of a run, for people: tables.
std::string write_table(const Options& options, const Outcome& outcome);

/// For programs: one JSON object; docs/load.md says what its members are.
std::string write_json(const Options& options, const Outcome& outcome);

} // namespace fanlight::load
