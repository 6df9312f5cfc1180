// Files that the store does not take.
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "file_store_fixture.h"
#include "support/turn_until.h"

namespace fanlight::config {
namespace {

using test::turn_until;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(FileStoreTest, RefusesAFileWithAMistakeAsAWhole) {
  write("fanlight.yaml", "cameras:\n  - {id: new, url: 'rtsp://192.0.2.9/'}\n  - {id: back}\n");

  const auto diff = store->reload();

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::invalid);
  EXPECT_THAT(diff.error().message, HasSubstr("fanlight.yaml:3:"));
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
  EXPECT_THAT(subscriber.committed, IsEmpty());
}

TEST_F(FileStoreTest, TakesAnEmptyFileForAMishap) {
  write("fanlight.yaml", "");

  const auto diff = store->reload();

  ASSERT_FALSE(diff);
  EXPECT_THAT(diff.error().message, HasSubstr("is empty"));
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(FileStoreTest, AcceptsAFileThatIsReloadedOnlyWhereAStartAcceptsIt) {
  const std::string none = "cameras: []\n";
  const std::string mistake = "cameras: [{id: yard}]\n";
  for (const auto& [own, managed] : std::vector<std::pair<std::string, std::string>>{
           {none, none}, {"", none}, {none, ""}, {mistake, none}, {none, mistake}, {none, kTwo}}) {
    write("fanlight.yaml", own);
    write("cameras.yaml", managed);

    const auto started = load(path("fanlight.yaml"));
    const auto reloaded = store->reload();

    EXPECT_EQ(started ? "" : started.error().message, reloaded ? "" : reloaded.error().message);
  }
}

TEST_F(FileStoreTest, TakesAVanishedFileOfManagedCamerasForAMishap) {
  ASSERT_TRUE(store->change(with_yard()));
  std::filesystem::remove(path("cameras.yaml"));
  EXPECT_FALSE(store->reload());
  write("cameras.yaml", "");
  EXPECT_FALSE(store->reload());
  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));

  write("cameras.yaml", "cameras: []\n");

  EXPECT_TRUE(store->reload());
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(FileStoreTest, TakesNoConfigurationForTheFileOfManagedCameras) {
  write("cameras.yaml", kTwo);

  const auto config = load(path("cameras.yaml"));

  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, HasSubstr("server.cameras_file"));
}

TEST_F(FileStoreTest, KeepsWhyTheFilesWereNotTakenUntilTheyAre) {
  EXPECT_FALSE(store->mistake());
  write("cameras.yaml", "cameras:\n  - id: yard\n    url: nowhere\n    latensy: 1s\n");
  EXPECT_FALSE(store->reload());

  ASSERT_TRUE(store->mistake());
  EXPECT_EQ(store->mistake()->file, path("cameras.yaml"));
  EXPECT_EQ(store->mistake()->line, 3);
  EXPECT_THAT(store->mistake()->error.message,
              AllOf(HasSubstr("cameras.yaml:3:10: "), HasSubstr("cameras.yaml:4:5: ")));
  write("cameras.yaml", "cameras: []\n");
  EXPECT_TRUE(store->reload());
  EXPECT_FALSE(store->mistake());
}

TEST_F(FileStoreTest, KeepsWhyItIsNotTakenWhenSomethingElseChanges) {
  write("fanlight.yaml", "");
  EXPECT_FALSE(store->reload());

  EXPECT_TRUE(store->change(with_yard()));

  ASSERT_TRUE(store->mistake());
  EXPECT_EQ(store->mistake()->file, path("fanlight.yaml"));
  EXPECT_EQ(store->mistake()->line, 0);
}

TEST_F(FileStoreTest, KeepsNothingOfAFileThatItHasWrittenAnew) {
  write("cameras.yaml", "");
  EXPECT_FALSE(store->reload());

  EXPECT_TRUE(store->change(with_yard()));

  EXPECT_FALSE(store->mistake());
}

TEST_F(FileStoreTest, NamesTheFileThatHasChangedAndTheOneThatHasMistakes) {
  store->watch();
  for (const std::string name : {"cameras.yaml", "fanlight.yaml"}) {
    observer.outcomes.clear();
    testing::internal::CaptureStderr();
    write(name, "cameras:\n  - {id: yard}\n");
    turn_until([this] { return !observer.outcomes.empty(); }, "the mistake to be found");
    const std::string log = testing::internal::GetCapturedStderr();

    EXPECT_THAT(log, HasSubstr("file=" + path(name) + " the configuration file changed"));
    EXPECT_THAT(log,
                HasSubstr("file=" + path(name) + " the server keeps its previous configuration"));
  }
}

TEST_F(FileStoreTest, SaysByItselfThatTheConfigurationWouldBeTheFileOfItsCameras) {
  store->watch();

  write("fanlight.yaml", "server: {cameras_file: fanlight.yaml}\n");

  turn_until([this] { return !observer.outcomes.empty(); }, "the mistake to be found");
  ASSERT_TRUE(store->mistake());
  EXPECT_THAT(store->mistake()->error.message,
              HasSubstr("server.cameras_file: is the configuration itself"));
  write("fanlight.yaml", kTwo);
  turn_until([this] { return !store->mistake(); }, "the file to be as it was");
}

TEST_F(FileStoreTest, NamesTheFileThatCannotBeRead) {
  std::filesystem::create_directory(path("cameras.yaml"));
  testing::internal::CaptureStderr();

  EXPECT_FALSE(store->reload());

  EXPECT_THAT(testing::internal::GetCapturedStderr(),
              HasSubstr("file=" + path("cameras.yaml") + " the server keeps its previous"));
  EXPECT_EQ(observer.reloading, 1);
  EXPECT_EQ(observer.outcomes.size(), 1u);
  store->watch();
  std::filesystem::remove(path("cameras.yaml"));
  turn_until([this] { return !store->mistake(); }, "both to be readable again");
  std::filesystem::create_directory(path("cameras.yaml"));
  turn_until([this] { return store->mistake().has_value(); }, "that to be noticed by itself");
}

} // namespace
} // namespace fanlight::config
