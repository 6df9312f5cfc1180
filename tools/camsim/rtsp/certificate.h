#pragma once

#include <string>

#include <gio/gio.h>

#include "base/result.h"
#include "gst/ref.h"

namespace fanlight::camsim {

/// What RTSPS shows: signed by itself, for localhost and 127.0.0.1, as cameras have it.
struct Certificate {
  Ref<GTlsCertificate> tls;
  std::string fingerprint; ///< SHA-256, hex pairs with colons.
};

/// That of the PEM file at `path`; made, with its key, where there is no such file.
Result<Certificate> load_certificate(const std::string& path);

} // namespace fanlight::camsim
