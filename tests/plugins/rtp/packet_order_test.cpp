// The order of RTP packets of a connection that keeps theirs.
#include "rtp/packet_order.h"

#include <numeric>
#include <ostream>
#include <vector>

#include <gmock/gmock.h>

#include "mini_ref.h"

namespace fanlight {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class PacketOrderTest : public testing::Test {
 protected:
  struct Sent {
    int number;
    bool after_gap;
    bool operator==(const Sent&) const = default;
    friend std::ostream& operator<<(std::ostream& out, const Sent& sent) {
      return out << sent.number << (sent.after_gap ? " after a gap" : "");
    }
  };
  /// What goes on when that packet comes.
  std::vector<Sent> come(int number) {
    GstBuffer* packet = gst_buffer_new();
    GST_BUFFER_OFFSET(packet) = static_cast<guint64>(number);
    order_.take(static_cast<guint16>(number), BufferRef::adopt(packet));
    std::vector<Sent> sent;
    while (auto turn = order_.next())
      sent.push_back({static_cast<int>(GST_BUFFER_OFFSET(turn->packet.get())), turn->after_gap});
    return sent;
  }

  PacketOrder<BufferRef> order_;
};

TEST_F(PacketOrderTest, PassesWhatIsInOrderOverTheWrap) {
  for (int number = 65000; number < 66000; ++number)
    EXPECT_THAT(come(number % 65536), ElementsAre(Sent{number % 65536, false}));
  EXPECT_EQ(order_.lost(), 0U);
}

TEST_F(PacketOrderTest, PutsAPacketInFrontOfThoseThatOvertookIt) {
  come(1);
  EXPECT_THAT(come(3), IsEmpty());
  EXPECT_THAT(come(2), ElementsAre(Sent{2, false}, Sent{3, false}));
  EXPECT_THAT(come(4), ElementsAre(Sent{4, false}));
  EXPECT_EQ(order_.lost(), 0U);
}

TEST_F(PacketOrderTest, WaitsForFourPacketsAndThenNoLonger) {
  come(1);
  for (int number = 3; number <= 6; ++number) EXPECT_THAT(come(number), IsEmpty());
  EXPECT_THAT(come(7), ElementsAre(Sent{3, true}, Sent{4, false}, Sent{5, false}, Sent{6, false},
                                   Sent{7, false}));
  EXPECT_EQ(order_.lost(), 1U);
}

TEST_F(PacketOrderTest, DoesNotWaitWhereTooManyAreMissing) {
  come(1);
  EXPECT_THAT(come(502), ElementsAre(Sent{502, true}));
  EXPECT_EQ(order_.lost(), 500U);
}

TEST_F(PacketOrderTest, DropsWhatComesTwice) {
  come(1);
  come(2);
  EXPECT_THAT(come(2), IsEmpty());
  EXPECT_THAT(come(1), IsEmpty());
  come(4);
  EXPECT_THAT(come(4), IsEmpty());
  EXPECT_THAT(come(3), ElementsAre(Sent{3, false}, Sent{4, false}));
  EXPECT_EQ(order_.repeated(), 3U);
}

TEST_F(PacketOrderTest, FollowsNumbersThatBeginAnewFarAway) {
  come(1);
  EXPECT_THAT(come(40000), ElementsAre(Sent{40000, true}));
  EXPECT_THAT(come(40001), ElementsAre(Sent{40001, false}));
  EXPECT_THAT(come(20000), ElementsAre(Sent{20000, true}));
  EXPECT_EQ(order_.lost(), 0U) << "nobody knows how many";
}

TEST_F(PacketOrderTest, FollowsNumbersThatBeginAnewALittleBackAfterFive) {
  for (int number = 1; number <= 50; ++number) come(number);
  for (int number = 10; number < 14; ++number) EXPECT_THAT(come(number), IsEmpty());
  EXPECT_THAT(come(14), ElementsAre(Sent{14, true}));
  EXPECT_THAT(come(15), ElementsAre(Sent{15, false}));
}

TEST_F(PacketOrderTest, SendsWhatWaitedBeforeNumbersThatBeginAnew) {
  come(1);
  come(3);
  EXPECT_THAT(come(40000), ElementsAre(Sent{3, true}, Sent{40000, true}));
  EXPECT_THAT(come(40001), ElementsAre(Sent{40001, false}));
}

TEST_F(PacketOrderTest, BeginsWithAnyNumberOnceItHasForgotten) {
  come(1);
  come(3);
  order_.forget();
  EXPECT_THAT(come(7), ElementsAre(Sent{7, false}));
}

} // namespace
} // namespace fanlight
