#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/config.h"

namespace fanlight::config {
namespace {

using testing::HasSubstr;
using testing::Not;

/// What parse() says about a configuration that must be refused.
std::string refusal(const std::string& yaml) {
  const auto config = parse(yaml, "f.yaml");
  if (config) {
    ADD_FAILURE() << "was accepted: " << yaml;
    return {};
  }
  EXPECT_EQ(config.error().code, Errc::invalid);
  return config.error().message;
}

std::string camera_refusal(const std::string& keys) {
  return refusal("cameras: [{id: front, url: 'rtsp://192.0.2.10/live', " + keys + "}]");
}

std::string url_refusal(const std::string& url) {
  return refusal("cameras: [{id: front, url: '" + url + "'}]");
}

TEST(ConfigErrorTest, NamesFileLineColumnKeyAndWhatWouldBeRight) {
  EXPECT_EQ(refusal("cameras:\n  - id: front\n    url: rtsp://host/x\n    latency: 100\n"),
            "f.yaml:4:14: cameras[0].latency: \"100\" has no unit; write 100ms or 100s; "
            "must be 0ms to 10s");
}

TEST(ConfigErrorTest, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_EQ(
      refusal("server:\n  listen: here\nlogging:\n  level: loud\n  colour: red\n"),
      "f.yaml:2:11: server.listen: \"here\" has no port; write host:port, such as 0.0.0.0:8080 "
      "or [::]:8080\n"
      "f.yaml:5:3: logging.colour: is not a valid key here; the keys are level, format\n"
      "f.yaml:4:10: logging.level: \"loud\" is not allowed; must be one of error, warning, info, "
      "debug");
}

TEST(ConfigErrorTest, SuggestsTheKeyThatWasMeant) {
  EXPECT_THAT(refusal("sever: {}"),
              HasSubstr("sever: is not a valid key here; did you mean server?"));
  EXPECT_THAT(camera_refusal("Latency: 1s"),
              HasSubstr("cameras[0].Latency: is not a valid key here; did you mean latency?"));
  EXPECT_THAT(camera_refusal("max-viewers: 1"), HasSubstr("did you mean max_viewers?"));
  EXPECT_THAT(camera_refusal("xyz: 1"), HasSubstr("the keys are id, name, "));
  EXPECT_THAT(camera_refusal("transport: tpc"), HasSubstr("did you mean tcp?"));
}

TEST(ConfigErrorTest, NamesTheWaysToCarryAViewer) {
  EXPECT_THAT(refusal("webrtc: {transport: fan-out}"),
              HasSubstr("must be one of auto, webrtcbin, fanout: did you mean fanout?"));
  EXPECT_THAT(refusal("webrtc: {transport: default}"), HasSubstr("is not allowed"));
  EXPECT_THAT(camera_refusal("webrtc_transport: tcp"),
              HasSubstr("must be one of default, auto, webrtcbin, fanout"));
}

TEST(ConfigErrorTest, RefusesAKeyGivenTwice) {
  EXPECT_EQ(refusal("server: {}\nlogging: {}\nserver: {}\n"),
            "f.yaml:3:1: server: occurs twice, first on line 1; remove one");
}

TEST(ConfigErrorTest, RefusesTwoCamerasOfOneId) {
  EXPECT_EQ(
      refusal("cameras:\n  - {id: a, url: 'rtsp://h/1'}\n  - {id: b, url: 'rtsp://h/2'}\n  - "
              "{url: 'rtsp://h/3', id: a}\n"),
      "f.yaml:4:29: cameras[2].id: \"a\" is already the id of the camera on line 2; give each "
      "camera its own id");
}

TEST(ConfigErrorTest, RefusesTwoConnectionsToOneUrl) {
  EXPECT_EQ(refusal("cameras:\n  - {id: a, url: 'rtsp://u:secret@h/1'}\n"
                    "  - {id: b, url: 'rtsp://u:secret@h/1'}\n"),
            "f.yaml:3:18: cameras[1].url: is already the URL on line 2; remove one of "
            "them, because any number of viewers can share a stream");
}

TEST(ConfigErrorTest, RefusesACameraWithoutIdOrUrl) {
  EXPECT_THAT(refusal("cameras:\n  - name: x\n"),
              HasSubstr("f.yaml:2:5: cameras[0]: has no id; add, for example, id: front"));
  EXPECT_THAT(
      refusal("cameras:\n  - id: x\n"),
      HasSubstr("cameras[0]: has no url; add, for example, url: rtsp://192.0.2.10:554/stream1"));
  EXPECT_THAT(refusal("cameras:\n  - id: x\n    url:\n"),
              HasSubstr("f.yaml:3:5: cameras[0].url: is empty"));
}

TEST(ConfigErrorTest, RefusesWrongTypes) {
  EXPECT_THAT(refusal("server: [a]"),
              HasSubstr("server: is a list; must be a mapping of the keys listen, web_root"));
  EXPECT_THAT(refusal("server: here"), HasSubstr("server: is a single value; must be a mapping"));
  EXPECT_THAT(refusal("cameras: {id: a}"),
              HasSubstr("cameras: is a mapping of keys; must be a list of cameras"));
  EXPECT_THAT(refusal("cameras: [front]"),
              HasSubstr("cameras[0]: is a single value; must be a mapping"));
  EXPECT_THAT(camera_refusal("name: [a]"),
              HasSubstr("cameras[0].name: is a list; must be a single value"));
  EXPECT_THAT(camera_refusal("audio: 1"),
              HasSubstr("\"1\" is not a boolean; must be true or false"));
  EXPECT_THAT(camera_refusal("codecs: h264"),
              HasSubstr("is a single value; must be a list of codecs"));
  EXPECT_THAT(camera_refusal("max_viewers: many"),
              HasSubstr("\"many\" is not an integer; must be an integer from 0 to 100000"));
  EXPECT_THAT(camera_refusal("max_viewers: 1.5"), HasSubstr("is not an integer"));
  EXPECT_THAT(
      refusal("[a, b]"),
      HasSubstr("f.yaml:1:1: is a list; must be a mapping of the keys server, data, embed"));
  EXPECT_THAT(refusal("{[a]: b}"), HasSubstr("is not a valid key here"));
  EXPECT_THAT(refusal("webrtc: {ice_servers: [stun:a]}"),
              HasSubstr("must be a mapping of the keys urls, username, credential"));
}

TEST(ConfigErrorTest, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(camera_refusal("max_viewers: -1"), HasSubstr("is out of range"));
  EXPECT_THAT(camera_refusal("max_viewers: 100001"),
              HasSubstr("is out of range; must be an integer from 0 to 100000"));
  EXPECT_THAT(camera_refusal("max_viewers: 99999999999999999999"), HasSubstr("is out of range"));
  EXPECT_THAT(refusal("webrtc: {max_viewers: 0}"),
              HasSubstr("is out of range; must be an integer from 1 to 100000"));
  EXPECT_THAT(refusal("webrtc: {port: 65536}"),
              HasSubstr("is out of range; must be an integer from 0 to 65535"));
  EXPECT_THAT(refusal("webrtc: {workers: 129}"),
              HasSubstr("is out of range; must be an integer from 0 to 128"));
  EXPECT_THAT(refusal("webrtc: {max_webrtcbin_viewers: -1}"), HasSubstr("is out of range"));
  EXPECT_THAT(camera_refusal("latency: 10.1s"), HasSubstr("is too long; must be 0ms to 10s"));
  EXPECT_THAT(camera_refusal("latency: -5ms"), HasSubstr("is not a duration"));
  EXPECT_THAT(camera_refusal("latency: 1..5s"), HasSubstr("is not a duration"));
  EXPECT_THAT(camera_refusal("latency: 1m"), HasSubstr("has an unknown unit"));
  EXPECT_THAT(camera_refusal("codecs: []"), HasSubstr("has no codecs"));
  EXPECT_THAT(camera_refusal("codecs: [h264, h264]"), HasSubstr("occurs twice"));
  EXPECT_THAT(camera_refusal("groups: [Yard, Yard]"), HasSubstr("occurs twice"));
  EXPECT_THAT(camera_refusal("groups: [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q]"),
              HasSubstr("has more than 16 groups"));
  for (const char* group : {"''", "' Yard'", "'Yard '", "'a,b'", "'@a'", "'!a'", "'*'"})
    EXPECT_THAT(camera_refusal("groups: [" + std::string{group} + "]"),
                HasSubstr("is not the name of a group; must be 1 to 40 characters"))
        << group;
  EXPECT_THAT(camera_refusal("codecs: [vp8]"),
              HasSubstr("\"vp8\" is not allowed; must be one of h264, h265"));
  for (const char* ports : {"50000", "0-10", "50100-50000", "1-65536", "a-b", "1-2-3", "-5", ""})
    EXPECT_THAT(refusal("webrtc: {udp_ports: '" + std::string(ports) + "'}"),
                HasSubstr("is not a port range"))
        << ports;
}

TEST(ConfigErrorTest, RefusesIdsThatAreNoPartOfAUrl) {
  for (const std::string id : {"", "Front", "front door", "a/b", "é", "a.b"})
    EXPECT_THAT(refusal("cameras: [{id: '" + id + "', url: 'rtsp://h/'}]"),
                HasSubstr("cameras[0].id: "))
        << id;
  EXPECT_THAT(refusal("cameras: [{id: " + std::string(65, 'a') + ", url: 'rtsp://h/'}]"),
              HasSubstr("must be 1 to 64"));
}

TEST(ConfigErrorTest, RefusesListenAddressesThatCannotBe) {
  for (const char* listen :
       {"8080", "0.0.0.0", "0.0.0.0:", "0.0.0.0:http", "0.0.0.0:65536", "256.0.0.1:80", "::1:8080",
        "[::1]", "[::1:80", "[x]:80", "a b:80", "http://0.0.0.0:80"})
    EXPECT_THAT(refusal("server: {listen: '" + std::string(listen) + "'}"),
                HasSubstr("server.listen: "))
        << listen;
}

TEST(ConfigErrorTest, TellsTheAddressesThatAPortAloneMayMean) {
  EXPECT_EQ(refusal("server: {listen: 8080}"),
            "f.yaml:1:18: server.listen: \"8080\" is a port without an address; write 0.0.0.0:8080 "
            "or 127.0.0.1:8080");
}

TEST(ConfigErrorTest, RefusesBadUrlsAndSaysWhatWouldBeRight) {
  EXPECT_THAT(url_refusal(""), HasSubstr("must begin with rtsp:// or rtsps://"));
  EXPECT_THAT(url_refusal("host/live"), HasSubstr("must begin with rtsp://"));
  EXPECT_THAT(url_refusal("http://host/live"),
              HasSubstr("\"http://host/live\" is not an RTSP URL"));
  EXPECT_THAT(url_refusal("rtspt://host/live"), HasSubstr("write rtsp:// and the key transport"));
  EXPECT_THAT(url_refusal("rtsp://"), HasSubstr("has no host"));
  EXPECT_THAT(url_refusal("rtsp://user:pw@/x"), HasSubstr("has no host"));
  EXPECT_THAT(url_refusal("rtsp://host:0/x"), HasSubstr("has port 0"));
  EXPECT_THAT(url_refusal("rtsp://host:99999/x"), HasSubstr("has no valid port"));
  EXPECT_THAT(url_refusal("rtsp://host:/x"), HasSubstr("has no valid port"));
  EXPECT_THAT(url_refusal("rtsp://300.1.1.1/x"), HasSubstr("malformed IPv4"));
  EXPECT_THAT(url_refusal("rtsp://2001:db8::1/x"), HasSubstr("in brackets"));
  EXPECT_THAT(url_refusal("rtsp://[::g]/x"), HasSubstr("no IPv6 address"));
  EXPECT_THAT(url_refusal("rtsp://host/a b"), HasSubstr("white space"));
  EXPECT_THAT(url_refusal("rtsp://u:a@b@host/x"), HasSubstr("write %40 for @"));
  EXPECT_THAT(url_refusal("rtsp://u:a/b@host/x"), HasSubstr("write %2F for /"));
  EXPECT_THAT(url_refusal("rtsp://u:a@b@host/x"), HasSubstr("the keys username and password"));
  EXPECT_THAT(url_refusal("rtsp://u:a/b@host/x"), HasSubstr("the keys username and password"));
  EXPECT_THAT(url_refusal("rtsp://u:a@b#c@host/x"), HasSubstr("use the key password"));
  EXPECT_THAT(url_refusal("rtsp://u:100%@host/x"), HasSubstr("write %25 for %"));
}

TEST(ConfigErrorTest, RefusesBadIceServersAndAddresses) {
  const auto ice = [](const std::string& entry) {
    return refusal("webrtc: {ice_servers: [" + entry + "]}");
  };
  EXPECT_THAT(ice("{urls: ['http://a']}"),
              HasSubstr("webrtc.ice_servers[0].urls[0]: \"http://a\" is not an ICE server"));
  EXPECT_THAT(ice("{urls: 'stun://a:1'}"), HasSubstr("contains slashes; write stun:host:port"));
  EXPECT_THAT(ice("{urls: 'stun:a?transport=udp'}"), HasSubstr("has an unknown parameter"));
  EXPECT_THAT(ice("{urls: 'stun:'}"), HasSubstr("has no host"));
  EXPECT_THAT(ice("{urls: 'turn:a', username: u}"),
              HasSubstr("turn:a needs the keys username and credential"));
  EXPECT_THAT(ice("{username: u}"),
              HasSubstr("has no urls; add, for example, urls: [stun:stun.example.org:3478]"));
  const auto addresses = [](const std::string& list) {
    return refusal("webrtc: {public_addresses: " + list + "}");
  };
  EXPECT_THAT(addresses("[example.org]"),
              HasSubstr("public_addresses[0]: \"example.org\" is not an IP address"));
  EXPECT_THAT(addresses("['[::1]']"), HasSubstr("without port or brackets"));
  EXPECT_THAT(addresses("[192.0.2.1, 192.0.2.2]"), HasSubstr("two addresses of the same family"));
  EXPECT_THAT(addresses("192.0.2.1"), HasSubstr("must be a list of IP addresses"));
}

TEST(ConfigErrorTest, RefusesAnIceServerWhoseCredentialsAreTwoThings) {
  const auto ice = [](const std::string& entry) {
    return refusal("webrtc: {browser_ice_servers: [" + entry + "]}");
  };
  EXPECT_THAT(ice("{urls: 'turn:a', secret: s3cr3t, username: u}"),
              HasSubstr("has a secret and also a username or credential"));
  EXPECT_THAT(ice("{urls: 'turn:a'}"), HasSubstr("credential; add both, or secret"));
  const auto ttl = [&ice](const std::string& text) {
    return ice("{urls: 'turn:a', secret: s, ttl: " + text + "}");
  };
  EXPECT_THAT(ttl("1s"), HasSubstr("is too short; must be 60s to 604800s"));
  EXPECT_THAT(ttl("8d"),
              HasSubstr("unknown unit; write, for example, 60s; must be 60s to 604800s"));
  EXPECT_THAT(ttl("600"), HasSubstr("has no unit; write 600s; must be 60s to 604800s"));
  EXPECT_THAT(ttl("day"),
              HasSubstr("is not a duration; write, for example, 60s; must be 60s to 604800s"));
  EXPECT_THAT(ice(R"({urls: 'turn:a', secret: "s3cr3t\n"})"), Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(ice(R"({urls: 'turn:a', username: u, credential: "s3cr3t\n"})"),
              Not(HasSubstr("s3cr3t")));
  EXPECT_THAT(refusal("webrtc: {ice_servers: [{urls: 'turn:a', secret: s}]}"), HasSubstr("secret"));
}

TEST(ConfigErrorTest, RefusesTlsThatIsIncomplete) {
  EXPECT_THAT(refusal("server: {tls: {certificate: a.crt}}"),
              HasSubstr("server.tls: has certificate but no key; set both, or neither"));
  EXPECT_THAT(refusal("server: {tls: {key: a.key}}"), HasSubstr("has key but no certificate"));
  EXPECT_THAT(refusal("server: {tls: {redirect: ':80'}}"),
              HasSubstr("has redirect but no certificate"));
  EXPECT_THAT(refusal("server: {tls: {certificate: a, key: b, redirect: '80'}}"),
              HasSubstr("server.tls.redirect: \"80\" is a port without an address"));
  EXPECT_THAT(refusal("server: {tls: {hsts_days: 731}}"), HasSubstr("from 0 to 730"));
}

TEST(ConfigErrorTest, RefusesProxiesThatAreNoAddresses) {
  for (const char* proxy : {"proxy.example.org", "10.0.0.0/33", "10.0.0.1:80", ""})
    EXPECT_THAT(refusal(std::string("server: {trusted_proxies: ['") + proxy + "']}"),
                HasSubstr("neither an IP address nor a range"))
        << proxy;
}

TEST(ConfigErrorTest, RefusesWhatIsNoHostAndNoOrigin) {
  for (const char* host : {"https://a.example", "a.example/x", "a b", "", "a:0"})
    EXPECT_THAT(refusal(std::string("server: {hosts: ['") + host + "']}"),
                HasSubstr("server.hosts[0]"))
        << host;
  for (const char* origin :
       {"a.example", "1a://a.example", "a_b://a.example", "https://a.example/page",
        "https://u:p@a.example", "https://", "null", "https://*.example", "file://",
        "app://localhost:0", "capacitor://localhost/page"})
    EXPECT_THAT(refusal(std::string("embed: {origins: ['") + origin + "']}"),
                HasSubstr("embed.origins[0]"))
        << origin;
}

TEST(ConfigErrorTest, SaysWhereAWildcardIsAllowed) {
  for (const char* host : {"*", "*.example.org", "a*:8443"})
    EXPECT_THAT(refusal(std::string("server: {hosts: ['") + host + "']}"),
                HasSubstr(std::string("server.hosts[0]: \"") + host + "\" contains *"))
        << host;
  for (const char* origin : {"https://*.example.org", "*://a.example", "https://*", "*.example"})
    EXPECT_THAT(refusal(std::string("embed: {origins: ['") + origin + "']}"),
                AllOf(HasSubstr("write each origin"), HasSubstr("or \"*\" alone for all")))
        << origin;
}

TEST(ConfigErrorTest, RefusesMalformedPlaceholders) {
  EXPECT_THAT(camera_refusal("name: '${A'"), HasSubstr("has ${ without }"));
  EXPECT_THAT(camera_refusal("name: '${}'"), HasSubstr("is not a valid name"));
  EXPECT_THAT(camera_refusal("name: '${1A}'"), HasSubstr("is not a valid name"));
}

TEST(ConfigErrorTest, RefusesWhatIsNoYamlWithItsLine) {
  EXPECT_THAT(refusal("server:\n  listen: [a\n"), HasSubstr("f.yaml:3:1: is not valid YAML: "));
  EXPECT_THAT(refusal("a: 1\n\tb: 2\n"), HasSubstr("f.yaml:2:"));
  EXPECT_THAT(refusal("server: {}\n---\nserver: {}\n"),
              HasSubstr("f.yaml:2:1: a second document begins here"));
  EXPECT_THAT(refusal("server: *nowhere"), HasSubstr("is not valid YAML"));
}

TEST(ConfigErrorTest, NeverShowsAPassword) {
  for (const char* url :
       {"rtsp://u:s3cr3t@host:99999/x", "rtsp://u:s3cr3t@300.1.1.1/x", "http://u:s3cr3t@host",
        "u:s3cr3t@host", "rtsp:/u:s3cr3t@host", "rtsp://u:12 s3cr3t@host/", "rtsp//u:s3cr3t@host",
        "rtsp://u:a@s3cr3t@host", "rtsp://u:s3cr3t/x@host", "rtsp://u:s3cr3t@",
        "turn:u:s3cr3t@host", "rtsp://h:x/password=s3cr3t_channel=1"})
    EXPECT_THAT(url_refusal(url), Not(HasSubstr("s3cr3t"))) << url;
  EXPECT_THAT(refusal("webrtc: {ice_servers: [{urls: 'turn:u:s3cr3t@host'}]}"),
              Not(HasSubstr("s3cr3t")));
}

TEST(ConfigErrorTest, SaysWhyAFileCannotBeRead) {
  const auto missing = load("/nonexistent/fanlight.yaml");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, Errc::not_found);
  EXPECT_THAT(missing.error().message, HasSubstr("/nonexistent/fanlight.yaml"));
  EXPECT_FALSE(load("/tmp"));
}

TEST(ConfigErrorTest, SurvivesAnyMixOfYaml) {
  const std::vector<std::string> pieces{
      "server", "cameras", "id",     "url", ":",  ": ", "\n",           "  ",
      "- ",     "[",       "]",      "{",   "}",  ",",  "rtsp://u:p@h", "${",
      "}",      "$",       "\"",     "'",   "&a", "*a", "!!map ",       "---\n",
      "#",      "?",       "|",      ">",   "~",  "1",  "\t",           "\xff",
      "%",      "latency", "codecs", "<<"};
  std::mt19937 random(11); // NOLINT: the same cases in every run.
  for (int round = 0; round < 5000; ++round) {
    std::string yaml;
    for (std::size_t count = random() % 25; count > 0; --count)
      yaml += pieces[random() % pieces.size()];
    const auto config = parse(yaml, "f");
    EXPECT_TRUE(config || !config.error().message.empty()) << yaml;
  }
}

TEST(ConfigErrorTest, SaysWhatIsWrongWithTheStreamsOfACamera) {
  const auto streams = [](const std::string& text) {
    return refusal("cameras: [{id: front, streams: " + text + "}]");
  };
  EXPECT_THAT(streams("[]"), HasSubstr("cameras[0].streams: has no streams; add one"));
  EXPECT_THAT(streams("[{url: 'rtsp://h/1'}]"),
              HasSubstr("cameras[0].streams[0]: has no id; add, for example, id: main"));
  EXPECT_THAT(streams("[{id: main}]"),
              HasSubstr("cameras[0].streams[0]: has no url; add, for example,"));
  EXPECT_THAT(streams("[{id: auto, url: 'rtsp://h/1'}]"),
              HasSubstr("is not a valid id of a stream"));
  EXPECT_THAT(streams("[{id: a, url: 'rtsp://h/1'}, {id: a, url: 'rtsp://h/2'}]"),
              HasSubstr("streams[1].id: \"a\" is already the id of the stream on line 1"));
  EXPECT_THAT(streams("[{id: a, url: 'rtsp://h/1'}, {id: b, url: 'rtsp://h/1'}]"),
              HasSubstr("streams[1].url: is already the URL on line 1"));
  EXPECT_THAT(
      streams("[{id: a, url: 'rtsp://h/1'}], url: 'rtsp://h/2'"),
      HasSubstr("cameras[0].url: cannot be combined with streams; move it into one of them"));
  EXPECT_THAT(refusal("cameras: [{id: front}]"),
              HasSubstr("cameras[0]: has no url; add, for example,"));
}

TEST(ConfigErrorTest, SaysWhatIsWrongWithLoginsAndCertificates) {
  EXPECT_THAT(camera_refusal("password: \"s3c\\nr3t\""), Not(HasSubstr("s3c")));
  EXPECT_THAT(camera_refusal("password_file: /nowhere"),
              HasSubstr("names /nowhere, but the server cannot read its first line"));
  EXPECT_THAT(camera_refusal("tls_ca_file: /nowhere"), HasSubstr("cannot be read: No such file"));
  EXPECT_THAT(camera_refusal("tls_fingerprint: 'AB:CD'"),
              HasSubstr("is not a SHA-256 fingerprint"));
}

TEST(ConfigErrorTest, NamesTheRangeOfEachDuration) {
  EXPECT_THAT(camera_refusal("start_timeout: 0s"), HasSubstr("is too short; must be 1s to 60s"));
  EXPECT_THAT(camera_refusal("health_timeout: 2 m"), HasSubstr("has an unknown unit"));
  EXPECT_THAT(camera_refusal("grace: 2h"), HasSubstr("has an unknown unit"));
  EXPECT_THAT(camera_refusal("grace: 3601s"), HasSubstr("is too long; must be 0ms to 3600s"));
}

} // namespace
} // namespace fanlight::config
