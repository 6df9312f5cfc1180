#pragma once

#include "http/server.h"

namespace fanlight::http {

/// Sends every request to the same address on `port` by HTTPS. The answer is temporary, so that
/// browsers do not remember it when HTTPS is turned off again.
Server::Handler redirect_to_https(int port);

} // namespace fanlight::http
