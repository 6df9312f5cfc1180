#include "cameras/camera_views.h"

#include <gmock/gmock.h>

#include "registry_fixture.h"

namespace fanlight::cameras {
namespace {

using test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

struct Listener : CameraObserver {
  void on_camera_changed(const CameraInfo& info) override { cameras.push_back(info); }
  void on_cameras_replaced() override { ++replaced; }
  std::vector<CameraInfo> cameras;
  int replaced = 0;
};

struct CameraViewsTest : RegistryFixture {
  void SetUp() override {
    RegistryFixture::SetUp();
    if (registry) views = std::make_unique<CameraViews>(*registry);
  }
  void TearDown() override {
    views.reset();
    RegistryFixture::TearDown();
  }

  std::unique_ptr<CameraViews> views;
  Listener listener;
};

TEST_F(CameraViewsTest, ListsTheCamerasInOrderAndWithoutCredentials) {
  EXPECT_THAT(views->camera_ids(), ElementsAre("front", "garden"));
  const auto front = views->camera("front");
  ASSERT_TRUE(front);
  EXPECT_EQ(front->id, "front");
  EXPECT_EQ(front->name, "front");
  EXPECT_EQ(front->best.state, "idle");
  EXPECT_THAT(front->best.url, Not(HasSubstr("sesame")));
  EXPECT_FALSE(views->camera("cellar"));
}

TEST_F(CameraViewsTest, ReportsACameraThatCannotBeReached) {
  views->add_observer(listener);
  registry->start();

  turn_until(
      [this] {
        return !listener.cameras.empty() && listener.cameras.back().best.state == "retrying";
      },
      "the camera to be retried");

  EXPECT_THAT(listener.cameras.back().best.reason.message, HasSubstr("cannot reach 127.0.0.1:9"));
  views->remove_observer(listener);
}

TEST_F(CameraViewsTest, TellsHowManyViewersACameraHas) {
  views->add_observer(listener);

  const Token counted = registry->count_viewer(*registry->find("garden")->camera);

  ASSERT_EQ(listener.cameras.size(), 1u);
  EXPECT_EQ(listener.cameras[0].id, "garden");
  EXPECT_EQ(listener.cameras[0].viewers, 1u);
  EXPECT_EQ(views->camera("garden")->viewers, 1u);
  views->remove_observer(listener);
}

TEST_F(CameraViewsTest, TellsWhoListensWhenTheCamerasAreOthersAndOnlyThen) {
  views->add_observer(listener);
  ASSERT_TRUE(registry->apply(config));
  EXPECT_EQ(listener.replaced, 0);
  config[0].id = "gate";

  ASSERT_TRUE(registry->apply(config));

  EXPECT_EQ(listener.replaced, 1);
  EXPECT_TRUE(views->camera("gate"));
  EXPECT_FALSE(views->camera("front"));
  views->remove_observer(listener);
}

TEST_F(CameraViewsTest, DrawsTheCamerasPipeline) {
  std::string dot;
  std::optional<Errc> refusal;
  views->draw_pipeline("front", [&dot](const auto& drawn) { dot = **drawn; });
  views->draw_pipeline("cellar", [&](const auto& drawn) { refusal = drawn.error().code; });
  EXPECT_FALSE(refusal) << "in a later turn";
  turn_until([&] { return !dot.empty() && refusal; }, "the drawing");
  EXPECT_THAT(dot, HasSubstr("tee-main-H264"));
  EXPECT_EQ(refusal, Errc::not_found);
}

} // namespace
} // namespace fanlight::cameras
