#pragma once

#include <optional>
#include <string>

#include "auth/principal.h"
#include "config/config.h"
#include "http/problem.h"

namespace fanlight::auth {

/// Why a page may not watch cameras or read about them (docs/embed.md), and what to write into the
/// configuration if it is the operator's: unknown_host or foreign_page; none: it may. Keeps out the
/// pages of strangers that somebody on this network has open, also those whose name a stranger has
/// made lead here (DNS rebinding).
std::optional<http::Problem> viewing_refusal(const RequestOrigin& page,
                                             const config::Server& server,
                                             const config::Embed& embed);

/// Why the principal may not change settings (docs/settings.md); empty: it may.
std::string settings_refusal(const Principal& principal, const config::Server& server);

} // namespace fanlight::auth
