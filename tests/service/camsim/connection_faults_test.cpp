#include <algorithm>
#include <chrono>
#include <utility>

#include <glib.h>

#include "fault_test.h"
#include "gst/ref.h"

namespace fanlight::test {
namespace {

using namespace std::chrono_literals;
using testing::AnyOf;
using testing::HasSubstr;
using testing::Not;

using Clock = std::chrono::steady_clock;

class ConnectionFaultsTest : public FaultTest {};

TEST_F(ConnectionFaultsTest, HangsWithoutClosingAndGoesOnWhenTold) {
  start({"id=a"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);
  ASSERT_TRUE(client.packet());

  ASSERT_TRUE(control().set("a", R"({"hang": true})"));
  while (client.packet(500ms)) continue;
  client.send("OPTIONS");

  EXPECT_FALSE(client.answer(500ms));
  EXPECT_EQ(client.ending(), Ending::none);
  RtspClient next(url());
  next.send("DESCRIBE");
  EXPECT_FALSE(next.answer(500ms));
  EXPECT_EQ(next.ending(), Ending::none);

  ASSERT_TRUE(control().clear("a"));
  EXPECT_TRUE(client.packet());
}

TEST_F(ConnectionFaultsTest, ClosesTheConnectionsOfOneCamera) {
  start({"id=a", "id=b"});
  RtspClient client(url("a"));
  RtspClient other(url("b"));
  ASSERT_EQ(client.play(), 200);
  ASSERT_EQ(other.play(), 200);

  EXPECT_EQ(control().request("POST", "/cameras/a/close").status, 200);

  EXPECT_EQ(client.wait_end(), Ending::closed);
  EXPECT_EQ(other.request("OPTIONS").status, 200);
  EXPECT_EQ(RtspClient(url("a")).play(), 200);
}

TEST_F(ConnectionFaultsTest, ResetsTheConnectionsOfACamera) {
  start({"id=a"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);

  EXPECT_EQ(control().request("POST", "/cameras/a/reset").status, 200);

  EXPECT_EQ(client.wait_end(), Ending::reset);
}

TEST_F(ConnectionFaultsTest, EndsEachConnectionAfterATime) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"end_after_s": 0.5, "end": "reset"})"));
  const auto begin = Clock::now();
  RtspClient client(url());
  client.play(); // A reset may overtake its answer.
  EXPECT_EQ(client.wait_end(), Ending::reset);
  EXPECT_GE(Clock::now() - begin, 500ms);

