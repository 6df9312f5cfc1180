#include "api/web_service.h"

#include <algorithm>
#include <utility>

#include "api/camera_list.h"
#include "api/layouts.h"
#include "api/rest.h"
#include "api/router.h"
#include "api/routes.h"
#include "api/settings.h"
#include "api/signalling.h"
#include "api/whep.h"
#include "base/log.h"
#include "http/fingerprint.h"
#include "http/redirect.h"
#include "http/server.h"
#include "http/static_files.h"
#include "http/tls_certificate.h"

namespace fanlight::http {
namespace {

class RoutedService : public WebService {
 public:
  RoutedService(const config::Config& config, cameras::CameraDirectory& cameras,
                session::Directory& directory, config::Store& store, layouts::LayoutStore& layouts,
                const auth::Policy& policy, const Limits& limits,
                std::unique_ptr<StaticFiles> files)
      : limits_(limits), files_(std::move(files)),
        whep_(config.webrtc, cameras, directory, limits_), cameras_(cameras, limits_),
        layouts_(layouts), signalling_(config.webrtc, policy, cameras, directory, cameras_, limits_,
                                       fingerprint_of(files_->root())),
        rest_(cameras, directory, cameras_, limits_), settings_(store, cameras, limits_),
        router_(service_routes({rest_, settings_, layouts_, signalling_, whep_, *files_}, limits_),
                policy),
        // After layouts_: its fingerprint is new by then.
        layouts_changed_(layouts.observe([this] { tell_layouts(); })) {
    tell_layouts();
  }

  Result<Done> listen(const config::Server& config) {
    if (auto ready = read_certificate(config.tls); !ready) return ready;
    auto server = Server::create(
        {.address = config.listen,
         .certificate = certificate_.get(),
         .trusted_proxies = [&config] { return config.trusted_proxies; },
         .hsts_days = [&config] { return config.tls.hsts_days; }},
        limits_, [this](const ExchangePtr& exchange) { router_.dispatch(exchange); });
    if (!server) return server.error();
    server_ = std::move(server).value();
    return config.tls.redirect.empty() ? Done{} : redirect_from(config.tls.redirect);
  }

  int port() const override { return server_->port(); }
  const std::string& address() const override { return server_->address(); }
  std::string url() const override {
    return (certificate_ ? "https://" : "http://") + server_->address();
  }
  std::string redirecting() const override { return redirect_ ? redirect_->address() : ""; }
  void renew_certificate() override {
    if (certificate_) certificate_->renew();
  }

  void drain(const Error& refusal) override {
    whep_.refuse(refusal);
    signalling_.drain(refusal);
  }

 private:
  void tell_layouts() { signalling_.tell_layouts(layouts_.fingerprint()); }

  Result<Done> read_certificate(const config::Tls& tls) {
    if (tls.certificate.empty()) return Done{};
    auto certificate = TlsCertificate::create({tls.certificate, tls.key});
    if (!certificate) return certificate.error();
    certificate_ = std::move(certificate).value();
    return Done{};
  }

  Result<Done> redirect_from(const std::string& address) {
    Limits few = limits_;
    few.connections = std::min<std::size_t>(limits_.connections, 256);
    auto redirect = Server::create({.address = address, .key = "server.tls.redirect"}, few,
                                   redirect_to_https(server_->port()));
    if (!redirect) return redirect.error();
    redirect_ = std::move(redirect).value();
    return Done{};
  }

  // Given.
  const Limits limits_;
  // Owned.
  const std::unique_ptr<StaticFiles> files_;
  Whep whep_;
  CameraList cameras_; // Notified of changes before those who read it.
  Layouts layouts_;
  Signalling signalling_;
  Rest rest_;
  Settings settings_;
  Router router_;
  const Token layouts_changed_;
  std::unique_ptr<TlsCertificate> certificate_; // Null: HTTP without TLS.
  std::unique_ptr<Server> server_;              // Destroyed first: it calls the router.
  std::unique_ptr<Server> redirect_;            // Null: no HTTP is led to HTTPS.
};

} // namespace

Result<std::unique_ptr<WebService>>
WebService::create(const config::Config& config, cameras::CameraDirectory& cameras,
                   session::Directory& directory, config::Store& store,
                   layouts::LayoutStore& layouts, const auth::Policy& policy,
                   const Limits& limits) {
  auto files = StaticFiles::create(config.server.web_root,
                                   [&config] { return config.embed.frame_ancestors; });
  if (!files) return files.error();
  auto service = std::make_unique<RoutedService>(config, cameras, directory, store, layouts, policy,
                                                 limits, std::move(files).value());
  const auto listening = service->listen(config.server);
  if (!listening) return listening.error();
  log::info("http", {{"address", service->address()}},
            config.server.tls.certificate.empty() ? "serving the web UI and the API"
                                                  : "serving the web UI and the API over HTTPS");
  if (const std::string redirecting = service->redirecting(); !redirecting.empty())
    log::info("http", {{"address", redirecting}}, "leading HTTP to HTTPS");
  return std::unique_ptr<WebService>{std::move(service)};
}

} // namespace fanlight::http
