#pragma once

#include <string>

#include "base/reason.h"
#include "base/result.h"
#include "rtsp/redirection.h"

namespace fanlight::media {

/// The URL that an answer to a request for `requested` redirects to, without a login: `location` is
/// its Location header, absolute or relative. `tls` tells whether the request used TLS. The error
/// says why the server does not follow it.
Result<std::string> redirected_url(const std::string& requested, const std::string& location,
                                   bool tls);

/// Why the server does not follow a redirection; empty: it does.
Reason reason_of(const rtsp::Redirection& redirection);
Reason too_many_redirections();

} // namespace fanlight::media
