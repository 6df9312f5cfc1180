#include <cstdio>
#include <filesystem>
#include <string_view>
#include <sysexits.h>

#include <gst/gst.h>

#include "app.h"
#include "base/allocator.h"
#include "cert.h"
#include "config/config.h"
#include "config/files.h"
#include "gst/elements.h"
#include "media/rtsp/launch_line.h"
#include "options.h"

namespace {

int fail(const fanlight::Error& error) {
  std::fprintf(stderr, "fanlight: %s\n", error.message.c_str());
  return fanlight::exit_code(error.code);
}

int print_pipeline(const fanlight::config::Config& config, const std::string& id) {
  for (const auto& camera : config.cameras) {
    if (camera.id != id) continue;
    std::puts(
        fanlight::media::launch_line(camera, config.webrtc, fanlight::load_own_elements()).c_str());
    return EX_OK;
  }
  return fail(
      {fanlight::Errc::not_found, "there is no camera \"" + id + "\" in the configuration"});
}

int check(const std::string& path, const fanlight::config::Config& config) {
  if (const auto files = fanlight::App::check_files(config); !files) return fail(files.error());
  std::printf("%s: valid\n", path.c_str());
  const std::string cameras = fanlight::config::cameras_file(config, path);
  const bool there = std::filesystem::exists(cameras);
  std::printf("%s: %s\n", cameras.c_str(),
              there ? "valid"
                    : "file does not exist; no cameras of the settings page were checked");
  return EX_OK;
}

int serve(const std::string& path, const fanlight::config::Config& config) {
  fanlight::log::configure(config.logging.level, config.logging.format);
  auto app = fanlight::App::create(path, config);
  if (!app) return fail(app.error());
  (*app)->run();
  fanlight::log::sum_up();
  return EX_OK;
}

} // namespace

int main(int argc, char** argv) {
  using Action = fanlight::Options::Action;
  fanlight::use_shared_allocator(argv);
  if (argc > 1 && std::string_view{argv[1]} == "cert")
    return fanlight::cert_command(argc - 1, argv + 1);
  const auto options = fanlight::parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "fanlight: %s\n", options.error().message.c_str());
    return EX_USAGE;
  }
  if (options->action == Action::help) return std::fputs(fanlight::usage().c_str(), stdout), EX_OK;
  if (options->action == Action::version) return std::puts("fanlight " FANLIGHT_VERSION), EX_OK;

  const auto config = fanlight::config::load(options->config);
  if (!config) return fail(config.error());
  if (options->action == Action::check_config) return check(options->config, *config);

  gst_init(nullptr, nullptr);
  return options->action == Action::print_pipeline ? print_pipeline(*config, options->camera)
                                                   : serve(options->config, *config);
}
