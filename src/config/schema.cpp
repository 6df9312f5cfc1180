#include "config/schema.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "base/network.h"
#include "config/cameras.h"
#include "config/groups.h"
#include "config/ice_servers.h"
#include "config/login.h"

namespace fanlight::config {

// The words of choices.

template <> Words<Access> words() {
  static constexpr std::array kAll{std::pair{"private", Access::private_networks},
                                   std::pair{"loopback", Access::loopback},
                                   std::pair{"all", Access::all}, std::pair{"none", Access::none}};
  return kAll;
}

template <> Words<RtspTransport> words() {
  static constexpr std::array kAll{
      std::pair{"tcp", RtspTransport::tcp}, std::pair{"udp", RtspTransport::udp},
      std::pair{"auto", RtspTransport::automatic}, std::pair{"multicast", RtspTransport::multicast},
      std::pair{"http", RtspTransport::http}};
  return kAll;
}

template <> Words<Source> words() {
  static constexpr std::array kAll{std::pair{"auto", Source::automatic},
                                   std::pair{"rtspsrc", Source::rtspsrc},
                                   std::pair{"direct", Source::direct}};
  return kAll;
}

template <> Words<Pull> words() {
  static constexpr std::array kAll{std::pair{"always", Pull::always},
                                   std::pair{"on_demand", Pull::on_demand}};
  return kAll;
}

template <> Words<VideoCodec> words() {
  static constexpr std::array kAll{std::pair{"h264", VideoCodec::h264},
                                   std::pair{"h265", VideoCodec::h265}};
  return kAll;
}

template <> Words<ViewerTransport> words() {
  static constexpr std::array kAll{std::pair{"auto", ViewerTransport::automatic},
                                   std::pair{"webrtcbin", ViewerTransport::webrtcbin},
                                   std::pair{"fanout", ViewerTransport::fanout}};
  return kAll;
}

template <> Words<std::optional<ViewerTransport>> words() {
  using Choice = std::pair<const char*, std::optional<ViewerTransport>>;
  static constexpr std::array kAll{
      Choice{"default", std::nullopt}, Choice{"auto", ViewerTransport::automatic},
      Choice{"webrtcbin", ViewerTransport::webrtcbin}, Choice{"fanout", ViewerTransport::fanout}};
  return kAll;
}

template <> Words<log::Level> words() {
  static constexpr std::array kAll{
      std::pair{"error", log::Level::error}, std::pair{"warning", log::Level::warning},
      std::pair{"info", log::Level::info}, std::pair{"debug", log::Level::debug}};
  return kAll;
}

template <> Words<log::Format> words() {
  static constexpr std::array kAll{std::pair{"text", log::Format::text},
                                   std::pair{"json", log::Format::json},
                                   std::pair{"journald", log::Format::journald}};
  return kAll;
}

namespace {

constexpr Effect kLive = Effect::live;
constexpr Effect kRebuild = Effect::rebuild;
constexpr Effect kRestart = Effect::restart;

// server, data, embed

void read_hosts(const Value& value, std::vector<std::string>& out) {
  read_texts(value, "host names", out, read_host);
}

void read_origins(const Value& value, std::vector<std::string>& out) {
  read_texts(value, "origins", out, read_origin);
}

/// "": nowhere.
Reason read_redirect(const std::string& text, std::string& out) {
  return text.empty() ? out.clear(), Reason{} : read_listen(text, out);
}

constexpr std::array kTls{
    field<&Tls::certificate, read_any>("certificate", kRestart),
    field<&Tls::key, read_any>("key", kRestart),
    field<&Tls::redirect, read_redirect>("redirect", kRestart),
    field<&Tls::hsts_days, read_number<0, 730>>("hsts_days", kLive),
};

/// Keys that need each other.
void read_tls(const Value& value, Server& server) {
  read_mapping(value, server.tls, fields<Tls>());
  const Tls& tls = server.tls;
  const auto lacks = [&value](const char* key, const char* other) {
    value.diagnostics.add(value.mark, value.key,
                          {"tls_incomplete"_reason,
                           "has {key} but no {other}; set both, or neither",
                           {{"key", key}, {"other", other}}});
  };
  if (!tls.certificate.empty() && tls.key.empty()) lacks("certificate", "key");
  if (tls.certificate.empty() && !tls.key.empty()) lacks("key", "certificate");
  if (!tls.redirect.empty() && tls.certificate.empty()) lacks("redirect", "certificate");
}

constexpr Field<Server> kTlsSection = [] {
  Field<Server> made = section<&Server::tls>("tls");
  made.read = read_tls;
  return made;
}();

Reason read_subnet(const std::string& text, std::string& out) {
  if (!Subnet::parse(text))
    return {"not_a_subnet"_reason,
            "is neither an IP address nor a range of them; write, for example, 127.0.0.1, "
            "10.0.0.4/30 or 2001:db8::5"};
  out = text;
  return {};
}

void read_proxies(const Value& value, std::vector<std::string>& out) {
  read_texts(value, "addresses", out, read_subnet);
}

constexpr std::array kServer{
    field<&Server::listen, read_listen>("listen", kRestart),
    field<&Server::web_root, read_any>("web_root", kRestart),
    field<&Server::settings, read_word<Access>>("settings", kLive),
    field<&Server::cameras_file, read_any>("cameras_file", kLive),
    field<&Server::hosts, read_hosts>("hosts", kLive),
    kTlsSection,
    field<&Server::trusted_proxies, read_proxies>("trusted_proxies", kLive),
};

constexpr std::array kData{
    field<&Data::directory, read_any>("directory", kRestart),
};

constexpr std::array kEmbed{
    field<&Embed::origins, read_origins>("origins", kLive),
    field<&Embed::frame_ancestors, read_origins>("frame_ancestors", kLive),
};

// cameras

/// The file's first line, without its end.
void read_password_file(const Value& value, Stream& stream) {
  std::string path;
  read_scalar(value, path, read_any);
  if (path.empty()) return;
  if (const Reason wrong = read_first_line(path, stream.password); !wrong.empty())
    value.diagnostics.add(value.mark, value.key, wrong);
}

Printed print_url(const Stream& stream, View view) {
  return view == View::shown ? shown_url(stream) : stream.url;
}

Printed print_username(const Stream& stream, View view) {
  return view == View::shown ? with_login_in_keys(stream).username : stream.username;
}

Printed print_has_password(const Stream& stream, View) {
  return !with_login_in_keys(stream).password.empty();
}

/// The required ones are the stream's own, as common_fields() has it.
constexpr std::array kStream{
    field<&Stream::id, read_stream_id>("id", kRebuild, {.example = "main"}),
    field<&Stream::url, read_rtsp_url>(
        "url", kRebuild, {.example = "rtsp://192.0.2.10:554/stream1", .connection = true})
        .printed(print_url),
    field<&Stream::username, read_any>("username", kRebuild, {.connection = true})
        .printed(print_username),
    field<&Stream::password, read_hidden>("password", kRebuild,
                                          {.secret = true, .connection = true}),
    told<Stream>("has_password", print_has_password),
    Field<Stream>{.name = "password_file", .traits = {.file = true}, .read = read_password_file},
    field<&Stream::transport, read_word<RtspTransport>>("transport", kRebuild,
                                                        {.connection = true}),
    field<&Stream::source, read_word<Source>>("source", kRebuild, {.connection = true}),
    field<&Stream::latency, read_duration<0, 10'000>>("latency", kRebuild),
    field<&Stream::tls_verify, read_bool>("tls_verify", kRebuild,
                                          {.connection = true, .certificate = true}),
    field<&Stream::tls_fingerprint, read_fingerprint>("tls_fingerprint", kRebuild,
                                                      {.connection = true, .certificate = true}),
    field<&Stream::tls_ca_file, read_file>("tls_ca_file", kRebuild,
                                           {.file = true, .connection = true, .certificate = true}),
    field<&Stream::pull, read_word<Pull>>("pull", kRebuild),
    field<&Stream::grace, read_duration<0, 3'600'000>>("grace", kRebuild),
    field<&Stream::start_timeout, read_duration<1'000, 60'000>>("start_timeout", kRebuild),
    field<&Stream::health_timeout, read_duration<1'000, 60'000>>("health_timeout", kRebuild),
};

void read_codecs(const Value& value, std::vector<VideoCodec>& out) {
  std::vector<VideoCodec> codecs;
  const std::vector<Value> entries = value.list("codecs, the preferred first");
  for (const Value& entry : entries) {
    VideoCodec codec{};
    read_scalar(entry, codec, read_word<VideoCodec>);
    if (std::find(codecs.begin(), codecs.end(), codec) != codecs.end())
      entry.refuse({"word_twice"_reason, "occurs twice; remove one"});
    codecs.push_back(codec);
  }
  if (entries.empty() && (value.node.IsSequence() || value.node.IsNull()))
    value.diagnostics.add(
        value.mark, value.key,
        {"no_codecs"_reason, "has no codecs; name h264, h265 or both, the preferred one first"});
  out = codecs;
}

constexpr std::array kCamera{
    field<&Camera::id, read_id>("id", kRebuild, {.example = "front"}),
    field<&Camera::name, read_any>("name", kLive),
    field<&Camera::groups, read_groups>("groups", kLive),
    told<Camera>("managed",
                 [](const Camera& camera, View) -> Printed { return camera.origin.managed; }),
    told<Camera>("file", [](const Camera& camera, View) -> Printed { return camera.origin.file; }),
    told<Camera>(
        "line",
        [](const Camera& camera, View) -> Printed { return std::int64_t{camera.origin.line}; }),
    list_of<&Camera::streams, kRebuild>("streams"),
    field<&Camera::audio, read_bool>("audio", kRebuild),
    field<&Camera::codecs, read_codecs>("codecs", kRebuild),
    field<&Camera::max_viewers, read_number<0, kMostViewers>>("max_viewers", kLive),
    field<&Camera::webrtc_transport, read_word<std::optional<ViewerTransport>>>("webrtc_transport",
                                                                                kRebuild),
};

// webrtc

/// A change costs what the list costs.
constexpr std::array kIceServer{
    field<&IceServer::urls, read_ice_urls>("urls", kRestart,
                                           {.example = "[stun:stun.example.org:3478]"}),
    field<&IceServer::username, read_any>("username", kRestart),
    field<&IceServer::credential, read_hidden>("credential", kRestart, {.secret = true}),
    field<&IceServer::secret, read_hidden>("secret", kRestart, {.secret = true, .browsers = true}),
    field<&IceServer::ttl, read_duration<60'000, 604'800'000>>("ttl", kRestart, {.browsers = true}),
};

constexpr std::uint32_t kMostWorkers = 128;

constexpr Field<WebRtc> kUdpPorts{
    .name = "udp_ports",
    .effect = kRestart,
    .read =
        [](const Value& value, WebRtc& webrtc) {
          std::pair<std::uint16_t, std::uint16_t> ports{webrtc.udp_port_min, webrtc.udp_port_max};
          read_scalar(value, ports, read_ports);
          std::tie(webrtc.udp_port_min, webrtc.udp_port_max) = ports;
        },
    .same =
        [](const WebRtc& one, const WebRtc& other) {
          return one.udp_port_min == other.udp_port_min && one.udp_port_max == other.udp_port_max;
        },
    .keep =
        [](const WebRtc& running, WebRtc& wanted) {
          wanted.udp_port_min = running.udp_port_min;
          wanted.udp_port_max = running.udp_port_max;
        },
};

void read_public_addresses(const Value& value, std::vector<std::string>& addresses) {
  read_texts(value, "IP addresses", addresses, read_address);
  int v4 = 0;
  int v6 = 0;
  for (const std::string& address : addresses) ++(address.find(':') == address.npos ? v4 : v6);
  if (v4 > 1 || v6 > 1)
    value.diagnostics.add(
        value.mark, value.key,
        {"address_family"_reason,
         "has two addresses of the same family; use at most one IPv4 and one IPv6 address"});
}

constexpr std::array kWebRtc{
    field<&WebRtc::transport, read_word<ViewerTransport>>("transport", kRestart),
    field<&WebRtc::port, read_number<0, 65535, std::uint16_t>>("port", kRestart),
    field<&WebRtc::tcp, read_bool>("tcp", kRestart),
    field<&WebRtc::workers, read_number<0, kMostWorkers>>("workers", kRestart),
    field<&WebRtc::ice_servers, read_ice_servers>("ice_servers", kRestart, {.secret = true}),
    field<&WebRtc::browser_ice_servers, read_browser_ice_servers>("browser_ice_servers", kLive,
                                                                  {.secret = true}),
    kUdpPorts,
    field<&WebRtc::public_addresses, read_public_addresses>("public_addresses", kRestart),
    field<&WebRtc::max_viewers, read_number<1, kMostViewers>>("max_viewers", kLive),
    field<&WebRtc::max_webrtcbin_viewers, read_number<0, kMostViewers>>("max_webrtcbin_viewers",
                                                                        kRestart),
};

// logging

constexpr std::array kLogging{
    field<&Logging::level, read_word<log::Level>>("level", kLive),
    field<&Logging::format, read_word<log::Format>>("format", kLive),
};

} // namespace

template <> std::span<const Field<Server>> fields() { return kServer; }
template <> std::span<const Field<Data>> fields() { return kData; }
template <> std::span<const Field<Tls>> fields() { return kTls; }
template <> std::span<const Field<Embed>> fields() { return kEmbed; }
template <> std::span<const Field<Camera>> fields() { return kCamera; }
template <> std::span<const Field<Stream>> fields() { return kStream; }
template <> std::span<const Field<WebRtc>> fields() { return kWebRtc; }
template <> std::span<const Field<IceServer>> fields() { return kIceServer; }
template <> std::span<const Field<Logging>> fields() { return kLogging; }

template <> std::span<const Field<Config>> fields() {
  static constexpr std::array kConfig{
      section<&Config::server>("server"),
      section<&Config::data>("data"),
      section<&Config::embed>("embed"),
      // Cameras are compared by their ids, in config/diff.cpp.
      Field<Config>{.name = "cameras", .read = read_cameras},
      section<&Config::webrtc>("webrtc"),
      section<&Config::logging>("logging"),
  };
  return kConfig;
}

std::span<const Field<Stream>> common_fields() {
  const auto all = fields<Stream>();
  const auto first = std::find_if(all.begin(), all.end(), [](const Field<Stream>& field) {
    return field.traits.example == nullptr;
  });
  return {first, all.end()};
}

std::vector<std::string> known_keys() {
  std::vector<std::string> all;
  const auto add = [&all](const std::string& section, const std::vector<std::string>& names) {
    for (const std::string& name : names) all.push_back(section + name);
  };
  add("", names_of(fields<Config>()));
  add("server.", names_of(fields<Server>()));
  add("server.tls.", names_of(fields<Tls>()));
  add("data.", names_of(fields<Data>()));
  add("embed.", names_of(fields<Embed>()));
  add("cameras[].", camera_keys());
  add("webrtc.", names_of(fields<WebRtc>()));
  add("webrtc.ice_servers[].", ice_server_keys());
  add("webrtc.browser_ice_servers[].", browser_ice_server_keys());
  add("logging.", names_of(fields<Logging>()));
  return all;
}

} // namespace fanlight::config
