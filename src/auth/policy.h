#pragma once

#include <optional>
#include <string_view>

#include "auth/principal.h"
#include "config/config.h"
#include "http/problem.h"

namespace fanlight::auth {

/// What somebody may be permitted to do; every route and message needs one of these, or none.
enum class Action {
  view,      ///< See cameras live, and how they are.
  playback,  ///< See what was recorded.
  control,   ///< Move a camera, speak through it.
  configure, ///< See and change settings.
  inspect,   ///< See who watches and how the server does.
};
const char* to_string(Action action);

/// Decides who may do what. Threads: main only. Lifetime: outlives the service that asks it.
class Policy {
 public:
  virtual ~Policy() = default;

  /// Why no request of this page is answered, whatever it asks for; none: it may ask.
  virtual std::optional<http::Problem> page_refusal(const RequestOrigin& page) const = 0;
  /// Why a principal whose page may ask is not permitted the action; none: it is. Of a principal on
  /// an open WebSocket the page is not known any more. `camera` is the id of the camera that it is
  /// about, which need not exist; empty: of none alone.
  virtual std::optional<http::Problem> refusal(const Principal& principal, Action action,
                                               std::string_view camera) const = 0;
};

/// By addresses and names, as the configuration has them: server.hosts, server.settings and
/// embed.origins.
class AddressPolicy : public Policy {
 public:
  /// `config` outlives the policy and may change.
  explicit AddressPolicy(const config::Config& config) : config_(config) {}

  std::optional<http::Problem> page_refusal(const RequestOrigin& page) const override;
  std::optional<http::Problem> refusal(const Principal& principal, Action action,
                                       std::string_view camera) const override;

 private:
  // Given.
  const config::Config& config_;
};

} // namespace fanlight::auth
