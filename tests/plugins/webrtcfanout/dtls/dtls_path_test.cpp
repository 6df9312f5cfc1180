// DTLS over a path that loses, doubles, reorders and brings what nobody sent; and how it ends.
#include <chrono>
#include <random>

#include "dtls_fixture.h"
#include "hex.h"

namespace fanlight::fanout {
namespace {

using State = DtlsServer::State;
using DtlsPathTest = DtlsTest;

TEST_F(DtlsPathTest, PutsAClientHelloTogetherFromFragments) {
  make({.identity = &viewer(), .mtu = 300, .padding = 255}, viewer().fingerprint());

  client_->start();
  const std::size_t fragments = to_server_.size();
  shake_hands();

  EXPECT_GE(fragments, 2U);
  for (const Octets& datagram : heard_) EXPECT_LE(datagram.size(), 300U);
  expect_same_keys();
}

/// `bytes` behind their length, which has `width` bytes.
Octets counted(int width, const Octets& bytes) {
  Octets result;
  for (int byte = width - 1; byte >= 0; --byte)
    result.push_back(static_cast<std::uint8_t>(bytes.size() >> (8 * byte)));
  result.insert(result.end(), bytes.begin(), bytes.end());
  return result;
}

Octets operator+(Octets first, const Octets& second) {
  first.insert(first.end(), second.begin(), second.end());
  return first;
}

Octets extension(const char* type, const Octets& body) { return hex(type) + counted(2, body); }

/// The ClientHello of a browser that would rather speak DTLS 1.3, with a key share of
/// X25519MLKEM768; without the header of a handshake message.
Octets hello_of_dtls_13() {
  const Octets shares =
      hex("11ec") + counted(2, Octets(1216, 0x5a)) + hex("001d") + counted(2, Octets(32, 0x09));
  const Octets extensions =
      extension("002b", counted(1, hex("fefc fefd"))) +                // supported_versions
      extension("000a", counted(2, hex("11ec 001d 0017 0018"))) +      // supported_groups
      extension("000d", counted(2, hex("0403 0804 0401 0503 0805"))) + // signature_algorithms
      extension("0033", counted(2, shares)) +                          // key_share
      extension("000e", counted(2, hex("0007 0001")) + hex("00")) +    // use_srtp
      extension("000b", counted(1, hex("00"))) + extension("0017", {}) +
      extension("ff01", hex("00"));
  return hex("fefd") + Octets(32, 0x77) + hex("00 00") +
         counted(2, hex("1301 1302 1303 c02b c02f cca9")) + counted(1, hex("00")) +
         counted(2, extensions);
}

/// A record with the part of the message that begins at `at`.
Octets fragment_of(const Octets& message, std::size_t at, std::size_t size, std::uint8_t number) {
  const auto length = [](std::size_t value) {
    return Octets{static_cast<std::uint8_t>(value >> 16), static_cast<std::uint8_t>(value >> 8),
                  static_cast<std::uint8_t>(value)};
  };
  const auto begin = message.begin() + static_cast<std::ptrdiff_t>(at);
  const Octets part = hex("01") + length(message.size()) + hex("0000") + length(at) + length(size) +
                      Octets(begin, begin + static_cast<std::ptrdiff_t>(size));
  return hex("16 fefd 0000 0000000000") + Octets{number} + counted(2, part);
}

TEST_F(DtlsPathTest, AnswersABrowserThatOffersDtls13InTwoDatagramsInAnyOrder) {
  const Octets hello = hello_of_dtls_13();
  constexpr std::size_t kFirst = 1175;
  ASSERT_GT(hello.size(), kFirst);
  const Octets first = fragment_of(hello, 0, kFirst, 0);
  const Octets second = fragment_of(hello, kFirst, hello.size() - kFirst, 1);
  ASSERT_EQ(first.size(), 1200U);

  for (const auto& [one, other] : {std::pair{first, second}, std::pair{second, first}}) {
    make();
    server_->receive(one);
    EXPECT_TRUE(to_client_.empty()) << "of half a ClientHello";
    server_->receive(other);

    ASSERT_FALSE(to_client_.empty()) << server_->error();
    const Octets& answer = to_client_.front();
    ASSERT_GT(answer.size(), 62U);
    EXPECT_EQ(answer[0], 22) << "no alert";
    EXPECT_EQ(answer[13], 2) << "a ServerHello";
    EXPECT_EQ(read_u16(&answer[25]), 0xfefd) << "of DTLS 1.2";
    EXPECT_EQ(server_->state(), State::handshaking);
    to_client_.clear();
  }
}

TEST_F(DtlsPathTest, BearsTheLossOfAnyDatagram) {
  for (int lost = 0; lost < 5; ++lost) {
    SCOPED_TRACE(lost);
    posted_ = 0;
    fate_ = [lost](int n) { return Fate{n == lost ? 0 : 1}; };
    make();

    shake_hands();

    expect_same_keys();
  }
}

TEST_F(DtlsPathTest, BearsAPathThatLosesDoublesAndReorders) {
  for (unsigned seed = 1; seed <= 8; ++seed) {
    SCOPED_TRACE(seed);
    std::minstd_rand random{seed};
    fate_ = [&random](int) {
      const auto dice = random() % 100;
      return dice < 20 ? Fate{0} : dice < 40 ? Fate{2} : Fate{1, dice < 70};
    };
    make({.identity = &viewer(), .mtu = 300, .padding = 255}, viewer().fingerprint());

    shake_hands();

    expect_same_keys();
    to_server_.clear();
    to_client_.clear();
  }
}

TEST_F(DtlsPathTest, SendsItsFlightAgainWithinASecond) {
  using namespace std::chrono_literals;
  make();
  EXPECT_FALSE(server_->timeout()) << "nothing is sent yet";
  client_->start();
  server_->receive(to_server_.front());
  ASSERT_EQ(to_client_.size(), 1U);
  const auto first = server_->timeout();
  ASSERT_TRUE(first);
  EXPECT_LE(*first, 200ms);
  const auto begun = std::chrono::steady_clock::now();

  for (; to_client_.size() < 2; poll(nullptr, 0, 1)) server_->on_timeout();

  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(took, *first - 20ms) << "OpenSSL calls due what is due within 15 ms";
  EXPECT_LE(*server_->timeout(), 1000ms);
}

TEST_F(DtlsPathTest, NeedsNoTimerOnceConnected) {
  make();

  shake_hands();

  EXPECT_FALSE(server_->timeout());
}

TEST_F(DtlsPathTest, SendsItsLastFlightAgainToAViewerThatLacksIt) {
  make();
  client_->start();
  while (server_->state() == State::handshaking) {
    while (!to_client_.empty()) {
      client_->receive(to_client_.front());
      to_client_.pop_front();
    }
    server_->receive(to_server_.front());
    to_server_.pop_front();
  }
  to_client_.clear(); // Lost.
  heard_.clear();
  ASSERT_FALSE(client_->connected());

  shake_hands();
  expect_same_keys();
  EXPECT_GE(lost_flights_, 1) << "more where the machine is slower than the client's timer";
  for (const Octets& datagram : heard_) EXPECT_FALSE(server_->receive(datagram));

  EXPECT_TRUE(to_client_.empty()) << "a replay is not answered";
}

TEST_F(DtlsPathTest, HearsTheViewersGoodbye) {
  make();
  shake_hands();

  client_->close();
  deliver();

  EXPECT_EQ(server_->state(), State::closed);
  EXPECT_EQ(server_->error(), "");
}

TEST_F(DtlsPathTest, SaysGoodbyeOnce) {
  make();
  shake_hands();
  posted_ = 0;

  server_->close();
  server_->close();
  deliver();

  EXPECT_EQ(server_->state(), State::closed);
  EXPECT_TRUE(client_->heard_goodbye());
  EXPECT_EQ(posted_, 1);
}

TEST_F(DtlsPathTest, SaysGoodbyeToAViewerThatGotTheLastFlightTwice) {
  fate_ = [](int n) { return Fate{n == 3 ? 2 : 1}; };
  make();
  shake_hands();

  server_->close();
  deliver();

  EXPECT_TRUE(client_->heard_goodbye());
}

TEST_F(DtlsPathTest, ClosesInSilenceWhileItShakesHands) {
  make();
  client_->start();
  server_->receive(to_server_.front());
  to_client_.clear();

  server_->close();
  server_->receive(to_server_.front());

  EXPECT_EQ(server_->state(), State::closed);
  EXPECT_TRUE(to_client_.empty());
  EXPECT_FALSE(server_->timeout());
}

TEST_F(DtlsPathTest, PassesOverAForgedGoodbye) {
  make();
  shake_hands();
  client_->close();
  const Octets goodbye = to_server_.front();
  for (std::size_t bit = 0; bit < goodbye.size() * 8; ++bit) {
    Octets forged = goodbye;
    forged[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);

    server_->receive(forged);

    ASSERT_EQ(server_->state(), State::connected) << bit;
  }
  for (std::size_t size = 0; size < goodbye.size(); ++size)
    server_->receive(Bytes{goodbye}.first(size));
  server_->receive(hex("15 fefd 0000000000000009 0002 0100")); // In clear.
  EXPECT_EQ(server_->state(), State::connected);

  server_->receive(goodbye);

  EXPECT_EQ(server_->state(), State::closed);
}

TEST_F(DtlsPathTest, FindsTheGoodbyeBehindOtherRecords) {
  make();
  shake_hands();
  client_->close();

  server_->receive(hex("17 fefd 0001000000000007 0003 010203") + to_server_.front());

  EXPECT_EQ(server_->state(), State::closed);
}

TEST_F(DtlsPathTest, PassesOverGarbage) {
  make();
  std::minstd_rand random{7};
  const auto garbage = [&random] {
    Octets datagram(random() % 200);
    for (auto& byte : datagram) byte = static_cast<std::uint8_t>(random());
    return datagram;
  };
  client_->start();
  for (int i = 0; i < 500; ++i) to_server_.push_front(garbage());

  shake_hands();
  for (int i = 0; i < 500; ++i) to_server_.push_back(garbage());
  for (int i = 0; i < 500; ++i) {
    Octets datagram = hex("16 fefd 0001000000000005");
    const Octets rest = garbage();
    datagram.resize(13);
    write_u16(&datagram[11], static_cast<std::uint16_t>(rest.size()));
    to_server_.push_back(datagram + rest);
  }
  deliver();

  expect_same_keys();
}

TEST_F(DtlsPathTest, AnswersNoReplayOfAHandshake) {
  make();
  shake_hands();
  const std::vector<Octets> all = heard_;
  posted_ = 0;

  for (int round = 0; round < 3; ++round)
    for (const Octets& datagram : all) server_->receive(datagram);

  EXPECT_LE(posted_, 1) << "the last flight once at most";
  EXPECT_EQ(server_->state(), State::connected);
}

} // namespace
} // namespace fanlight::fanout
