#include "http/fingerprint.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>

namespace fanlight::http {
namespace {

namespace filesystem = std::filesystem;

class FingerprintTest : public testing::Test {
 protected:
  FingerprintTest() {
    std::string name = filesystem::temp_directory_path() / "fanlight-fingerprint-XXXXXX";
    folder_ = mkdtemp(name.data());
    write("index.html", "<p>");
    write("wall/wall.js", "1");
  }
  ~FingerprintTest() override { filesystem::remove_all(folder_); }

  void write(const std::string& name, const std::string& content) {
    filesystem::create_directories((folder_ / name).parent_path());
    std::ofstream{folder_ / name} << content;
  }

  filesystem::path folder_;
};

TEST_F(FingerprintTest, IsTheSameForEqualFolders) {
  const std::string first = fingerprint_of(folder_);
  const filesystem::path copy = folder_.string() + "-copy";
  filesystem::copy(folder_, copy, filesystem::copy_options::recursive);

  EXPECT_THAT(first, testing::MatchesRegex("[0-9a-f]{16}"));
  EXPECT_EQ(fingerprint_of(copy), first);
  filesystem::remove_all(copy);
}

TEST_F(FingerprintTest, ChangesWithContentsAndNames) {
  const std::string first = fingerprint_of(folder_);

  write("wall/wall.js", "2"); // As long as before.
  const std::string changed = fingerprint_of(folder_);
  filesystem::rename(folder_ / "wall/wall.js", folder_ / "wall/tile.js");
  const std::string renamed = fingerprint_of(folder_);
  write("wall/wall.js", "");
  const std::string added = fingerprint_of(folder_);

  EXPECT_NE(changed, first);
  EXPECT_NE(renamed, changed);
  EXPECT_NE(added, renamed);
}

TEST_F(FingerprintTest, DoesNotCountHiddenAndPrecompressedFiles) {
  const std::string first = fingerprint_of(folder_);

  write("index.html.gz", "1");
  write("wall/wall.js.br", "1");
  write(".git/HEAD", "1");

  EXPECT_EQ(fingerprint_of(folder_), first);
}

TEST_F(FingerprintTest, IsEmptyWithoutFiles) { EXPECT_EQ(fingerprint_of(folder_ / "nowhere"), ""); }

} // namespace
} // namespace fanlight::http
