#include "app.h"

#include <algorithm>
#include <csignal>
#include <filesystem>

#include <glib-unix.h>
#include <sys/resource.h>

#include "base/allocator.h"
#include "base/log.h"
#include "base/words.h"
#include "cameras/refusals.h"
#include "config/files.h"
#include "gst/elements.h"
#include "gst/teardown.h"
#include "http/tls_context.h"

namespace fanlight {
namespace {

/// The time from the signal to the end of the process; systemd kills the process later than that.
constexpr std::int64_t kDrainUs = 4'000'000;
constexpr std::chrono::milliseconds kDrainPoll{20};
constexpr std::chrono::seconds kTidy{10};

/// A viewer needs about a dozen descriptors. The usual soft limit of 1024 protects programs that
/// use select(); this one does not.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0)
    log::warning(
        "app", {},
        "the server could not raise its limit of open files; it may have to refuse viewers");
}

} // namespace

Result<std::unique_ptr<App>> App::create(const std::string& path, const config::Config& config) {
  raise_descriptor_limit();
  load_own_elements();
  if (const auto missing = missing_elements(); !missing.empty())
    return Error{Errc::internal,
                 "GStreamer elements are missing; install the packages in brackets: " +
                     join(missing)};
  std::unique_ptr<App> app{new App};
  if (auto opened = app->open_database(config::data_directory(config, path)); !opened)
    return opened.error();
  auto transports = session::Transports::create(config);
  if (!transports) return transports.error();
  app->transports_ = std::move(*transports);
  auto cameras = cameras::CameraRegistry::create(config.cameras);
  if (!cameras) return cameras.error();
  app->cameras_ = std::move(*cameras);
  app->sessions_ = std::make_unique<session::SessionTable>(*app->cameras_, *app->transports_);
  app->views_ = std::make_unique<cameras::CameraViews>(*app->cameras_);
  config::FileStore::Observer& observer = *app;
  app->store_ = std::make_unique<config::FileStore>(path, config, observer);
  app->subscriptions_.push_back(app->store_->subscribe(*app->cameras_));
  app->subscriptions_.push_back(app->store_->subscribe(*app));
  app->policy_ = std::make_unique<auth::AddressPolicy>(app->store_->current());
  auto server = http::WebService::create(app->store_->current(), *app->views_, *app->sessions_,
                                         *app->store_, *app->layouts_, *app->policy_);
  if (!server) return server.error();
  app->server_ = std::move(*server);
  return app;
}

Result<Done> App::open_database(const std::string& folder) {
  // Of every room that has tables.
  const std::vector<database::Schema> schemas{layouts::LayoutStore::schema()};
  const auto read = [this](database::Database& database) -> Result<Done> {
    auto layouts = layouts::LayoutStore::create(database);
    if (!layouts) return layouts.error();
    layouts_ = std::move(*layouts);
    return Done{};
  };
  // Cameras do not need what is stored there.
  auto opened = database::Database::open_or_do_without(
      std::filesystem::path{folder} / "fanlight.db", schemas, read);
  if (!opened) return opened.error();
  database_ = std::move(*opened);
  return Done{};
}

Result<Done> App::check_files(const config::Config& config) {
  const config::Tls& tls = config.server.tls;
  if (tls.certificate.empty()) return Done{};
  const auto read = http::read_tls_files({tls.certificate, tls.key});
  return read ? Result<Done>{Done{}} : read.error();
}

App::~App() {
  // run() was never called.
  if (drain_until_us_ == 0) drain_until_us_ = g_get_monotonic_time() + kDrainUs;
  server_.reset();
  policy_.reset();
  layouts_.reset();
  subscriptions_.clear();
  store_.reset();
  views_.reset();
  sessions_.reset();
  cameras_.reset();
  transports_.reset();
  database_.reset();
  // Pipelines stop on workers; a camera that does not answer TEARDOWN is not waited for.
  if (!wait_for_stops(std::chrono::milliseconds{
          std::max<std::int64_t>(0, (drain_until_us_ - g_get_monotonic_time()) / 1000)}))
    log::warning("app", {{"pending", std::to_string(stops_pending())}},
                 "exiting although some pipelines have not stopped");
}

void App::run() {
  loop_ = g_main_loop_new(nullptr, FALSE);
  const auto on_signal = +[](gpointer self) -> gboolean {
    static_cast<App*>(self)->drain();
    return G_SOURCE_CONTINUE;
  };
  const guint term = g_unix_signal_add(SIGTERM, on_signal, this);
  const guint interrupt = g_unix_signal_add(SIGINT, on_signal, this);
  const guint hangup = g_unix_signal_add(
      SIGHUP,
      +[](gpointer self) -> gboolean {
        (void)static_cast<App*>(self)->store_->reload(); // The store logs the result.
        return G_SOURCE_CONTINUE;
      },
      this);
  cameras_->start();
  store_->watch();
  tidy_.every(kTidy, return_free_memory);
  log::info("app", {{"cameras", std::to_string(cameras_->all().size())}}, serving());
  notifier_.ready(serving());
  g_main_loop_run(loop_);
  tidy_.stop();
  drain_check_.stop(); // ~App runs the loop again, after sessions_ is gone.
  g_source_remove(term);
  g_source_remove(interrupt);
  g_source_remove(hangup);
  g_main_loop_unref(std::exchange(loop_, nullptr));
}

std::string App::serving() const { return "serving on " + server_->url(); }

Result<Done> App::prepare(const config::Config& wanted, const config::Diff&) {
  if (auto prepared = transports_->prepare(wanted.cameras); !prepared) return prepared;
  prepared_ = Prepared{wanted.webrtc.max_viewers, wanted.logging};
  return Done{};
}

void App::commit() {
  const Prepared wanted = *std::exchange(prepared_, std::nullopt);
  sessions_->set_max_viewers(wanted.max_viewers);
  if (wanted.logging != store_->current().logging)
    log::configure(wanted.logging.level, wanted.logging.format);
}

void App::on_reloaded(const std::string& outcome) {
  server_->renew_certificate(); // Where the files cannot be watched, this is the way.
  notifier_.reloaded(serving() + "; " + outcome);
}

void App::drain() {
  if (drain_until_us_ != 0) return;
  drain_until_us_ = g_get_monotonic_time() + kDrainUs;
  log::info("app", {{"sessions", std::to_string(sessions_->session_count())}}, "shutting down");
  notifier_.stopping("closing the viewers' sessions");
  const Error refusal = cameras::shutting_down();
  server_->drain(refusal);
  sessions_->drain({"shutting_down", refusal});
  cameras_->drain();
  drain_check_.every(kDrainPoll, [this] { check_drained(); });
}

void App::check_drained() {
  const bool late = g_get_monotonic_time() > drain_until_us_ - kDrainUs / 2;
  if ((sessions_->empty() && stops_pending() == 0) || late) g_main_loop_quit(loop_);
}

} // namespace fanlight
