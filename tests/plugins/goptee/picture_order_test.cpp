// Which pictures are found to be shown before one that was sent earlier; the units are written here
// bit by bit, so that each field is in the test's hand.
#include "goptee/picture_order.h"

#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace fanlight::goptee {
namespace {

using Unit = std::vector<std::uint8_t>;

/// Writes a NAL unit behind a start code, with emulation prevention.
class Writer {
 public:
  explicit Writer(Unit header) : header_(std::move(header)) {}
  Writer& u(unsigned count, std::uint32_t value) {
    while (count-- > 0) bits_.push_back((value >> count & 1) != 0);
    return *this;
  }
  Writer& ue(std::uint32_t value) {
    unsigned length = 0;
    while ((value + 1) >> length > 1) ++length;
    return u(length, 0).u(length + 1, value + 1);
  }
  Unit unit() const {
    Unit bytes = header_;
    std::vector<bool> bits = bits_;
    bits.push_back(true);
    while (bits.size() % 8 != 0) bits.push_back(false);
    for (std::size_t i = 0; i < bits.size(); i += 8) {
      std::uint8_t byte = 0;
      for (std::size_t j = 0; j < 8; ++j) byte = static_cast<std::uint8_t>(byte << 1 | bits[i + j]);
      bytes.push_back(byte);
    }
    Unit out{0, 0, 0, 1};
    unsigned zeros = 0;
    for (const std::uint8_t byte : bytes) {
      if (zeros >= 2 && byte <= 3) {
        out.push_back(3);
        zeros = 0;
      }
      out.push_back(byte);
      zeros = byte == 0 ? zeros + 1 : 0;
    }
    return out;
  }

