#include "config/config.h"

#include <cstdlib>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::config {
namespace {

using std::chrono_literals::operator""ms;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

/// The configuration, after a failure if it was refused.
Config accepted(const std::string& yaml) {
  auto config = parse(yaml, "test.yaml");
  if (config) return *config;
  ADD_FAILURE() << config.error().message;
  return {};
}

/// The first camera of a configuration with `keys` added to it.
Camera camera_with(const std::string& keys) {
  Config config = accepted("cameras: [{id: front, url: 'rtsp://192.0.2.10/live', " + keys + "}]");
  return config.cameras.empty() ? Camera{} : config.cameras[0];
}

TEST(SampleConfigTest, ParsesToExactlyTheDefaultsAndItsOneCamera) {
  const auto sample = load(SAMPLE);
  ASSERT_TRUE(sample) << sample.error().message;

  Config expected;
  expected.cameras = {
      {.id = "front", .name = "Front door", .streams = {{.url = "rtsp://192.0.2.10:554/stream1"}}}};

  EXPECT_EQ(sample->server, expected.server);
  EXPECT_EQ(sample->cameras, expected.cameras);
  EXPECT_EQ(sample->data, expected.data);
  EXPECT_EQ(sample->webrtc, expected.webrtc);
  EXPECT_EQ(sample->logging, expected.logging);
  EXPECT_EQ(*sample, expected);
}

TEST(SampleConfigTest, NamesEveryKeyThatTheParserKnows) {
  std::set<std::string> named; // Commented examples count.
  for (const std::string& line : lines_of(SAMPLE)) {
    const std::size_t begin = line.find_first_not_of(" #-");
    if (begin != line.npos) named.insert(line.substr(begin, line.find(':') - begin));
  }
  for (const std::string& key : known_keys())
    EXPECT_EQ(named.count(key.substr(key.rfind('.') + 1)), 1U) << key;
}

TEST(SampleConfigTest, HasAnExampleOfIceServersThatParses) {
  const std::string comment = "  #   ";
  std::string entries;
  for (const std::string& line : lines_of(SAMPLE))
    if (line.starts_with(comment)) entries += "    " + line.substr(comment.size()) + '\n';
  ::setenv("TURN_PASSWORD", "secret", 1);

  ::setenv("TURN_SECRET", "north", 1);

  const auto servers =
      accepted("webrtc:\n  browser_ice_servers:\n" + entries).webrtc.browser_ice_servers;

  ::unsetenv("TURN_PASSWORD");
  ::unsetenv("TURN_SECRET");
  ASSERT_EQ(servers.size(), 3U);
  EXPECT_EQ(servers[1].credential, "secret");
  EXPECT_EQ(servers[2].secret, "north");
}

constexpr const char* kFingerprint =
    "0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF";

TEST(ConfigTest, TakesTheSmallestConfiguration) {
  const Config config = accepted(R"(server:
  listen: 0.0.0.0:8080
cameras:
  - id: front
    name: Front door
    url: rtsp://192.0.2.10:554/stream1
)");
  Config expected;
  expected.cameras = {
      {.id = "front", .name = "Front door", .streams = {{.url = "rtsp://192.0.2.10:554/stream1"}}}};
  EXPECT_EQ(config, expected);
}

TEST(ConfigTest, IsTheDefaultsWhereNothingIsGiven) {
  EXPECT_EQ(accepted(""), Config{});
  EXPECT_EQ(accepted("# nothing\n"), Config{});
  EXPECT_EQ(accepted("server:\ncameras:\nwebrtc:\nlogging:\n"), Config{});
  EXPECT_EQ(accepted("webrtc: {ice_servers: , public_addresses: }"), Config{});
}

TEST(ConfigTest, ReadsEveryKey) {
  const Config config = accepted(R"(
server: {listen: "[::1]:0", web_root: /srv/web, settings: loopback, cameras_file: yard.yaml,
         hosts: [Cameras.example.org, "nvr.example.org:8443"],
         tls: {certificate: a.crt, key: a.key, redirect: ":8080", hsts_days: 365},
         trusted_proxies: [127.0.0.1, 10.0.0.0/8, "2001:db8::/32"]}
data: {directory: /srv/fanlight}
embed: {origins: ["https://Intranet.example.org:443/", "http://[::1]:81", "https://a.example", "Capacitor://localhost", "app://localhost:443", "chrome-extension://abcdefghijklmnop", "*"],
        frame_ancestors: ["http://HomeAssistant.local:8123/"]}
cameras:
  - {id: a-1_b, name: 현관, groups: [마당, Night], url: "rtsps://u:p%40ss@[2001:db8::1]:322/x?y=1", transport: udp,
     latency: 0.25s, username: viewer, password: "se same", tls_verify: no, tls_ca_file: /dev/null,
     tls_fingerprint: "01:23:45:67:89:ab:cd:ef:01:23:45:67:89:AB:CD:EF:0123456789abcdef0123456789abcdef",
     pull: on_demand, grace: 0s, start_timeout: 20s, health_timeout: 2.5s, audio: off, codecs: [h264], max_viewers: 7,
     webrtc_transport: webrtcbin}
webrtc:
  transport: fanout
  port: 8189
  tcp: off
  workers: 3
  ice_servers: [{urls: "stun:stun.example.org"}]
  browser_ice_servers: [{urls: ["turn:t.example.org:3478?transport=tcp", "turns:t.example.org"], username: u, credential: c}, {urls: "turn:s.example.org", secret: s3, ttl: 120s}]
  udp_ports: 50000-50100
  public_addresses: [203.0.113.7, "2001:db8::7"]
  max_viewers: 20
  max_webrtcbin_viewers: 0
logging: {level: debug, format: json}
)");
  EXPECT_EQ(
      config.server,
      (Server{
          .listen = "[::1]:0",
          .web_root = "/srv/web",
          .settings = Access::loopback,
          .cameras_file = "yard.yaml",
          .hosts = {"cameras.example.org", "nvr.example.org:8443"},
          .tls = {.certificate = "a.crt", .key = "a.key", .redirect = ":8080", .hsts_days = 365},
          .trusted_proxies = {"127.0.0.1", "10.0.0.0/8", "2001:db8::/32"}}));
  EXPECT_EQ(config.data, (Data{.directory = "/srv/fanlight"}));
  EXPECT_THAT(config.embed.origins,
              ElementsAre("https://intranet.example.org", "http://[::1]:81", "https://a.example",
                          "capacitor://localhost", "app://localhost:443",
                          "chrome-extension://abcdefghijklmnop", "*"));
  EXPECT_THAT(config.embed.frame_ancestors, ElementsAre("http://homeassistant.local:8123"));
  const Stream stream{.url = "rtsps://u:p%40ss@[2001:db8::1]:322/x?y=1",
                      .username = "viewer",
                      .password = "se same",
                      .transport = RtspTransport::udp,
                      .latency = 250ms,
                      .tls_verify = false,
                      .tls_fingerprint = kFingerprint,
                      .tls_ca_file = "/dev/null",
                      .pull = Pull::on_demand,
                      .grace = 0ms,
                      .start_timeout = 20'000ms,
                      .health_timeout = 2500ms};
  EXPECT_THAT(config.cameras, ElementsAre(Camera{.id = "a-1_b",
                                                 .name = "현관",
                                                 .groups = {"마당", "Night"},
                                                 .streams = {stream},
                                                 .audio = false,
                                                 .codecs = {VideoCodec::h264},
                                                 .max_viewers = 7,
                                                 .webrtc_transport = ViewerTransport::webrtcbin}));
  const WebRtc webrtc{
      .transport = ViewerTransport::fanout,
      .port = 8189,
      .tcp = false,
      .workers = 3,
      .ice_servers = {{.urls = {"stun:stun.example.org"}, .username = "", .credential = ""}},
      .browser_ice_servers = {{.urls = {"turn:t.example.org:3478?transport=tcp",
                                        "turns:t.example.org"},
                               .username = "u",
                               .credential = "c"},
                              {.urls = {"turn:s.example.org"},
                               .username = "",
                               .credential = "",
                               .secret = "s3",
                               .ttl = 120'000ms}},
      .udp_port_min = 50000,
      .udp_port_max = 50100,
      .public_addresses = {"203.0.113.7", "2001:db8::7"},
      .max_viewers = 20,
      .max_webrtcbin_viewers = 0};
  EXPECT_EQ(config.webrtc, webrtc);
  EXPECT_EQ(config.logging, (Logging{.level = log::Level::debug, .format = log::Format::json}));
}

TEST(ConfigTest, ReadsTheStreamsOfACameraWithWhatTheyShare) {
  const Config config = accepted(R"(
cameras:
  - id: front
    latency: 200ms
    username: viewer
    pull: on_demand
    streams:
      - {id: main, url: "rtsp://h/main"}
      - {id: sub, url: "rtsp://h/sub", pull: always, latency: 50ms}
)");

  const Stream main{.id = "main",
                    .url = "rtsp://h/main",
                    .username = "viewer",
                    .latency = 200ms,
                    .pull = Pull::on_demand};
  const Stream sub{.id = "sub",
                   .url = "rtsp://h/sub",
                   .username = "viewer",
                   .latency = 50ms,
                   .pull = Pull::always};
  EXPECT_THAT(config.cameras.at(0).streams, ElementsAre(main, sub));
}

TEST(ConfigTest, ReadsAPasswordFromTheFirstLineOfAFile) {
  const std::string path = testing::TempDir() + "/password";
  std::ofstream(path) << "se: same\nmore\n";

  EXPECT_EQ(camera_with("password_file: " + path).streams[0].password, "se: same");
}

TEST(ConfigTest, TakesEveryWordOfEveryChoice) {
  EXPECT_EQ(camera_with("transport: tcp").streams[0].transport, RtspTransport::tcp);
  EXPECT_EQ(camera_with("transport: auto").streams[0].transport, RtspTransport::automatic);
  EXPECT_EQ(camera_with("transport: multicast").streams[0].transport, RtspTransport::multicast);
  EXPECT_EQ(camera_with("transport: http").streams[0].transport, RtspTransport::http);
  EXPECT_EQ(camera_with("source: auto").streams[0].source, Source::automatic);
  EXPECT_EQ(camera_with("source: rtspsrc").streams[0].source, Source::rtspsrc);
  EXPECT_EQ(camera_with("source: direct").streams[0].source, Source::direct);
  EXPECT_EQ(camera_with("pull: always").streams[0].pull, Pull::always);
  EXPECT_EQ(camera_with("webrtc_transport: default").webrtc_transport, std::nullopt);
  EXPECT_EQ(camera_with("webrtc_transport: auto").webrtc_transport, ViewerTransport::automatic);
  EXPECT_EQ(camera_with("webrtc_transport: fanout").webrtc_transport, ViewerTransport::fanout);
  EXPECT_EQ(accepted("webrtc: {transport: auto}").webrtc.transport, ViewerTransport::automatic);
  EXPECT_EQ(accepted("webrtc: {transport: webrtcbin}").webrtc.transport,
            ViewerTransport::webrtcbin);
  EXPECT_THAT(camera_with("codecs: [h264, h265]").codecs,
              ElementsAre(VideoCodec::h264, VideoCodec::h265));
  EXPECT_EQ(accepted("logging: {level: error}").logging.level, log::Level::error);
  EXPECT_EQ(accepted("logging: {level: warning}").logging.level, log::Level::warning);
  EXPECT_EQ(accepted("logging: {format: journald}").logging.format, log::Format::journald);
  EXPECT_TRUE(camera_with("audio: yes").audio);
  EXPECT_FALSE(camera_with("audio: false").audio);
}

TEST(ConfigTest, TakesLatencyInMillisecondsOrSeconds) {
  EXPECT_EQ(camera_with("latency: 0ms").streams[0].latency, 0ms);
  EXPECT_EQ(camera_with("latency: 250 ms").streams[0].latency, 250ms);
  EXPECT_EQ(camera_with("latency: 2s").streams[0].latency, 2000ms);
  EXPECT_EQ(camera_with("latency: 10s").streams[0].latency, 10000ms);
}

TEST(ConfigTest, TakesTheUrlsOfRealCameras) {
  for (const char* url :
       {"rtsp://host", "rtsp://host/", "RTSP://10.0.0.1:8554/a/b?c=d&e=f#g",
        "rtsp://admin:@host/live", "rtsp://admin@host/live", "rtsp://my_cam.local/x",
        "rtsp://[fe80::1%eth0]/x", "rtsp://u:p%2Fw@h/cam@1",
        "rtsp://h:554/user=admin_password=x_channel=1_stream=0.sdp?real_stream"})
    EXPECT_EQ(accepted("cameras: [{id: a, url: '" + std::string(url) + "'}]")
                  .cameras.at(0)
                  .streams.at(0)
                  .url,
              url);
}

class EnvironmentTest : public testing::Test {
 protected:
  void SetUp() override {
    ::setenv("FANLIGHT_TEST", "from: [outside] # it", 1);
    ::setenv("FANLIGHT_EMPTY", "", 1);
    ::unsetenv("FANLIGHT_UNSET");
  }
  void TearDown() override {
    ::unsetenv("FANLIGHT_TEST");
    ::unsetenv("FANLIGHT_EMPTY");
  }
};

TEST_F(EnvironmentTest, ReplacesVariablesByTheirValueAndNeverReadsItAsYaml) {
  EXPECT_EQ(camera_with("name: '<${FANLIGHT_TEST}>'").name, "<from: [outside] # it>");
  EXPECT_EQ(camera_with("name: 'x${FANLIGHT_EMPTY}${FANLIGHT_EMPTY}y'").name, "xy");
}

TEST_F(EnvironmentTest, TakesTheDefaultWhereAVariableIsUnsetOrEmpty) {
  EXPECT_EQ(camera_with("latency: '${FANLIGHT_UNSET:-300}ms'").streams[0].latency, 300ms);
  EXPECT_EQ(camera_with("name: '${FANLIGHT_EMPTY:-a:-b}'").name, "a:-b");
  EXPECT_EQ(camera_with("name: 'x${FANLIGHT_UNSET:-}'").name, "x");
}

TEST_F(EnvironmentTest, LeavesEscapedAndLoneDollarSigns) {
  EXPECT_EQ(camera_with("name: 'a $${FANLIGHT_TEST} $5 $$ $'").name, "a ${FANLIGHT_TEST} $5 $$ $");
}

TEST_F(EnvironmentTest, RefusesAnUnsetVariableByItsNameAndLine) {
  const auto config = parse("server:\n  listen: ${FANLIGHT_UNSET}\n", "f.yaml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, "f.yaml:2:11: server.listen: needs the environment variable "
                                    "FANLIGHT_UNSET, which is not set; "
                                    "set the variable, or write ${FANLIGHT_UNSET:-default}");
}

TEST_F(EnvironmentTest, NeverShowsWhatAVariableHolds) {
  ::setenv("FANLIGHT_TEST", "s3cr3t/ p@ss", 1);
  const auto config = parse(
      "cameras: [{id: a, url: 'rtsp://u:${FANLIGHT_TEST}@h', latency: '${FANLIGHT_TEST}'}]", "f");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, testing::Not(HasSubstr("s3cr3t")));
}

} // namespace
} // namespace fanlight::config
