// Where a viewer is sent what it is sent.
#include "connection_fixture.h"

namespace fanlight::fanout {
namespace {

using ConnectionPathTest = ConnectionTest;

TEST_F(ConnectionPathTest, StaysOnItsPathWhileItIsNominated) {
  const UdpEnd elsewhere;
  const Path other{.remote = elsewhere.address()};
  connection->on_check({udp(), true, 100}, now_us);

  EXPECT_FALSE(connection->on_check({other, false, 200}, now_us));
  EXPECT_FALSE(connection->on_check({other, true, 50}, now_us));
  EXPECT_TRUE(connection->on_check({other, true, 100}, now_us));
  EXPECT_EQ(connection->path()->remote, elsewhere.address());
}

TEST_F(ConnectionPathTest, LeavesAPathThatIsCheckedButNominatedNoMore) {
  const UdpEnd elsewhere;
  const Path other{.remote = elsewhere.address()};
  connection->on_check({udp(), true, 100}, now_us);

  connection->on_check({udp(), false, 100}, now_us);

  EXPECT_FALSE(connection->on_check({other, false, 50}, now_us));
  EXPECT_TRUE(connection->on_check({other, true, 50}, now_us));
}

TEST_F(ConnectionPathTest, LeavesASilentPathForAnyOther) {
  const UdpEnd elsewhere;
  connection->on_check({udp(), true, 100}, now_us);

  EXPECT_TRUE(
      connection->on_check({{.remote = elsewhere.address()}, false, 1}, now_us + 3'100'000));
}

TEST_F(ConnectionPathTest, SendsOnWhereItIsUntilTheNewAddressAnswersACheck) {
  append_group(1);
  start(udp());
  received();
  const UdpEnd elsewhere;
  const Path other{.remote = elsewhere.address()};
  const Check check{other, true, 1, 100, "theirs:ours", "their password of 22"};

  EXPECT_FALSE(connection->on_check(check, now_us));
  append(false);
  EXPECT_EQ(received().first, 1);
  const Octets request = elsewhere.receive().bytes;
  EXPECT_FALSE(elsewhere.has_datagram());

  Octets answer(kMaxStunResponse);
  answer.resize(write_binding_success(answer, *parse_binding_request(request), elsewhere.address(),
                                      check.password));
  EXPECT_FALSE(connection->on_answer(udp(), answer, now_us));
  EXPECT_TRUE(connection->on_answer(other, answer, now_us));
  append(false);
  EXPECT_EQ(received().first, 0);
  EXPECT_TRUE(elsewhere.has_datagram());
}

TEST_F(ConnectionPathTest, StaysOnThePathThatTheHandshakeBeganOn) {
  const UdpEnd elsewhere;
  connection->on_check({udp(), true, 1}, now_us);
  ASSERT_TRUE(connection->send(hex("16")));

  const Check check{{.remote = elsewhere.address()}, true, 2, 100, "theirs:ours",
                    "their password of 22"};
  EXPECT_FALSE(connection->on_check(check, now_us));
  EXPECT_EQ(connection->path()->remote, end.address());

  Octets answer(kMaxStunResponse);
  answer.resize(write_binding_success(answer, *parse_binding_request(elsewhere.receive().bytes),
                                      elsewhere.address(), check.password));
  EXPECT_TRUE(connection->on_answer(check.path, answer, now_us));
  EXPECT_TRUE(connection->send(Octets(1100, 0x16)));
  EXPECT_TRUE(connection->send(Octets(1100, 0x16))) << "it has answered from there";
}

TEST_F(ConnectionPathTest, MovesOnlySoOften) {
  start(udp());
  const UdpEnd elsewhere;
  const Path paths[] = {udp(), {.remote = elsewhere.address()}};
  int moves = 0;
  for (int i = 1; i <= 100; ++i) {
    const Check check{paths[i % 2], true, 1, 100, "theirs:ours", "their password of 22"};
    connection->on_check(check, now_us);
    const UdpEnd& there = i % 2 == 0 ? end : elsewhere;
    while (there.has_datagram()) {
      const Octets request = there.receive().bytes;
      const auto read = parse_binding_request(request);
      if (!read) continue;
      Octets answer(kMaxStunResponse);
      answer.resize(write_binding_success(answer, *read, there.address(), check.password));
      moves += connection->on_answer(check.path, answer, now_us);
    }
    now_us += 1000;
  }

  EXPECT_EQ(moves, 16);
}

TEST_F(ConnectionPathTest, SendsNoMoreToAnAddressThanItsPartOfWhatComesFromThere) {
  constexpr std::size_t kCheck = 100;
  constexpr std::size_t kHello = 200;
  connection->on_check({udp(), true, 1, kCheck}, now_us);
  const Octets flight(800, 0x16);
  const auto sends = [&] {
    std::size_t bytes = 0;
    while (bytes < 1'000'000 && connection->send(flight)) bytes += flight.size();
    return bytes;
  };

  EXPECT_EQ(sends(), 800U) << "1200 and 3 x 100";
  connection->on_dtls(udp(), kHello);
  EXPECT_EQ(sends(), 800U) << "700 were left";
  connection->on_dtls({.remote = *SocketAddress::parse("192.0.2.1", 1)}, 10'000);
  EXPECT_EQ(sends(), 0U) << "that came from elsewhere";
  const SrtpKey key = key_of(SrtpProfile::aead_aes_128_gcm);
  ASSERT_TRUE(connection->start(key, key));
  EXPECT_GT(sends(), 500'000U) << "it has finished its handshake";
}

/// The viewer nominates another path, of less priority.
class LesserPathTest : public ConnectionTest {
 protected:
  LesserPathTest() {
    start(udp());
    ours.path = udp();
    connection->on_check(ours, now_us);
    lesser.path = {.remote = elsewhere.address()};
    now_us += 200'000;
  }
  /// True when that moves the path.
  bool answer(const UdpEnd& from) {
    while (true) {
      const Octets datagram = from.receive().bytes;
      const auto request = parse_binding_request(datagram);
      if (!request) continue;
      Octets bytes(kMaxStunResponse);
      bytes.resize(write_binding_success(bytes, *request, from.address(), ours.password));
      return connection->on_answer({.remote = from.address()}, bytes, now_us);
    }
  }
  /// Both ends answer what has come. True when that moves the path.
  bool answers_both() {
    bool moved = false;
    for (const UdpEnd* const from : {&elsewhere, &end}) {
      while (from->has_datagram()) {
        const Octets request = from->receive().bytes;
        const auto read = parse_binding_request(request);
        if (!read) continue;
        Octets bytes(kMaxStunResponse);
        bytes.resize(write_binding_success(bytes, *read, from->address(), ours.password));
        moved |= connection->on_answer({.remote = from->address()}, bytes, now_us);
      }
    }
    return moved;
  }
  /// The viewer checks it every second and no other; both answer ours. True when the path moves.
  bool checks_lesser_until(std::int64_t us) {
    for (const std::int64_t end_us = now_us + us; now_us < end_us; now_us += 100'000) {
      const bool checks = now_us % 1'000'000 < 100'000;
      if (checks && connection->on_check(lesser, now_us)) return true;
      if (answers_both() || connection->probe(now_us)) return true;
    }
    return false;
  }
  bool moves_within(std::int64_t us) {
    for (std::int64_t end_us = now_us + us; now_us < end_us; now_us += 100'000)
      if (connection->probe(now_us)) return true;
    return false;
  }

  UdpEnd elsewhere;
  Check ours{{}, true, 100, 100, "theirs:ours", "their password of 22"};
  Check lesser{{}, true, 50, 100, "theirs:ours", "their password of 22"};
};

TEST_F(LesserPathTest, IsTakenSoonWhenTheBetterOneDoesNotAnswer) {
  EXPECT_FALSE(connection->on_check(lesser, now_us));
  EXPECT_FALSE(answer(elsewhere));

  EXPECT_TRUE(moves_within(600'000));
  EXPECT_EQ(connection->path()->remote, elsewhere.address());
}

TEST_F(LesserPathTest, IsTakenSoonHoweverOftenItIsChecked) {
  for (int i = 0; i < 5; ++i, now_us += 100'000)
    ASSERT_FALSE(connection->on_check(lesser, now_us)) << i;
  EXPECT_FALSE(answer(elsewhere));

  EXPECT_TRUE(connection->on_check(lesser, now_us));
}

TEST_F(LesserPathTest, IsNotTakenWhenTheBetterOneAnswers) {
  connection->on_check(lesser, now_us);
  EXPECT_FALSE(answer(elsewhere));
  EXPECT_FALSE(answer(end));

  EXPECT_FALSE(moves_within(2'000'000));
  EXPECT_EQ(connection->path()->remote, end.address());
}

TEST_F(LesserPathTest, IsNotTakenWhenTheBetterOneIsChecked) {
  connection->on_check(lesser, now_us);
  EXPECT_FALSE(answer(elsewhere));
  connection->on_check(ours, now_us + 1);

  EXPECT_FALSE(moves_within(2'000'000));
}

TEST_F(LesserPathTest, IsTakenThoughTheBetterOneAnswersWhenTheViewerChecksThatNoMore) {
  ASSERT_TRUE(checks_lesser_until(10'000'000));

  EXPECT_EQ(connection->path()->remote, elsewhere.address());
}

TEST_F(LesserPathTest, IsNotTakenWhileTheViewerChecksBothFromTimeToTime) {
  for (int i = 0; i < 20; ++i, now_us += 1'000'000) { // The better one 5 s after the last time.
    connection->on_check(ours, now_us);
    now_us += 4'000'000;
    EXPECT_FALSE(connection->on_check(lesser, now_us));
    EXPECT_FALSE(answers_both());
  }
}

TEST_F(LesserPathTest, IsNotTakenWhenItIsNotNominatedAndTheBetterOneAnswers) {
  lesser.nominated = false;
  EXPECT_FALSE(checks_lesser_until(60'000'000));
}

TEST_F(LesserPathTest, IsTakenWhenItIsNotNominatedOnceTheBetterOneIsSilent) {
  lesser.nominated = false;
  now_us += 4'000'000;
  EXPECT_FALSE(connection->on_check(lesser, now_us));
  EXPECT_FALSE(answer(elsewhere));

  EXPECT_TRUE(moves_within(600'000));
}

TEST_F(LesserPathTest, IsTakenAtOnceAfterAnIceRestart) {
  lesser.generation = ours.generation + 1;
  EXPECT_FALSE(connection->on_check(lesser, now_us));
  EXPECT_TRUE(answer(elsewhere));

  // Of before the restart.
  ours.priority = 1000;
  EXPECT_FALSE(connection->on_check(ours, now_us));
  EXPECT_FALSE(answer(end));
  EXPECT_EQ(connection->path()->remote, elsewhere.address());
}

TEST_F(LesserPathTest, KeepsItsPriorityThroughChecksOfBeforeAnIceRestart) {
  Check restarted = ours;
  restarted.generation = ours.generation + 1;
  connection->on_check(restarted, now_us);
  ours.nominated = false;
  connection->on_check(ours, now_us);

  lesser.generation = restarted.generation;
  EXPECT_FALSE(connection->on_check(lesser, now_us));
  EXPECT_FALSE(answer(elsewhere));
}

TEST_F(LesserPathTest, IsNotTakenWhenItDoesNotAnswer) {
  connection->on_check(lesser, now_us);

  EXPECT_FALSE(moves_within(10'000'000));
  EXPECT_EQ(connection->path()->remote, end.address());
}

} // namespace
} // namespace fanlight::fanout
