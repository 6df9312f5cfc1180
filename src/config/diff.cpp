#include "config/diff.h"

#include <algorithm>

#include "config/words.h"

namespace fanlight::config {
namespace {

const Camera* find(const std::vector<Camera>& cameras, const std::string& id) {
  const auto found = std::find_if(cameras.begin(), cameras.end(),
                                  [&id](const Camera& camera) { return camera.id == id; });
  return found == cameras.end() ? nullptr : &*found;
}

/// The ids of `cameras` that are in `others`, too, in their order.
std::vector<std::string> common_ids(const std::vector<Camera>& cameras,
                                    const std::vector<Camera>& others) {
  std::vector<std::string> ids;
  for (const Camera& camera : cameras)
    if (find(others, camera.id) != nullptr) ids.push_back(camera.id);
  return ids;
}

/// What without_restart() takes of `wanted`, beside the cameras.
std::vector<std::string> taken_over(const Config& running, const Config& wanted) {
  std::vector<std::string> changes;
  const auto note = [&changes](const std::string& key, const auto& old, const auto& now) {
    if (old == now) return;
    const std::string word = to_word(now);
    changes.push_back(key + " is now " + (word.empty() ? "empty" : word));
  };
  note("server.settings", running.server.settings, wanted.server.settings);
  note("server.cameras_file", running.server.cameras_file, wanted.server.cameras_file);
  note("server.hosts", running.server.hosts, wanted.server.hosts);
  note("embed.origins", running.embed.origins, wanted.embed.origins);
  note("webrtc.max_viewers", running.webrtc.max_viewers, wanted.webrtc.max_viewers);
  if (running.webrtc.browser_ice_servers != wanted.webrtc.browser_ice_servers)
    changes.emplace_back("webrtc.browser_ice_servers has changed"); // Secrets are in it.
  note("logging.level", running.logging.level, wanted.logging.level);
  note("logging.format", running.logging.format, wanted.logging.format);
  return changes;
}

} // namespace

bool same_media(const Camera& one, const Camera& other) {
  Camera same = other;
  same.name = one.name;
  same.max_viewers = one.max_viewers;
  return one == same;
}

Config without_restart(const Config& running, Config wanted) {
  Config applied = std::move(wanted);
  const Server server = std::move(applied.server);
  applied.server = running.server;
  applied.server.settings = server.settings;
  applied.server.cameras_file = server.cameras_file;
  applied.server.hosts = server.hosts;
  const WebRtc webrtc = std::move(applied.webrtc);
  applied.webrtc = running.webrtc;
  applied.webrtc.max_viewers = webrtc.max_viewers;
  applied.webrtc.browser_ice_servers = webrtc.browser_ice_servers;
  return applied;
}

Diff compare(const Config& running, const Config& wanted) {
  Diff diff;
  for (const Camera& camera : wanted.cameras) {
    const Camera* before = find(running.cameras, camera.id);
    auto& kind = before == nullptr             ? diff.added
                 : *before == camera           ? diff.unchanged
                 : same_media(*before, camera) ? diff.adjusted
                                               : diff.rebuilt;
    kind.push_back(camera.id);
  }
  for (const Camera& camera : running.cameras)
    if (find(wanted.cameras, camera.id) == nullptr) diff.removed.push_back(camera.id);
  diff.reordered =
      common_ids(running.cameras, wanted.cameras) != common_ids(wanted.cameras, running.cameras);

  const auto restart = [&diff](const char* key, bool differs) {
    if (differs) diff.needs_restart.emplace_back(key);
  };
  restart("server.listen", running.server.listen != wanted.server.listen);
  restart("server.web_root", running.server.web_root != wanted.server.web_root);
  const WebRtc& old = running.webrtc;
  const WebRtc& now = wanted.webrtc;
  restart("webrtc.transport", old.transport != now.transport);
  restart("webrtc.port", old.port != now.port);
  restart("webrtc.tcp", old.tcp != now.tcp);
  restart("webrtc.workers", old.workers != now.workers);
  restart("webrtc.ice_servers", old.ice_servers != now.ice_servers);
  restart("webrtc.udp_ports",
          old.udp_port_min != now.udp_port_min || old.udp_port_max != now.udp_port_max);
  restart("webrtc.public_addresses", old.public_addresses != now.public_addresses);
  restart("webrtc.max_webrtcbin_viewers", old.max_webrtcbin_viewers != now.max_webrtcbin_viewers);
  diff.taken_over = taken_over(running, wanted);
  return diff;
}

} // namespace fanlight::config
