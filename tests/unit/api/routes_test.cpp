#include "api/routes.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <utility>

#include <gmock/gmock.h>

#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using http::ServiceRoute;
using testing::HasSubstr;

/// Forbids what the test says, and remembers what it was asked for.
class FakePolicy : public auth::Policy {
 public:
  std::optional<http::Problem> page_refusal(const auth::RequestOrigin&) const override {
    if (!forbids_pages) return {};
    return http::Problem{http::Failure::foreign_page, {"test"_reason, "no page may"}};
  }
  std::optional<http::Problem> refusal(const auth::Principal& principal, auth::Action action,
                                       std::string_view camera) const override {
    asked.emplace_back(action, camera);
    EXPECT_EQ(principal.address, "127.0.0.1");
    page = principal.page;
    if (!forbids_actions) return {};
    return http::Problem{http::Failure::not_allowed, {"test"_reason, "nobody may"}};
  }

  bool forbids_pages = false;
  bool forbids_actions = false;
  mutable std::vector<std::pair<auth::Action, std::string>> asked;
  mutable auth::RequestOrigin page; ///< Of the last principal.
};

std::vector<std::string> methods_of(const ServiceRoute& route) {
  std::vector<std::string> methods;
  for (const char* method : {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"})
    if (route.methods.contains(method)) methods.emplace_back(method);
  return methods;
}

/// A path of the route, about the camera yard and a session that there may be.
std::string path_of(const ServiceRoute& route, const std::string& session = "session-1") {
  std::string path = route.pattern;
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"{camera}", "yard"},
                                                        {"{session}", session},
                                                        {"{layout}", "layout-1"},
                                                        {"{path...}", "x/y/z"},
                                                        {"{file...}", "x"}})
    if (const auto at = path.find(name); at != path.npos) path.replace(at, name.size(), value);
  return path;
}

/// The table of all routes, and the server that it belongs to.
class ServiceRoutesTest : public ServerTest {
 protected:
  ServiceRoutesTest() {
    config::Camera yard;
    yard.id = "yard";
    yard.streams = {{.url = "rtsp://192.0.2.2/"}};
    yard.origin = {"/etc/fanlight/cameras.yaml", 5, true};
    config.cameras = {yard};
    limits.offer = 128 * 1024;
    policy = &fake;
  }
  void TearDown() override { server.reset(); }
  std::vector<ServiceRoute> routes() {
    return http::service_routes({rest, settings, layouts_api, signalling, whep, *files}, limits);
  }
  FakePolicy fake;

 private:
  http::CameraList cameras{directory, limits};
  http::Rest rest{directory, directory, cameras, limits};
  http::Settings settings{store, directory, limits};
  http::Layouts layouts_api{*layouts};
  http::Signalling signalling{config.webrtc, fake, directory, directory, cameras, limits, {}};
  http::Whep whep{config.webrtc, directory, directory, limits};
  const std::unique_ptr<http::StaticFiles> files =
      http::StaticFiles::create(folder / "web").value();
};

TEST_F(ServiceRoutesTest, NeedAPermissionAndBoundTheBody) {
  const std::set<std::string> open{"/health", "/ready", "/{file...}"};
  std::set<std::string> seen;
  for (const ServiceRoute& route : routes()) {
    for (const std::string& method : methods_of(route)) {
      const std::string request = method + ' ' + route.pattern;
      EXPECT_TRUE(seen.insert(request).second) << request << " is there twice";
      EXPECT_TRUE(route.handler) << request;
      EXPECT_EQ(route.needs.has_value(), !open.contains(route.pattern)) << request;
      // What changes something is never for pages of all origins, nor what shows something.
      EXPECT_EQ(route.cors == http::Cors::all, route.pattern == "/{file...}") << request;
      if (route.needs == auth::Action::configure) {
        EXPECT_EQ(route.cors, http::Cors::own) << request;
      }
      // The server reads no more of any body.
      EXPECT_LE(route.body.bytes, limits.offer) << request;
      EXPECT_EQ(route.body.bytes == 0, route.body.too_large.empty()) << request;
      if (method == "GET" || method == "HEAD" || method == "DELETE") {
        EXPECT_EQ(route.body.bytes, 0U) << request;
      }
    }
  }
  EXPECT_GE(seen.size(), 30U);
}

