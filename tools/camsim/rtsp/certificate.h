#pragma once

#include <string>

#include <gio/gio.h>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight::camsim {

/// The certificate for RTSPS: self-signed, for localhost and 127.0.0.1, as in many cameras.
struct Certificate {
  Ref<GTlsCertificate> tls;
  std::string fingerprint; ///< SHA-256, hex pairs with colons.
};

/// Reads the PEM file at `path`; creates it, with a key, if it does not exist.
Result<Certificate> load_certificate(const std::string& path);

} // namespace fanlight::camsim
