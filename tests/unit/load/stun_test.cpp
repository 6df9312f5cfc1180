#include "load/rtc/stun.h"

#include <gmock/gmock.h>

namespace fanlight::load {
namespace {

using testing::ElementsAreArray;

constexpr StunId kId{0xb7, 0xe7, 0xa7, 0x01, 0xbc, 0x34, 0xd6, 0x86, 0xfa, 0x87, 0xdf, 0xae};
const IceCredentials kOurs{"evtj", "VOkJxbRl1RmTxUk/WvJxBt"};
const IceCredentials kTheirs{"h6vY", "secretsecretsecretsecret"};

/// The value of an attribute.
std::vector<std::uint8_t> attribute(const std::vector<std::uint8_t>& message, unsigned type) {
  for (std::size_t at = 20; at + 4 <= message.size();
       at += 4 + (get16(message, at + 2) + 3U) / 4 * 4)
    if (get16(message, at) == type)
      return {message.begin() + static_cast<std::ptrdiff_t>(at) + 4,
              message.begin() + static_cast<std::ptrdiff_t>(at) + 4 + get16(message, at + 2)};
  ADD_FAILURE() << "no attribute " << type;
  return {};
}

TEST(StunTest, NamesTheOtherSideFirstInACheck) {
  const auto request = binding_request(kId, kOurs, kTheirs, 5);

  const auto name = attribute(request, 0x0006);
  EXPECT_EQ(std::string(name.begin(), name.end()), "h6vY:evtj");
  EXPECT_THAT(attribute(request, 0x0024), ElementsAreArray({0, 0, 0, 5}));
  EXPECT_EQ(attribute(request, 0x0025).size(), 0U) << "it nominates";
  EXPECT_EQ(attribute(request, 0x0008).size(), 20U);
  EXPECT_EQ(get16(request, 2), request.size() - 20);
  const auto read = read_stun(request);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, Stun::Type::request);
  EXPECT_EQ(read->id, kId);
}

TEST(StunTest, WritesTheAddressAsRfc5769Section22Has) {
  const auto response = binding_response(kId, kOurs, *Address::parse("192.0.2.1", 32853));

  EXPECT_THAT(attribute(response, 0x0020),
              ElementsAreArray({0x00, 0x01, 0xa1, 0x47, 0xe1, 0x12, 0xa6, 0x43}));
}

TEST(StunTest, WritesTheAddressAsRfc5769Section23Has) {
  const auto response =
      binding_response(kId, kOurs, *Address::parse("2001:db8:1234:5678:11:2233:4455:6677", 32853));

  EXPECT_THAT(attribute(response, 0x0020),
              ElementsAreArray({0x00, 0x02, 0xa1, 0x47, 0x01, 0x13, 0xa9, 0xfa, 0xa5, 0xd3,
                                0xf1, 0x79, 0xbc, 0x25, 0xf4, 0xb5, 0xbe, 0xd2, 0xb9, 0xd9}));
}

TEST(StunTest, ReadsTheCodeOfAnError) {
  std::vector<std::uint8_t> error{0x01, 0x11, 0, 8, 0x21, 0x12, 0xa4, 0x42};
  error.insert(error.end(), kId.begin(), kId.end());
  for (const int byte : {0x00, 0x09, 0, 4, 0, 0, 4, 87})
    error.push_back(static_cast<std::uint8_t>(byte));

  const auto read = read_stun(error);

  ASSERT_TRUE(read);
  EXPECT_EQ(read->type, Stun::Type::error);
  EXPECT_EQ(read->error, 487U);
}

TEST(StunTest, KnowsWhatIsNoStun) {
  EXPECT_FALSE(read_stun(std::vector<std::uint8_t>(19)));
  EXPECT_FALSE(read_stun(std::vector<std::uint8_t>(20))) << "no magic cookie";
  EXPECT_FALSE(read_stun(std::vector<std::uint8_t>(40, 0x80)));
}

} // namespace
} // namespace fanlight::load
