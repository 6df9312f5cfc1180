// Which source of packets goes on.
#include "rtp/ssrc_choice.h"

#include <vector>

#include <gmock/gmock.h>

#include "mini_ref.h"

namespace fanlight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class SsrcChoiceTest : public testing::Test {
 protected:
  /// A packet of that source comes; the offsets of those that go on.
  std::vector<guint64> come(std::uint32_t source, std::uint32_t timestamp) {
    GstBuffer* buffer = gst_buffer_new();
    GST_BUFFER_OFFSET(buffer) = ++count_;
    std::vector<guint64> passed;
    for (const BufferRef& packet : choice_.take(
             {.source = source, .timestamp = timestamp, .buffer = BufferRef::adopt(buffer)}))
      passed.push_back(GST_BUFFER_OFFSET(packet.get()));
    return passed;
  }

  SsrcChoice<BufferRef> choice_;
  guint64 count_ = 0;
};

TEST_F(SsrcChoiceTest, PassesAllOfTheOnlySource) {
  EXPECT_THAT(come(1, 0), IsEmpty());
  EXPECT_THAT(come(1, 0), IsEmpty());
  EXPECT_THAT(come(1, 0), ElementsAre(1, 2, 3));
  EXPECT_THAT(come(1, 10), ElementsAre(4));
  EXPECT_EQ(choice_.dropped(), 0u);
}

TEST_F(SsrcChoiceTest, DropsWhatWasLeftOverOfAnOldOne) {
  come(9, 0);
  come(9, 10);
  come(1, 0);
  come(1, 0);

  EXPECT_THAT(come(1, 0), ElementsAre(3, 4, 5));

  EXPECT_EQ(choice_.dropped(), 2u);
}

TEST_F(SsrcChoiceTest, DropsStrayPacketsInTheMiddle) {
  for (int i = 0; i < 3; ++i) come(1, 0);
  for (std::uint32_t frame = 1; frame < 10; ++frame) {
    EXPECT_THAT(come(9, frame), IsEmpty());
    EXPECT_THAT(come(9, frame + 100), IsEmpty());
    const auto passed = come(1, frame);
    EXPECT_THAT(passed, ElementsAre(count_));
  }
}

TEST_F(SsrcChoiceTest, FollowsASourceThatReplacesTheChosenOne) {
  for (int i = 0; i < 3; ++i) come(1, 0);
  EXPECT_THAT(come(2, 50), IsEmpty());
  EXPECT_THAT(come(2, 50), IsEmpty());
  EXPECT_THAT(come(2, 50), IsEmpty());

  EXPECT_THAT(come(2, 60), ElementsAre(4, 5, 6, 7));

  EXPECT_THAT(come(2, 60), ElementsAre(8));
}

TEST_F(SsrcChoiceTest, StaysWithOneOfTwoThatTakeTurns) {
  for (std::uint32_t frame = 0; frame < 10; ++frame) {
    for (int i = 0; i < 5; ++i) come(1, frame);
    for (int i = 0; i < 5; ++i) EXPECT_THAT(come(2, frame), IsEmpty());
  }
}

TEST_F(SsrcChoiceTest, HoldsNoMoreThanItsLimit) {
  std::vector<guint64> passed;
  for (std::uint32_t source = 1; source <= SsrcChoice<BufferRef>::kMostHeld; ++source)
    passed = come(source, 0);

  EXPECT_THAT(passed, ElementsAre(SsrcChoice<BufferRef>::kMostHeld));
}

} // namespace
} // namespace fanlight
