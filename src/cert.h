#pragma once

namespace fanlight {

/// `fanlight cert ...`; `arguments` begin with "cert". Returns the exit code.
int cert_command(int count, char** arguments);

} // namespace fanlight
