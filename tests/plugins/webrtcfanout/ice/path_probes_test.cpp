// Our checks of the paths that a viewer asks for: how many, where to, and what answers them.
#include "webrtcfanout/ice/path_probes.h"

#include <numeric>

#include <gmock/gmock.h>

#include "hex.h"

namespace fanlight::fanout {
namespace {

constexpr const char* kTheirs = "0123456789abcdefghijkl";

SocketAddress address(int host) {
  return *SocketAddress::parse("192.0.2." + std::to_string(host), 5000);
}

class PathProbesTest : public testing::Test {
 protected:
  struct Sent {
    SocketAddress to;
    Octets bytes;
  };
  void ask(int host, const std::string& password = kTheirs) { ask(address(host), 0, password); }
  void ask(const SocketAddress& remote, std::uint32_t priority,
           const std::string& password = kTheirs) {
    probes.ask({.path = {.remote = remote},
                .nominated = true,
                .priority = priority,
                .username = "theirs:ours",
                .password = password},
               now_us);
  }
  /// What is sent now.
  std::vector<Sent> send() {
    std::vector<Sent> sent;
    probes.send_due(now_us, [&](const Path& path, Bytes request) {
      sent.push_back({path.remote, {request.begin(), request.end()}});
    });
    return sent;
  }
  /// How many are sent in so many seconds while the viewer asks `times` a second.
  int count(int seconds, int times) {
    int sent = 0;
    for (int tenth = 0; tenth < seconds * 10; ++tenth, now_us += 100'000) {
      for (int i = 0; i < times && tenth % 10 == 0; ++i) {
        ask(1);
        sent += static_cast<int>(send().size());
      }
      sent += static_cast<int>(send().size());
    }
    return sent;
  }
  static Octets answer_to(const Octets& request, const std::string& password = kTheirs) {
    const auto read = parse_binding_request(request);
    Octets answer(kMaxStunResponse);
    answer.resize(write_binding_success(answer, *read, address(200), password));
    return answer;
  }
  bool takes(int host, const Octets& answer) {
    return probes.take_answer({.remote = address(host)}, answer).has_value();
  }

