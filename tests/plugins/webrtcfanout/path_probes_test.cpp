// Our checks of the paths that a viewer asks for: how many, where to, and what answers them.
#include "webrtcfanout/path_probes.h"

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
  void ask(int host, const std::string& password = kTheirs) {
    probes.ask({.path = {.remote = address(host)},
                .nominated = true,
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
