#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/codec.h"
#include "base/log.h"
#include "base/result.h"

/// The configuration as plain structs with the default values. config/fanlight.yaml documents every
/// key.
namespace fanlight::config {

/// http: RTSP and RTP tunnelled in HTTP.
enum class RtspTransport { tcp, udp, automatic, multicast, http };
/// What reads a camera: rtspsrc and what belongs to it, or rtspdirectsrc; automatic: the latter if
/// it can.
enum class Source { automatic, rtspsrc, direct };
/// When the server connects to a stream.
enum class Pull { always, on_demand };
using VideoCodec = Codec; ///< h264 or h265.
/// How viewers get media: by a webrtcbin each, or by one webrtcfanout per camera.
enum class ViewerTransport { automatic, webrtcbin, fanout };

/// Which clients may change settings, as long as there are no logins.
enum class Access { private_networks, loopback, all, none };

/// HTTPS on Server::listen.
struct Tls {
  std::string certificate;     ///< PEM file; empty: HTTP without TLS.
  std::string key;             ///< PEM file.
  std::string redirect;        ///< host:port where HTTP is led to HTTPS; empty: nowhere.
  std::uint32_t hsts_days = 0; ///< How long browsers are to use HTTPS only; 0: not told.
  bool operator==(const Tls&) const = default;
};

struct Server {
  std::string listen = "0.0.0.0:8080"; ///< host:port; [v6]:port; port 0 takes a free one.
  std::string
      web_root; ///< Folder of the web UI; empty: the installed one, or web/ beside the build.
  Access settings = Access::private_networks;
  std::string cameras_file;       ///< Empty: cameras.yaml in the state directory, or beside
                                  ///< the configuration.
  std::vector<std::string> hosts; ///< Further names of the server, host or host:port, lower case.
  Tls tls;
  std::vector<std::string> trusted_proxies; ///< Addresses and ranges (Subnet) that may speak for
                                            ///< others by X-Forwarded-For and the like.
  bool operator==(const Server&) const = default;
};

/// What the server itself stores.
struct Data {
  std::string directory; ///< Empty: the state directory, or that of the managed cameras.
  bool operator==(const Data&) const = default;
};

/// Pages of other servers that may show the cameras.
struct Embed {
  std::vector<std::string> origins;         ///< scheme://host[:port], lower case; "*": all of them.
  std::vector<std::string> frame_ancestors; ///< The same, of pages that have the wall in a frame.
  bool operator==(const Embed&) const = default;
};

/// One URL of a camera: main, sub, …
struct Stream {
  std::string id = "main"; ///< [a-z0-9_-]{1,32}; unique in its camera.
  std::string url;         ///< rtsp:// or rtsps://, may hold user and password.
  std::string username;    ///< In place of those in the URL; empty: as the URL has it.
  std::string password;
  RtspTransport transport = RtspTransport::tcp;
  Source source = Source::rtspsrc;
  std::chrono::milliseconds latency{100}; ///< Jitter buffer of rtspsrc.
  bool tls_verify = true;                 ///< Of rtsps://.
  std::string tls_fingerprint;            ///< SHA-256 of the certificate; empty: not pinned.
  std::string tls_ca_file;                ///< PEM; empty: the system's.
  Pull pull = Pull::always;
  std::chrono::milliseconds grace{30'000};         ///< on_demand: kept after the last viewer.
  std::chrono::milliseconds start_timeout{10'000}; ///< How long viewers wait for it to start.
  std::chrono::milliseconds health_timeout{5'000}; ///< Of a connection that brings no pictures.
  bool operator==(const Stream&) const = default;
};

/// Where a camera is written.
struct Origin {
  std::string file;
  int line = 0;
  bool managed = false; ///< In the file that the program writes.
  /// A camera that moved is still the same.
  bool operator==(const Origin&) const { return true; }
};

struct Camera {
  std::string id;                  ///< [a-z0-9_-]{1,64}, used in URLs; unique.
  std::string name;                ///< For people; empty: the id.
  std::vector<std::string> groups; ///< Names by which people choose several cameras at once.
  std::vector<Stream> streams;     ///< The best picture first; at least one.
  bool audio = true;
  /// Codecs a viewer may be given, the preferred first.
  std::vector<VideoCodec> codecs{VideoCodec::h265, VideoCodec::h264};
  std::uint32_t max_viewers = 0;                   ///< 0: no limit but webrtc.max_viewers.
  std::optional<ViewerTransport> webrtc_transport; ///< None: as webrtc.transport.
  Origin origin;
  bool operator==(const Camera&) const = default;
};

/// As RTCIceServer: stun:, turn:, turns: URLs.
struct IceServer {
  std::vector<std::string> urls;
  std::string username;
  std::string credential;
  std::string secret; ///< Shared with the TURN server; makes username and credential per session.
  std::chrono::milliseconds ttl{86'400'000}; ///< How long those hold.
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
  std::vector<std::string> public_addresses; ///< For 1:1 NAT: announced in place of the local
                                             ///< address of the same family.
  std::uint32_t max_viewers = 10000;         ///< Of all cameras together.
  std::uint32_t max_webrtcbin_viewers = 100; ///< Those of them that a webrtcbin carries.
  bool operator==(const WebRtc&) const = default;
};

struct Logging {
  log::Level level = log::Level::info;
  log::Format format = log::Format::text;
  bool operator==(const Logging&) const = default;
};

struct Config {
  Server server;
  Data data;
  Embed embed;
  std::vector<Camera> cameras;
  WebRtc webrtc;
  Logging logging;
  bool operator==(const Config&) const = default;
};

/// A file and what is in it.
struct Text {
  std::string name;
  std::string yaml;
  bool there = true; ///< Whether the file exists.
  bool operator==(const Text&) const = default;
};

/// What is wrong with a key, and what would be right.
struct Diagnostic {
  std::string key;
  Reason why;
  int line = 0; ///< From 1; 0: the whole file.
};

/// Why the configuration is rejected.
struct Mistake {
  std::string file;
  int line = 0; ///< The first line with a mistake; 0: the mistake is not in a line.
  Error error;  ///< All mistakes, with their places.
  std::vector<Diagnostic> diagnostics = {}; ///< The same one by one; empty: it is not in a key.
};

/// Reads and validates the configuration, and the file of cameras that it names, if there is one.
/// Errors name file, line, key, and what would be right.
Result<Config> load(const std::string& path);
/// The same of a text; `name` stands for the file in errors.
Result<Config> parse(std::string_view yaml, const std::string& name);
/// The same of both: the managed cameras after those of `own`, or in the order that `managed` has.
/// An empty file is a mistake.
Result<Config> parse(const Text& own, const Text& managed);

/// Every key that parse() knows, as cameras[].url, in the order of config/fanlight.yaml.
std::vector<std::string> known_keys();

} // namespace fanlight::config
