#pragma once

#include <memory>
#include <string>

#include "auth/policy.h"
#include "base/result.h"
#include "cameras/camera_directory.h"
#include "config/config.h"
#include "config/store.h"
#include "http/limits.h"
#include "layouts/layout_store.h"
#include "session/session.h"

namespace fanlight::http {

/// The HTTP side of the service on `server.listen`: WebSocket signalling, WHEP, REST and the web
/// UI.
///
/// Threads: main only. Lifetime: owned by App; dies before what it is given.
class WebService {
 public:
  /// Listens at once. Errc::invalid (server.listen, server.tls), not_found (web root), unavailable
  /// (an address cannot be had). `config` outlives the service.
  static Result<std::unique_ptr<WebService>>
  create(const config::Config& config, cameras::CameraDirectory& cameras,
         session::Directory& directory, config::Store& store, layouts::LayoutStore& layouts,
         const auth::Policy& policy, const Limits& limits = {});
  virtual ~WebService() = default;

  virtual int port() const = 0;                   ///< The real one, also where 0 was asked for.
  virtual const std::string& address() const = 0; ///< As bound: "127.0.0.1:8080".
  /// The same as a URL: "https://127.0.0.1:8443".
  virtual std::string url() const = 0;
  /// Where HTTP is led to HTTPS, as bound; empty: nowhere.
  virtual std::string redirecting() const = 0;
  /// Reads the files of server.tls again. It also happens by itself when they change.
  virtual void renew_certificate() = 0;

  /// The service is about to stop: says goodbye to the WebSockets and closes them, refuses new
  /// sessions with 503. Requests that are under way are still answered.
  virtual void drain(const Error& refusal) = 0;
};

} // namespace fanlight::http