  ASSERT_TRUE(control().set("a", R"({"end": "close"})"));
  RtspClient next(url());
  ASSERT_EQ(next.play(), 200);
  EXPECT_EQ(next.wait_end(), Ending::closed);
}

TEST_F(ConnectionFaultsTest, RefusesConnectionsAndKeepsThoseThereAre) {
  start({"id=a"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);

  for (int round = 0; round < 3; ++round) {
    EXPECT_THAT(control().request("PUT", "/refuse").body, HasSubstr("\"refuse\":true"));
    EXPECT_EQ(RtspClient(url()).ending(), Ending::refused);
    EXPECT_EQ(client.request("OPTIONS").status, 200);

    EXPECT_THAT(control().request("DELETE", "/refuse").body, HasSubstr("\"refuse\":false"));
    EXPECT_EQ(RtspClient(url()).request("OPTIONS").status, 200);
  }
}

TEST_F(ConnectionFaultsTest, RefusesTheLoginNowAndAtTheNextRequestDuringPlay) {
  start({"id=a"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);

  ASSERT_TRUE(control().set("a", R"({"status": {"*": 401}})"));

  EXPECT_TRUE(client.packet());
  const RtspAnswer answer = client.request("OPTIONS");
  EXPECT_EQ(answer.status, 401);
  EXPECT_THAT(answer.header("WWW-Authenticate"), HasSubstr("Basic realm="));
  RtspClient next(url());
  EXPECT_EQ(next.request("DESCRIBE", "", "Authorization: Basic dTpw\r\n").status, 401);
  const std::string state = control().state("a");
  EXPECT_THAT(state, HasSubstr("\"logins\":1"));
  EXPECT_THAT(state, HasSubstr("\"401\":2"));
}

TEST_F(ConnectionFaultsTest, AnswersAMethodWithTheStatusGiven) {
  start({"id=a"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);
  ASSERT_TRUE(control().set("a", R"({"status": {"GET_PARAMETER": 454, "DESCRIBE": 404}})"));

  const RtspAnswer keep_alive = client.request("GET_PARAMETER");
  EXPECT_THAT(keep_alive.head, HasSubstr("454 Session Not Found"));
  EXPECT_EQ(client.request("OPTIONS").status, 200);
  EXPECT_EQ(RtspClient(url()).request("DESCRIBE").status, 404);

  ASSERT_EQ(control().request("DELETE", "/cameras/a/faults/status").status, 200);
  EXPECT_EQ(client.request("GET_PARAMETER").status, 200);
}

TEST_F(ConnectionFaultsTest, AllowsOneConnectionOnly) {
  start({"id=a", "id=b"});
  ASSERT_TRUE(control().set("a", R"({"one_connection": true})"));
  {
    RtspClient first(url("a"));
    ASSERT_EQ(first.play(), 200);
    RtspClient second(url("a"));
    EXPECT_EQ(second.request("DESCRIBE").status, 200);
    EXPECT_EQ(second.play(), 453);
    EXPECT_EQ(RtspClient(url("b")).play(), 200);
    EXPECT_THAT(control().state("a"), HasSubstr("\"connections\":2"));
  }
  ASSERT_TRUE(control().wait_for("a", "\"connections\":0"));
  EXPECT_EQ(RtspClient(url("a")).play(), 200);
}

TEST_F(ConnectionFaultsTest, AnswersLate) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"delay_ms": {"DESCRIBE": 1500}})"));
  RtspClient client(url());
  EXPECT_EQ(client.request("OPTIONS").status, 200);

  const auto begin = Clock::now();
  EXPECT_EQ(client.request("DESCRIBE").status, 200);

  EXPECT_GE(Clock::now() - begin, 1500ms);
}

struct KeepAlive {
  const char* name;
  const char* listed;
  std::vector<std::string> others;
};
void PrintTo(const KeepAlive& keep_alive, std::ostream* out) { *out << keep_alive.name; }

/// How a session went whose client did something again and again.
struct Played {
  Ending end;
  Clock::duration longest_pause; ///< From one time to the next.
};

class ExpiryTest : public FaultTest, public testing::WithParamInterface<KeepAlive> {};

TEST_P(ExpiryTest, EndsASessionThatTheListedMethodDoesNotKeepAlive) {
  start({"id=a"});
  const std::string listed = GetParam().listed;
  ASSERT_TRUE(control().set("a", R"({"expire_s": 1, "public": "DESCRIBE, SETUP, PLAY, TEARDOWN, )" +
                                     listed + "\"}"));
  const auto play_with = [&](const std::string& method, std::chrono::seconds duration) {
    RtspClient client(url());
    EXPECT_THAT(client.request("OPTIONS").header("Public"), testing::EndsWith(listed));
    client.play();
    const auto begin = Clock::now();
    Played played{.end = Ending::none, .longest_pause = 0s};
    for (auto last = begin; client.ending() == Ending::none && Clock::now() - begin < duration;) {
      client.request(method); // Packets come all the time: it goes round again after some.
      for (int i = 0; i < 4 && client.packet(); ++i) {
      }
      const auto now = Clock::now();
      played.longest_pause = std::max(played.longest_pause, now - std::exchange(last, now));
    }
    played.end = client.ending();
    return played;
  };

  // Where the machine paused for as long as a session lasts, that may have ended it.
  Played kept;
  const auto end = Clock::now() + kHangLimit;
  do kept = play_with(listed, 3s);
  while (kept.end != Ending::none && kept.longest_pause > 800ms && Clock::now() < end);
  EXPECT_EQ(kept.end, Ending::none);
  for (const std::string& other : GetParam().others)
    EXPECT_EQ(play_with(other, kHangLimit).end, Ending::closed) << other;
}

