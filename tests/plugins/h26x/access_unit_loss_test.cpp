// What is made of a picture of which packets are missing.
#include "h26x/access_unit_assembler.h"

#include <gmock/gmock.h>

#include "h26x/assembler_fixture.h"

namespace fanlight::h26x {
namespace {

using namespace test;
using testing::SizeIs;

INSTANTIATE_TEST_SUITE_P(Codecs, AssemblerTest, testing::Values(Codec::h264, Codec::h265), name_of);

TEST_P(AssemblerTest, MarksWhatALossMeans) {
  send_picture(true, true);
  send(slice(false, true));
  lose();
  send(slice(false, false), true);
  next_picture();
  lose();
  send_picture(false, true);
  send_picture(false, true);
  end();

  ASSERT_THAT(units_, SizeIs(4));
  EXPECT_TRUE(units_[1].damaged) << "a slice may be missing";
  EXPECT_FALSE(units_[2].damaged) << "it is whole";
  EXPECT_TRUE(units_[2].discont) << "but something before it is missing";
  EXPECT_FALSE(units_[3].discont);
}

TEST_P(AssemblerTest, DoesNotBeginWithADamagedKeyPicture) {
  const auto send_damaged = [this] {
    send_sets();
    lose();
    send(slice(true, false), true);
    next_picture();
  };
  send_damaged();
  send_picture(false, true);
  EXPECT_TRUE(stats().waiting);
  send_damaged();
  send_damaged();
  send_picture(false, true);

  EXPECT_FALSE(stats().waiting) << "some lines are never better";
}

TEST_P(AssemblerTest, DropsAUnitOfWhichAFragmentIsLost) {
  send_picture(true, true);
  const Unit whole = slice(false, true);
  const Unit cut = slice(false, false);
  const std::ptrdiff_t header = codec() == Codec::h264 ? 1 : 2;
  const Unit begins = codec() == Codec::h264 ? Unit{0x5c, 0x80 | 1} : Unit{49 << 1, 1, 0x80 | 1};
  const Unit ends = codec() == Codec::h264 ? Unit{0x5c, 0x40 | 1} : Unit{49 << 1, 1, 0x40 | 1};
  send(whole);
  send(begins + Unit(cut.begin() + header, cut.begin() + 10));
  lose();
  send(ends + Unit(cut.begin() + 20, cut.end()), true);
  next_picture();
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_EQ(units_[1].bytes, coded(whole));
  EXPECT_TRUE(units_[1].damaged);
}

TEST_P(AssemblerTest, DropsAPictureThatIsTooLarge) {
  send_picture(true, true);
  const Unit much(60'000, 0x22);
  for (std::size_t sent = 0; sent <= AccessUnitAssembler::kMostBytes; sent += much.size())
    send(slice(false, sent == 0) + much);
  next_picture();
  send_picture(false, true);
  end();

  ASSERT_THAT(units_, SizeIs(2));
  EXPECT_TRUE(units_[1].discont);
}

} // namespace
} // namespace fanlight::h26x
