#include <csignal>

#include <gmock/gmock.h>

#include "service_fixture.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;

/// Cameras that go, hang, refuse or are not there, as operators, pages and players see it.
class LostCameraTest : public ServiceTest {};

TEST_F(LostCameraTest, TellsAPageWhenACameraGoesAndComes) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");
  const auto page = open_page();
  ASSERT_TRUE(page->connected());
  page->next("hello");
  const auto next_state = [&](const std::string& state) {
    std::string camera;
    while (camera.find("\"state\":\"" + state + '"') == std::string::npos) {
      camera = page->next("camera");
      if (camera == "{}") return false;
    }
    return true;
  };

  cameras->signal(SIGKILL);
  EXPECT_TRUE(next_state("retrying"));
  EXPECT_THAT(get("/api/cameras/front").body, Not(HasSubstr("\"reason\":\"\"")));
  restart_cameras({small("front")});

  EXPECT_TRUE(next_state("live"));
}

TEST_F(LostCameraTest, KeepsASessionThroughACameraThatDiesAndReturns) {
  start_cameras({small("front")});
  start_service({camera("front")});
  const Response opened = post_offer("front");
  ASSERT_EQ(opened.status, 201) << opened.body;
  const std::string location = opened.session();
  const std::string id = location.substr(location.rfind('/') + 1);

  cameras->signal(SIGKILL);
  wait_state("front", "retrying");
  EXPECT_EQ(get("/api/sessions/" + id).status, 200);
  restart_cameras({small("front")});
  wait_state("front", "live");

  EXPECT_EQ(get("/api/sessions/" + id).status, 200);
}

TEST_F(LostCameraTest, SaysThatACameraIsNotThere) {
  start_cameras({small("front")});
  const CameraEntry gone = camera("front", "    start_timeout: 1s\n");
  cameras.reset();
  start_service({gone});

  const Response refused = post_offer("front");

  EXPECT_EQ(refused.status, 503) << refused.body;
  EXPECT_FALSE(refused.header("retry-after").empty());
  EXPECT_THAT(refused.header("content-type"), HasSubstr("problem+json"));
  EXPECT_EQ(get("/ready").status, 503);
}

TEST_F(LostCameraTest, DoesNotHammerACameraThatRefusesThePassword) {
  start_cameras({small("front") + ",auth=digest,user=admin,password=right"});
  std::string wrong = cameras->url("front");
  wrong.insert(wrong.find("://") + 3, "admin:wr0ngsecret@");
  start_service({{"front", wrong, ""}});

  const Response refused = wait_state("front", "refused");
  EXPECT_FALSE(text_of(refused.body, "reason").empty());
  const std::size_t age_then =
      std::stoul(refused.body.substr(refused.body.find("\"state_age_ms\":") + 15));

  // As long as several retries of a camera that is just unreachable would take.
  const Response still = poll(
      "/api/cameras/front",
      [&](const Response& r) {
        return text_of(r.body, "state") != "refused" ||
               std::stoul(r.body.substr(r.body.find("\"state_age_ms\":") + 15)) > age_then + 4000;
      },
      "four seconds of the same state");
  EXPECT_EQ(text_of(still.body, "state"), "refused");
  EXPECT_THAT(still.body, HasSubstr("\"reconnects\":0"));
}

TEST_F(LostCameraTest, EndsThoughACameraHangs) {
  start_cameras({small("front")});
  start_service({camera("front")});
  wait_state("front", "live");
  cameras->signal(SIGSTOP);

  service->signal(SIGTERM);

  EXPECT_EQ(service->wait_exit(), 0) << service->output();
  cameras->signal(SIGCONT);
}

} // namespace
} // namespace fanlight::test
