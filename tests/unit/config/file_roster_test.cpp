#include "config/file_roster.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/turn_until.h"

namespace fanlight {
namespace {

using test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct FakeStage : FileRoster::Stage {
  Result<Done> apply(const config::Config& wanted) override {
    if (error) return *error;
    applied.push_back(wanted);
    return Done{};
  }
  Result<Done> test(const config::Camera&, session::Roster::Tested done) override {
    done({});
    return Done{};
  }
  void on_reloading() override { ++reloading; }
  void on_reloaded(const std::string& outcome) override { outcomes.push_back(outcome); }

  std::optional<Error> error;
  std::vector<config::Config> applied;
  int reloading = 0;
  std::vector<std::string> outcomes;
};

/// Cameras front and back, written by hand.
class RosterTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-roster-XXXXXX").string();
    folder = mkdtemp(name.data());
    write("fanlight.yaml", kTwo);
    auto config = config::load(path("fanlight.yaml"));
    ASSERT_TRUE(config);
    roster = std::make_unique<FileRoster>(path("fanlight.yaml"), *config, stage);
  }
  void TearDown() override {
    roster.reset();
    std::filesystem::remove_all(folder);
  }
  std::string path(const std::string& name) const { return folder / name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path(name)} << text;
  }
  std::string read(const std::string& name) const {
    std::ifstream file{path(name)};
    return {std::istreambuf_iterator<char>(file), {}};
  }
  std::vector<config::Camera> with_yard() const {
    auto cameras = roster->config().cameras;
    config::Camera yard;
    yard.id = "yard";
    yard.streams = {{.url = "rtsp://192.0.2.3/"}};
    yard.origin.managed = true;
    cameras.insert(cameras.begin() + 1, yard);
    return cameras;
  }
  std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const auto& camera : roster->config().cameras) all.push_back(camera.id);
    return all;
  }

  static constexpr const char* kTwo = "cameras:\n"
                                      "  - {id: front, url: 'rtsp://192.0.2.1/'}\n"
                                      "  - {id: back, url: 'rtsp://192.0.2.2/'}\n";
  std::filesystem::path folder;
  FakeStage stage;
  std::unique_ptr<FileRoster> roster;
};

TEST_F(RosterTest, TakesOverWhatHasChangedInTheFile) {
  write("fanlight.yaml", "logging: {level: debug}\nserver: {listen: '127.0.0.1:1'}\n"
                         "cameras:\n  - {id: back, url: 'rtsp://192.0.2.2/', latency: 5ms}\n");

  const auto diff = roster->reload();

  ASSERT_TRUE(diff) << diff.error().message;
  EXPECT_THAT(diff->rebuilt, ElementsAre("back"));
  EXPECT_THAT(diff->removed, ElementsAre("front"));
  EXPECT_THAT(diff->needs_restart, ElementsAre("server.listen"));
  EXPECT_THAT(roster->needs_restart(), ElementsAre("server.listen"));
  EXPECT_THAT(ids(), ElementsAre("back"));
  EXPECT_EQ(roster->config().server.listen, config::Server{}.listen);
  EXPECT_EQ(roster->config().logging.level, log::Level::debug);
  EXPECT_EQ(stage.applied.back(), roster->config());
  EXPECT_EQ(stage.reloading, 1);
  EXPECT_THAT(stage.outcomes, ElementsAre(HasSubstr("1 rebuilt (back)")));
}

TEST_F(RosterTest, RefusesAFileWithAMistakeAsAWhole) {
  write("fanlight.yaml", "cameras:\n  - {id: new, url: 'rtsp://192.0.2.9/'}\n  - {id: back}\n");

  const auto diff = roster->reload();

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::invalid);
  EXPECT_THAT(diff.error().message, HasSubstr("fanlight.yaml:3:"));
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
  EXPECT_THAT(stage.applied, IsEmpty());
}

