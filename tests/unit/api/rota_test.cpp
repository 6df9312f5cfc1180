#include <algorithm>
#include <cstddef>

#include <gmock/gmock.h>
#include <sys/socket.h>

#include "http/rota.h"
#include "http/turn_share.h"
#include "server_fixture.h"

namespace fanlight::test {
namespace {

using http::Rota;
using Clients = std::vector<std::unique_ptr<RawClient>>;

const std::string kNone = R"({"type":"watch","session":"a","camera":"none","sdp":"v=0"})";
const std::string kFront = R"({"type":"watch","session":"a","camera":"front","sdp":"v=0"})";
const std::string kOffer =
    "POST /whep/none HTTP/1.1\r\nHost: a\r\nContent-Type: application/sdp\r\n"
    "Content-Length: 3\r\n\r\nv=0";

constexpr int kEach = 16; // Messages of each of 200 sockets.

std::string times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

/// Counts how often the loop finds nothing to do and sleeps.
class Sleeps {
 public:
  Sleeps() {
    count_ = 0;
    g_main_context_set_poll_func(
        nullptr, +[](GPollFD* fds, guint size, gint timeout) {
          const int ready = g_poll(fds, size, 0);
          if (ready != 0 || timeout == 0) return ready;
          ++count_;
          return g_poll(fds, size, timeout);
        });
  }
  ~Sleeps() { g_main_context_set_poll_func(nullptr, nullptr); }
  Sleeps(const Sleeps&) = delete;
  Sleeps& operator=(const Sleeps&) = delete;
  int count() const { return count_; }

 private:
  inline static int count_ = 0;
};

/// What is done in one turn of the loop, however much there is to be read.
class RotaTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    limits.camera_list = std::chrono::minutes{10};
    limits.refusals_per_socket = 1'000'000;
  }
  std::unique_ptr<RawClient> websocket(const std::string& from) {
    auto raw = std::make_unique<RawClient>(server->port(), from);
    raw->ask_for_websocket();
    EXPECT_TRUE(raw->wait_for("\"hello\""));
    return raw;
  }
  /// Begins at once on all of `clients`, and then on `last`; the loop does not turn meanwhile.
  void say(const Clients& clients, const std::string& piece, RawClient& last,
           const std::string& last_piece) {
    for (const auto& one : clients) EXPECT_EQ(one->offer(piece), piece.size());
    EXPECT_EQ(last.offer(last_piece), last_piece.size());
  }
  struct Seen {
    std::size_t most = 0;  ///< Cameras that were looked for in one turn.
    std::size_t turns = 0; ///< Until a session was opened.
  };
  /// Turns the loop until so many cameras were looked for.
  Seen turn(std::size_t all) {
    Seen seen;
    const std::size_t begin = directory.described;
    std::size_t turns = 0;
    turn_until(
        [&] {
          const std::size_t before = directory.described;
          g_main_context_iteration(nullptr, FALSE);
          ++turns;
          seen.most = std::max(seen.most, directory.described - before);
          if (seen.turns == 0 && directory.opened > 0) seen.turns = turns;
          return directory.described - begin >= all;
        },
        "all messages");
    return seen;
  }
};

TEST_F(RotaTest, ReadsFewMessagesOfOneAddressInATurnHoweverManySocketsItHas) {
  start();
  Clients many;
  for (int i = 0; i < 200; ++i) many.push_back(websocket("127.0.0.2"));
  const auto other = websocket("127.0.0.3");
  say(many, times(kEach, websocket_frame(1, true, kNone)), *other,
      websocket_frame(1, true, kFront));

  const Seen seen = turn(200 * kEach + 1);

  EXPECT_LE(seen.most, Rota::kAddress / Rota::kMessage);
  EXPECT_LE(seen.turns, 3u);
}

TEST_F(RotaTest, ReadsFewMessagesOfAllAddressesInATurnAndOfEachInItsTurn) {
  start();
  Clients many;
  for (int i = 0; i < 200; ++i) many.push_back(websocket("127.0.1." + std::to_string(i + 1)));
  const auto other = websocket("127.0.0.3");
  say(many, times(kEach, websocket_frame(1, true, kNone)), *other,
      websocket_frame(1, true, kFront));

  const Seen seen = turn(200 * kEach + 1);

  EXPECT_LE(seen.most, Rota::kTurn / Rota::kMessage + kEach); // The last one is read as a whole.
  EXPECT_LE(seen.turns, 200 * kEach * Rota::kMessage / Rota::kTurn);
}

TEST_F(RotaTest, ReadsEachSocketOfAnAddressInItsTurn) {
  start();
  Clients many;
  for (int i = 0; i < 200; ++i) many.push_back(websocket("127.0.0.2"));
  const auto other = websocket("127.0.0.2");
  say(many, times(kEach, websocket_frame(1, true, kNone)), *other,
      websocket_frame(1, true, kFront));

  // Each of the 200 may have been read once before it, a few of them in a turn.
  EXPECT_LE(turn(200 * kEach + 1).turns, 100u);
}

