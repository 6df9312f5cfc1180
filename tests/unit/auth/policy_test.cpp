#include "auth/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace fanlight::auth {
namespace {

using testing::HasSubstr;

Principal from(const std::string& address) {
  return {.address = address, .page = {.host = "nvr:8080"}};
}

TEST(AddressPolicyTest, PermitsSettingsToSomeAndTheRestToAllWhosePageMayAsk) {
  const config::Config config;
  const AddressPolicy policy{config};
  const Principal stranger = from("203.0.113.7");

  for (const Action action : {Action::view, Action::playback, Action::control, Action::inspect})
    EXPECT_FALSE(policy.refusal(stranger, action, "front")) << to_string(action);
  const auto refused = policy.refusal(stranger, Action::configure, "front");
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->failure, http::Failure::not_allowed);
  EXPECT_THAT(refused->detail.message, HasSubstr("private networks"));
  EXPECT_FALSE(policy.refusal(from("192.168.1.9"), Action::configure, "front"));
}

TEST(AddressPolicyTest, FollowsTheConfiguration) {
  config::Config config;
  const AddressPolicy policy{config};
  const RequestOrigin page{.host = "nvr:8080", .origin = "https://intranet.example.org"};
  EXPECT_EQ(policy.page_refusal(page)->failure, http::Failure::foreign_page);

  config.embed.origins = {"https://intranet.example.org"};
  config.server.settings = config::Access::none;

  EXPECT_FALSE(policy.page_refusal(page));
  EXPECT_TRUE(policy.refusal(from("127.0.0.1"), Action::configure, {}));
}

TEST(PrincipalTest, IsNearByItsAddress) {
  EXPECT_TRUE(from("::1").is_on_this_machine());
  EXPECT_TRUE(from("::1").is_on_private_network());
  EXPECT_FALSE(from("10.0.0.1").is_on_this_machine());
  EXPECT_TRUE(from("10.0.0.1").is_on_private_network());
  EXPECT_FALSE(from("203.0.113.7").is_on_private_network());
  EXPECT_FALSE(from("").is_on_private_network());
  EXPECT_FALSE(from("").is_on_this_machine());
}

TEST(ActionTest, HasAWordForEach) {
  EXPECT_STREQ(to_string(Action::view), "view");
  EXPECT_STREQ(to_string(Action::playback), "playback");
  EXPECT_STREQ(to_string(Action::control), "control");
  EXPECT_STREQ(to_string(Action::configure), "configure");
  EXPECT_STREQ(to_string(Action::inspect), "inspect");
}

} // namespace
} // namespace fanlight::auth
