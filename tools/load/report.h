#pragma once

#include <string>

#include "options.h"
#include "run.h"

namespace fanlight::load {

/// The outcome of a run as tables for people.
std::string write_table(const Options& options, const Outcome& outcome);

/// The outcome as one JSON object for programs; docs/load.md describes its members.
std::string write_json(const Options& options, const Outcome& outcome);

} // namespace fanlight::load