TEST_F(ServiceRoutesTest, RefuseInWordsWhatThePolicyForbids) {
  start();
  fake.forbids_actions = true;
  for (const ServiceRoute& route : routes())
    for (const std::string& method : methods_of(route)) {
      const std::string request = method + ' ' + route.pattern;
      fake.asked.clear();
      const Response response = send({method, path_of(route), {}, {}, {}});
      if (!route.needs) {
        EXPECT_NE(response.status, 403) << request;
        EXPECT_THAT(fake.asked, testing::IsEmpty()) << request;
        continue;
      }
      EXPECT_EQ(response.status, 403) << request;
      EXPECT_EQ(response.header("content-type"), "application/problem+json") << request;
      if (method != "HEAD") {
        EXPECT_THAT(response.body, HasSubstr("\"code\":\"not_allowed\",\"detail\":\"nobody may\""))
            << request;
      }
      const std::string camera = route.pattern.find("{camera}") == std::string::npos ? "" : "yard";
      EXPECT_THAT(fake.asked, testing::ElementsAre(std::pair{*route.needs, camera})) << request;
    }
  EXPECT_EQ(directory.opened, 0);
  EXPECT_EQ(store.changes, 0);
}

TEST_F(ServiceRoutesTest, RefuseInWordsThePagesThatThePolicyForbids) {
  start();
  fake.forbids_pages = true;
  for (const ServiceRoute& route : routes())
    // Also where there is nothing, and methods that are not allowed.
    for (const char* method : {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}) {
      const std::string request = std::string{method} + ' ' + route.pattern;
      const Response response =
          send({method, path_of(route), {}, {}, {{"Origin", "https://elsewhere.example"}}});
      if (route.cors == http::Cors::all) {
        EXPECT_NE(response.status, 403) << request;
        continue;
      }
      EXPECT_EQ(response.status, 403) << request;
      EXPECT_THAT(response.body, HasSubstr("\"code\":\"foreign_page\",\"detail\":\"no page may\""))
          << request;
      EXPECT_EQ(response.header("access-control-allow-origin"), "https://elsewhere.example");
    }
  EXPECT_THAT(fake.asked, testing::IsEmpty());
}

TEST_F(ServiceRoutesTest, AskForEachCameraThatIsWatchedByAWebSocket) {
  start();
  Page page{client.get(), url("/ws")};
  page.next("hello");
  fake.forbids_actions = true;
  fake.asked.clear();

  page.send(R"({"type":"watch","session":"s","sdp":"v=0","camera":"yard"})");
  const std::string closed = page.next("closed");

  EXPECT_EQ(text_of(closed, "code"), "not_allowed");
  EXPECT_EQ(text_of(closed, "message"), "nobody may");
  EXPECT_THAT(fake.asked, testing::ElementsAre(std::pair{auth::Action::view, std::string{"yard"}}));
  EXPECT_EQ(directory.opened, 0);
}

TEST_F(ServiceRoutesTest, KeepNoHeadersAsLongAsAWebSocketIsOpen) {
  start();
  Page page{client.get(), url("/ws")};
  page.next("hello");
  EXPECT_EQ(fake.page.host, server->address());

  page.send(R"({"type":"watch","session":"s","sdp":"v=0","camera":"yard"})");
  page.next("answer");

  EXPECT_EQ(fake.page.host, "") << "64 KiB of headers stay, for each WebSocket";
}

TEST_F(ServiceRoutesTest, TakeABodyOfTheirBoundAndNoneThatIsLarger) {
  start();
  const std::string session =
      send({"POST", "/whep/yard", "v=0\r\n", "application/sdp", {}}).session();
  const std::string id = session.substr(session.rfind('/') + 1);
  int bounded = 0;
  for (const ServiceRoute& route : routes()) {
    if (route.body.bytes == 0) continue;
    ++bounded;
    const std::string& announced = route.body.announced;
    const auto status_of = [&](std::size_t bytes) {
      return send({methods_of(route).at(0),
                   path_of(route, id),
                   std::string(bytes, 'x'),
                   announced.empty() ? "application/json" : announced,
                   {{"If-Match", "*"}}});
    };
    EXPECT_NE(status_of(route.body.bytes).status, 413) << route.pattern;
    const Response response = status_of(route.body.bytes + 1);
    EXPECT_EQ(response.status, 413) << route.pattern;
    EXPECT_THAT(response.body, HasSubstr(route.body.too_large.message)) << route.pattern;
  }
  EXPECT_EQ(bounded, 9);
}

