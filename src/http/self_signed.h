#pragma once

#include <string>
#include <vector>

#include "base/result.h"

namespace fanlight::http {

/// A certificate that signs itself, and its key, both as PEM.
struct SelfSigned {
  std::string certificate;
  std::string key;
  std::string fingerprint; ///< SHA-256 of the certificate, AA:BB:…
};

/// The names and addresses by which browsers may reach this machine: its host name, also with
/// .local, localhost, and the addresses of its interfaces.
std::vector<std::string> names_of_this_machine();

/// Makes a certificate of `days`, the first of which is over, for `names` (host names and
/// addresses; at least one), with a new key on P-256. Errc::invalid names the one that is no name.
Result<SelfSigned> make_self_signed(const std::vector<std::string>& names, int days);

} // namespace fanlight::http
