// HTTPS by the server itself, to clients that others wrote.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "http/self_signed.h"
#include "service_fixture.h"
#include "support/free_port.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class HttpsTest : public ServiceTest {
 protected:
  /// `fanlight cert self-signed`; what it says.
  std::string make_certificate(const std::vector<std::string>& more = {}, int code = 0) {
    std::vector<std::string> arguments{"cert", "self-signed", folder};
    arguments.insert(arguments.end(), more.begin(), more.end());
    const auto program = run(arguments);
    EXPECT_EQ(program->wait_exit(), code) << program->output();
    return program->output();
  }
  void start_https(const std::vector<CameraEntry>& entries, const std::string& more = {}) {
    make_certificate();
    server_keys = "  tls:\n    certificate: " + path("fanlight.crt") +
                  "\n    key: " + path("fanlight.key") + "\n" + more;
    start_service(entries);
  }
  std::string path(const char* name) const { return folder / name; }
  std::string address() const { return url("").substr(std::string{"https://"}.size()); }
  /// The output of a shell's command, which ends by itself.
  static std::string shell(const std::string& command) {
    Process program{{"sh", "-c", command + " </dev/null"}};
    EXPECT_TRUE(program.wait_exit()) << command;
    return program.output();
  }
  std::string openssl(const std::string& options) const {
    return shell("openssl s_client -brief -connect " + address() + ' ' + options);
  }
};

TEST_F(HttpsTest, IsTrustedByCurlWithItsOwnCertificate) {
  start_https({});

  EXPECT_THAT(url("/"), StartsWith("https://127.0.0.1:"));
  EXPECT_THAT(shell("curl -sS --cacert " + path("fanlight.crt") + ' ' + url("/health")),
              HasSubstr("\"version\""));
  EXPECT_THAT(shell("curl -sS " + url("/health")), HasSubstr("self-signed certificate"));
}

TEST_F(HttpsTest, SpeaksTls12And13AndNothingOlder) {
  start_https({});
  const std::string any = " -cipher DEFAULT@SECLEVEL=0";

  EXPECT_THAT(openssl("-tls1_3"), HasSubstr("Protocol version: TLSv1.3"));
  EXPECT_THAT(openssl("-tls1_2"), HasSubstr("Protocol version: TLSv1.2"));
  EXPECT_THAT(openssl("-tls1_1" + any), HasSubstr("alert protocol version"));
  EXPECT_THAT(openssl("-tls1" + any), HasSubstr("alert protocol version"));
  EXPECT_THAT(openssl("-tls1_2 -cipher AES256-SHA256"), HasSubstr("handshake failure"))
      << "a cipher without forward secrecy";
}

TEST_F(HttpsTest, SignalsOverHttpsOnly) {
  start_cameras({small("front")});
  start_https({camera("front")});
  wait_state("front", "live");

  EXPECT_EQ(get("/").status, 200);
  EXPECT_EQ(post_offer("front").status, 201);
  open_page()->next("hello");
  EXPECT_THAT(shell("curl -sS http://" + address() + "/health"), HasSubstr("https://"));
}

TEST_F(HttpsTest, TakesUpARenewedCertificateAndRefusesAWrongOne) {
  start_https({});
  const auto page = open_page();
  page->next("hello");
  make_certificate({"--replace"});
  ASSERT_TRUE(service->wait_output("the server uses the renewed certificate"));
  EXPECT_THAT(shell("curl -sS --cacert " + path("fanlight.crt") + ' ' + url("/health")),
              HasSubstr("\"version\""));

  write_text("fanlight.crt", "nothing");
  ASSERT_TRUE(service->wait_output("the server keeps its previous certificate: "
                                   "server.tls.certificate: " +
                                   path("fanlight.crt") + " contains no certificate"));

  EXPECT_EQ(get("/health").status, 200);
  page->send(R"({"type":"nothing"})");
  page->next("error");
  EXPECT_FALSE(page->closed());
}

TEST_F(HttpsTest, NamesTheFileThatIsMissingAtTheStart) {
  server_keys = "  tls: {certificate: /nonexistent/a.crt, key: /nonexistent/a.key}\n";
  const std::string config = write_config({});
  for (const auto& arguments : std::vector<std::vector<std::string>>{
           {"--config", config}, {"--config", config, "--check-config"}}) {
    const auto program = run(arguments);
    EXPECT_EQ(program->wait_exit(), 78);
    EXPECT_THAT(program->output(), AllOf(HasSubstr("server.tls.certificate: /nonexistent/a.crt"),
                                         HasSubstr("fanlight cert self-signed")));
  }
}