INSTANTIATE_TEST_SUITE_P(
    Methods, ExpiryTest,
    testing::Values(KeepAlive{"Options", "OPTIONS", {"GET_PARAMETER"}},
                    KeepAlive{"GetParameter", "GET_PARAMETER", {"OPTIONS", "SET_PARAMETER"}},
                    KeepAlive{"SetParameter", "SET_PARAMETER", {"OPTIONS", "GET_PARAMETER"}}),
    [](const auto& param) { return std::string(param.param.name); });

TEST_F(ConnectionFaultsTest, SaysWhenASessionExpiresAndRefusesMethodsThatAreNotListed) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"expire_s": 30, "public": "OPTIONS"})"));
  RtspClient client(url());
  const RtspAnswer setup =
      client.request("SETUP", url() + "/stream=0", "Transport: RTP/AVP/TCP;interleaved=0-1\r\n");
  EXPECT_THAT(setup.header("Session"), testing::EndsWith(";timeout=30"));
  EXPECT_EQ(client.request("GET_PARAMETER").status, 501);
}

TEST_F(ConnectionFaultsTest, SendsGarbageBetweenPackets) {
  start({"id=a"});
  RtspClient client(url());
  ASSERT_EQ(client.play(), 200);
  ASSERT_TRUE(client.packet());
  ASSERT_EQ(client.garbage(), 0u);

  ASSERT_TRUE(control().set("a", R"({"garbage": 7})"));
  const auto deadline = Clock::now() + kHangLimit;
  while (client.garbage() == 0 && Clock::now() < deadline) ASSERT_TRUE(client.packet());

  EXPECT_GT(client.garbage(), 0u);
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(client.packet());
}

std::string sha256(const std::string& text) {
  return take_string(g_compute_checksum_for_string(G_CHECKSUM_SHA256, text.c_str(), -1));
}

TEST_F(ConnectionFaultsTest, AsksForADigestBySha256) {
  start({"id=a,auth=digest-sha256,user=u,password=secret"});
  RtspClient client(url());
  const RtspAnswer first = client.request("DESCRIBE");
  ASSERT_EQ(first.status, 401);
  const std::string challenge = first.header("WWW-Authenticate");
  EXPECT_THAT(challenge, HasSubstr("algorithm=SHA-256"));
  const std::string mark = "nonce=\"";
  const std::size_t begin = challenge.find(mark) + mark.size();
  const std::string nonce = challenge.substr(begin, challenge.find('"', begin) - begin);
  const auto answer_with = [&](const std::string& password) {
    const std::string who = sha256("u:fanlight-camsim:" + password);
    const std::string response =
        sha256(who + ":" + nonce + ":00000001:abc:auth:" + sha256("DESCRIBE:" + url()));
    return client
        .request("DESCRIBE", "",
                 "Authorization: Digest username=\"u\", realm=\"fanlight-camsim\", nonce=\"" +
                     nonce + "\", uri=\"" + url() +
                     "\", algorithm=SHA-256, qop=auth, nc=00000001, cnonce=\"abc\", response=\"" +
                     response + "\"\r\n")
        .status;
  };

  EXPECT_EQ(answer_with("wrong"), 401);
  EXPECT_EQ(answer_with("secret"), 200);
}

TEST_F(ConnectionFaultsTest, BeginsLaterAndLastsAsLongAsAsked) {
  start({"id=a"});
  RtspClient client(url());
  bool before = false;
  bool during = false;
  bool after = false;

  // Only what was answered wholly within one of the three times proves something; a busy machine
  // may miss one of them.
  const auto deadline = Clock::now() + kHangLimit;
  while (!(before && during && after) && Clock::now() < deadline) {
    const auto asked = Clock::now();
    ASSERT_TRUE(control().set("a", R"({"status": {"*": 503}, "after_s": 0.7, "duration_s": 0.7})"));
    const auto set = Clock::now();
    for (auto sent = set; sent < set + 2s; sent = Clock::now()) {
      const int status = client.request("OPTIONS").status;
      const auto answered = Clock::now();
      if (answered < asked + 700ms) {
        EXPECT_EQ(status, 200);
        before = true;
      } else if (sent > set + 1400ms) {
        EXPECT_EQ(status, 200);
        after = true;
      } else if (sent > set + 700ms && answered < asked + 1400ms) {
        EXPECT_EQ(status, 503);
        during = true;
      }
    }
  }

  EXPECT_TRUE(before && during && after) << "a time in which nothing was answered";
}

