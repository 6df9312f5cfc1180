#include <algorithm>
#include <cstdio>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <glib-unix.h>
#include <gst/gst.h>
#include <sysexits.h>

#include "camsim/picture/cache.h"
#include "camsim/relay/relay.h"
#include "camsim/rtsp/certificate.h"
#include "camsim/rtsp/server.h"
#include "camsim/setup/spec.h"
#include "control.h"
#include "gst/ref.h"

/// LeakSanitizer asks every program for suppressions. libsoup before 3.3 never frees a connection
/// that ends between two requests, nor the addresses of a listener; the control server has both.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:g_socket_accept\nleak:soup_server_get_uris\n";
}

namespace {

using namespace fanlight;
using namespace fanlight::camsim;

constexpr std::string_view kHelp = R"(fanlight-camsim: synthetic RTSP cameras

  fanlight-camsim [--listen HOST:PORT] [--config FILE] [--camera KEY=VALUE,...]... [--cache DIR]

  --camera KEY=VALUE,...  Add a camera; repeatable. Keys, with their defaults:
                            id        1 to 64 of a-z 0-9 _ -; the path of the URL (required)
                            name      text in the picture (the id)
                            codec     h264 | h265 | h265+h264: two video media (h264)
                            profile   of H.264: baseline | main | high (main)
                            audio     aac | pcma | pcmu | opus | g726-16 | g726-24 | g726-32 |
                                      g726-40 | l16 | none (aac)
                            size      WIDTHxHEIGHT (640x360)
                            fps       1 to 120 (25)
                            bitrate   kbit/s, 50 to 50000 (1000)
                            gop       frames from key frame to key frame, 1 to 3600 (50)
                            bframes   0 to 4 (0)
                            loop      minimum length of the loop in seconds, 1 to 120 (20)
                            rate      of AAC, Hz, 8000 to 48000 (48000)
                            tone      Hz, 100 to 3000 (depends on the name)
                            count     number of cameras id-1, id-2, ... with the same picture (1)
                            mtu       size limit of RTP packets in bytes, 500 to 60000 (1400)
                            live      true: encode in real time, wall clock in the strip (false)
                            auth      none | basic | digest | digest-sha256 (none); needs user and
                                      password
  --config FILE           Read a YAML file: `cameras`, a list of maps with the keys above and
                          `faults`; `listen`, `control`, `tls`.
  --listen HOST:PORT      RTSP address (127.0.0.1:8554); port 0: a free one.
  --control HOST:PORT     HTTP address for faults on command (docs/camsim.md); port 0: a free one.
  --tls HOST:PORT         RTSPS address, with a self-signed certificate.
  --cache DIR             Folder of encoded clips ($XDG_CACHE_HOME/fanlight-camsim).
  --version, --help

Prints one line per camera, `id rtsp://host:port/id`, then `ready`. With --control and --tls, it
first prints `control http://host:port`, `tls rtsps://host:port` and `fingerprint SHA-256`.
)";

struct Arguments {
  Setup setup;
  std::string cache;
};

/// A message for stderr and the exit code.
struct Refusal {
  int code;
  std::string message;
};

int exit_code(const Error& error) {
  switch (error.code) {
  case Errc::invalid: return EX_CONFIG;
  case Errc::not_found: return EX_NOINPUT;
  case Errc::unavailable: return EX_UNAVAILABLE;
  default: return EX_SOFTWARE;
  }
}

