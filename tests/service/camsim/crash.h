#pragma once

#include <string>

namespace fanlight::test {

/// Says on stdout that a program of ours crashed, if it did. `status` is that of waitpid().
///
/// A test that fails because the server is gone does not say why, and `./dev test` repeats what may
/// have failed for want of time; tests/outcomes.py looks for these words and repeats nothing then.
void tell_crash(const std::string& program, int status);

} // namespace fanlight::test
