#include "config/config.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "config/cameras.h"
#include "config/files.h"
#include "config/reader.h"

namespace fanlight::config {
namespace {

constexpr std::uint32_t kMostWorkers = 128;

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

void read_strings(const Value& value, const char* of_what, std::vector<std::string>& out,
                  std::string (*read)(const std::string&, std::string&)) {
  for (const Value& entry : value.list(of_what)) read_scalar(entry, out.emplace_back(), read);
}

constexpr std::array kServer{
    Key<Server>{"listen", [](const Value& v, Server& s) { read_scalar(v, s.listen, read_listen); }},
    Key<Server>{"web_root",
                [](const Value& v, Server& s) { read_scalar(v, s.web_root, read_any); }},
    Key<Server>{"settings",
                [](const Value& v, Server& s) {
                  read_scalar(
                      v, s.settings, +[](const std::string& text, Access& out) {
                        return read_word(text,
                                         {{"private", Access::private_networks},
                                          {"loopback", Access::loopback},
                                          {"all", Access::all},
                                          {"none", Access::none}},
                                         out);
                      });
                }},
    Key<Server>{"cameras_file",
                [](const Value& v, Server& s) { read_scalar(v, s.cameras_file, read_any); }},
    Key<Server>{"hosts", [](const Value& v,
                            Server& s) { read_strings(v, "host names", s.hosts, read_host); }},
};

constexpr std::array kEmbed{
    Key<Embed>{"origins", [](const Value& v,
                             Embed& e) { read_strings(v, "origins", e.origins, read_origin); }},
};

/// A value that no complaint may show.
void read_hidden(const Value& value, std::string& out) {
  const std::optional<std::string> text = value.text();
  if (!text) return;
  if (const std::string wrong = read_any(*text, out); !wrong.empty())
    value.complaints.add(value.mark, value.key, "the value (not shown) " + wrong);
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
                   [](const Value& v, IceServer& s) { read_hidden(v, s.credential); }},
};

/// What browsers are given may also be made for each session.
constexpr std::array kBrowserIceServer{
    kIceServer[0],
    kIceServer[1],
    kIceServer[2],
    Key<IceServer>{"secret", [](const Value& v, IceServer& s) { read_hidden(v, s.secret); }},
    Key<IceServer>{"ttl",
                   [](const Value& v, IceServer& s) {
                     read_scalar(
                         v, s.ttl, +[](const std::string& text, std::chrono::milliseconds& out) {
                           using std::chrono::seconds;
                           return read_duration(text, seconds{60}, seconds{604'800}, out);
                         });
                   }},
};

/// With a secret, username and credential are made of it, and must not be there, too.
void check_credentials(const Value& entry, const IceServer& server, bool may_share) {
  const bool both = !server.username.empty() && !server.credential.empty();
  if (!server.secret.empty() && !(server.username.empty() && server.credential.empty()))
    entry.complaints.add(entry.mark, entry.key,
                         "has a secret and a username or credential; keep the secret, of which "
                         "they are made, or keep both of them");
  for (const std::string& url : server.urls)
    if (url.starts_with("turn") && !both && server.secret.empty())
      entry.complaints.add(entry.mark, entry.key,
                           url + " needs the keys username and credential; add both" +
                               (may_share ? ", or secret" : ""));
}

template <std::size_t Count>
void read_ice_servers(const Value& value, std::vector<IceServer>& servers,
                      const std::array<Key<IceServer>, Count>& keys) {
  for (const Value& entry : value.list("servers")) {
    IceServer& server = servers.emplace_back();
    read_mapping<IceServer>(entry, server, keys);
    check_credentials(entry, server, Count > kIceServer.size());
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
                [](const Value& v, WebRtc& w) { read_ice_servers(v, w.ice_servers, kIceServer); }},
    Key<WebRtc>{"browser_ice_servers",
                [](const Value& v, WebRtc& w) {
                  read_ice_servers(v, w.browser_ice_servers, kBrowserIceServer);
                }},
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

constexpr std::array kConfig{
    Key<Config>{"server",
                [](const Value& v, Config& c) { read_mapping<Server>(v, c.server, kServer); }},
    Key<Config>{"embed",
                [](const Value& v, Config& c) { read_mapping<Embed>(v, c.embed, kEmbed); }},
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
  add("embed.", kEmbed);
  for (const std::string& key : camera_keys()) all.push_back("cameras[]." + key);
  add("webrtc.", kWebRtc);
  add("webrtc.ice_servers[].", kIceServer);
  add("webrtc.browser_ice_servers[].", kBrowserIceServer);
  add("logging.", kLogging);
  return all;
}

namespace {

/// What the program's own file holds.
struct Managed {
  Config& config; ///< The cameras of the other file, to which its own are added.
  std::vector<std::string> order;
};

constexpr std::array kManaged{
    Key<Managed>{"order", [](const Value& v,
                             Managed& m) { read_strings(v, "ids of cameras", m.order, read_id); }},
    Key<Managed>{"cameras", [](const Value& v, Managed& m) { read_cameras(v, m.config); }},
};

/// Reads one YAML document along a table of keys.
template <typename Struct, std::size_t Count>
void read_document(std::string_view yaml, Struct& out, const std::array<Key<Struct>, Count>& keys,
                   Complaints& complaints) {
  refuse_second_document(yaml, complaints);
  try {
    const YAML::Node document = YAML::Load(std::string(yaml));
    read_mapping<Struct>({document, document.Mark(), "", complaints}, out, keys);
  } catch (const YAML::Exception& error) {
    complaints.add(error.mark, "", "is no YAML: " + error.msg);
  }
}

/// The order may name cameras that are gone, and lack some that are new: those come last.
void put_in_order(std::vector<Camera>& cameras, const std::vector<std::string>& order) {
  const auto place = [&order](const Camera& camera) {
    return std::find(order.begin(), order.end(), camera.id) - order.begin();
  };
  std::stable_sort(
      cameras.begin(), cameras.end(),
      [&place](const Camera& left, const Camera& right) { return place(left) < place(right); });
}

} // namespace

Result<Config> parse(std::string_view yaml, const std::string& name) {
  Complaints complaints(name);
  Config config;
  read_document(yaml, config, kConfig, complaints);
  if (!complaints.empty()) return complaints.error();
  return config;
}

Result<Config> parse(const Text& own, const Text& managed) {
  auto config = parse(own.yaml, own.name);
  if (!config) return config;
  const std::size_t count = config->cameras.size();
  Complaints complaints(managed.name);
  Managed more{*config, {}};
  read_document(managed.yaml, more, kManaged, complaints);
  if (!complaints.empty()) return complaints.error();
  for (std::size_t i = count; i < config->cameras.size(); ++i)
    config->cameras[i].origin.managed = true;
  put_in_order(config->cameras, more.order);
  return config;
}

Result<Config> load(const std::string& path) {
  const auto own = read_text(path);
  if (!own) return own.error();
  const auto config = parse(own->yaml, path);
  if (!config) return config;
  const auto managed = read_managed(*config, path);
  if (!managed) return managed.error();
  return parse(*own, *managed);
}

} // namespace fanlight::config
