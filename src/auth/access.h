#pragma once

#include <optional>
#include <string>

#include "auth/principal.h"
#include "config/config.h"
#include "http/problem.h"

namespace fanlight::auth {

/// Why a page may not view or read about cameras (docs/embed.md), and what the operator must
/// configure to allow it: unknown_host or foreign_page; none: it may. Rejects strangers' pages that
/// a user of this network has open, including those that use DNS rebinding.
std::optional<http::Problem> viewing_refusal(const RequestOrigin& page,
                                             const config::Server& server,
                                             const config::Embed& embed);

/// Why the principal may not change settings (docs/settings.md); empty: it may.
Reason settings_refusal(const Principal& principal, const config::Server& server);

} // namespace fanlight::auth
