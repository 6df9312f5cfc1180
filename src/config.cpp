#include "config.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <tuple>

#include <glib.h>

#include "config_reader.h"

namespace fanlight::config {
namespace {

constexpr std::uint32_t kMostViewers = 100000;
constexpr std::uint32_t kMostWorkers = 128;

void read_transport(const Value& value, Camera& camera) {
  read_scalar(
      value, camera.transport, +[](const std::string& text, RtspTransport& out) {
        return read_word(text,
                         {{"tcp", RtspTransport::tcp},
                          {"udp", RtspTransport::udp},
                          {"auto", RtspTransport::automatic}},
                         out);
      });
}

void read_transport(const Value& value, WebRtc& webrtc) {
  read_scalar(
      value, webrtc.transport, +[](const std::string& text, ViewerTransport& out) {
        return read_word(text,
                         {{"auto", ViewerTransport::automatic},
                          {"webrtcbin", ViewerTransport::webrtcbin},
                          {"fanout", ViewerTransport::fanout}},
                         out);
      });
}

void read_webrtc_transport(const Value& value, Camera& camera) {
  using Own = std::optional<ViewerTransport>;
  read_scalar(
      value, camera.webrtc_transport, +[](const std::string& text, Own& out) {
        return read_word<Own>(text,
                              {{"default", std::nullopt},
                               {"auto", ViewerTransport::automatic},
                               {"webrtcbin", ViewerTransport::webrtcbin},
                               {"fanout", ViewerTransport::fanout}},
                              out);
      });
}

void read_codecs(const Value& value, Camera& camera) {
  std::vector<VideoCodec> codecs;
  const std::vector<Value> entries = value.list("codecs, the preferred first");
  for (const Value& entry : entries) {
    VideoCodec codec{};
    read_scalar(
        entry, codec, +[](const std::string& text, VideoCodec& out) {
          return read_word(text, {{"h264", VideoCodec::h264}, {"h265", VideoCodec::h265}}, out);
        });
    if (std::find(codecs.begin(), codecs.end(), codec) != codecs.end())
      entry.refuse("is there twice; keep one");
    codecs.push_back(codec);
  }
  if (entries.empty() && (value.node.IsSequence() || value.node.IsNull()))
    value.complaints.add(value.mark, value.key,
                         "leaves no codec; name h264, h265 or both, the preferred first");
  camera.codecs = codecs;
}

constexpr std::array kCamera{
    Key<Camera>{"id", [](const Value& v, Camera& c) { read_scalar(v, c.id, read_id); }, "front"},
    Key<Camera>{"name", [](const Value& v, Camera& c) { read_scalar(v, c.name, read_any); }},
    Key<Camera>{"url", [](const Value& v, Camera& c) { read_scalar(v, c.url, read_rtsp_url); },
                "rtsp://192.0.2.10:554/stream1"},
    Key<Camera>{"transport", read_transport},
    Key<Camera>{"latency",
                [](const Value& v, Camera& c) { read_scalar(v, c.latency, read_latency); }},
    Key<Camera>{"audio", [](const Value& v, Camera& c) { read_scalar(v, c.audio, read_bool); }},
    Key<Camera>{"codecs", read_codecs},
    Key<Camera>{"max_viewers",
                [](const Value& v, Camera& c) {
                  read_scalar(
                      v, c.max_viewers, +[](const std::string& text, std::uint32_t& out) {
                        return read_number(text, 0, kMostViewers, out);
                      });
                }},
    Key<Camera>{"webrtc_transport", read_webrtc_transport},
};

constexpr std::array kServer{
    Key<Server>{"listen", [](const Value& v, Server& s) { read_scalar(v, s.listen, read_listen); }},
    Key<Server>{"web_root",
                [](const Value& v, Server& s) { read_scalar(v, s.web_root, read_any); }},
};

void read_strings(const Value& value, const char* of_what, std::vector<std::string>& out,
                  std::string (*read)(const std::string&, std::string&)) {
  for (const Value& entry : value.list(of_what)) read_scalar(entry, out.emplace_back(), read);
}

constexpr std::array kIceServer{
    Key<IceServer>{"urls",
                   [](const Value& v, IceServer& s) {
                     // RTCIceServer takes one URL or a list of them; so do we.
                     if (v.node.IsScalar())
                       read_scalar(v, s.urls.emplace_back(), read_ice_url);
                     else
                       read_strings(v, "URLs", s.urls, read_ice_url);
                   },
                   "[stun:stun.example.org:3478]"},
    Key<IceServer>{"username",
                   [](const Value& v, IceServer& s) { read_scalar(v, s.username, read_any); }},
    Key<IceServer>{"credential",
                   [](const Value& v, IceServer& s) { read_scalar(v, s.credential, read_any); }},
};

void read_ice_servers(const Value& value, std::vector<IceServer>& servers) {
  for (const Value& entry : value.list("servers")) {
    IceServer& server = servers.emplace_back();
    read_mapping<IceServer>(entry, server, kIceServer);
    for (const std::string& url : server.urls)
      if (url.starts_with("turn") && (server.username.empty() || server.credential.empty()))
        entry.complaints.add(entry.mark, entry.key,
                             url + " needs the keys username and credential; add both");
  }
}

void read_public_addresses(const Value& value, WebRtc& webrtc) {
  read_strings(value, "IP addresses", webrtc.public_addresses, read_address);
  int v4 = 0;
  int v6 = 0;
  for (const std::string& address : webrtc.public_addresses)
    ++(address.find(':') == address.npos ? v4 : v6);
  if (v4 > 1 || v6 > 1)
    value.complaints.add(value.mark, value.key,
                         "has two addresses of one family; give at most one IPv4 and one IPv6");
}

void read_port(const Value& value, WebRtc& webrtc) {
  read_scalar(
      value, webrtc.port, +[](const std::string& text, std::uint16_t& out) {
        std::uint32_t port = 0;
        std::string fault = read_number(text, 0, 65535, port);
        out = static_cast<std::uint16_t>(port);
        return fault;
      });
}

constexpr std::array kWebRtc{
    Key<WebRtc>{"transport", read_transport},
    Key<WebRtc>{"port", read_port},
    Key<WebRtc>{"tcp", [](const Value& v, WebRtc& w) { read_scalar(v, w.tcp, read_bool); }},
    Key<WebRtc>{"workers",
                [](const Value& v, WebRtc& w) {
                  read_scalar(
                      v, w.workers, +[](const std::string& text, std::uint32_t& out) {
                        return read_number(text, 0, kMostWorkers, out);
                      });
                }},
    Key<WebRtc>{"ice_servers",
                [](const Value& v, WebRtc& w) { read_ice_servers(v, w.ice_servers); }},
    Key<WebRtc>{"browser_ice_servers",
                [](const Value& v, WebRtc& w) { read_ice_servers(v, w.browser_ice_servers); }},
    Key<WebRtc>{"udp_ports",
                [](const Value& v, WebRtc& w) {
                  std::pair<std::uint16_t, std::uint16_t> ports{w.udp_port_min, w.udp_port_max};
                  read_scalar(v, ports, read_ports);
                  std::tie(w.udp_port_min, w.udp_port_max) = ports;
                }},
    Key<WebRtc>{"public_addresses", read_public_addresses},
    Key<WebRtc>{"max_viewers",
                [](const Value& v, WebRtc& w) {
                  read_scalar(
                      v, w.max_viewers, +[](const std::string& text, std::uint32_t& out) {
                        return read_number(text, 1, kMostViewers, out);
                      });
                }},
    Key<WebRtc>{"max_webrtcbin_viewers",
                [](const Value& v, WebRtc& w) {
                  read_scalar(
                      v, w.max_webrtcbin_viewers, +[](const std::string& text, std::uint32_t& out) {
                        return read_number(text, 0, kMostViewers, out);
                      });
                }},
};

constexpr std::array kLogging{
    Key<Logging>{"level",
                 [](const Value& v, Logging& l) {
                   read_scalar(
                       v, l.level, +[](const std::string& text, log::Level& out) {
                         return read_word(text,
                                          {{"error", log::Level::error},
                                           {"warning", log::Level::warning},
                                           {"info", log::Level::info},
                                           {"debug", log::Level::debug}},
                                          out);
                       });
                 }},
    Key<Logging>{"format",
                 [](const Value& v, Logging& l) {
                   read_scalar(
                       v, l.format, +[](const std::string& text, log::Format& out) {
                         return read_word(text,
                                          {{"text", log::Format::text},
                                           {"json", log::Format::json},
                                           {"journald", log::Format::journald}},
                                          out);
                       });
                 }},
};

void read_cameras(const Value& value, Config& config) {
  std::map<std::string, int> ids;
  std::map<std::string, int> urls;
  for (const Value& entry : value.list("cameras")) {
    Camera camera;
    read_mapping<Camera>(entry, camera, kCamera);
    const int line = entry.mark.line + 1;
    const auto [same_id, id_is_new] = ids.emplace(camera.id, line);
    if (!id_is_new && !camera.id.empty())
      entry.complaints.add(entry.node["id"].Mark(), entry.key + ".id",
                           '"' + camera.id + "\" is the id of the camera in line " +
                               std::to_string(same_id->second) + ", too; give each its own");
    // Cameras allow few connections, and one is enough for any number of viewers.
    const auto [same_url, url_is_new] = urls.emplace(camera.url, line);
    if (!url_is_new && !camera.url.empty())
      entry.complaints.add(entry.node["url"].Mark(), entry.key + ".url",
                           "is the url of the camera in line " + std::to_string(same_url->second) +
                               ", too; keep one of them, any number of viewers can watch it");
    config.cameras.push_back(std::move(camera));
  }
}

constexpr std::array kConfig{
    Key<Config>{"server",
                [](const Value& v, Config& c) { read_mapping<Server>(v, c.server, kServer); }},
    Key<Config>{"cameras", read_cameras},
    Key<Config>{"webrtc",
                [](const Value& v, Config& c) { read_mapping<WebRtc>(v, c.webrtc, kWebRtc); }},
    Key<Config>{"logging",
                [](const Value& v, Config& c) { read_mapping<Logging>(v, c.logging, kLogging); }},
};

/// Load() would pass over it in silence. LoadAll() of yaml-cpp 0.7 eats all memory on some
/// malformed input, so it is found by its mark, which YAML allows nowhere else at the start of a
/// line.
void refuse_second_document(std::string_view yaml, Complaints& complaints) {
  bool begun = false;
  YAML::Mark mark;
  for (mark.line = 0; !yaml.empty(); ++mark.line) {
    const std::string_view line = yaml.substr(0, yaml.find('\n'));
    yaml.remove_prefix(std::min(line.size() + 1, yaml.size()));
    if (begun && (line == "---" || line.starts_with("--- ")))
      complaints.add(mark, "", "a second document begins here; keep one, without ---");
    begun = begun || !(line.empty() || line[0] == '#' || line[0] == '%');
  }
}

} // namespace

std::vector<std::string> known_keys() {
  std::vector<std::string> all;
  const auto add = [&all](const std::string& section, const auto& keys) {
    for (const auto& key : keys) all.push_back(section + key.name);
  };
  add("", kConfig);
  add("server.", kServer);
  add("cameras[].", kCamera);
  add("webrtc.", kWebRtc);
  add("webrtc.ice_servers[].", kIceServer);
  add("webrtc.browser_ice_servers[].", kIceServer);
  add("logging.", kLogging);
  return all;
}

Result<Config> parse(std::string_view yaml, const std::string& name) {
  Complaints complaints(name);
  refuse_second_document(yaml, complaints);
  Config config;
  try {
    const YAML::Node document = YAML::Load(std::string(yaml));
    read_mapping<Config>({document, document.Mark(), "", complaints}, config, kConfig);
  } catch (const YAML::Exception& error) {
    complaints.add(error.mark, "", "is no YAML: " + error.msg);
  }
  if (!complaints.empty()) return complaints.error();
  return config;
}

Result<Config> load(const std::string& path) {
  char* text = nullptr;
  gsize length = 0;
  GError* failure = nullptr;
  if (g_file_get_contents(path.c_str(), &text, &length, &failure) == 0) {
    const Error error{Errc::not_found,
                      std::string("reading the configuration: ") + failure->message};
    g_error_free(failure);
    return error;
  }
  const std::unique_ptr<char, decltype(&g_free)> owned(text, g_free);
  return parse({text, length}, path);
}

} // namespace fanlight::config
