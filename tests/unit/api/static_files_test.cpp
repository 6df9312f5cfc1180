#include <chrono>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "http/static_files.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

class StaticFilesTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    write_file("app/wall.js", "export const a = 1;\n");
    std::ofstream{folder / "secret.txt"} << "secret";
    start();
  }
};

TEST_F(StaticFilesTest, ServesTheIndexAtTheRoot) {
  const Response response = get("/");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "text/html; charset=utf-8");
  EXPECT_THAT(response.body, HasSubstr("<title>Fanlight</title>"));
  EXPECT_EQ(get("/index.html?x=1").body, response.body);
}

TEST_F(StaticFilesTest, GivesEachFileItsType) {
  for (const auto& [name, type] : std::vector<std::pair<std::string, std::string>>{
           {"a.js", "text/javascript; charset=utf-8"},
           {"a.mjs", "text/javascript; charset=utf-8"},
           {"a.css", "text/css; charset=utf-8"},
           {"a.HTML", "text/html; charset=utf-8"},
           {"a.json", "application/json"},
           {"a.svg", "image/svg+xml"},
           {"a.png", "image/png"},
           {"a.ico", "image/vnd.microsoft.icon"},
           {"a.webmanifest", "application/manifest+json"},
           {"a.woff2", "font/woff2"},
           {"a.bin", "application/octet-stream"},
           {"a", "application/octet-stream"}}) {
    write_file(name, "x");
    const Response response = get("/" + name);
    EXPECT_EQ(response.status, 200) << name;
    EXPECT_EQ(response.header("content-type"), type) << name;
  }
}

TEST_F(StaticFilesTest, LetsPagesOfOtherOriginsLoadModules) {
  EXPECT_EQ(get("/app/wall.js").header("access-control-allow-origin"), "*");
}

TEST_F(StaticFilesTest, LetsBrowsersKeepAFileUntilItChanges) {
  const Response first = get("/app/wall.js");
  EXPECT_EQ(first.header("cache-control"), "no-cache");
  const auto again = [&] {
    return send({"GET", "/app/wall.js", {}, {}, {{"If-None-Match", first.header("etag")}}});
  };

  EXPECT_EQ(again().status, 304);
  EXPECT_EQ(again().body, "");
  EXPECT_EQ(again().header("etag"), first.header("etag"));

  write_file("app/wall.js", "export const a = 22;\n");
  EXPECT_EQ(again().status, 200);
  EXPECT_EQ(again().body, "export const a = 22;\n");
}

TEST_F(StaticFilesTest, ServesTheNewContentOfAKeptFile) {
  EXPECT_EQ(get("/app/wall.js").body, "export const a = 1;\n");
  EXPECT_EQ(get("/app/wall.js").body, "export const a = 1;\n");
  write_file("app/wall.js", "new");
  EXPECT_EQ(get("/app/wall.js").body, "new");
}

