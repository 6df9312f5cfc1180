#include "server_fixture.h"

#include <gmock/gmock.h>

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class RestTest : public ServerTest {
 protected:
  void SetUp() override {
    ServerTest::SetUp();
    start();
  }
};

TEST_F(RestTest, ListsCamerasInTheirOrder) {
  const Response response = get("/api/cameras");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.header("content-type"), "application/json");
  EXPECT_EQ(response.header("cache-control"), "no-store");
  EXPECT_EQ(response.header("access-control-allow-origin"), "*");
  EXPECT_LT(response.body.find("\"front\""), response.body.find("\"yard\""));
  EXPECT_THAT(response.body, HasSubstr("마당"));
}

} // namespace
} // namespace fanlight::test
