#include "cameras/registry.h"

#include <chrono>

#include <gmock/gmock.h>

#include "registry_fixture.h"

namespace fanlight::cameras {
namespace {

using test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Writes down what it hears.
struct Heard : CameraRegistry::Observer {
  void on_camera_added(const CameraRegistry::Entry& entry) override {
    events.push_back("added " + entry.settings.id);
  }
  void on_camera_removed(media::Camera& camera, CameraRegistry::Removal why) override {
    const bool replaced = why == CameraRegistry::Removal::replaced;
    events.push_back((replaced ? "replaced " : "removed ") + camera.config().id);
  }
  void on_camera_changed(const CameraRegistry::Entry& entry,
                         CameraRegistry::Change change) override {
    if (change == CameraRegistry::Change::viewers)
      events.push_back(entry.settings.id + " has " + std::to_string(entry.viewers));
    else
      states.push_back(media::to_string(entry.camera->state()));
  }
  void on_cameras_reordered() override { events.push_back("reordered"); }

  std::vector<std::string> events;
  std::vector<std::string> states; ///< Of cameras that change.
};

struct CameraRegistryTest : RegistryFixture {
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const CameraRegistry::Entry& entry : registry->all()) all.push_back(entry.settings.id);
    return all;
  }
  bool wait_for(const std::string& id, media::Camera::State state) const {
    return turn_until([&] { return registry->find(id)->camera->state() == state; },
                      id + " to be " + media::to_string(state));
  }

  Heard heard;
};

TEST_F(CameraRegistryTest, HasTheCamerasInTheOrderOfTheConfiguration) {
  EXPECT_THAT(ids(), ElementsAre("front", "garden"));
  ASSERT_NE(registry->find("garden"), nullptr);
  EXPECT_EQ(registry->find("garden")->camera->config().id, "garden");
  EXPECT_EQ(registry->find("cellar"), nullptr);
}

TEST_F(CameraRegistryTest, ConnectsNoCameraBeforeItStarts) {
  EXPECT_EQ(registry->find("front")->camera->state(), media::Camera::State::idle);

  registry->start();

  EXPECT_EQ(registry->find("front")->camera->state(), media::Camera::State::connecting);
}

TEST_F(CameraRegistryTest, TellsOfACameraThatCannotBeReached) {
  const Token observation = registry->observe(heard);
  registry->start();

  ASSERT_TRUE(wait_for("front", media::Camera::State::retrying));
  turn_until([this] { return !heard.states.empty(); }, "the news of it");

  EXPECT_THAT(registry->find("front")->camera->best().reason().message,
              HasSubstr("cannot reach 127.0.0.1:9"));
}

TEST_F(CameraRegistryTest, KeepsACameraWhoseMediaStayAsTheyAre) {
  const auto front = registry->find("front")->camera;
  const Token observation = registry->observe(heard);
  std::swap(config[0], config[1]);
  config[1].name = "Front door";
  config[1].max_viewers = 2;

  ASSERT_TRUE(registry->apply(config));

  EXPECT_THAT(ids(), ElementsAre("garden", "front"));
  EXPECT_EQ(registry->find("front")->camera, front);
  EXPECT_EQ(registry->find("front")->settings.name, "Front door");
  EXPECT_EQ(registry->find("front")->settings.max_viewers, 2u);
  EXPECT_THAT(heard.events, ElementsAre("reordered"));
}

TEST_F(CameraRegistryTest, TellsWhichCamerasAreRemovedReplacedAndAddedAndThenThatTheListChanged) {
  const Token observation = registry->observe(heard);
  config[0].codecs = {config::VideoCodec::h264};
  config[1].id = "gate";

  ASSERT_TRUE(registry->apply(config));

  EXPECT_THAT(heard.events, ElementsAre("replaced front", "removed garden", "added front",
                                        "added gate", "reordered"));
  EXPECT_THAT(ids(), ElementsAre("front", "gate"));
}