std::optional<Refusal> read_arguments(int argc, char** argv, Arguments& out) {
  std::optional<Listen> listen;
  for (int i = 1; i < argc; ++i) {
    std::string option = argv[i];
    std::string value;
    if (const auto equals = option.find('='); option.starts_with("--") && equals != option.npos) {
      value = option.substr(equals + 1);
      option.resize(equals);
    } else if (option == "--camera" || option == "--config" || option == "--listen" ||
               option == "--cache" || option == "--control" || option == "--tls") {
      if (++i == argc) return Refusal{EX_USAGE, option + " needs a value; see --help"};
      value = argv[i];
    }
    if (option == "--camera") {
      auto camera = parse_camera(value);
      if (!camera) return Refusal{EX_USAGE, "--camera: " + camera.error().message};
      out.setup.cameras.push_back(std::move(*camera));
    } else if (option == "--config") {
      auto setup = load_setup(value);
      if (!setup) return Refusal{exit_code(setup.error()), setup.error().message};
      out.setup.listen = setup->listen;
      out.setup.control = setup->control;
      out.setup.tls = setup->tls;
      for (auto& camera : setup->cameras) out.setup.cameras.push_back(std::move(camera));
    } else if (option == "--listen") {
      auto parsed = parse_listen(value);
      if (!parsed) return Refusal{EX_USAGE, "--listen: " + parsed.error().message};
      listen = *parsed;
    } else if (option == "--control" || option == "--tls") {
      auto parsed = parse_listen(value);
      if (!parsed) return Refusal{EX_USAGE, option + ": " + parsed.error().message};
      (option == "--tls" ? out.setup.tls : out.setup.control) = *parsed;
    } else if (option == "--cache" && !value.empty()) {
      out.cache = value;
    } else {
      return Refusal{EX_USAGE, "unknown argument '" + option + "'; see --help"};
    }
  }
  if (listen) out.setup.listen = *listen;
  auto cameras = expand(std::move(out.setup.cameras));
  if (!cameras) return Refusal{EX_USAGE, cameras.error().message};
  out.setup.cameras = std::move(*cameras);
  if (out.setup.cameras.empty())
    return Refusal{EX_USAGE, "no cameras: use --camera or --config; see --help"};
  return {};
}

/// The objects that a signal stops.
struct Stop {
  GMainLoop* loop;
  bool& stopped;
};

gboolean on_signal(gpointer data) {
  const auto& stop = *static_cast<Stop*>(data);
  stop.stopped = true;
  g_main_loop_quit(stop.loop);
  return G_SOURCE_CONTINUE;
}

/// Fills the cache on a separate thread, so that a signal can end it.
Result<Cache::Clips> encode(const Arguments& arguments, GMainLoop* loop) {
  Result<Cache::Clips> clips = Cache::Clips{};
  std::jthread worker([&](std::stop_token stop) {
    const auto say = [](const CameraSpec& camera) {
      std::cerr << "encoding " + camera.label() + "\n";
    };
    clips = Cache(arguments.cache).clips(arguments.setup.cameras, say, stop);
    // By an idle source: the loop may not be running yet.
    g_idle_add(
        [](gpointer data) -> gboolean {
          g_main_loop_quit(static_cast<GMainLoop*>(data));
          return G_SOURCE_REMOVE;
        },
        loop);
  });
  g_main_loop_run(loop);
  worker.request_stop();
  worker.join();
  return clips;
}

/// GStreamer 1.22 warns about the order of events on the RTCP path whenever a client requests UDP.
/// gst-rtsp-server causes this and it is harmless. Other warnings are shown.
void show_warning(const gchar* domain, GLogLevelFlags level, const gchar* message, gpointer) {
  if (std::string_view(message).find("Sticky event misordering") == std::string_view::npos)
    g_log_default_handler(domain, level, message, nullptr);
}

std::string address_of(const Listen& listen) {
  const bool v6 = listen.host.find(':') != std::string::npos;
  return (v6 ? "[" + listen.host + "]" : listen.host) + ":" + std::to_string(listen.port);
}

/// The parts that serve the cameras, the innermost first.
struct Services {
  FaultStates faults;
  std::unique_ptr<Server> server;
  std::unique_ptr<Relay> relay;     ///< Null: no camera needs it.
  std::unique_ptr<Control> control; ///< Null: no commands.
  std::string fingerprint;          ///< Empty: no RTSPS.
};

/// Whether a relay must stand in front of the server, which itself has no faults.
bool needs_relay(const Setup& setup) {
  return setup.control || std::ranges::any_of(setup.cameras, [](const CameraSpec& camera) {
           return camera.faults || camera.auth == Auth::digest_sha256;
         });
}

