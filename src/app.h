#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "api/web_service.h"
#include "auth/policy.h"
#include "base/main_loop.h"
#include "base/systemd.h"
#include "base/token.h"
#include "cameras/camera_views.h"
#include "cameras/registry.h"
#include "config/config.h"
#include "config/file_store.h"
#include "database/database.h"
#include "layouts/layout_store.h"
#include "session/session_table.h"
#include "session/transports.h"

namespace fanlight {

/// The composition root: builds every object in order, runs the main loop, and destroys the objects
/// in reverse.
class App : private config::Subscriber, private config::FileStore::Observer {
 public:
  /// Errc::internal names what the machine lacks, Errc::invalid the wrong configuration key. `path`
  /// is the file of `config`; the store reads it again later.
  static Result<std::unique_ptr<App>> create(const std::string& path, const config::Config& config);
  ~App() override;
  /// Whether the files that a valid configuration names are right, as far as create() would reject
  /// them. Errc::invalid.
  static Result<Done> check_files(const config::Config& config);

  /// Serves until SIGTERM or SIGINT, then closes the sessions and returns within 5 s.
  void run();

 private:
  /// The parts that commit() replaces, besides the cameras.
  struct Prepared {
    std::uint32_t max_viewers = 0;
    config::Logging logging;
  };

  App() = default;
  Result<Done> open_database(const std::string& folder);
  void drain();
  void check_drained();
  std::string serving() const;

  Result<Done> prepare(const config::Config& wanted, const config::Diff& diff) override;
  void commit() override;
  void abandon() override { prepared_.reset(); }
  void on_reloading() override { notifier_.reloading(); }
  void on_reloaded(const std::string& outcome) override;

  std::unique_ptr<database::Database> database_; // Outlives those that it answers.
  std::unique_ptr<session::Transports> transports_;
  std::unique_ptr<cameras::CameraRegistry> cameras_;
  std::unique_ptr<session::SessionTable> sessions_; // Notified of changes before the views.
  std::unique_ptr<cameras::CameraViews> views_;
  std::unique_ptr<config::FileStore> store_;
  std::vector<Token> subscriptions_;
  std::optional<Prepared> prepared_;
  std::unique_ptr<layouts::LayoutStore> layouts_;
  std::unique_ptr<auth::Policy> policy_;
  std::unique_ptr<http::WebService> server_;
  systemd::Notifier notifier_;
  GMainLoop* loop_ = nullptr;
  Timer tidy_;
  Timer drain_check_;
  std::int64_t drain_until_us_ = 0;
};

} // namespace fanlight
