#include "base/file_watch.h"

#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "support/turn_until.h"

namespace fanlight {
namespace {

using test::turn_until;

class FileWatchTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-watch-XXXXXX").string();
    folder = mkdtemp(name.data());
    path = folder / "file";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  void write(const std::string& text) const { std::ofstream{path} << text; }

  std::filesystem::path folder;
  std::filesystem::path path;
};

TEST_F(FileWatchTest, TellsOfAFileThatComesIsWrittenIsReplacedAndGoes) {
  std::string seen = "nothing";
  const FileWatch watch{
      path, [&] {
        std::ifstream file{path};
        seen = file ? std::string{std::istreambuf_iterator<char>(file), {}} : "nothing";
      }};
  const auto wait_for = [&seen](const std::string& text) {
    return turn_until([&] { return seen == text; }, text);
  };
  write("one");
  wait_for("one");
  write("two");
  wait_for("two");
  std::ofstream{folder / "draft"} << "three" << std::flush;
  std::filesystem::rename(folder / "draft", path);
  wait_for("three");
  std::filesystem::remove(path);
  wait_for("nothing");
}

TEST_F(FileWatchTest, KnowsAFileThatWasWrittenAMomentAgo) {
  using std::filesystem::file_time_type;
  const FileWatch watch{path, [] {}};
  EXPECT_TRUE(watch.settled()) << "there is none";
  // A machine that pauses between the two makes it an old file.
  turn_until(
      [&] {
        write("half");
        g_main_context_wakeup(nullptr);
        return !watch.settled();
      },
      "a look in time");
  std::filesystem::last_write_time(path, file_time_type::clock::now() - std::chrono::minutes{1});
  EXPECT_TRUE(watch.settled());
  std::filesystem::last_write_time(path, file_time_type::clock::now() + std::chrono::minutes{1});
  EXPECT_TRUE(watch.settled()) << "by a wrong clock";
}

} // namespace
} // namespace fanlight