TEST_F(StaticFilesTest, TellsBrowsersToBeCareful) {
  const Response response = get("/");

  EXPECT_EQ(response.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(response.header("referrer-policy"), "no-referrer");
  EXPECT_THAT(response.header("permissions-policy"), HasSubstr("camera=(), "));
  EXPECT_THAT(response.header("content-security-policy"), HasSubstr("default-src 'self'"));
  EXPECT_THAT(response.header("content-security-policy"), HasSubstr("connect-src 'self' ws: wss:"));
}

TEST_F(StaticFilesTest, LetsBrowsersRunNothingThatIsNoFileOfThePage) {
  for (const char* path : {"/health", "/api/cameras", "/api/nothing", "/nothing"}) {
    const Response response = get(path);
    EXPECT_EQ(response.header("content-security-policy"),
              "default-src 'none'; frame-ancestors 'none'")
        << path;
    EXPECT_EQ(response.header("x-content-type-options"), "nosniff") << path;
    EXPECT_EQ(response.header("referrer-policy"), "no-referrer") << path;
  }
}

TEST_F(StaticFilesTest, PutsThePageIntoFramesOfTheConfigurationAtOnce) {
  const auto told = [&] { return get("/").header("content-security-policy"); };
  EXPECT_TRUE(told().ends_with("frame-ancestors 'self'")) << told();

  config.embed.frame_ancestors = {"http://homeassistant.local:8123", "https://homarr.example"};

  EXPECT_TRUE(told().ends_with(
      "frame-ancestors 'self' http://homeassistant.local:8123 https://homarr.example"))
      << told();
}

class CodedFilesTest : public StaticFilesTest {
 protected:
  void SetUp() override {
    StaticFilesTest::SetUp();
    // The tests look at the bytes as sent, not decoded.
    soup_session_remove_feature_by_type(client.get(), SOUP_TYPE_CONTENT_DECODER);
    write_file("app/wall.js.gz", "as gzip");
    write_file("app/wall.js.br", "as brotli");
  }
  Response get_as(const std::string& accepted) {
    return send({"GET", "/app/wall.js", {}, {}, {{"Accept-Encoding", accepted}}});
  }
};

TEST_F(CodedFilesTest, GivesTheSmallestCodingThatTheClientTakes) {
  for (const auto& [accepted, body] :
       std::vector<std::pair<std::string, std::string>>{{"gzip, deflate, br", "as brotli"},
                                                        {"gzip", "as gzip"},
                                                        {"GZIP;q=0.5", "as gzip"},
                                                        {"br;q=0, gzip", "as gzip"},
                                                        {"br;q=0.0", "export const a = 1;\n"},
                                                        {"zstd,brotli", "export const a = 1;\n"},
                                                        {"", "export const a = 1;\n"}}) {
    EXPECT_EQ(get_as(accepted).body, body) << accepted;
  }
}

TEST_F(CodedFilesTest, TellsTheCodingTheTypeAndWhatTheAnswerDependsOn) {
  const Response coded = get_as("br");
  EXPECT_EQ(coded.header("content-encoding"), "br");
  EXPECT_EQ(coded.header("content-type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(coded.header("vary"), "Accept-Encoding");

  const Response plain = get_as("identity");
  EXPECT_EQ(plain.header("content-encoding"), "");
  EXPECT_EQ(plain.header("vary"), "Accept-Encoding");
  EXPECT_NE(plain.header("etag"), coded.header("etag"));
}

TEST_F(CodedFilesTest, GivesNoCodingOfAnOlderContent) {
  const auto later =
      std::filesystem::last_write_time(folder / "web/app/wall.js.br") + std::chrono::seconds{1};
  write_file("app/wall.js", "new");
  std::filesystem::last_write_time(folder / "web/app/wall.js", later);

  EXPECT_EQ(get_as("br, gzip").body, "new");
}

TEST_F(StaticFilesTest, AnswersHeadWithTheLengthOnly) {
  const Response response = send({"HEAD", "/app/wall.js", {}, {}, {}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-length"), "20");
  EXPECT_EQ(response.body, "");
}

TEST_F(StaticFilesTest, ServesEmptyAndLargeFiles) {
  write_file("empty.txt", "");
  write_file("large.bin", std::string(3 * 1024 * 1024, 'x'));
  EXPECT_EQ(get("/empty.txt").status, 200);
  EXPECT_EQ(get("/empty.txt").body, "");
  EXPECT_EQ(get("/large.bin").body.size(), 3u * 1024 * 1024);
}

TEST_F(StaticFilesTest, SaysThatThereIsNothing) {
  const Response response = get("/nothing.js");
  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(response.header("content-type"), "text/plain; charset=utf-8");
  EXPECT_LT(response.body.size(), 100u);
  EXPECT_EQ(get("/app").status, 404);
  EXPECT_EQ(get("/app/").status, 404);
}

TEST_F(StaticFilesTest, OnlyReads) {
  EXPECT_EQ(send({"POST", "/", "x", "text/plain", {}}).status, 405);
  EXPECT_EQ(send({"DELETE", "/index.html", {}, {}, {}}).status, 405);
}

TEST_F(StaticFilesTest, StaysInsideItsFolder) {
  std::filesystem::create_symlink(folder / "secret.txt", folder / "web" / "link.txt");
  std::filesystem::create_directory_symlink(folder, folder / "web" / "up");
  write_file(".hidden", "secret");
  write_file(".git/config", "secret");
  for (const char* path :
       {"/../secret.txt", "/app/../../secret.txt", "/%2e%2e/secret.txt", "/%2E%2E%2Fsecret.txt",
        "/..%2fsecret.txt", "/..%5csecret.txt", "//secret.txt", "/app//wall.js",
        "/index.html%00.txt", "/link.txt", "/up/secret.txt", "/.hidden", "/.git/config",
        "/%2ehidden", "/app/%2e%2e/%2e%2e/secret.txt", "/etc/passwd", "//etc/passwd"}) {
    // As it is: libsoup's client would tidy some of these.
    RawClient raw{server->port()};
    raw.write("GET " + std::string{path} + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    raw.wait_for_close();
    const std::string& answer = raw.received();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 404") || answer.starts_with("HTTP/1.1 400"))
        << path << " -> " << answer.substr(0, 20);
    EXPECT_EQ(answer.find("secret"), std::string::npos) << path;
  }
}

TEST_F(StaticFilesTest, ServesNoPipesOrDevices) {
  ASSERT_EQ(mkfifo((folder / "web" / "pipe.txt").c_str(), 0600), 0);
  EXPECT_EQ(get("/pipe.txt").status, 404);
}

TEST(StaticFilesRootTest, NamesAFolderThatIsNotThere) {
  const auto files = http::StaticFiles::create("/nonexistent/web");
  ASSERT_FALSE(files.ok());
  EXPECT_EQ(files.error().code, Errc::not_found);
  EXPECT_THAT(files.error().message, HasSubstr("/nonexistent/web"));
  EXPECT_THAT(files.error().message, HasSubstr("server.web_root"));
}

TEST(StaticFilesRootTest, FindsThePageBesideTheSource) {
  EXPECT_TRUE(http::StaticFiles::create("").ok());
}

} // namespace
} // namespace fanlight::test
