// Datagrams through real sockets: as they were written, in as few messages as can be.
#include "webrtcfanout/net/send_batch.h"

#include <algorithm>
#include <memory>

#include <gmock/gmock.h>

#include "udp_end.h"
#include "webrtcfanout/net/sockets.h"

namespace fanlight::fanout {
namespace {

class SendBatchTest : public testing::Test {
 protected:
  SendBatchTest() {
    std::string why;
    if (!open_sockets(0, 1, false, sockets, why)) throw std::runtime_error(why);
    batch = std::make_unique<SendBatch>(sockets.udp[0], counters);
  }
  ~SendBatchTest() override { sockets.close(); }

  static Path path_to(const UdpEnd& end) { return {.remote = end.address()}; }
  static Octets datagram(std::size_t size, std::uint8_t seed) {
    Octets bytes(size);
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(seed + i);
    return bytes;
  }
  void add(const Path& path, std::size_t size, std::uint8_t seed) {
    const Octets bytes = datagram(size, seed);
    std::copy(bytes.begin(), bytes.end(), batch->add(path, size));
  }
  void flush() { batch->flush(); }
  /// The kernel takes no run of datagrams any more: without checksums it cannot cut them.
  void refuse_segmentation(bool refuse) const {
    const int value = refuse;
    ASSERT_EQ(setsockopt(sockets.udp[0], SOL_SOCKET, SO_NO_CHECK, &value, sizeof value), 0);
  }
  static void expect(const UdpEnd& end, std::size_t size, std::uint8_t seed) {
    EXPECT_EQ(end.receive().bytes, datagram(size, seed)) << size << " bytes, " << int{seed};
  }

