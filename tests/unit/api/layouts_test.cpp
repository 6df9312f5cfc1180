#include <gmock/gmock.h>

#include "signalling_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LayoutsTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    start();
  }
  Response json(const std::string& method, const std::string& path, const std::string& body,
                const std::map<std::string, std::string>& headers = {}) {
    return send({method, path, body, "application/json", headers});
  }
  /// Stores a layout; its path.
  std::string add(const std::string& name) {
    const Response added = json("POST", "/api/layouts", body(name));
    EXPECT_EQ(added.status, 201) << added.body;
    return added.header("location");
  }
  static std::string body(const std::string& name, const std::string& wall = "*") {
    return R"({"name": ")" + name + R"(", "layout": {"wall": ")" + wall + R"("}})";
  }
};

TEST_F(LayoutsTest, StoresALayoutForAll) {
  const Response added = json("POST", "/api/layouts", body("Night", "front"));
  EXPECT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(added.header("etag"), "\"1\"");
  const std::string path = added.header("location");

  const Response one = get(path);
  EXPECT_EQ(one.status, 200);
  EXPECT_EQ(one.header("etag"), "\"1\"");
  EXPECT_THAT(one.body,
              AllOf(HasSubstr(R"("name":"Night","revision":1,"layout":{"wall":"front"}})"),
                    HasSubstr("\"id\":\"" + path.substr(path.rfind('/') + 1) + '"')));
  EXPECT_EQ(get("/api/layouts").body, R"({"layouts":[)" + one.body + "]}");
  EXPECT_EQ(get("/api/layouts/cellar").status, 404);
}

TEST_F(LayoutsTest, AnswersNothingNewToAClientThatHasTheNewest) {
  add("Night");
  const std::string etag = get("/api/layouts").header("etag");
  const auto again = [&] {
    return send({"GET", "/api/layouts", {}, {}, {{"If-None-Match", etag}}}).status;
  };
  EXPECT_EQ(again(), 304);

  add("Day");

  EXPECT_EQ(again(), 200);
}

TEST_F(LayoutsTest, ChangesALayoutOnlyForWhoKnowsItsNewestRevision) {
  const std::string path = add("Night");
  EXPECT_EQ(json("PUT", path, body("Night", "a")).status, 428);
  const Response changed = json("PUT", path, body("Evening", "b"), {{"If-Match", "\"1\""}});
  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(changed.header("etag"), "\"2\"");

  const Response late = json("PUT", path, body("Night", "c"), {{"If-Match", "\"1\""}});

  EXPECT_EQ(late.status, 412);
  EXPECT_THAT(late.body, HasSubstr("\"detail_code\":\"layout_changed\""));
  EXPECT_THAT(get(path).body, AllOf(HasSubstr("Evening"), HasSubstr(R"("wall":"b")")));
  EXPECT_EQ(json("PUT", path, body("Night", "d"), {{"If-Match", "*"}}).status, 200);
}

TEST_F(LayoutsTest, RemovesALayoutAndTakesItBack) {
  const std::string path = add("Night");
  EXPECT_EQ(send({"DELETE", path, {}, {}, {}}).status, 428);
  EXPECT_EQ(send({"DELETE", path, {}, {}, {{"If-Match", "\"7\""}}}).status, 412);
  EXPECT_EQ(send({"DELETE", path, {}, {}, {{"If-Match", "\"1\""}}}).status, 204);
  EXPECT_EQ(get(path).status, 404);

  const Response back = json("PUT", path, body("Night"), {{"If-None-Match", "*"}});

  EXPECT_EQ(back.status, 201) << back.body;
  EXPECT_EQ(back.header("location"), path);
  EXPECT_EQ(get(path).status, 200);
}

TEST_F(LayoutsTest, SaysWhatIsWrongWithALayout) {
  add("Night");
  const Response taken = json("POST", "/api/layouts", body("Night"));
  EXPECT_EQ(taken.status, 409);
  EXPECT_THAT(taken.body, HasSubstr("\"code\":\"layout_exists\""));
  for (const std::string& name :
       {std::string{}, std::string{" Night"}, std::string{"N\\n"}, std::string(81, 'x')}) {
    const Response refused = json("POST", "/api/layouts", body(name));
    EXPECT_EQ(refused.status, 400) << name;
    EXPECT_THAT(refused.body, HasSubstr("\"key\":\"name\"")) << name;
  }
  for (const char* content : {R"("*")", "[]", "null"}) {
    const Response refused =
        json("POST", "/api/layouts", R"({"name": "Day", "layout": )" + std::string{content} + '}');
    EXPECT_EQ(refused.status, 400) << content;
    EXPECT_THAT(refused.body, HasSubstr("\"key\":\"layout\"")) << content;
  }
  const Response large = json("POST", "/api/layouts", body("Day", std::string(17000, 'x')));
  EXPECT_EQ(large.status, 400);
  EXPECT_EQ(send({"POST", "/api/layouts", body("Day"), "text/plain", {}}).status, 415);
  EXPECT_THAT(get("/api/layouts").body, Not(HasSubstr("Day")));
}

class LayoutNewsTest : public SignallingTest {};

TEST_F(LayoutNewsTest, TellsOpenPagesThatLayoutsHaveChanged) {
  start();
  const auto page = open();
  const std::string before = text_of(page->next("hello"), "layouts");
  const Response added =
      send({"POST", "/api/layouts", R"({"name": "Night", "layout": {}})", "application/json", {}});
  ASSERT_EQ(added.status, 201);
  std::string etag = get("/api/layouts").header("etag");
  std::erase(etag, '"');

  EXPECT_EQ(text_of(page->next("layouts"), "layouts"), etag);
  EXPECT_NE(before, etag);
  EXPECT_EQ(text_of(open()->next("hello"), "layouts"), etag);
}

/// Of a server whose file cannot be opened.
class UnstoredLayoutsTest : public SignallingTest {
 protected:
  void SetUp() override {
    SignallingTest::SetUp();
    layouts.reset();
    // A folder is no database.
    database =
        database::Database::open_or_do_without(folder, {layouts::LayoutStore::schema()},
                                               [this](database::Database& opened) -> Result<Done> {
                                                 layouts =
                                                     layouts::LayoutStore::create(opened).value();
                                                 return Done{};
                                               })
            .value();
    start();
  }
};

TEST_F(UnstoredLayoutsTest, TellsPagesToKeepThemInTheBrowser) {
  EXPECT_EQ(text_of(open()->next("hello"), "layouts"), "");
  const Response all = get("/api/layouts");
  EXPECT_EQ(all.status, 200);
  EXPECT_EQ(all.body, R"({"layouts":[]})");
  EXPECT_EQ(all.header("etag"), "");
}

TEST_F(UnstoredLayoutsTest, RefusesChangesThatWouldBeLost) {
  const std::string layout = R"({"name": "Night", "layout": {}})";
  for (const Request& change :
       {Request{"POST", "/api/layouts", layout, "application/json", {}},
        Request{"PUT", "/api/layouts/a", layout, "application/json", {{"If-None-Match", "*"}}},
        Request{"PUT", "/api/layouts/a", layout, "application/json", {{"If-Match", "*"}}},
        Request{"DELETE", "/api/layouts/a", {}, {}, {{"If-Match", "*"}}}}) {
    const Response refused = send(change);
    EXPECT_EQ(refused.status, 503) << change.method;
    EXPECT_THAT(refused.body, AllOf(HasSubstr("\"code\":\"unavailable\""),
                                    HasSubstr("\"detail_code\":\"write_failed\"")));
  }
}

} // namespace
} // namespace fanlight::test
