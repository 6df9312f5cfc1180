#pragma once

#include <string>
#include <vector>

namespace fanlight::test {

/// What whep-viewer says of itself at its end.
struct Viewing {
  int exit_code = -1;
  std::string output;

  /// The value of `key` in the line of the viewer, as JSON; empty if it is not there.
  std::string operator[](const std::string& key) const;
  double number(const std::string& key) const;
};

/// The command of a viewer that decodes what is at that WHEP address.
std::vector<std::string> viewer_command(const std::string& url, std::vector<std::string> options);
/// Runs it until it ends by itself.
Viewing view(const std::string& url, std::vector<std::string> options);

} // namespace fanlight::test
