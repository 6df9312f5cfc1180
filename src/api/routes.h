#pragma once

#include <optional>
#include <string>
#include <vector>

#include "api/layouts.h"
#include "api/rest.h"
#include "api/settings.h"
#include "api/signalling.h"
#include "api/whep.h"
#include "auth/policy.h"
#include "http/limits.h"
#include "http/routes.h"
#include "http/static_files.h"

namespace fanlight::http {

/// What answers the routes.
struct Features {
  Rest& rest;
  Settings& settings;
  Layouts& layouts;
  Signalling& signalling;
  Whep& whep;
  StaticFiles& files;
};

/// A route and the permission that it needs.
struct ServiceRoute {
  Methods methods;
  std::string pattern;
  std::optional<auth::Action> needs; ///< None: any client whose page is allowed may use it.
  Cors cors;
  BodyBound body;
  Route::Handler handler;
};

/// All routes of the service; other addresses do not exist. `features` outlive them.
std::vector<ServiceRoute> service_routes(const Features& features, const Limits& limits);

} // namespace fanlight::http