Result<> start_tls(Services& services, Listen& tls, const std::string& cache) {
  auto certificate = load_certificate(cache + "/camsim.pem");
  if (!certificate) return certificate.error();
  services.fingerprint = certificate->fingerprint;
  if (auto listens = services.server->listen_tls(tls, certificate->tls.get()); !listens)
    return listens.error();
  tls.port = services.server->tls_port();
  return Done{};
}

/// Gives the relay the configured address, and the server a hidden one.
Result<> start_relay(Services& services, Setup& setup) {
  Relay::Logins logins;
  for (const CameraSpec& camera : setup.cameras)
    if (camera.auth == Auth::digest_sha256) logins[camera.id] = {camera.user, camera.password};
  auto relay = Relay::create(setup.listen, services.server->port(), services.faults, logins);
  if (!relay) return relay.error();
  services.relay = std::move(*relay);
  setup.listen.port = services.relay->port();
  if (!setup.control) return Done{};
  auto control = Control::create(*setup.control, setup.cameras, services.faults, *services.relay);
  if (!control) return control.error();
  services.control = std::move(*control);
  return Done{};
}

/// Starts all parts, and replaces port 0 by the chosen ports.
Result<Services> start(Setup& setup, const Cache::Clips& clips, const std::string& cache) {
  Services services;
  const bool relayed = needs_relay(setup);
  for (const CameraSpec& camera : setup.cameras) {
    if (!relayed) break;
    const auto state = services.faults[camera.id] = std::make_shared<FaultState>();
    if (camera.faults) state->set(*camera.faults);
  }
  auto server = Server::create(relayed ? Listen{.port = 0} : setup.listen, setup.cameras, clips,
                               services.faults);
  if (!server) return server.error();
  services.server = std::move(*server);
  if (!relayed) setup.listen.port = services.server->port();
  if (setup.tls) {
    if (auto started = start_tls(services, *setup.tls, cache); !started) return started.error();
  }
  if (relayed) {
    if (auto started = start_relay(services, setup); !started) return started.error();
  }
  return services;
}

void announce(const Services& services, const Setup& setup) {
  if (services.control) std::cout << "control " << services.control->url() << "\n";
  if (setup.tls)
    std::cout << "tls rtsps://" << address_of(*setup.tls) << "\nfingerprint "
              << services.fingerprint << "\n";
  for (const CameraSpec& camera : setup.cameras)
    std::cout << camera.id << " rtsp://" << address_of(setup.listen) << "/" << camera.id << "\n";
  std::cout << "ready" << std::endl;
}

int refuse(const Refusal& refusal) {
  std::cerr << "fanlight-camsim: " << refusal.message << "\n";
  return refusal.code;
}

} // namespace

int main(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--help") {
      std::cout << kHelp;
      return EX_OK;
    }
    if (option == "--version") {
      std::cout << "fanlight-camsim " FANLIGHT_VERSION "\n";
      return EX_OK;
    }
  }
  gst_init(nullptr, nullptr);
  g_log_set_handler("GStreamer", G_LOG_LEVEL_WARNING, show_warning, nullptr);
  Arguments arguments{{}, Cache::default_folder()};
  if (const auto refusal = read_arguments(argc, argv, arguments)) return refuse(*refusal);

  const Owned<GMainLoop, g_main_loop_unref> loop{g_main_loop_new(nullptr, FALSE)};
  bool stopped = false;
  const Stop stop{loop.get(), stopped};
  g_unix_signal_add(SIGTERM, on_signal, const_cast<Stop*>(&stop));
  g_unix_signal_add(SIGINT, on_signal, const_cast<Stop*>(&stop));

  const auto clips = encode(arguments, loop.get());
  if (stopped) return EX_OK;
  if (!clips) return refuse({exit_code(clips.error()), clips.error().message});
  const auto services = start(arguments.setup, *clips, arguments.cache);
  if (!services) return refuse({exit_code(services.error()), services.error().message});
  announce(*services, arguments.setup);
  g_main_loop_run(loop.get());
  return EX_OK;
}
