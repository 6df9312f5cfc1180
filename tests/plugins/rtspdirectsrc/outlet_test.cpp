#include "rtspdirectsrc/outlet.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "h26x/units.h"

namespace fanlight::direct {
namespace {

using h26x::Codec;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr GstClockTime kFrame = 40 * GST_MSECOND;

/// One medium with H.264 (96), H.265 (97) and PCMA (8), and what it gives out.
class OutletTest : public testing::Test, public Outlet::Exit {
 protected:
  struct Sent {
    std::string pad;
    std::size_t size;
    GstClockTime time;
    bool after_gap;
  };
  ~OutletTest() override {
    for (GstPad* pad : pads_) gst_object_unref(pad);
  }
  static std::vector<Outlet::Format> formats() {
    std::vector<Outlet::Format> all;
    for (const auto& [type, caps] :
         {std::pair{96, "application/x-rtp, media=video, clock-rate=90000, encoding-name=H264, "
                        "rtcp-fb-nack-pli=true"},
          std::pair{97, "application/x-rtp, media=video, clock-rate=90000, encoding-name=H265"},
          std::pair{8, "application/x-rtp, media=audio, clock-rate=8000, encoding-name=PCMA"}})
      all.push_back({.payload_type = static_cast<std::uint8_t>(type),
                     .caps = CapsRef::adopt(gst_caps_from_string(caps))});
    return all;
  }
  void send(int type, bool marker, const h26x::test::Unit& payload) {
    h26x::test::Unit packet{0x80, static_cast<std::uint8_t>(type | (marker ? 0x80 : 0)),
                            static_cast<std::uint8_t>(number_ >> 8),
                            static_cast<std::uint8_t>(number_)};
    for (const std::uint32_t value : {timestamp_, source_})
      for (const int shift : {24, 16, 8, 0})
        packet.push_back(static_cast<std::uint8_t>(value >> shift));
    packet.insert(packet.end(), payload.begin(), payload.end());
    ++number_;
    outlet_.take(packet, now_, static_cast<std::int64_t>(now_ / 1000));
  }
  void next_picture(std::uint32_t ticks = 3600) {
    timestamp_ += ticks;
    now_ += kFrame;
  }
  void send_picture(bool key, Codec codec = Codec::h264) {
    next_picture();
    const auto sets = h26x::test::sets_of(codec);
    const int type = codec == Codec::h264 ? 96 : 97;
    h26x::test::Units units{sets.sps, sets.pps};
    if (codec == Codec::h265) units.insert(units.begin(), sets.vps);
    if (key) send(type, false, h26x::test::aggregate(codec, units));
    send(type, true, h26x::test::slice(codec, key, true));
  }
  std::string sender_report(GstClockTime camera) const {
    std::string out{'\x80', '\xc8', 0, 6};
    const std::uint64_t ntp = (camera / GST_SECOND) << 32 |
                              gst_util_uint64_scale(camera % GST_SECOND, 1ULL << 32, GST_SECOND);
    for (const std::uint64_t value :
         {std::uint64_t{source_} << 32 | (ntp >> 32), ntp << 32 | timestamp_, std::uint64_t{0}})
      for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift);
    return out;
  }

  GstPad* open(const std::string& name, GstCaps* caps) override {
    gst_caps_unref(caps);
    pads_.push_back(GST_PAD(gst_object_ref_sink(gst_pad_new(name.c_str(), GST_PAD_SRC))));
    return pads_.back();
  }
  void push(GstPad* pad, BufferRef buffer) override {
    sent_.push_back({GST_PAD_NAME(pad), gst_buffer_get_size(buffer.get()),
                     GST_BUFFER_PTS(buffer.get()),
                     GST_BUFFER_FLAG_IS_SET(buffer.get(), GST_BUFFER_FLAG_DISCONT)});
  }
  void complain(const std::string&) override {}