TEST_F(ServiceRoutesTest, AnswerOptionsWithTheMethodsThatTheyHave) {
  start();
  for (const ServiceRoute& route : routes()) {
    const Response options = send({"OPTIONS", path_of(route), {}, {}, {}});
    const Response brew = send({"BREW", path_of(route), {}, {}, {}});
    if (route.methods.empty()) {
      EXPECT_EQ(options.status, 404) << route.pattern;
      EXPECT_EQ(brew.status, 404) << route.pattern;
      continue;
    }
    EXPECT_EQ(options.status, 204) << route.pattern;
    EXPECT_EQ(brew.status, 405) << route.pattern;
    EXPECT_EQ(options.header("allow"), brew.header("allow")) << route.pattern;
    for (const std::string& method : methods_of(route))
      EXPECT_THAT(options.header("allow"), HasSubstr(method)) << route.pattern;
    EXPECT_THAT(options.header("allow"), testing::EndsWith(", OPTIONS")) << route.pattern;
  }
}

/// The rows of a table of the documentation, which begins with `head`.
std::vector<std::string> rows_below(const std::string& page, const std::string& head) {
  std::ifstream file{DOCS "/" + page};
  std::vector<std::string> rows;
  bool begun = false;
  for (std::string line; std::getline(file, line);) {
    if (begun && !line.starts_with('|')) break;
    if (begun && !line.starts_with("|--")) rows.push_back(line);
    begun = begun || line.starts_with(head);
  }
  return rows;
}

/// As docs/security.md has it.
std::string row_of(const ServiceRoute& route) {
  const std::string pages = route.cors == http::Cors::own   ? "own"
                            : route.cors == http::Cors::all ? "all"
                                                            : "that may watch";
  const std::string body =
      route.body.bytes == 0 ? "–" : std::to_string(route.body.bytes / 1024) + " KiB";
  return "| `" + route.methods.to_string() + ' ' + route.pattern + "` | " +
         (route.needs ? auth::to_string(*route.needs) : "–") + " | " + pages + " | " + body + " |";
}

bool contains(const std::vector<std::string>& rows, const std::string& row) {
  return std::find(rows.begin(), rows.end(), row) != rows.end();
}

TEST_F(ServiceRoutesTest, AreListedInTheDocumentation) {
  limits = {};
  std::vector<std::string> wanted;
  for (const ServiceRoute& route : routes())
    if (!route.methods.empty()) wanted.push_back(row_of(route));
  const std::vector<std::string> written = rows_below("security.md", "| request | permission |");

  for (const std::string& row : wanted)
    EXPECT_TRUE(contains(written, row)) << "docs/security.md must have this row:\n" << row;
  for (const std::string& row : written)
    EXPECT_TRUE(contains(wanted, row)) << "docs/security.md must not have this row:\n" << row;
  EXPECT_TRUE(written == wanted) << "the rows of docs/security.md are not in the table's order";
}

/// The rows of a table of failures, a code each: "404 `not_found`".
std::set<std::string> failures_of(const std::string& page) {
  std::set<std::string> failures;
  for (const std::string& row : rows_below(page, "| status | code |")) {
    const std::string codes = row.substr(8, row.find('|', 8) - 8);
    for (std::size_t at = codes.find('`'); at != codes.npos; at = codes.find('`', at + 1)) {
      const std::size_t end = codes.find('`', at + 1);
      failures.insert(row.substr(2, 4) + codes.substr(at, end + 1 - at));
      at = end;
    }
  }
  return failures;
}

TEST_F(ServiceRoutesTest, FailWithTheStatusesAndCodesOfTheDocumentation) {
  std::set<std::string> wanted;
  for (const http::FailureRow& failure : http::failures())
    wanted.insert(std::to_string(failure.status) + " `" + failure.code + '`');
  std::set<std::string> written = failures_of("signalling.md");
  EXPECT_THAT(written, testing::Not(testing::IsEmpty()));
  for (const char* page : {"settings.md", "layouts.md"}) written.merge(failures_of(page));

  EXPECT_THAT(written, testing::ContainerEq(wanted))
      << "one row for each failure, in docs/signalling.md, settings.md or layouts.md";
}

} // namespace
} // namespace fanlight::test
