// Units that cameras pack into one, with start codes.
#include "h26x/access_unit_assembler.h"

#include <gmock/gmock.h>

#include "h26x/assembler_fixture.h"

namespace fanlight::h26x {
namespace {

using namespace test;
using testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Codecs, AssemblerTest, testing::Values(Codec::h264, Codec::h265), name_of);

TEST_P(AssemblerTest, TakesAUnitApartThatComesInFragments) {
  const Sets sets = sets_of(codec());
  const Unit code{0, 0, 0, 1};
  const Unit picture = slice(true, true) + Unit(40'000, 0x33);
  const Unit packed = (codec() == Codec::h265 ? sets.vps + code : Unit{}) + sets.sps + code +
                      sets.pps + code + sei(codec()) + code + picture;
  for (const std::size_t size : {1U, 2U, 3U, 5U, 20U, 1200U, 60'000U}) {
    units_.clear();
    send_fragments(packed, size);
    send_picture(false, true);
    end();

    ASSERT_THAT(units_, SizeIs(2)) << size;
    EXPECT_EQ(units_[0].bytes, coded_sets() + coded(sei(codec())) + coded(picture)) << size;
    EXPECT_TRUE(units_[0].key);
    EXPECT_FALSE(units_[0].damaged);
  }
  EXPECT_EQ(stats().malformed, 0U);
}

TEST_P(AssemblerTest, TakesADelimiterOffAUnitThatComesInFragments) {
  const Unit code{0, 0, 1};
  send_sets();
  send_fragments(delimiter(codec()) + code + slice(true, true), 20);
  send_picture(false, true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_EQ(units_[0].bytes, coded_sets() + coded(slice(true, true)));
}

} // namespace
} // namespace fanlight::h26x