TEST_F(ConnectionFaultsTest, TakesFaultsFromTheFile) {
  start_file("    faults:\n      status: {DESCRIBE: 454}\n      sdp: [no_sprop]\n"
             "      parameter_sets: \"sdp\"\n      speed: 0.5\n");
  EXPECT_EQ(RtspClient(url()).request("DESCRIBE").status, 454);
  const std::string state = control().state("a");
  EXPECT_THAT(state, HasSubstr("\"no_sprop\""));
  EXPECT_THAT(state, HasSubstr("\"speed\":0.5"));
}

TEST_F(ConnectionFaultsTest, CountsWhatClientsAskFor) {
  start({"id=a"});
  {
    RtspClient one(url());
    RtspClient two(url());
    EXPECT_EQ(one.request("DESCRIBE").status, 200);
    EXPECT_EQ(two.request("DESCRIBE").status, 200);
    EXPECT_EQ(two.request("OPTIONS").status, 200);
    EXPECT_THAT(control().state("a"), HasSubstr("\"connections\":2"));
  }
  ASSERT_TRUE(control().wait_for("a", "\"connections\":0"));
  const std::string state = control().state("a");
  EXPECT_THAT(state, HasSubstr("\"connections_total\":2"));
  EXPECT_THAT(state, HasSubstr("\"DESCRIBE\":2"));
  EXPECT_THAT(state, HasSubstr("\"OPTIONS\":1"));
  EXPECT_THAT(control().request("GET", "/").body, HasSubstr("\"a\":{\"connections\":0"));
}

TEST_F(ConnectionFaultsTest, RefusesCommandsThatItDoesNotKnowAndSaysWhatWouldBeRight) {
  start({"id=a", "id=b,codec=h265"});
  const auto refusal = [&](const std::string& json) {
    const HttpAnswer answer = control().request("POST", "/cameras/a/faults", json);
    EXPECT_EQ(answer.status, 400) << json;
    return answer.body;
  };
  EXPECT_THAT(refusal(R"({"hangs": true})"),
              HasSubstr("unknown fault 'hangs': the faults are hang"));
  EXPECT_THAT(refusal(R"({"hang": 1})"), HasSubstr("hang: must be true or false"));
  EXPECT_THAT(refusal(R"({"lose_percent": 101})"), HasSubstr("a number from 0 to 100"));
  EXPECT_THAT(refusal(R"({"sdp": ["none"]})"), HasSubstr("a list of all_sendonly, backchannel"));
  EXPECT_THAT(refusal(R"({"parameter_sets": "none"})"), HasSubstr("one of band, both, sdp"));
  EXPECT_THAT(refusal(R"({"as": "c"})"), HasSubstr("there is no camera 'c'"));
  EXPECT_THAT(refusal(R"({"play": "b"})"), HasSubstr("must have the same codec"));
  EXPECT_THAT(refusal("hang"), HasSubstr("not JSON"));
  EXPECT_EQ(control().request("GET", "/cameras/c").status, 404);
  EXPECT_EQ(control().request("DELETE", "/cameras/a/faults/hangs").status, 404);
  EXPECT_THAT(control().state("a"), HasSubstr("\"hang\":false"));
}

TEST_F(ConnectionFaultsTest, AddsToFaultsReplacesThemAndTakesOneBack) {
  start({"id=a"});
  ASSERT_TRUE(control().set("a", R"({"marker": true})"));
  ASSERT_TRUE(control().set("a", R"({"garbage": 3})"));
  EXPECT_THAT(control().state("a"), HasSubstr("\"marker\":true"));
  ASSERT_EQ(control().request("DELETE", "/cameras/a/faults/marker").status, 200);
  EXPECT_THAT(control().state("a"), HasSubstr("\"marker\":false"));
  EXPECT_THAT(control().state("a"), HasSubstr("\"garbage\":3"));
  ASSERT_EQ(control().request("PUT", "/cameras/a/faults", R"({"reorder": true})").status, 200);
  EXPECT_THAT(control().state("a"), HasSubstr("\"garbage\":0"));
}

} // namespace
} // namespace fanlight::test