TEST_F(CameraRegistryTest, TellsNothingWhereNothingChanges) {
  const Token observation = registry->observe(heard);

  ASSERT_TRUE(registry->apply(config));

  EXPECT_THAT(heard.events, IsEmpty());
}

TEST_F(CameraRegistryTest, ChangesNothingBeforeItCommits) {
  const Token observation = registry->observe(heard);
  const auto front = registry->find("front")->camera;
  config[0].codecs = {config::VideoCodec::h264};
  config::Config wanted;
  wanted.cameras = config;

  ASSERT_TRUE(registry->prepare(wanted, {}));
  EXPECT_EQ(registry->find("front")->camera, front);
  registry->abandon();
  ASSERT_TRUE(registry->prepare(wanted, {}));
  EXPECT_THAT(heard.events, IsEmpty());
  registry->commit();

  EXPECT_NE(registry->find("front")->camera, front);
  EXPECT_THAT(heard.events, ElementsAre("replaced front", "added front", "reordered"));
}

TEST_F(CameraRegistryTest, StopsACameraThatIsRemoved) {
  registry->start();
  const auto garden = registry->find("garden")->camera;
  config.pop_back();

  ASSERT_TRUE(registry->apply(config));

  EXPECT_EQ(garden->state(), media::Camera::State::idle);
}

TEST_F(CameraRegistryTest, ConnectsNewCamerasOnceItHasStarted) {
  registry->start();
  config[0].id = "gate";

  ASSERT_TRUE(registry->apply(config));

  EXPECT_EQ(registry->find("gate")->camera->state(), media::Camera::State::connecting);
}

TEST_F(CameraRegistryTest, CountsTheViewersOfACameraAndTellsHowManyThereAre) {
  const Token observation = registry->observe(heard);
  const auto front = registry->find("front")->camera;

  Token first = registry->count_viewer(*front);
  const Token second = registry->count_viewer(*front);
  first.reset();

  EXPECT_EQ(registry->find("front")->viewers, 1u);
  EXPECT_THAT(heard.events, ElementsAre("front has 1", "front has 2", "front has 1"));
}

TEST_F(CameraRegistryTest, CountsNoViewersOfTheCameraBefore) {
  const Token before = registry->count_viewer(*registry->find("front")->camera);
  const auto old = registry->find("front")->camera;
  config[0].codecs = {config::VideoCodec::h264};
  ASSERT_TRUE(registry->apply(config));
  EXPECT_EQ(registry->find("front")->viewers, 0u);

  const Token late = registry->count_viewer(*old);

  EXPECT_EQ(registry->find("front")->viewers, 0u);
}

TEST_F(CameraRegistryTest, TellsNobodyWhoHasStoppedObserving) {
  Token observation = registry->observe(heard);
  observation.reset();
  config.pop_back();

  ASSERT_TRUE(registry->apply(config));

  EXPECT_THAT(heard.events, IsEmpty());
}

TEST_F(CameraRegistryTest, TellsWhatAProbeOfAStreamFound) {
  std::vector<ProbeResult> found;

  ASSERT_TRUE(registry->probe(config[0], [&](const ProbeResult& result) { //
    found.push_back(result);
  }));

  EXPECT_THAT(found, IsEmpty()) << "in a later turn";
  turn_until([&found] { return !found.empty(); }, "the result");
  EXPECT_FALSE(found[0].ok);
  EXPECT_THAT(found[0].reason.message, HasSubstr("cannot reach 127.0.0.1:9"));
}

TEST_F(CameraRegistryTest, ChangesAndProbesNothingAfterItHasDrained) {
  registry->start();

  registry->drain();

  EXPECT_EQ(registry->find("front")->camera->state(), media::Camera::State::idle);
  EXPECT_EQ(registry->apply({}).error().code, Errc::unavailable);
  const auto probed = registry->probe(config[0], [](const ProbeResult&) {});
  ASSERT_FALSE(probed);
  EXPECT_EQ(probed.error().code, Errc::unavailable);
  EXPECT_THAT(ids(), ElementsAre("front", "garden"));
}

} // namespace
} // namespace fanlight::cameras