 private:
  Unit header_;
  std::vector<bool> bits_;
};

Unit operator+(Unit a, const Unit& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

constexpr std::uint32_t kP = 5;
constexpr std::uint32_t kB = 6;
constexpr std::uint32_t kI = 7;

struct PictureOrderTest : testing::Test {
  void begin(const char* caps) {
    GstCaps* parsed = gst_caps_from_string(caps);
    order.begin();
    order.set_caps(parsed);
    gst_caps_unref(parsed);
  }
  bool reordered(const Unit& unit) { return order.read(unit).value_or(false); }

  std::unique_ptr<PictureOrder> owned = std::make_unique<PictureOrder>();
  PictureOrder& order = *owned;
};

struct H264OrderTest : PictureOrderTest {
  void SetUp() override { begin("video/x-h264,stream-format=byte-stream,alignment=au"); }
  static Unit sps(unsigned order_bits = 6, std::uint32_t order_type = 0) {
    Writer writer({0x67});
    writer.u(8, 77).u(16, 30).ue(0).ue(0).ue(order_type);
    if (order_type == 0) writer.ue(order_bits - 4);
    return writer.ue(1).u(1, 0).ue(39).ue(29).u(1, 1).u(2, 0).unit();
  }
  static Unit idr() {
    return Writer({0x65}).ue(0).ue(kI).ue(0).u(4, 0).ue(0).u(6, 0).u(32, 0).unit();
  }
  static Unit slice(std::uint32_t type, std::uint32_t lsb, unsigned order_bits = 6) {
    return Writer({0x41}).ue(0).ue(type).ue(0).u(4, 1).u(order_bits, lsb).u(32, 0).unit();
  }
};

TEST_F(H264OrderTest, FindsBPicturesBetweenTheirReferences) {
  EXPECT_FALSE(reordered(sps() + idr()));
  EXPECT_FALSE(reordered(slice(kP, 6)));
  EXPECT_TRUE(reordered(slice(kB, 2)));
  EXPECT_TRUE(reordered(slice(kB, 4)));
  EXPECT_FALSE(reordered(slice(kP, 12)));
  EXPECT_TRUE(reordered(slice(kB, 8)));
}

TEST_F(H264OrderTest, LetsBPicturesPassThatLookBackOnly) {
  EXPECT_FALSE(reordered(sps() + idr()));
  for (std::uint32_t i = 1; i < 100; ++i) EXPECT_FALSE(reordered(slice(kB, 2 * i % 64))) << i;
}

TEST_F(H264OrderTest, CountsOverTheEndOfTheRange) {
  EXPECT_FALSE(reordered(sps() + idr()));
  EXPECT_FALSE(reordered(slice(kP, 30)));
  EXPECT_FALSE(reordered(slice(kP, 60)));
  EXPECT_FALSE(reordered(slice(kP, 2)));
  EXPECT_TRUE(reordered(slice(kB, 62)));
}

TEST_F(H264OrderTest, BeginsAnewWithTheCountInTheMiddleOfAGroup) {
  EXPECT_FALSE(reordered(sps() + idr()));
  EXPECT_FALSE(reordered(slice(kP, 20)));
  EXPECT_FALSE(reordered(slice(kP, 0))) << "memory_management_control_operation 5";
  EXPECT_FALSE(reordered(slice(kB, 2)));
}

TEST_F(H264OrderTest, TakesAStreamWithoutOrderCountAsItComes) {
  EXPECT_FALSE(reordered(sps(0, 2) + idr()));
  EXPECT_FALSE(reordered(slice(kB, 20)));
  EXPECT_FALSE(reordered(slice(kB, 2)));
}

TEST_F(H264OrderTest, TakesSlicesWithoutParameterSetsAsTheyCome) {
  EXPECT_FALSE(reordered(slice(kP, 20)));
  EXPECT_FALSE(reordered(slice(kB, 2)));
}

TEST_F(H264OrderTest, ReadsHighProfilesWithScalingLists) {
  Writer writer({0x67});
  writer.u(8, 100).u(16, 30).ue(0).ue(1).ue(0).ue(0).u(1, 0).u(1, 1);
  writer.u(1, 1); // A list of 16 deltas of 0, whose bytes want emulation prevention.
  for (int i = 0; i < 16; ++i) writer.ue(0);
  writer.u(1, 1).ue(16); // A list that ends at once: a delta of -8.
  writer.u(6, 0).ue(0).ue(0).ue(2);
  const Unit high = writer.ue(1).u(1, 0).ue(39).ue(29).u(1, 1).u(2, 0).unit();
  EXPECT_FALSE(reordered(high + idr()));
  EXPECT_FALSE(reordered(slice(kP, 6)));
  EXPECT_TRUE(reordered(slice(kB, 2)));
}

TEST_F(H264OrderTest, KeepsItsParameterSetsWhenOnlyTheCapsChange) {
  EXPECT_FALSE(reordered(sps() + idr()));
  EXPECT_FALSE(reordered(slice(kP, 6)));
  GstCaps* caps =
      gst_caps_from_string("video/x-h264,stream-format=byte-stream,alignment=au,framerate=25/1");
  order.set_caps(caps);
  gst_caps_unref(caps);
  EXPECT_TRUE(reordered(slice(kB, 2)));
}

TEST_F(H264OrderTest, LooksBehindWhatComesInFrontOfTheSlice) {
  EXPECT_FALSE(reordered(sps() + idr()));
  EXPECT_FALSE(reordered(slice(kP, 6)));
  Unit sei{0, 0, 1, 0x06};
  sei.resize(1000, 0x55);
  const Unit unit = sei + slice(kB, 2);
  GstBuffer* buffer = gst_buffer_new_memdup(unit.data(), unit.size());
  EXPECT_TRUE(order.is_reordered(buffer, false));
  gst_buffer_unref(buffer);
}

struct H265OrderTest : PictureOrderTest {
  void SetUp() override { begin("video/x-h265,stream-format=byte-stream,alignment=au"); }
  static Unit parameters(unsigned order_bits = 8, unsigned extra_bits = 0,
                         unsigned sub_layers = 0) {
    Writer sps({33 << 1, 1});
    sps.u(4, 0).u(3, sub_layers).u(1, 1).u(32, 0x01600000).u(32, 0).u(24, 0).u(8, 93);
    for (unsigned i = 0; i < sub_layers; ++i) sps.u(2, 3);
    if (sub_layers > 0) sps.u(2 * (8 - sub_layers), 0);
    for (unsigned i = 0; i < sub_layers; ++i) sps.u(32, 0).u(32, 0).u(32, 0);
    sps.ue(0).ue(1).ue(640).ue(360).u(1, 1).ue(0).ue(0).ue(0).ue(4).ue(0).ue(0);
    sps.ue(order_bits - 4).u(16, 0xffff);
    Writer pps({34 << 1, 1});
    pps.ue(0).ue(0).u(1, 0).u(1, 0).u(3, extra_bits).u(16, 0xffff);
    return sps.unit() + pps.unit();
  }
  static Unit slice(unsigned type, std::uint32_t lsb, unsigned extra_bits = 0) {
    Writer writer({static_cast<std::uint8_t>(type << 1), 1});
    writer.u(1, 1);
    if (type >= 16) writer.u(1, 0);
    writer.ue(0).u(extra_bits, 0).ue(0); // A slice of type B, as all are with a low delay.
    if (type != kIdr) writer.u(8, lsb);
    return writer.u(32, 0).unit();
  }
  static constexpr unsigned kTrailN = 0;
  static constexpr unsigned kTrailR = 1;
  static constexpr unsigned kRaslN = 8;
  static constexpr unsigned kIdr = 19;
  static constexpr unsigned kCra = 21;
};

TEST_F(H265OrderTest, FindsPicturesThatAreShownEarlier) {
  EXPECT_FALSE(reordered(parameters() + slice(kIdr, 0)));
  EXPECT_FALSE(reordered(slice(kTrailR, 4)));
  EXPECT_TRUE(reordered(slice(kTrailR, 2))) << "though others refer to it";
  EXPECT_TRUE(reordered(slice(kTrailN, 1)));
  EXPECT_TRUE(reordered(slice(kTrailN, 3)));
  EXPECT_FALSE(reordered(slice(kTrailR, 8)));
}

TEST_F(H265OrderTest, LetsLowDelayBSlicesPass) {
  EXPECT_FALSE(reordered(parameters() + slice(kIdr, 0)));
  for (std::uint32_t i = 1; i < 1000; ++i) EXPECT_FALSE(reordered(slice(kTrailR, i % 256))) << i;
}

TEST_F(H265OrderTest, FindsTheLeadingPicturesOfAnOpenGroup) {
  EXPECT_FALSE(reordered(parameters() + slice(kIdr, 0)));
  EXPECT_FALSE(reordered(slice(kTrailR, 4)));
  EXPECT_FALSE(reordered(slice(kCra, 8)));
  EXPECT_TRUE(reordered(slice(kRaslN, 6)));
  EXPECT_FALSE(reordered(slice(kTrailR, 12)));
}

TEST_F(H265OrderTest, ReadsStreamsWithSubLayersAndExtraBits) {
  EXPECT_FALSE(reordered(parameters(8, 2, 2) + slice(kIdr, 0, 2)));
  EXPECT_FALSE(reordered(slice(kTrailR, 4, 2)));
  EXPECT_TRUE(reordered(slice(kTrailR, 2, 2)));
}

TEST_F(H265OrderTest, LeavesOtherLayersAlone) {
  EXPECT_FALSE(reordered(parameters() + slice(kIdr, 0)));
  EXPECT_FALSE(reordered(slice(kTrailR, 4)));
  Unit other = slice(kTrailR, 2);
  other[5] = 1 << 3 | 1;
  EXPECT_EQ(order.read(other), std::nullopt);
}

TEST_F(PictureOrderTest, ReadsNothingElse) {
  for (const char* caps : {"video/x-h264,stream-format=avc,alignment=au", "video/x-vp8",
                           "video/x-h265,stream-format=byte-stream,alignment=nal"}) {
    begin(caps);
    const Unit unit = H264OrderTest::sps() + H264OrderTest::idr();
    GstBuffer* buffer = gst_buffer_new_memdup(unit.data(), unit.size());
    EXPECT_FALSE(order.is_reordered(buffer, true)) << caps;
    gst_buffer_unref(buffer);
  }
}

TEST_F(PictureOrderTest, BearsEveryEndAndEveryWrongByte) {
  const Unit h264 = H264OrderTest::sps() + H264OrderTest::idr() + H264OrderTest::slice(kB, 2);
  const Unit h265 = H265OrderTest::parameters() + H265OrderTest::slice(H265OrderTest::kIdr, 0) +
                    H265OrderTest::slice(H265OrderTest::kTrailR, 2);
  std::mt19937 random{7};
  for (const auto& [caps, good] :
       {std::pair{"video/x-h264", h264}, std::pair{"video/x-h265", h265}}) {
    begin((std::string{caps} + ",stream-format=byte-stream,alignment=au").c_str());
    // On the heap to the byte, so that a sanitizer sees what is read behind the end.
    for (std::size_t size = 0; size <= good.size(); ++size) {
      const Unit cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
      order.read(cut);
    }
    for (int i = 0; i < 20000; ++i) {
      Unit wrong = good;
      for (unsigned n = random() % 4 + 1; n > 0; --n)
        wrong[random() % wrong.size()] = static_cast<std::uint8_t>(random());
      order.read(wrong);
    }
    begin((std::string{caps} + ",stream-format=byte-stream,alignment=au").c_str());
    EXPECT_FALSE(reordered(good)) << "it recovers";
  }
}

} // namespace
} // namespace fanlight::goptee
