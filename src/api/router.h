#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/rest.h"
#include "api/settings.h"
#include "api/signalling.h"
#include "api/whep.h"
#include "config/config.h"
#include "http/exchange.h"
#include "http/routes.h"
#include "http/static_files.h"

namespace fanlight::http {

/// Which path and method is answered by whom; methods, CORS and everything else that many routes
/// share. Threads: main only.
class Router {
 public:
  Router(const config::Config& config, Whep& whep, Signalling& signalling, Rest& rest,
         Settings& settings, StaticFiles& files)
      : config_(config), whep_(whep), signalling_(signalling), rest_(rest), settings_(settings),
        files_(files) {}

  void dispatch(const ExchangePtr& exchange);

 private:
  /// Whether the page that asks may; otherwise it is told why not.
  bool admit(Exchange& exchange, bool socket) const;
  void api(const std::vector<std::string>& path, const ExchangePtr& exchange);
  /// Whether it is about settings, and was answered.
  bool settings(const std::vector<std::string>& path, const ExchangePtr& exchange);
  void whep(const std::vector<std::string>& path, const ExchangePtr& exchange);

  // Given.
  const config::Config& config_;
  Whep& whep_;
  Signalling& signalling_;
  Rest& rest_;
  Settings& settings_;
  StaticFiles& files_;
};

} // namespace fanlight::http
