#pragma once

#include <memory>

#include <gio/gio.h>

#include "http/owned.h"

namespace fanlight::http {

class TlsSession;

/// A stream that writes by `session`; to close it closes `base`, the stream of the same socket.
Owned<GOutputStream> tls_output_new(GOutputStream* base, std::shared_ptr<TlsSession> session);

} // namespace fanlight::http
