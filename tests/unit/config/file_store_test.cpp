#include "config/file_store.h"

#include <filesystem>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>

#include "file_store_fixture.h"
#include "support/turn_until.h"

namespace fanlight::config {
namespace {

using test::turn_until;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(FileStoreTest, TakesOverWhatHasChangedInTheFile) {
  write("fanlight.yaml", "logging: {level: debug}\nserver: {listen: '127.0.0.1:1'}\n"
                         "cameras:\n  - {id: back, url: 'rtsp://192.0.2.2/', latency: 5ms}\n");

  const auto diff = store->reload();

  ASSERT_TRUE(diff) << diff.error().message;
  EXPECT_THAT(diff->rebuilt, ElementsAre("back"));
  EXPECT_THAT(diff->removed, ElementsAre("front"));
  EXPECT_THAT(diff->needs_restart, ElementsAre("server.listen"));
  EXPECT_THAT(store->needs_restart(), ElementsAre("server.listen"));
  EXPECT_THAT(ids(), ElementsAre("back"));
  EXPECT_EQ(store->current().server.listen, Server{}.listen);
  EXPECT_EQ(store->current().logging.level, log::Level::debug);
  EXPECT_EQ(subscriber.committed.back(), store->current());
  EXPECT_EQ(observer.reloading, 1);
  EXPECT_THAT(observer.outcomes, ElementsAre(HasSubstr("1 rebuilt (back)")));
}

TEST_F(FileStoreTest, StaysAsItIsWhereASubscriberRefuses) {
  write("fanlight.yaml", "cameras: []\n");
  subscriber.error = Error{Errc::internal, "no element"};

  EXPECT_FALSE(store->reload());

  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(FileStoreTest, WorksOutAChangeOnAnotherThread) {
  Result<Draft> draft = Error{};
  std::thread{[&draft, drafter = store->drafter(), wanted = with_yard()] {
    draft = drafter(wanted);
  }}.join();

  ASSERT_TRUE(draft);
  EXPECT_THAT(ids(), ElementsAre("front", "back")) << "nothing is changed yet";
  ASSERT_TRUE(store->change(std::move(*draft)));

  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
  EXPECT_THAT(read("cameras.yaml"), HasSubstr("192.0.2.3"));
}

TEST_F(FileStoreTest, MakesNoChangeThatWasWorkedOutFromAnotherConfiguration) {
  auto draft = store->drafter()(with_yard());
  ASSERT_TRUE(draft);
  write("fanlight.yaml", "cameras: [{id: back, url: 'rtsp://192.0.2.2/'}]\n");
  ASSERT_TRUE(store->reload());

  EXPECT_FALSE(store->change(std::move(*draft)));

  EXPECT_THAT(ids(), ElementsAre("back"));
  EXPECT_THAT(files(), ElementsAre("fanlight.yaml"));
}

TEST_F(FileStoreTest, MakesAChangeForAllSubscribersOrForNone) {
  FakeSubscriber other;
  const Token also = store->subscribe(other);
  other.error = Error{Errc::unavailable, "the port is in use"};

  const auto refused = store->change(with_yard());

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "the port is in use");
  EXPECT_EQ(subscriber.diffs.size(), 1u);
  EXPECT_EQ(subscriber.abandoned, 1);
  EXPECT_EQ(other.abandoned, 0) << "it has kept nothing";
  EXPECT_THAT(subscriber.committed, IsEmpty());
  EXPECT_THAT(files(), ElementsAre("fanlight.yaml")) << "no empty one, nor a draft";
  other.error.reset();
  ASSERT_TRUE(store->change(with_yard()));
  EXPECT_EQ(subscriber.committed.size(), 1u);
  EXPECT_EQ(other.committed.size(), 1u);
}

TEST_F(FileStoreTest, ChangesWhatIsCurrentOnceAllHaveCommitted) {
  subscriber.store = store.get();

  ASSERT_TRUE(store->change(with_yard()));

  EXPECT_THAT(subscriber.diffs.at(0).added, ElementsAre("yard"));
  EXPECT_EQ(subscriber.before.at(0).cameras.size(), 2u);
  EXPECT_EQ(store->current(), subscriber.committed.at(0));
}

TEST_F(FileStoreTest, AsksNobodyWhoHasUnsubscribed) {
  subscription.reset();

  ASSERT_TRUE(store->change(with_yard()));

  EXPECT_THAT(subscriber.diffs, IsEmpty());
}

TEST_F(FileStoreTest, RefusesASettingThatTheFileWouldNotGiveBack) {
  auto cameras = with_yard();
  cameras[1].name = "\xff"; // YAML has no way to write it.

  const auto diff = store->change(cameras);

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::internal);
  EXPECT_THAT(diff.error().message, HasSubstr("a setting of camera 'yard' would be lost"));
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
  EXPECT_THAT(files(), ElementsAre("fanlight.yaml"));
}

TEST_F(FileStoreTest, WritesWhatIsChangedAndReadsItAfterARestart) {
  const auto diff = store->change(with_yard());

  ASSERT_TRUE(diff) << diff.error().message;
  EXPECT_THAT(diff->added, ElementsAre("yard"));
  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
  EXPECT_EQ(store->current().cameras[1].origin.file, path("cameras.yaml"));
  EXPECT_GT(store->current().cameras[1].origin.line, 1);
  const auto restarted = load(path("fanlight.yaml"));
  ASSERT_TRUE(restarted) << restarted.error().message;
  EXPECT_EQ(*restarted, store->current());
  EXPECT_EQ(read("fanlight.yaml"), kTwo);
}

TEST_F(FileStoreTest, WritesAndSaysNothingWhereNothingChanges) {
  testing::internal::CaptureStderr();

  const auto diff = store->change(store->current().cameras);

  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  ASSERT_TRUE(diff) << diff.error().message;
  EXPECT_FALSE(diff->changes_cameras());
  EXPECT_THAT(subscriber.diffs, IsEmpty());
  EXPECT_THAT(files(), ElementsAre("fanlight.yaml"));
}

TEST_F(FileStoreTest, WritesNothingThatASubscriberRefuses) {
  ASSERT_TRUE(store->change(with_yard()));
  const std::string before = read("cameras.yaml");
  auto cameras = store->current().cameras;
  cameras.erase(cameras.begin() + 1);
  subscriber.error = Error{Errc::internal, "no element"};

  EXPECT_FALSE(store->change(cameras));

  EXPECT_EQ(read("cameras.yaml"), before);
  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
}

TEST_F(FileStoreTest, ChangesNothingThatCannotBeWritten) {
  std::filesystem::create_directory(path("cameras.yaml.new")); // The file is written there first.

  const auto diff = store->change(with_yard());

  ASSERT_FALSE(diff);
  EXPECT_THAT(diff.error().message, HasSubstr("cameras.yaml"));
  EXPECT_THAT(subscriber.committed, IsEmpty());
  EXPECT_EQ(subscriber.abandoned, 1);
  EXPECT_THAT(ids(), ElementsAre("front", "back"));
}

TEST_F(FileStoreTest, ReplacesNoFileThatItCannotRead) {
  std::filesystem::create_directory(path("cameras.yaml"));

  const auto diff = store->change(with_yard());

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::conflict);
  EXPECT_THAT(diff.error().message, HasSubstr(path("cameras.yaml")));
  EXPECT_THAT(diff.error().message, HasSubstr("does not replace a file that it cannot read"));
  EXPECT_THAT(subscriber.diffs, IsEmpty());
}