TEST_F(RotaTest, TakesFewOffersOfOneAddressInATurn) {
  start();
  Clients many;
  for (int i = 0; i < 200; ++i)
    many.push_back(std::make_unique<RawClient>(server->port(), "127.0.0.2"));
  const auto other = websocket("127.0.0.3");
  say(many, kOffer, *other, websocket_frame(1, true, kFront));

  const Seen seen = turn(200 + 1);

  EXPECT_LE(seen.most, 8u);
  EXPECT_LE(seen.turns, 3u);
}

TEST_F(RotaTest, LetsGoOfFewConnectionsOfOneAddressInATurn) {
  start();
  Clients many;
  for (int i = 0; i < 300; ++i) {
    many.push_back(std::make_unique<RawClient>(server->port(), "127.0.0.2"));
    many.back()->write("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_TRUE(many.back()->wait_for("HTTP/1.1 200"));
  }
  many.clear(); // Their ends are closed now, ours are not.
  const std::ptrdiff_t begin = open_descriptors();

  std::ptrdiff_t most = 0;
  turn_until(
      [&] {
        const std::ptrdiff_t before = open_descriptors();
        g_main_context_iteration(nullptr, FALSE);
        most = std::max(most, before - open_descriptors());
        return begin - open_descriptors() >= 300;
      },
      "all to be closed");

  EXPECT_GT(most, 0);
  EXPECT_LE(most, static_cast<std::ptrdiff_t>(Rota::kAddress / Rota::kRequest));
}

TEST_F(RotaTest, OpensASessionBeforeHundredsOfOnlookersHaveTheNewsOfACamera) {
  start();
  Clients many;
  for (int i = 0; i < 400; ++i) many.push_back(websocket("127.0.0.2"));
  const auto other = websocket("127.0.0.3");
  const auto has_news = [](const auto& one) {
    char byte = 0;
    return one->received().find(R"("type":"camera")") != std::string::npos ||
           recv(one->descriptor(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 1;
  };
  cameras::CameraInfo camera = directory.all_cameras[0];
  camera.best.state = "retrying";

  directory.change(camera);
  say({}, "", *other, websocket_frame(1, true, kFront));
  turn_until([&] { return directory.opened == 1; }, "the session");

  EXPECT_LT(std::ranges::count_if(many, has_news), 400);
  turn_until([&] { return std::ranges::all_of(many, has_news); }, "the news");
}

TEST_F(RotaTest, AnswersThoseWhoWaitWithoutAnythingElseHappening) {
  start();
  Clients many;
  for (int i = 0; i < 256; ++i)
    many.push_back(
        std::make_unique<RawClient>(server->port(), "127.0.1." + std::to_string(i % 8 + 1)));

  // When they ask again, they have still to pay for what they had.
  const Sleeps sleeps;
  for (int i = 0; i < 3; ++i) {
    for (const auto& one : many) {
      one->forget_received();
      EXPECT_EQ(one->offer(kOffer), kOffer.size());
    }
    turn_until(
        [&] {
          return std::all_of(many.begin(), many.end(), [](const auto& one) {
            return one->received().find("HTTP/1.1 404") != std::string::npos;
          });
        },
        "all answers");
  }
  EXPECT_EQ(sleeps.count(), 0) << "nothing need wake a loop that sleeps while they wait";
}

TEST(TurnShareTest, AdmitsEachOnceBeforeOneIsAdmittedAgain) {
  http::TurnShare<int> share{100, 50, 10};
  std::vector<int> served(10, 0);
  // They ask in the same order each turn, and take all that they can get.
  for (int turn = 0; turn < 5; ++turn) {
    for (int key = 0; key < 10; ++key)
      while (share.admits(key)) share.charge(key, 25), ++served[static_cast<std::size_t>(key)];
    share.next_turn();
  }

  EXPECT_GE(*std::min_element(served.begin(), served.end()), 1);
}

TEST(TurnShareTest, GivesMoreToOneAloneThanToAllTogether) {
  http::TurnShare<int> share{100, 200, 10};
  const auto take_all = [&share](int key) {
    int taken = 0;
    while (share.admits(key)) share.charge(key, 10), ++taken;
    return taken;
  };
  EXPECT_EQ(take_all(1), 20);
  share.next_turn();
  EXPECT_EQ(take_all(1), 20);
  share.next_turn();
  share.charge(2, 10);
  EXPECT_EQ(take_all(1), 5);
}

TEST(TurnShareTest, TakesWhatWasTooMuchFromLaterTurns) {
  http::TurnShare<int> share{100, 50, 10};
  share.charge(1, 120);
  share.next_turn();
  EXPECT_FALSE(share.admits(1));
  EXPECT_TRUE(share.admits(2));
  share.next_turn();
  EXPECT_TRUE(share.admits(1));
}

} // namespace
} // namespace fanlight::test