  Sockets sockets;
  WorkerCounters counters;
  std::unique_ptr<SendBatch> batch;
  UdpEnd first;
  UdpEnd second;
};

TEST_F(SendBatchTest, SendsNothingByItself) {
  const Path path = path_to(first);

  flush();
  add(path, 100, 1);

  EXPECT_FALSE(first.has_datagram());
  EXPECT_EQ(counters.sends.get(), 0U);
}

TEST_F(SendBatchTest, SendsDatagramsOfOneSizeAsOneMessage) {
  const Path path = path_to(first);
  for (std::uint8_t i = 0; i < 10; ++i) add(path, 1200, i);

  flush();

  for (std::uint8_t i = 0; i < 10; ++i) expect(first, 1200, i);
  EXPECT_EQ(counters.messages.get(), 1U);
  EXPECT_EQ(counters.sends.get(), 1U);
}

TEST_F(SendBatchTest, TakesAShorterOneAsTheEndOfARun) {
  const Path path = path_to(first);
  add(path, 1200, 0);
  add(path, 1200, 1);
  add(path, 77, 2);
  add(path, 77, 3);

  flush();

  expect(first, 1200, 0);
  expect(first, 1200, 1);
  expect(first, 77, 2);
  expect(first, 77, 3);
  EXPECT_EQ(counters.messages.get(), 2U);
}

TEST_F(SendBatchTest, BeginsAMessageWithALongerOne) {
  const Path path = path_to(first);
  add(path, 50, 0);
  add(path, 1200, 1);
  add(path, 1200, 2);

  flush();

  expect(first, 50, 0);
  expect(first, 1200, 1);
  expect(first, 1200, 2);
  EXPECT_EQ(counters.messages.get(), 2U);
}

TEST_F(SendBatchTest, SendsToSeveralPathsInOneCall) {
  const Path one = path_to(first);
  const Path other = path_to(second);
  for (std::uint8_t i = 0; i < 4; ++i) {
    add(one, 500, i);
    add(one, 500, i);
    add(other, 500, i);
  }

  flush();

  for (std::uint8_t i = 0; i < 4; ++i) {
    expect(first, 500, i);
    expect(first, 500, i);
    expect(second, 500, i);
  }
  EXPECT_EQ(counters.messages.get(), 8U);
  EXPECT_EQ(counters.sends.get(), 1U);
}

TEST_F(SendBatchTest, MakesRoomByItselfWhereThereIsNone) {
  const Path path = path_to(first);

  for (int i = 0; i < 1000; ++i) {
    add(path, 1000, static_cast<std::uint8_t>(i));
    if (i % 50 == 49)
      for (int k = i - 49; k <= i && first.has_datagram(); ++k) first.receive();
  }
  flush();

  while (first.has_datagram()) first.receive();
  EXPECT_EQ(counters.unsent_messages.get(), 0U);
  EXPECT_GE(counters.messages.get(), 1000U * 1000 / 60'000);
  EXPECT_LE(counters.messages.get(), 30U) << "as long as they can be";
}

TEST_F(SendBatchTest, MakesRoomForMoreMessagesThanItHas) {
  const Path one = path_to(first);
  const Path other = path_to(second);
  for (std::uint8_t i = 0; i < 100; ++i) {
    add(one, 20, i);
    add(other, 20, i);
  }

  flush();

  for (std::uint8_t i = 0; i < 100; ++i) {
    expect(first, 20, i);
    expect(second, 20, i);
  }
  EXPECT_EQ(counters.messages.get(), 200U);
}

TEST_F(SendBatchTest, SendsOneByOneWhatTheKernelWillNotCut) {
  const Path one = path_to(first);
  const Path other = path_to(second);
  refuse_segmentation(true);
  add(other, 300, 9);
  for (std::uint8_t i = 0; i < 5; ++i) add(one, 1000, i);
  add(one, 10, 5);
  add(other, 300, 8);

  flush();

  for (std::uint8_t i = 0; i < 5; ++i) expect(first, 1000, i);
  expect(first, 10, 5);
  expect(second, 300, 9);
  expect(second, 300, 8);
  EXPECT_EQ(counters.unsent_messages.get(), 0U);
}

TEST_F(SendBatchTest, LetsOneRefusalStandForNoOther) {
  const Path path = path_to(first);
  refuse_segmentation(true);
  add(path, 1000, 1);
  add(path, 1000, 2);
  flush();
  refuse_segmentation(false);
  const std::uint64_t sends = counters.sends.get();

  add(path, 1000, 3);
  add(path, 1000, 4);
  flush();

  EXPECT_EQ(counters.sends.get(), sends + 1);
  for (std::uint8_t i = 1; i <= 4; ++i) expect(first, 1000, i);
}

TEST_F(SendBatchTest, SendsFromTheAddressThatTheViewerKnows) {
  Path path = path_to(first);
  path.local = SocketAddress::parse("127.0.0.2", 0)->ip();
  path.from_local = true;

  add(path, 100, 1);
  flush();
  add(path, 100, 2);
  add(path, 100, 3);
  flush();

  for (std::uint8_t i = 1; i <= 3; ++i) {
    const UdpEnd::Datagram received = first.receive();
    EXPECT_EQ(received.bytes, datagram(100, i));
    EXPECT_EQ(received.from.ip_text(), "127.0.0.2");
  }
}

TEST_F(SendBatchTest, SendsFromThatAddressOneByOneToo) {
  Path path = path_to(first);
  path.local = SocketAddress::parse("127.0.0.2", 0)->ip();
  path.from_local = true;
  refuse_segmentation(true);

  add(path, 100, 1);
  add(path, 100, 2);
  flush();

  for (std::uint8_t i = 1; i <= 2; ++i) EXPECT_EQ(first.receive().from.ip_text(), "127.0.0.2");
}

TEST_F(SendBatchTest, LeavesOutWhatHasNoWay) {
  const Path nowhere{.remote = SocketAddress::parse("127.0.0.1", 0).value()};
  const Path path = path_to(first);
  add(nowhere, 100, 1);
  add(path, 100, 2);

  flush();

  expect(first, 100, 2);
  EXPECT_EQ(counters.unsent_messages.get(), 1U);
}

TEST_F(SendBatchTest, SendsOverIpv6) {
  std::unique_ptr<UdpEnd> end;
  try {
    end = std::make_unique<UdpEnd>("::1");
  } catch (const std::exception&) {
    GTEST_SKIP() << "no IPv6 here";
  }
  const Path path = path_to(*end);
  add(path, 100, 1);
  add(path, 100, 2);

  flush();

  expect(*end, 100, 1);
  expect(*end, 100, 2);
  EXPECT_EQ(counters.messages.get(), 1U);
}

} // namespace
} // namespace fanlight::fanout