TEST_F(HttpsTest, MakesACertificateForThisMachineAndMore) {
  EXPECT_THAT(make_certificate({"cameras.example.org", "203.0.113.7"}),
              AllOf(HasSubstr("certificate: " + path("fanlight.crt")), HasSubstr("fingerprint")));

  EXPECT_THAT(shell("openssl x509 -noout -text -in " + path("fanlight.crt")),
              AllOf(HasSubstr("DNS:cameras.example.org"), HasSubstr("IP Address:203.0.113.7"),
                    HasSubstr("DNS:localhost"), HasSubstr("IP Address:127.0.0.1"),
                    HasSubstr("CA:FALSE"), HasSubstr("TLS Web Server Authentication")));
  struct stat status {};
  ASSERT_EQ(stat(path("fanlight.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_THAT(make_certificate({}, 73), HasSubstr("add --replace"));
  EXPECT_THAT(make_certificate({"--replace", "a/b"}, 78), HasSubstr("neither a host name nor"));
}

/// The proxies of docs/https.md, with the configurations that it gives.
class ProxyTest : public HttpsTest {
 protected:
  /// The server, which trusts the proxy on this machine, and a client with another address.
  void start_behind_proxy() {
    start_cameras({small("front")});
    server_keys = "  trusted_proxies: [127.0.0.1]\n";
    start_service({camera("front")});
    wait_state("front", "live");
    make_both();
    const http::Owned<GSocketAddress> local{g_inet_socket_address_new_from_string("127.0.0.9", 0)};
    client.reset(soup_session_new_with_options("local-address", local.get(), nullptr));
    soup_session_set_timeout(client.get(), kHangLimit.count());
  }
  /// The certificate, in two files and in one.
  void make_both() {
    make_certificate();
    shell("cat " + path("fanlight.crt") + ' ' + path("fanlight.key") + " > " + path("both.pem"));
  }
  /// The documented configuration, with the places of this test.
  std::string documented(const std::string& language,
                         const std::vector<std::pair<std::string, std::string>>& places) const {
    std::ifstream file{std::filesystem::path{std::getenv("FANLIGHT_DOCS")} / "https.md"};
    std::stringstream all;
    all << file.rdbuf();
    const std::string fence = "```" + language + "\n";
    const std::size_t begin = all.str().find(fence) + fence.size();
    std::string text = all.str().substr(begin, all.str().find("```", begin) - begin);
    for (const auto& [documented, here] : places) {
      const std::size_t at = text.find(documented);
      if (at == std::string::npos) {
        ADD_FAILURE() << language << ": no " << documented;
        continue;
      }
      text.replace(at, documented.size(), here);
    }
    return text;
  }
  std::string server_address() const { return url("").substr(std::string{"http://"}.size()); }
  /// An address from which a connection to this machine does not look like one of itself; empty:
  /// there is none.
  static std::string outer_address() {
    for (const std::string& name : http::names_of_this_machine()) {
      const http::Owned<GInetAddress> address{g_inet_address_new_from_string(name.c_str())};
      if (address && g_inet_address_get_family(address.get()) == G_SOCKET_FAMILY_IPV4 &&
          !g_inet_address_get_is_loopback(address.get()))
        return name;
    }
    return {};
  }
  /// HAProxy, as documented.
  void start_haproxy(const std::string& address) {
    const std::uint16_t port = free_port();
    const std::string listen = address + ':' + std::to_string(port);
    write_text("haproxy.cfg", documented("haproxy", {{":443", listen},
                                                     {"/etc/haproxy/cameras.pem", path("both.pem")},
                                                     {"127.0.0.1:8080", server_address()}}));
    proxy = std::make_unique<Process>(
        std::vector<std::string>{"haproxy", "-db", "-f", path("haproxy.cfg")});
    go_through_port(port, address);
  }
  void go_through_port(std::uint16_t port, const std::string& address = "127.0.0.1") {
    go_through("https://" + address + ':' + std::to_string(port));
    // The program listens when it answers.
    poll(
        "/health", [](const Response& response) { return response.status == 200; }, "the proxy");
  }
  /// The page, its WebSocket and a player, all for a client whose address the server knows.
  void expect_service() {
    EXPECT_EQ(get("/").status, 200);
    const Response answer = post_offer("front");
    EXPECT_EQ(answer.status, 201) << answer.body;
    EXPECT_THAT(get("/api/sessions").body, HasSubstr("\"remote_address\":\"127.0.0.9\""));
    EXPECT_EQ(send("DELETE", answer.session()).status, 200);
    open_page()->next("hello");
    EXPECT_TRUE(service->wait_output("client=127.0.0.9 websocket opened")) << service->output();
    // The client cannot claim to be another one.
    EXPECT_THAT(send("GET", "/api/settings", {}, {}, {{"X-Forwarded-For", "203.0.113.7"}}).status,
                200);
  }

  std::unique_ptr<Process> proxy;
};

TEST_F(ProxyTest, WorksBehindNginx) {
  start_behind_proxy();
  const std::uint16_t port = free_port();
  const std::string listen = "127.0.0.1:" + std::to_string(port);
  const std::string site = documented("nginx", {{"443", listen},
                                                {"/etc/ssl/cameras.pem", path("fanlight.crt")},
                                                {"/etc/ssl/cameras.key", path("fanlight.key")},
                                                {"127.0.0.1:8080", server_address()}});
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
    temporary += std::string{kind} + "_temp_path " + path(kind) + ";\n";
  write_text("nginx.conf", "daemon off;\nmaster_process off;\npid " + path("nginx.pid") +
                               ";\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n" +
                               temporary + site + "}\n");
  proxy = std::make_unique<Process>(
      std::vector<std::string>{"nginx", "-e", "stderr", "-c", path("nginx.conf")});
  go_through_port(port);

  expect_service();
}

TEST_F(ProxyTest, WorksBehindHaproxy) {
  start_behind_proxy();
  start_haproxy("127.0.0.1");

  expect_service();
}

/// Neither by its own word, nor by making the server drop that of the proxy.
TEST_F(ProxyTest, GivesAClientBehindHaproxyNoRightsOfThisMachine) {
  const std::string address = outer_address();
  if (address.empty()) GTEST_SKIP() << "this machine has no address but those of loopback";
  server_keys = "  trusted_proxies: [127.0.0.1]\n  settings: loopback\n";
  start_service({});
  make_both();
  start_haproxy(address);

  const Response claims = send("GET", "/api/settings", {}, {}, {{"X-Forwarded-For", "127.0.0.1"}});
  EXPECT_EQ(claims.status, 403);
  EXPECT_THAT(claims.body, HasSubstr("not from " + address));
  EXPECT_THAT(shell("curl -sk --http1.0 -H 'Connection: X-Forwarded-For, X-Forwarded-Proto' " +
                    url("/api/settings")),
              HasSubstr("not from " + address));
}

} // namespace
} // namespace fanlight::test
