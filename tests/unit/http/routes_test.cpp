#include "http/routes.h"

#include <string_view>
#include <tuple>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

bool is_lower(std::string_view text) {
  return !text.empty() && text.find_first_not_of("abcdefghijklmnopqrstuvwxyz") == text.npos;
}

/// A table in which each route is found by its place.
class RoutesTest : public testing::Test {
 protected:
  enum Place { list, add, order, one, change, erase, drawing, seen, fixed, rest, files };

  RoutesTest() {
    for (const auto& [methods, pattern, cors] : std::vector<std::tuple<Methods, const char*, Cors>>{
             {kRead, "/api/things", Cors::pages},
             {kPost, "/api/things", Cors::own},
             {kPut, "/api/things/order", Cors::own},
             {kRead, "/api/things/{thing}", Cors::pages},
             {kPut, "/api/things/{thing}/settings", Cors::own},
             {kDelete, "/api/things/{thing}/settings", Cors::own},
             {kRead, "/api/things/{thing}/drawings/{drawing}", Cors::pages},
             {kGet, "/seen", Cors::socket},
             {kRead, "/api/things/NEW", Cors::own},
             {{}, "/api/{path...}", Cors::pages},
             {kRead, "/{file...}", Cors::all}})
      routes.add({methods, pattern, cors, {}, {}});
  }
  Match match(std::string_view method, std::string_view path) const {
    return routes.match(method, segments(path).value());
  }
  /// The place of what answers, or -1.
  int place(std::string_view method, std::string_view path) const {
    const Match found = match(method, path);
    return found.route ? static_cast<int>(*found.route) : -1;
  }

  Routes routes{is_lower};
};

TEST_F(RoutesTest, FindsTheRouteOfAMethodAndAPath) {
  EXPECT_EQ(place("GET", "/api/things"), list);
  EXPECT_EQ(place("HEAD", "/api/things/"), list);
  EXPECT_EQ(place("POST", "/api/things"), add);
  EXPECT_EQ(place("PUT", "/api/things/order"), order);
  EXPECT_EQ(place("PUT", "/api/things/abc/settings"), change);
  EXPECT_EQ(place("DELETE", "/api/things/abc/settings"), erase);
  EXPECT_EQ(place("GET", "/seen"), seen);
}

TEST_F(RoutesTest, GivesParametersInTheirOrder) {
  EXPECT_THAT(match("GET", "/api/things/%61bc").parameters, ElementsAre("abc"));
  EXPECT_THAT(match("GET", "/api/things/abc/drawings/d").parameters, ElementsAre("abc", "d"));
  EXPECT_THAT(match("GET", "/api/things").parameters, IsEmpty());
  EXPECT_THAT(match("GET", "/a/B.js").parameters, ElementsAre("a", "B.js"));
  EXPECT_THAT(match("GET", "/").parameters, IsEmpty());
  EXPECT_EQ(place("GET", "/"), files);
}

TEST_F(RoutesTest, TakesAFixedNameBeforeAParameterOfTheSameMethodOnly) {
  EXPECT_EQ(place("GET", "/api/things/order"), one);
  EXPECT_THAT(match("GET", "/api/things/order").parameters, ElementsAre("order"));
  EXPECT_EQ(place("PUT", "/api/things/other"), -1);
}

TEST_F(RoutesTest, TakesAFixedNameThatIsNoId) {
  const Match found = match("OPTIONS", "/api/things/NEW");
  EXPECT_EQ(found.unknown, "");
  EXPECT_THAT(found.resource, ElementsAre(fixed));
  EXPECT_EQ(found.cors, Cors::own);
}

TEST_F(RoutesTest, TellsAllRoutesOfAPathWhateverTheMethod) {
  const Match found = match("PATCH", "/api/things");
  EXPECT_FALSE(found.route);
  EXPECT_THAT(found.resource, ElementsAre(list, add));
  EXPECT_THAT(match("BREW", "/api/things/order").resource, ElementsAre(order, one));
  EXPECT_THAT(match("GET", "/api/things/abc/settings").resource, ElementsAre(change, erase));
}

TEST_F(RoutesTest, NamesTheParameterThatIsNoId) {
  for (const char* path : {"/api/things/A", "/api/things//", "/api/things/A/settings",
                           "/api/things/A/nothing", "/api/things/A/drawings/d"}) {
    const Match found = match("GET", path);
    EXPECT_EQ(found.unknown, "thing") << path;
    EXPECT_THAT(found.resource, IsEmpty()) << path;
    EXPECT_FALSE(found.route) << path;
    EXPECT_EQ(found.cors, Cors::pages) << path;
  }
  EXPECT_EQ(match("GET", "/api/things/a/drawings/D").unknown, "drawing");
  EXPECT_EQ(match("GET", "/api/things/a/drawings/D/x").unknown, "");
}

TEST_F(RoutesTest, GivesWhatIsLeftToTheFirstThatTakesIt) {
  for (const char* path : {"/api", "/api/", "/api/secrets", "/api//things", "/api/things/a/b"})
    EXPECT_THAT(match("GET", path).resource, ElementsAre(rest)) << path;
  EXPECT_FALSE(match("GET", "/api/secrets").route);
  EXPECT_EQ(place("GET", "/seen/x"), files);
  EXPECT_EQ(place("GET", "/API"), files);
}

TEST_F(RoutesTest, HasTheWidestClassOfAPathUnlessARouteAnswers) {
  EXPECT_EQ(match("GET", "/api/things").cors, Cors::pages);
  EXPECT_EQ(match("POST", "/api/things").cors, Cors::own);
  EXPECT_EQ(match("OPTIONS", "/api/things").cors, Cors::pages);
  EXPECT_EQ(match("OPTIONS", "/api/things/abc/settings").cors, Cors::own);
  EXPECT_EQ(match("POST", "/index.html").cors, Cors::all);
}

TEST(MethodsTest, AreListedInOneOrder) {
  EXPECT_EQ((kDelete | kPost | kRead | kPatch | kPut).to_string(),
            "GET, HEAD, POST, PUT, PATCH, DELETE");
  EXPECT_TRUE(kRead.contains("HEAD"));
  EXPECT_FALSE(kGet.contains("HEAD"));
  EXPECT_FALSE((kRead | kPost).contains("get"));
  EXPECT_FALSE(kRead.contains("OPTIONS"));
  EXPECT_TRUE(Methods{}.empty());
}

} // namespace
} // namespace fanlight::http