TEST_F(FileStoreTest, OverwritesNothingThatSomebodyHasWrittenMeanwhile) {
  ASSERT_TRUE(store->change(with_yard()));
  const std::string by_hand = "cameras: [{id: yard, url: 'rtsp://192.0.2.7/'}, {id: oops}]\n";
  write("cameras.yaml", by_hand);

  const auto diff = store->change(store->current().cameras);

  ASSERT_FALSE(diff);
  EXPECT_EQ(diff.error().code, Errc::conflict);
  EXPECT_EQ(read("cameras.yaml"), by_hand);
}

TEST_F(FileStoreTest, IsChangedWhileTheFileOnTheDiskHasMistakes) {
  write("fanlight.yaml", "cameras: [\n");
  EXPECT_FALSE(store->reload());

  EXPECT_TRUE(store->change(with_yard()));

  EXPECT_THAT(ids(), ElementsAre("front", "yard", "back"));
}

TEST_F(FileStoreTest, NoticesAFileThatIsWrittenOrReplaced) {
  store->watch();
  write("fanlight.yaml", "cameras: [{id: back, url: 'rtsp://192.0.2.2/'}]\n");
  turn_until([this] { return ids().size() == 1; }, "the file to be noticed");

  write("draft.yaml", kTwo);
  std::filesystem::rename(path("draft.yaml"), path("fanlight.yaml")); // As editors do.
  turn_until([this] { return ids().size() == 2; }, "the new file to be noticed");

  write("cameras.yaml", "cameras: [{id: yard, url: 'rtsp://192.0.2.3/'}]\n");
  turn_until([this] { return ids().size() == 3; }, "the other file to be noticed");
  EXPECT_EQ(subscriber.committed.size(), 3u);
}

TEST_F(FileStoreTest, ReadsNothingAgainThatItHasWrittenItself) {
  store->watch();
  ASSERT_TRUE(store->change(with_yard()));
  Timer later;
  bool over = false;
  // Longer than any file is left alone.
  later.once(FileWatch::kQuiet * 6, [&over] { over = true; });

  turn_until([&over] { return over; }, "the time in which nothing is to happen");

  EXPECT_EQ(observer.reloading, 0);
}

} // namespace
} // namespace fanlight::config