  std::int64_t now_us = 1'000'000'000;
  PathProbes probes;
};

TEST_F(PathProbesTest, AreRequestsThatTheViewerCanTellToBeOurs) {
  ask(1);

  const auto sent = send();

  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, address(1));
  const auto request = parse_binding_request(sent[0].bytes);
  ASSERT_TRUE(request);
  EXPECT_EQ(request->username, "theirs:ours");
  EXPECT_TRUE(has_integrity(request->integrity_at, sent[0].bytes, kTheirs));
  EXPECT_TRUE(request->controlled);
  EXPECT_FALSE(request->use_candidate);
  EXPECT_LE(sent[0].bytes.size(), 112U);
}

TEST_F(PathProbesTest, AreThreeToAnAddressThatDoesNotAskAgain) {
  ask(1);

  EXPECT_EQ(count(60, 0), 3);
}

TEST_F(PathProbesTest, AreFewHoweverOftenAnAddressAsks) { EXPECT_LE(count(30, 1000), 11); }

TEST_F(PathProbesTest, AreOfAFewPathsAtATime) {
  for (int host = 1; host <= 100; ++host) ask(host);

  const auto sent = send();

  ASSERT_EQ(sent.size(), PathProbes::kMaxPaths);
  EXPECT_EQ(sent.back().to, address(100));
}

TEST_F(PathProbesTest, AreFewHoweverManyPortsAsk) {
  std::vector<std::size_t> sent_in; // Of each second.
  for (int second = 0; second < 60; ++second) {
    std::size_t sent = 0;
    for (int i = 0; i < 1000; ++i, now_us += 1000) {
      ask(*SocketAddress::parse("192.0.2.1", static_cast<std::uint16_t>(5000 + i % 5)), 1);
      sent += send().size();
    }
    sent_in.push_back(sent);
  }

  for (std::size_t i = 0; i + 10 <= sent_in.size(); ++i)
    EXPECT_LE(std::accumulate(&sent_in[i], &sent_in[i] + 10, 0U), PathProbes::kMaxSent) << i;
  EXPECT_GT(std::accumulate(sent_in.end() - 10, sent_in.end(), 0U), 0U) << "it goes on";
}

TEST_F(PathProbesTest, OfABetterPathWaitForTheirAnswerWhateverElseIsAskedFor) {
  ask(address(1), 900);
  const auto better = send();
  ASSERT_EQ(better.size(), 1U);

  for (int host = 2; host <= 20; ++host) {
    ask(address(host), static_cast<std::uint32_t>(800 + host % 7));
    send();
  }

  EXPECT_TRUE(takes(1, answer_to(better[0].bytes)));
}

TEST_F(PathProbesTest, OfTheWorstPathGiveWay) {
  for (int host = 1; host <= 4; ++host) ask(address(host), static_cast<std::uint32_t>(host * 10));
  ask(address(5), 5);
  ask(address(6), 25);

  std::vector<SocketAddress> asked;
  for (const Sent& sent : send()) asked.push_back(sent.to);

  EXPECT_THAT(asked, testing::UnorderedElementsAre(address(2), address(3), address(4), address(6)));
}

TEST_F(PathProbesTest, OfThePathInUseGiveWayToNone) {
  const Check used{.path = {.remote = address(1)}, .username = "theirs:ours", .password = kTheirs};
  probes.ask(used, now_us, true);
  for (int host = 2; host <= 9; ++host) ask(address(host), 900);

  const auto sent = send();

  ASSERT_EQ(sent.size(), PathProbes::kMaxPaths);
  EXPECT_EQ(sent.front().to, address(1));
}

TEST_F(PathProbesTest, ThatNobodyAnsweredGiveWayToThoseOfAnyPath) {
  for (int host = 1; host <= 4; ++host) ask(address(host), 900);
  EXPECT_EQ(count(2, 0), 12);

  ask(address(5), 1);

  const auto sent = send();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0].to, address(5));
}

TEST_F(PathProbesTest, AreNotSentWhereTheOfferDoesNotNameTheUser) {
  ask(1, "");

  EXPECT_TRUE(send().empty());
}

TEST_F(PathProbesTest, AreAnsweredByTheViewerFromThereOnly) {
  ask(1);
  ask(2);
  const auto sent = send();
  ASSERT_EQ(sent.size(), 2U);
  const Octets answer = answer_to(sent[0].bytes);

  EXPECT_FALSE(takes(2, answer)) << "from elsewhere";
  EXPECT_FALSE(takes(1, answer_to(sent[1].bytes))) << "of another check";
  EXPECT_FALSE(takes(1, answer_to(sent[0].bytes, "anything else than it"))) << "no password";
  for (std::size_t i = 0; i + 8 < answer.size(); ++i) { // Up to the fingerprint.
    Octets forged = answer;
    forged[i] ^= 1;
    EXPECT_FALSE(takes(1, forged)) << i;
    EXPECT_FALSE(takes(1, Octets(answer.begin(), answer.begin() + static_cast<long>(i)))) << i;
  }
  EXPECT_TRUE(takes(1, answer));
  EXPECT_FALSE(takes(1, answer)) << "once";
  EXPECT_TRUE(takes(2, answer_to(sent[1].bytes)));
}

TEST_F(PathProbesTest, AreAnsweredLateAsWell) {
  ask(1);
  const auto first = send();
  now_us += 150'000;
  const auto second = send();
  ASSERT_EQ(second.size(), 1U);

  EXPECT_EQ(first[0].bytes, second[0].bytes) << "the same is sent again";
  EXPECT_TRUE(takes(1, answer_to(first[0].bytes)));
}

TEST_F(PathProbesTest, EndWithTheirTcpConnection) {
  auto* const connection = reinterpret_cast<TcpConnection*>(&probes); // Any address will do.
  probes.ask({.path = {.remote = address(1), .tcp = connection}, .password = kTheirs}, now_us);

  probes.forget(connection);

  EXPECT_TRUE(send().empty());
}

} // namespace
} // namespace fanlight::fanout
