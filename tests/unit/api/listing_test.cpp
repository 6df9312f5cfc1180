#include <algorithm>

#include <gmock/gmock.h>

#include "api/camera_list.h"
#include "base/main_loop.h"
#include "page.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Le;
using testing::Not;
using testing::Pair;

std::size_t occurrences(const std::string& text, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += what.size())
    ++count;
  return count;
}

/// Lists of more than one turn of the loop may write.
class ListingTest : public ServerTest {
 protected:
  void add_sessions(int count) {
    for (int i = 0; i < count; ++i) {
      session::Directory::OpenOptions options;
      directory.live.push_back(std::make_shared<FakeSession>(
          directory, "s" + std::to_string(100'000 + i), "front", "v=0", options, nobody));
    }
  }
  void add_cameras(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      cameras::CameraInfo camera;
      camera.id = "camera-" + std::to_string(i);
      camera.best.state = "live";
      directory.all_cameras.push_back(camera);
    }
  }
  /// Begins so many requests and waits for their answers.
  std::vector<std::shared_ptr<Response>> get_together(const std::string& path, int count) {
    std::vector<std::shared_ptr<Response>> responses;
    for (int i = 0; i < count; ++i) {
      responses.push_back(std::make_shared<Response>());
      begin({"GET", path, {}, {}, {}}, responses.back());
    }
    turn_until(
        [&] {
          return std::all_of(responses.begin(), responses.end(),
                             [](const auto& response) { return response->status != 0; });
        },
        "all answers");
    return responses;
  }

 private:
  struct Nobody : session::Session::Observer {
    void on_answer(session::Session&, const std::string&) override {}
    void on_candidate(session::Session&, const session::Candidate&) override {}
    void on_state(session::Session&, session::State, const Reason&) override {}
    void on_stream(session::Session&) override {}
    void on_closed(session::Session&, const session::CloseReason&) override {}
  } nobody;
};

TEST_F(ListingTest, TellsOfSessionsPageByPage) {
  add_sessions(5);
  start();

  const std::string first = get("/api/sessions?limit=2").body;
  const std::string second = get("/api/sessions?limit=2&after=s100001").body;
  const std::string last = get("/api/sessions?limit=2&after=s100003").body;

  EXPECT_THAT(first, HasSubstr("\"id\":\"s100000\""));
  EXPECT_THAT(first, HasSubstr("\"id\":\"s100001\""));
  EXPECT_THAT(first, HasSubstr("\"next\":\"s100001\""));
  EXPECT_THAT(second, HasSubstr("\"id\":\"s100002\""));
  EXPECT_THAT(second, HasSubstr("\"next\":\"s100003\""));
  EXPECT_EQ(occurrences(last, "\"id\":"), 1u);
  EXPECT_THAT(last, Not(HasSubstr("\"next\"")));
  EXPECT_THAT(directory.refreshed_pages,
              ElementsAre(Pair("", 2), Pair("s100001", 2), Pair("s100003", 2)));
}

TEST_F(ListingTest, HasNoNextPageWhereThisOneIsJustFull) {
  add_sessions(2);
  start();

  EXPECT_THAT(get("/api/sessions?limit=2").body, Not(HasSubstr("\"next\"")));
  EXPECT_EQ(get("/api/sessions?after=s100001").body, "{\"sessions\":[]}");
}

TEST_F(ListingTest, GoesOnBehindASessionThatHasEnded) {
  add_sessions(5);
  directory.live.erase(directory.live.begin() + 2);
  start();

  const std::string page = get("/api/sessions?after=s100002").body;

  EXPECT_THAT(page, HasSubstr("\"id\":\"s100003\""));
  EXPECT_THAT(page, Not(HasSubstr("\"id\":\"s100001\"")));
}

TEST_F(ListingTest, RefusesPagesThatCannotBeMeant) {
  start();
  for (const char* query :
       {"limit=0", "limit=-1", "limit=x", "limit=1x", "limit=99999", "limit=1001", "limit=+5",
        "limit=18446744073709551617", "after=a%20b", "after=%22"}) {
    const Response response = get(std::string{"/api/sessions?"} + query);
    EXPECT_EQ(response.status, 400) << query;
    EXPECT_THAT(response.body, HasSubstr("listing the sessions")) << query;
  }
  EXPECT_EQ(get("/api/sessions?after=" + std::string(65, 'a')).status, 400);
  EXPECT_EQ(get("/api/sessions?after=unknown").status, 200);
  EXPECT_EQ(get("/api/sessions?limit=1000").status, 200);
}

TEST_F(ListingTest, HasAThousandSessionsInAPageAndWritesThemInSlices) {
  add_sessions(1200);
  start();

  const std::string page = get("/api/sessions").body;

  EXPECT_EQ(occurrences(page, "\"id\":"), 1000u);
  EXPECT_THAT(page, HasSubstr("\"next\":\"s100999\""));
  EXPECT_GE(directory.asked.size(), 10u);
  EXPECT_THAT(directory.asked, Each(Le(kTasksPerTurn)));
}

TEST_F(ListingTest, WritesOnePageForAllWhoAskMeanwhile) {
  add_sessions(1000);
  start();

  const auto responses = get_together("/api/sessions", 20);

  for (const auto& response : responses) EXPECT_EQ(occurrences(response->body, "\"id\":"), 1000u);
  // libsoup's client has two connections: so many come together.
  EXPECT_LE(directory.refreshes, 10);
}

TEST_F(ListingTest, RefusesMorePagesThanMayWait) {
  limits.session_pages = 1;
  limits.waiting_pages = 0;
  add_sessions(1000);
  start();
  const auto first = std::make_shared<Response>();
  const auto second = std::make_shared<Response>();
  begin({"GET", "/api/sessions", {}, {}, {}}, first);
  begin({"GET", "/api/sessions?limit=999", {}, {}, {}}, second);
  turn_until([&] { return first->status != 0 && second->status != 0; }, "both");

  EXPECT_EQ(first->status + second->status, 200 + 503);
  EXPECT_EQ(get("/api/sessions?limit=999").status, 200);
}

TEST_F(ListingTest, WritesPagesThatWaitWhenOthersAreFinished) {
  limits.session_pages = 1;
  add_sessions(300);
  start();
  const auto first = std::make_shared<Response>();
  const auto second = std::make_shared<Response>();
  begin({"GET", "/api/sessions", {}, {}, {}}, first);
  begin({"GET", "/api/sessions?limit=10", {}, {}, {}}, second);
  turn_until([&] { return first->status != 0 && second->status != 0; }, "both");

  EXPECT_EQ(occurrences(first->body, "\"id\":"), 300u);
  EXPECT_EQ(occurrences(second->body, "\"id\":"), 10u);
}

TEST_F(ListingTest, WritesCamerasOnceForAllWhoAskInASecond) {
  limits.camera_list = std::chrono::minutes{10};
  add_cameras(300);
  start();
  const std::size_t cameras = directory.all_cameras.size();

  EXPECT_EQ(occurrences(get("/api/cameras").body, "\"name\":"), cameras);
  EXPECT_EQ(occurrences(get("/health").body, "\"state\":"), cameras);
  EXPECT_EQ(get("/ready").status, 503);
  const Page first{client.get(), url("/ws")};
  const Page second{client.get(), url("/ws")};
  get("/api/cameras");

  EXPECT_EQ(directory.described, cameras);
}

TEST_F(ListingTest, WritesACameraThatHasChangedAndNoOther) {
  limits.camera_list = std::chrono::minutes{10};
  add_cameras(300);
  start();
  get("/api/cameras");
  const std::size_t before = directory.described;
  cameras::CameraInfo changed = directory.all_cameras[7];
  changed.best.state = "retrying";
  changed.best.reason.message = "it is night";
  directory.change(changed);

  EXPECT_THAT(get("/api/cameras").body, HasSubstr("it is night"));
  EXPECT_THAT(get("/health").body, HasSubstr("it is night"));

  EXPECT_EQ(directory.described - before, 1u);
}

TEST_F(ListingTest, WritesManyCamerasOverSeveralTurns) {
  add_cameras(1000);
  http::CameraList list{directory, limits};
  bool done = false;
  list.get([&done](const auto&) { done = true; });
  EXPECT_FALSE(done);
  std::size_t most = list.written();
  turn_until(
      [&, before = std::size_t{0}]() mutable {
        most = std::max(most, list.written() - before);
        before = list.written();
        return done;
      },
      "the list");
  EXPECT_EQ(list.written(), 1002u);
  EXPECT_LE(most, kTasksPerTurn);
}

TEST_F(ListingTest, AnswersManyWhoAskOverSeveralTurns) {
  add_cameras(1000);
  http::CameraList list{directory, limits};
  std::size_t answered = 0;
  for (int i = 0; i < 500; ++i) list.get([&answered](const auto&) { ++answered; });
  std::size_t most = 0;
  turn_until(
      [&, before = std::size_t{0}]() mutable {
        most = std::max(most, answered - before);
        before = answered;
        return answered == 500;
      },
      "all answers");
  EXPECT_LE(most, kTasksPerTurn);
}

TEST_F(ListingTest, GivesNobodyAListFromBeforeAChange) {
  add_cameras(1000);
  http::CameraList list{directory, limits};
  std::string first;
  std::string last;
  list.get([&first](const auto& texts) { first = texts.cameras; });
  for (int i = 0; i < 500; ++i) list.get([&last](const auto& texts) { last = texts.cameras; });
  turn_until([&] { return !first.empty(); }, "the first answer");
  ASSERT_EQ(directory.all_cameras[0].best.reason.message, "");
  cameras::CameraInfo changed = directory.all_cameras[0];
  changed.best.reason.message = "it is night";
  directory.change(changed);
  last.clear();

  turn_until([&] { return !last.empty(); }, "the other answers");

  EXPECT_THAT(last, HasSubstr("it is night"));
}

TEST_F(ListingTest, TellsACameraThatChangesWhileOthersAreWritten) {
  add_cameras(1000);
  http::CameraList list{directory, limits};
  std::string text;
  list.get([&text](const auto& texts) { text = texts.cameras; });
  ASSERT_TRUE(text.empty());
  cameras::CameraInfo changed = directory.all_cameras[0];
  changed.best.reason.message = "it is night";
  directory.change(changed);

  turn_until([&] { return !text.empty(); }, "the list");

  EXPECT_THAT(text, HasSubstr("it is night"));
}

TEST_F(ListingTest, GreetsAPageWithAllCamerasBeforeAnyNews) {
  limits.push = std::chrono::milliseconds{0};
  add_cameras(1000);
  start();
  Page page{client.get(), url("/ws")};
  cameras::CameraInfo changed = directory.all_cameras[0];
  changed.best.reason.message = "it is night";
  directory.change(changed);

  EXPECT_EQ(occurrences(page.next("hello"), "\"name\":"), 1002u);
}

TEST_F(ListingTest, DrawsOncePerCameraForAllWhoWantToSeeIt) {
  directory.hold_drawings = true;
  start();
  RawClient first{server->port()};
  RawClient second{server->port()};
  RawClient other{server->port()};
  first.write("GET /api/cameras/front/pipeline.svg HTTP/1.1\r\nHost: a\r\n\r\n");
  second.write("GET /api/cameras/front/pipeline.svg HTTP/1.1\r\nHost: a\r\n\r\n");
  other.write("GET /api/cameras/yard/pipeline.svg HTTP/1.1\r\nHost: a\r\n\r\n");
  get("/health"); // What has come before it has been read.
  turn_until([&] { return directory.waiting_drawings.size() == 2; }, "both cameras");

  for (const auto& done : std::exchange(directory.waiting_drawings, {}))
    done(Error{Errc::busy, "others are being drawn"});

  for (RawClient* waiting : {&first, &second, &other})
    EXPECT_TRUE(waiting->wait_for("others are being drawn"));
  EXPECT_EQ(directory.drawings, 2);
  EXPECT_THAT(first.received(), HasSubstr("HTTP/1.1 503"));
}

TEST_F(ListingTest, GivesGraphvizNoMoreThanItCanDraw) {
  limits.graph_input = 10;
  start();

  const Response response = get("/api/cameras/front/pipeline.svg");

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, HasSubstr("pipeline.dot works"));
  EXPECT_EQ(get("/api/cameras/front/pipeline.dot").status, 200);
}

TEST_F(ListingTest, TellsHowTheServerItselfDoes) {
  add_sessions(3);
  start();

  const Response response = get("/api/server");

  EXPECT_EQ(response.status, 200);
  EXPECT_THAT(response.body, HasSubstr("\"sessions\":3"));
  EXPECT_THAT(response.body, HasSubstr("\"cameras\":2"));
  for (const char* name :
       {"version", "main_loop", "longest_turn_ms_1m", "lag_ms_p99_1m", "turns", "long_turns"})
    EXPECT_THAT(response.body, HasSubstr('"' + std::string{name} + "\":"));
  EXPECT_EQ(send({"POST", "/api/server", "x", "text/plain", {}}).status, 405);
}

} // namespace
} // namespace fanlight::test