TEST_F(RosterTest, TakesAnEmptyFileForAMishap) {
  write("fanlight.yaml", "");

  const auto diff = roster->reload();

  ASSERT_FALSE(diff);
  EXPECT_THAT(diff.error().message, HasSubstr("is empty"));
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(RosterTest, StaysAsItIsWhereTheStageRefuses) {
  write("fanlight.yaml", "cameras: []\n");
  stage.error = Error{Errc::internal, "no element"};

  EXPECT_FALSE(roster->reload());

  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(RosterTest, RefusesASettingThatTheFileWouldNotGiveBack) {
  auto cameras = with_yard();
  cameras[1].name = "\xff"; // YAML has no way to write it.

  const auto diff = roster->change(cameras);

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::internal);
  EXPECT_THAT(diff.error().message, HasSubstr("a setting of camera 'yard' would be lost"));
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
  EXPECT_EQ(read("cameras.yaml"), "");
}

TEST_F(RosterTest, WritesWhatIsChangedAndReadsItAfterARestart) {
  const auto diff = roster->change(with_yard());

  ASSERT_TRUE(diff) << diff.error().message;
  EXPECT_THAT(diff->added, ElementsAre("yard"));
  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
  EXPECT_EQ(roster->config().cameras[1].origin.file, path("cameras.yaml"));
  EXPECT_GT(roster->config().cameras[1].origin.line, 1);
  const auto restarted = config::load(path("fanlight.yaml"));
  ASSERT_TRUE(restarted) << restarted.error().message;
  EXPECT_EQ(*restarted, roster->config());
  EXPECT_EQ(read("fanlight.yaml"), kTwo);
}

TEST_F(RosterTest, TakesBackWhatCannotBeApplied) {
  ASSERT_TRUE(roster->change(with_yard()));
  const std::string before = read("cameras.yaml");
  auto cameras = roster->config().cameras;
  cameras.erase(cameras.begin() + 1);
  stage.error = Error{Errc::internal, "no element"};

  EXPECT_FALSE(roster->change(cameras));

  EXPECT_EQ(read("cameras.yaml"), before);
  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
}

TEST_F(RosterTest, ChangesNothingThatCannotBeWritten) {
  std::filesystem::create_directory(path("cameras.yaml")); // A folder cannot be replaced by a file.

  const auto diff = roster->change(with_yard());

  ASSERT_FALSE(diff);
  EXPECT_THAT(diff.error().message, HasSubstr("cameras.yaml"));
  EXPECT_THAT(stage.applied, IsEmpty());
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(RosterTest, OverwritesNothingThatSomebodyHasWrittenMeanwhile) {
  ASSERT_TRUE(roster->change(with_yard()));
  const std::string by_hand = "cameras: [{id: yard, url: 'rtsp://192.0.2.7/'}, {id: oops}]\n";
  write("cameras.yaml", by_hand);

  const auto diff = roster->change(roster->config().cameras);

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::conflict);
  EXPECT_EQ(read("cameras.yaml"), by_hand);
}

TEST_F(RosterTest, TakesAVanishedFileOfManagedCamerasForAMishap) {
  ASSERT_TRUE(roster->change(with_yard()));
  std::filesystem::remove(path("cameras.yaml"));
  EXPECT_FALSE(roster->reload());
  write("cameras.yaml", "");
  EXPECT_FALSE(roster->reload());
  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));

  write("cameras.yaml", "cameras: []\n");

  EXPECT_TRUE(roster->reload());
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(RosterTest, TakesNoConfigurationForTheFileOfManagedCameras) {
  write("cameras.yaml", kTwo);

  const auto config = config::load(path("cameras.yaml"));

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("server.cameras_file"));
}

TEST_F(RosterTest, IsChangedWhileTheFileOnTheDiskHasMistakes) {
  write("fanlight.yaml", "cameras: [\n");
  EXPECT_FALSE(roster->reload());

  EXPECT_TRUE(roster->change(with_yard()));

  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
}

TEST_F(RosterTest, NoticesAFileThatIsWrittenOrReplaced) {
  roster->watch();
  write("fanlight.yaml", "cameras: [{id: back, url: 'rtsp://192.0.2.2/'}]\n");
  turn_until([this] { return ids().size() == 1; }, "the file to be noticed");

  write("draft.yaml", kTwo);
  std::filesystem::rename(path("draft.yaml"), path("fanlight.yaml")); // As editors do.
  turn_until([this] { return ids().size() == 2; }, "the new file to be noticed");

  write("cameras.yaml", "cameras: [{id: yard, url: 'rtsp://192.0.2.3/'}]\n");
  turn_until([this] { return ids().size() == 3; }, "the other file to be noticed");
  EXPECT_EQ(stage.applied.size(), 3u);
}

TEST_F(RosterTest, ReadsNothingAgainThatItHasWrittenItself) {
  roster->watch();
  ASSERT_TRUE(roster->change(with_yard()));
  Timer later;
  bool over = false;
  // Longer than any file is left alone.
  later.once(FileWatch::kQuiet * 6, [&over] { over = true; });

  turn_until([&over] { return over; }, "the time in which nothing is to happen");

  EXPECT_EQ(stage.reloading, 0);
}

} // namespace
} // namespace fanlight
