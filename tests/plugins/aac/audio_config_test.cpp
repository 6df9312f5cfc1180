#include "aac/audio_config.h"

#include <gtest/gtest.h>

namespace fanlight::aac {
namespace {

TEST(AudioConfigTest, KnowsHowManySamplesAFrameHas) {
  const auto samples = [](const std::vector<std::uint8_t>& config) {
    Bits bits(config);
    return read_config(bits).value_or(AudioConfig{.samples = 0, .bytes = {}}).samples;
  };
  EXPECT_EQ(samples({0x14, 0x08}), 1024);
  EXPECT_EQ(samples({0x14, 0x0c}), 960);
  EXPECT_EQ(samples({0xb9, 0x88, 0x00}), 512); // AAC-LD
  EXPECT_EQ(samples({0xb9, 0x8c, 0x00}), 480);
}

} // namespace
} // namespace fanlight::aac
