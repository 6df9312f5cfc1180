#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "api/routes.h"
#include "auth/policy.h"
#include "http/exchange.h"
#include "http/routes.h"

namespace fanlight::http {

/// Leads requests to what answers them, as far as the policy permits. Threads: main only.
class Router {
 public:
  /// `policy` outlives the router.
  Router(std::vector<ServiceRoute> routes, const auth::Policy& policy);

  void dispatch(const ExchangePtr& exchange) const;

 private:
  /// Whether the page that asks may; otherwise it is told why not.
  bool admits(const auth::Principal& principal, Exchange& exchange) const;
  /// Whether a route that needs a permission is permitted; otherwise the client is told why not.
  bool permits(const auth::Principal& principal, const Match& match, Exchange& exchange) const;

  // Given.
  const auth::Policy& policy_;
  // Owned.
  Routes routes_;
  std::vector<std::optional<auth::Action>> needs_; ///< Of the routes.
};

} // namespace fanlight::http
