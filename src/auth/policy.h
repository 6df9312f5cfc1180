#pragma once

#include <optional>
#include <string_view>

#include "auth/principal.h"
#include "config/config.h"
#include "http/problem.h"

namespace fanlight::auth {

/// What a client may be permitted to do. Every route and message requires one of these, or none.
enum class Action {
  view,      ///< Watch cameras live and see their state.
  playback,  ///< Watch recordings.
  control,   ///< Move a camera, speak through it.
  configure, ///< See and change settings.
  inspect,   ///< See the viewers and the state of the server.
};
const char* to_string(Action action);

/// Decides what each client may do. Threads: main only. Lifetime: outlives the services that ask
/// it.
class Policy {
 public:
  virtual ~Policy() = default;

  /// Why the server answers no request of this page at all; none: it answers.
  virtual std::optional<http::Problem> page_refusal(const RequestOrigin& page) const = 0;
  /// Why a principal whose page passed page_refusal() may not do the action; none: it may. On an
  /// open WebSocket, the page is no longer known. `camera` is the id of the camera that the action
  /// concerns, which need not exist; empty: no single camera.
  virtual std::optional<http::Problem> refusal(const Principal& principal, Action action,
                                               std::string_view camera) const = 0;
};

/// Decides by addresses and names, according to server.hosts, server.settings and embed.origins.
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
