#pragma once

#include <memory>

#include "api/web_service.h"
#include "auth/policy.h"
#include "base/main_loop.h"
#include "base/systemd.h"
#include "config/config.h"
#include "config/file_roster.h"
#include "session/session_table.h"

namespace fanlight {

/// The composition root: builds every object in order, runs the main loop, destroys in reverse.
class App : private FileRoster::Stage {
 public:
  /// Errc::internal names what is missing on the machine; Errc::invalid the configuration key at
  /// fault.
  /// `path` is where `config` was read, and will be read again.
  static Result<std::unique_ptr<App>> create(const std::string& path, const config::Config& config);
  ~App() override;

  /// Serves until SIGTERM or SIGINT, then says goodbye to viewers and ends within 5 s.
  void run();

 private:
  App() = default;
  void drain();
  void check_drained();
  std::string serving() const;

  Result<Done> apply(const config::Config& wanted) override;
  Result<Done> test(const config::Camera& camera, session::Roster::Tested done) override {
    return sessions_->test(camera, std::move(done));
  }
  void on_reloading() override { notifier_.reloading(); }
  void on_reloaded(const std::string& outcome) override;

  std::unique_ptr<session::SessionTable> sessions_;
  std::unique_ptr<FileRoster> roster_;
  std::unique_ptr<auth::Policy> policy_;
  std::unique_ptr<http::WebService> server_;
  systemd::Notifier notifier_;
  GMainLoop* loop_ = nullptr;
  Timer tidy_;
  Timer drain_check_;
  std::int64_t drain_until_us_ = 0;
};

} // namespace fanlight
