#include "rtpadpcmdepay/code_words.h"

#include <gmock/gmock.h>

namespace fanlight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// 160 code words of `bits`, in bytes: the first one at the lowest bit of the first byte, or at the
/// highest.
std::vector<std::uint8_t> packed(unsigned bits, bool lowest_first) {
  std::vector<std::uint8_t> bytes(160 * bits / 8);
  for (unsigned i = 0; i < 160 * bits; ++i) {
    const unsigned word = (7 * (i / bits) + 1) % (1u << bits);
    const unsigned of_word = lowest_first ? i % bits : bits - 1 - i % bits;
    const unsigned of_byte = lowest_first ? i % 8 : 7 - i % 8;
    bytes[i / 8] = static_cast<std::uint8_t>(bytes[i / 8] | (word >> of_word & 1u) << of_byte);
  }
  return bytes;
}

class CodeWordsTest : public testing::TestWithParam<unsigned> {};

TEST_P(CodeWordsTest, TurnsTheOrderOfRfc3551IntoThatOfDecoders) {
  EXPECT_EQ(in_decoding_order(packed(GetParam(), true), GetParam()), packed(GetParam(), false));
}

INSTANTIATE_TEST_SUITE_P(Bits, CodeWordsTest, testing::Values(2, 3, 4, 5));

TEST(CodeWordsTest, SwapsTheHalvesOfBytesAt32Kilobits) {
  const std::vector<std::uint8_t> bytes{0x21, 0x43, 0x65, 0x87};

  EXPECT_THAT(in_decoding_order(bytes, 4), ElementsAre(0x12, 0x34, 0x56, 0x78));
}

/// Of two and of four bits, the code words of each byte.
TEST(CodeWordsTest, LosesNoByteOfWholeCodeWords) {
  const std::vector<std::uint8_t> bytes{0x21, 0x43, 0xe4, 0x87, 0xa9};

  EXPECT_THAT(in_decoding_order(bytes, 4), ElementsAre(0x12, 0x34, 0x4e, 0x78, 0x9a));
  EXPECT_THAT(in_decoding_order(std::span{bytes}.subspan(2, 1), 2), ElementsAre(0x1b));
}

TEST(CodeWordsTest, DropsWhatMakesNoGroup) {
  const std::vector<std::uint8_t> bytes{1, 2};

  EXPECT_THAT(in_decoding_order(bytes, 3), IsEmpty());
}

} // namespace
} // namespace fanlight