  std::vector<GstPad*> pads_;
  std::vector<Sent> sent_;
  Outlet outlet_{"stream_0", formats(), *this};
  std::uint16_t number_ = 65534;
  std::uint32_t timestamp_ = 0;
  std::uint32_t source_ = 7;
  GstClockTime now_ = GST_SECOND;
};

TEST_F(OutletTest, GivesPicturesTheDistanceOfTheirTimestamps) {
  send_picture(true);
  for (int i = 0; i < 3; ++i) send_picture(false);
  now_ += 30 * GST_MSECOND; // One is late.
  send_picture(false);
  now_ -= 30 * GST_MSECOND;
  send_picture(false);

  ASSERT_GE(sent_.size(), 4u);
  for (std::size_t i = 1; i < sent_.size(); ++i)
    EXPECT_NEAR(static_cast<double>(sent_[i].time - sent_[i - 1].time), double{kFrame},
                double{2 * GST_MSECOND})
        << i;
}

TEST_F(OutletTest, PutsPacketsInOrderAndCountsWhatIsMissing) {
  for (int i = 0; i < 3; ++i) send(8, false, {1});
  number_ += 1;
  send(8, false, {2, 2});
  EXPECT_THAT(sent_, SizeIs(3)) << "it waits for the one before";
  number_ -= 2;
  send(8, false, {3, 3, 3});
  EXPECT_THAT(sent_, SizeIs(5));
  EXPECT_EQ(sent_[3].size, 15u);
  EXPECT_EQ(sent_[4].size, 14u);
  EXPECT_EQ(outlet_.stats().lost, 0u);

  number_ += 2;
  for (int i = 0; i < 5; ++i) send(8, false, {4});

  EXPECT_EQ(outlet_.stats().lost, 1u);
  EXPECT_TRUE(sent_[5].after_gap);
}

TEST_F(OutletTest, IgnoresAPacketOfAnOldSource) {
  source_ = 9;
  send(8, false, {1});
  source_ = 7;
  for (int i = 0; i < 3; ++i) send(8, false, {1, 1});

  EXPECT_THAT(sent_, SizeIs(3));
}

TEST_F(OutletTest, FollowsTheCodecThatComes) {
  send_picture(true);
  for (int i = 0; i < 3; ++i) send_picture(false);
  const std::size_t before = sent_.size();

  send_picture(true, Codec::h265);
  for (int i = 0; i < 3; ++i) send_picture(false, Codec::h265);

  ASSERT_THAT(pads_, SizeIs(2));
  ASSERT_GT(sent_.size(), before);
  EXPECT_EQ(sent_.back().pad, "stream_0_97");
}

TEST_F(OutletTest, AsksForAKeyFrameOnlyAsOftenAsACameraTakes) {
  for (int i = 0; i < 4; ++i) send_picture(false);
  const auto request = outlet_.report(1'000'000);
  const auto again = outlet_.report(1'100'000);

  EXPECT_THAT(
      std::vector(request.begin() + static_cast<std::ptrdiff_t>(request.size()) - 12,
                  request.end()),
      ElementsAre(0x81, 206, 0, 2, testing::_, testing::_, testing::_, testing::_, 0, 0, 0, 7));
  EXPECT_THAT(again, IsEmpty());
}

TEST_F(OutletTest, TellsWhenTheCameraTookWhatItSent) {
  for (int i = 0; i < 3; ++i) {
    next_picture(320);
    send(8, false, {1});
  }
  const std::string report = sender_report(3'900'000'000 * GST_SECOND + 500 * GST_MSECOND);

  outlet_.take_control({reinterpret_cast<const std::uint8_t*>(report.data()), report.size()}, 0);
  const auto reported = outlet_.reported();

  ASSERT_TRUE(reported);
  EXPECT_NEAR(static_cast<double>(reported->camera % GST_SECOND), 5e8, 1e3);
  EXPECT_FALSE(outlet_.reported()) << "it is told once";
  outlet_.set_offset(GST_SECOND);
  const GstClockTime last = sent_.back().time;
  next_picture(320);
  send(8, false, {1});
  EXPECT_GT(sent_.back().time, last + GST_SECOND);
}

TEST_F(OutletTest, TellsNoTimeOfACameraWithoutAClock) {
  for (int i = 0; i < 3; ++i) {
    next_picture(320);
    send(8, false, {1});
  }
  const std::string report = sender_report(0);

  outlet_.take_control({reinterpret_cast<const std::uint8_t*>(report.data()), report.size()}, 0);

  EXPECT_FALSE(outlet_.reported());
}

} // namespace
} // namespace fanlight::direct
