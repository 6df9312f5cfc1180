#include "api/web_service.h"

#include <utility>

#include "api/camera_list.h"
#include "api/rest.h"
#include "api/router.h"
#include "api/routes.h"
#include "api/settings.h"
#include "api/signalling.h"
#include "api/whep.h"
#include "base/log.h"
#include "http/fingerprint.h"
#include "http/server.h"
#include "http/static_files.h"

namespace fanlight::http {
namespace {

class RoutedService : public WebService {
 public:
  RoutedService(const config::Config& config, cameras::CameraDirectory& cameras,
                session::Directory& directory, config::Store& store, const auth::Policy& policy,
                const Limits& limits, std::unique_ptr<StaticFiles> files)
      : limits_(limits), files_(std::move(files)),
        whep_(config.webrtc, cameras, directory, limits_), cameras_(cameras, limits_),
        signalling_(config.webrtc, policy, cameras, directory, cameras_, limits_,
                    fingerprint_of(files_->root())),
        rest_(cameras, directory, cameras_, limits_), settings_(store, cameras, limits_),
        router_(service_routes({rest_, settings_, signalling_, whep_, *files_}, limits_), policy) {}

  Result<Done> listen(const std::string& address) {
    auto server = Server::create(
        address, limits_, [this](const ExchangePtr& exchange) { router_.dispatch(exchange); });
    if (!server) return server.error();
    server_ = std::move(server).value();
    return Done{};
  }

  int port() const override { return server_->port(); }
  const std::string& address() const override { return server_->address(); }

  void drain(const Error& refusal) override {
    whep_.refuse(refusal);
    signalling_.drain(refusal);
  }

 private:
  // Given.
  const Limits limits_;
  // Owned.
  const std::unique_ptr<StaticFiles> files_;
  Whep whep_;
  CameraList cameras_; // Notified of changes before those who read it.
  Signalling signalling_;
  Rest rest_;
  Settings settings_;
  Router router_;
  std::unique_ptr<Server> server_; // Destroyed first: it calls the router.
};

} // namespace

Result<std::unique_ptr<WebService>>
WebService::create(const config::Config& config, cameras::CameraDirectory& cameras,
                   session::Directory& directory, config::Store& store, const auth::Policy& policy,
                   const Limits& limits) {
  auto files = StaticFiles::create(config.server.web_root,
                                   [&config] { return config.embed.frame_ancestors; });
  if (!files) return files.error();
  auto service = std::make_unique<RoutedService>(config, cameras, directory, store, policy, limits,
                                                 std::move(files).value());
  const auto listening = service->listen(config.server.listen);
  if (!listening) return listening.error();
  log::info("http", {{"address", service->address()}}, "serving the web UI and the API");
  return std::unique_ptr<WebService>{std::move(service)};
}

} // namespace fanlight::http
