#include <gmock/gmock.h>

#include "network.h"
#include "service_fixture.h"
#include "viewing.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

/// A camera that sends to a group, on a machine of its own: its server takes the group's port.
class MulticastTest : public ServiceTest {
 protected:
  void SetUp() override {
    if (!network_.fault().empty()) GTEST_SKIP() << network_.fault();
    start_camera();
  }
  ~MulticastTest() override {
    service.reset();
    cameras.reset();
  }

  void start_camera() {
    cameras.reset();
    network_.at_far([this] {
      cameras = std::make_unique<CamsimProcess>(std::vector<std::string>{
          "--listen", "10.77.0.2:8554", "--camera", small("front") + ",multicast=239.77.0.1"});
    });
    ASSERT_TRUE(cameras->wait_ready()) << cameras->read_errors();
  }

 private:
  const Network network_;
};

TEST_F(MulticastTest, ShowsACameraOfAGroupAndFindsItAgainAfterARestart) {
  start_service({camera("front", "    transport: multicast\n")});

  const Viewing viewing = view(url("/whep/front"), {"--codec", "h264", "--frames", "50"});

  EXPECT_EQ(viewing.exit_code, 0) << viewing.output;
  EXPECT_EQ(viewing["width"], "320");

  // It would have them after 8 s, so some are of after the restart.
  Process viewer{viewer_command(url("/whep/front"), {"--codec", "h264", "--frames", "200"})};
  poll(
      "/api/sessions", [](const Response& r) { return r.body.find("\"front\"") != r.body.npos; },
      "a viewer");
  start_camera();

  EXPECT_EQ(viewer.wait_exit(), 0) << viewer.output();
  EXPECT_THAT(service->output(), HasSubstr("retry_ms="));
}

} // namespace
} // namespace fanlight::test
