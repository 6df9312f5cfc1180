#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

/// The configuration as plain structs; the defaults here are the defaults. config/fanlight.yaml
/// documents every key.
namespace fanlight::config {

enum class RtspTransport { tcp, udp, automatic };
enum class VideoCodec { h264, h265 };
/// What carries viewers: a webrtcbin each, or one webrtcfanout for all viewers of a camera.
enum class ViewerTransport { automatic, webrtcbin, fanout };

struct Server {
  std::string listen = "0.0.0.0:8080"; ///< host:port; [v6]:port; port 0 takes a free one.
  std::string
      web_root; ///< Folder of the web UI; empty: the installed one, or web/ beside the build.
  bool operator==(const Server&) const = default;
};

struct Camera {
  std::string id;   ///< [a-z0-9_-]{1,64}, used in URLs; unique.
  std::string name; ///< For people; empty: the id.
  std::string url;  ///< rtsp:// or rtsps://, may hold user and password.
  RtspTransport transport = RtspTransport::tcp;
  std::chrono::milliseconds latency{100}; ///< Jitter buffer of rtspsrc.
  bool audio = true;
  /// Codecs a viewer may be given, the preferred first.
  std::vector<VideoCodec> codecs{VideoCodec::h265, VideoCodec::h264};
  std::uint32_t max_viewers = 0;                   ///< 0: no limit but webrtc.max_viewers.
  std::optional<ViewerTransport> webrtc_transport; ///< None: as webrtc.transport.
  bool operator==(const Camera&) const = default;
};

/// As RTCIceServer: stun:, turn:, turns: URLs.
struct IceServer {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;
  bool operator==(const IceServer&) const = default;
};

struct WebRtc {
  ViewerTransport transport = ViewerTransport::automatic;
  std::uint16_t port = 0;             ///< Of the fanout, UDP and TCP; 0: any free one.
  bool tcp = true;                    ///< Whether the fanout also takes viewers by TCP (RFC 6544).
  std::uint32_t workers = 0;          ///< Threads of the fanout; 0: one a core.
  std::vector<IceServer> ice_servers; ///< Used by the server's own ICE agents.
  std::vector<IceServer> browser_ice_servers; ///< Handed to browsers.
  std::uint16_t udp_port_min = 0;             ///< 0 with max 0: any port of the system.
  std::uint16_t udp_port_max = 0;
  std::vector<std::string> public_addresses;  ///< For 1:1 NAT: announced in place of the local
                                              ///< address of the same family.
  std::uint32_t max_viewers = 10000;          ///< Of all cameras together.
  std::uint32_t max_webrtcbin_viewers = 1000; ///< Those of them that a webrtcbin carries.
  bool operator==(const WebRtc&) const = default;
};

struct Logging {
  log::Level level = log::Level::info;
  log::Format format = log::Format::text;
  bool operator==(const Logging&) const = default;
};

struct Config {
  Server server;
  std::vector<Camera> cameras;
  WebRtc webrtc;
  Logging logging;
  bool operator==(const Config&) const = default;
};

/// Reads and validates a YAML file. Errors name file, line, key, and what would be right.
Result<Config> load(const std::string& path);

/// The same from text; `name` stands for the file in messages.
Result<Config> parse(std::string_view yaml, const std::string& name);

/// Every key that parse() knows, as cameras[].url, in the order of config/fanlight.yaml.
std::vector<std::string> known_keys();

} // namespace fanlight::config
