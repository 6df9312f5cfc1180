// Datagrams out of a TCP stream, however it is cut.
#include "webrtcfanout/net/framing.h"

#include <algorithm>

#include <gmock/gmock.h>

#include "hex.h"

namespace fanlight::fanout {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Octets frame(const Octets& payload) {
  Octets bytes(2);
  write_u16(bytes.data(), static_cast<std::uint16_t>(payload.size()));
  return bytes + payload;
}

/// Gives the stream to the reader in pieces of at most `piece` bytes, as far as it takes them, and
/// takes the frames out after each.
std::vector<Octets> read(FrameReader& reader, Bytes stream, std::size_t piece) {
  std::vector<Octets> frames;
  while (!stream.empty() && !reader.broken()) {
    const MutableBytes space = reader.space();
    const std::size_t count = std::min({piece, space.size(), stream.size()});
    EXPECT_GT(count, 0U) << "no space in a sound stream";
    if (count == 0) break;
    std::copy_n(stream.begin(), count, space.begin());
    reader.fill(count);
    stream = stream.subspan(count);
    while (const auto next = reader.next()) frames.emplace_back(next->begin(), next->end());
  }
  return frames;
}

TEST(FramingTest, HasNothingBeforeAnythingCame) {
  FrameReader reader;

  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.broken());
}

TEST(FramingTest, FindsTheFramesHoweverTheStreamIsCut) {
  const Octets first = hex("01");
  const Octets second = hex("02 03 04 05 06");
  const Octets third(1400, 7);
  const Octets stream = frame(first) + frame(second) + frame(third) + frame(second);

  for (const std::size_t piece : {1, 2, 3, 5, 7, 100, 10000}) {
    FrameReader reader;
    EXPECT_THAT(read(reader, stream, piece), ElementsAre(first, second, third, second)) << piece;
    EXPECT_FALSE(reader.broken());
  }
}

TEST(FramingTest, KeepsTheBeginningOfAFrameUntilItsEndComes) {
  const Octets payload(500, 1);
  const Octets stream = frame(payload);
  FrameReader reader;

  EXPECT_THAT(read(reader, Bytes(stream).first(1), 9000), IsEmpty());
  EXPECT_THAT(read(reader, Bytes(stream).subspan(1, 400), 9000), IsEmpty());
  EXPECT_THAT(read(reader, Bytes(stream).subspan(401), 9000), ElementsAre(payload));
}

TEST(FramingTest, TakesFramesOfTheLargestSizeOneAfterTheOther) {
  const Octets largest(FrameReader::kMaxFrame, 9);
  const Octets stream = frame(largest) + frame(largest) + frame(hex("01"));
  FrameReader reader;

  EXPECT_THAT(read(reader, stream, 100000), ElementsAre(largest, largest, hex("01")));
}

TEST(FramingTest, BreaksOnAFrameThatIsTooLong) {
  const Octets stream = frame(hex("01")) + hex("2001") + Octets(100);
  FrameReader reader;

  EXPECT_THAT(read(reader, stream, 9000), ElementsAre(hex("01")));

  EXPECT_TRUE(reader.broken());
  EXPECT_TRUE(reader.space().empty());
  EXPECT_FALSE(reader.next());
}

TEST(FramingTest, TellsOfABrokenStreamBeforeTheFrameHasCome) {
  FrameReader reader;

  EXPECT_THAT(read(reader, hex("ffff"), 1), IsEmpty());

  EXPECT_TRUE(reader.broken());
}

TEST(FramingTest, PassesOverNullPackets) {
  const Octets stream = frame({}) + frame({}) + frame(hex("01")) + frame({});
  FrameReader reader;

  EXPECT_THAT(read(reader, stream, 3), ElementsAre(hex("01")));
  EXPECT_FALSE(reader.broken());
}

TEST(FramingTest, NeverTakesMoreThanThereIsSpace) {
  FrameReader reader;
  const std::size_t space = reader.space().size();

  reader.fill(space + 1);

  EXPECT_TRUE(reader.space().empty());
}

} // namespace
} // namespace fanlight::fanout
