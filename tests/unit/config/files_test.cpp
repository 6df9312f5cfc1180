#include "config/files.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace fanlight::config {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using testing::HasSubstr;
using testing::Not;

Camera managed(const std::string& id) {
  Camera camera;
  camera.id = id;
  camera.streams = {{.url = "rtsp://192.0.2.1/" + id}};
  camera.origin.managed = true;
  return camera;
}

/// What a restart would read of the cameras that are written now.
Config read_back(const Config& config, const std::string& own = "cameras: []\n") {
  const auto read = parse(Text{"own.yaml", own}, Text{"cameras.yaml", managed_yaml(config)});
  if (read) return *read;
  ADD_FAILURE() << read.error().message << "\n" << managed_yaml(config);
  return {};
}

struct ConfigFilesTest : testing::Test {
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "fanlight-files-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }
  std::string path(const std::string& name) const { return folder / name; }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream{path(name)} << text;
  }

  std::filesystem::path folder;
};

TEST(ManagedYamlTest, ReadsBackEveryKey) {
  Camera camera = managed("front");
  camera.name = "Front door";
  camera.groups = {"Yard", "123"};
  camera.audio = false;
  camera.codecs = {VideoCodec::h264};
  camera.max_viewers = 7;
  camera.webrtc_transport = ViewerTransport::fanout;
  camera.streams = {{.id = "main",
                     .url = "rtsps://192.0.2.1/main",
                     .username = "admin",
                     .password = "sesame",
                     .transport = RtspTransport::automatic,
                     .source = Source::direct,
                     .latency = 250ms,
                     .tls_verify = false,
                     .tls_fingerprint = std::string(64, 'A'),
                     .tls_ca_file = "/dev/null",
                     .pull = Pull::on_demand,
                     .grace = 5s,
                     .start_timeout = 20s,
                     .health_timeout = 1500ms},
                    {.id = "null", .url = "rtsp://192.0.2.1/sub", .grace = 0ms}};
  Config config;
  config.cameras = {camera, managed("123")};
  for (const RtspTransport transport :
       {RtspTransport::tcp, RtspTransport::udp, RtspTransport::multicast, RtspTransport::http}) {
    config.cameras[1].streams[0].transport = transport;
    EXPECT_EQ(read_back(config).cameras, config.cameras);
  }
  for (const auto transport : {ViewerTransport::automatic, ViewerTransport::webrtcbin}) {
    config.cameras[1].webrtc_transport = transport;
    EXPECT_EQ(read_back(config).cameras, config.cameras);
  }
  EXPECT_TRUE(read_back(config).cameras[0].origin.managed);
}

TEST(ManagedYamlTest, ReadsBackWhateverANameHolds) {
  setenv("FANLIGHT_TEST_SECRET", "hidden", 1);
  for (const char* name : {"\"",
                           "\\",
                           "'",
                           "#",
                           " # x",
                           ": ",
                           "- a",
                           "[",
                           "{}",
                           "&a",
                           "*a",
                           "!a",
                           "|",
                           ">",
                           "%",
                           "@",
                           "`",
                           "~",
                           "null",
                           "true",
                           "no",
                           "0x1f",
                           "1e3",
                           " leading",
                           "trailing ",
                           "마당",
                           "\xf0\x9f\x98\x80",
                           "${FANLIGHT_TEST_SECRET}",
                           "$${FANLIGHT_TEST_SECRET}",
                           "$$${x}",
                           "${",
                           "$",
                           "---",
                           "...",
                           "\\x41",
                           "\\n",
                           "?",
                           "<<",
                           "=",
                           "\xc2\x85",
                           "\xe2\x80\xa8",
                           "\xef\xbb\xbf",
                           "\xc2\xa0"}) {
    Config config;
    config.cameras = {managed("front")};
    config.cameras[0].name = name;
    config.cameras[0].streams[0].username = name;
    config.cameras[0].streams[0].password = name;
    EXPECT_EQ(read_back(config).cameras, config.cameras) << name;
  }
  unsetenv("FANLIGHT_TEST_SECRET");
}

TEST(ManagedYamlTest, HoldsTheOrderOfAllCamerasButOnlyItsOwnSettings) {
  const std::string own = "cameras:\n  - {id: front, url: 'rtsp://u:sesame@192.0.2.9/'}\n"
                          "  - {id: back, url: 'rtsp://192.0.2.8/'}\n";
  auto config = parse(own, "own.yaml");
  ASSERT_TRUE(config);
  config->cameras = {config->cameras[1], managed("yard"), config->cameras[0]};

  EXPECT_THAT(managed_yaml(*config), Not(HasSubstr("sesame")));
  EXPECT_EQ(read_back(*config, own).cameras, config->cameras);
}

TEST(ManagedYamlTest, IsReadWhateverHasBecomeOfTheOthers) {
  const auto config =
      parse(Text{"own.yaml", "cameras: [{id: new, url: 'rtsp://192.0.2.9/'}]"},
            Text{"cameras.yaml", "order: [gone, yard]\n"
                                 "cameras: [{id: yard, url: 'rtsp://192.0.2.8/'}]"});
  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->cameras.size(), 2u);
  EXPECT_EQ(config->cameras[0].id, "yard");
  EXPECT_EQ(config->cameras[1].id, "new");
}

TEST(ManagedYamlTest, NamesBothPlacesOfWhatIsThereTwice) {
  const Text own{"own.yaml", "cameras:\n  - id: yard\n    url: rtsp://192.0.2.9/\n"};
  const auto id = parse(own, Text{"cameras.yaml", "cameras:\n- id: yard\n  url: rtsp://a/\n"});
  ASSERT_FALSE(id);
  EXPECT_THAT(id.error().message, HasSubstr("cameras.yaml:2:"));
  EXPECT_THAT(id.error().message, HasSubstr("on line 2 of own.yaml"));
  const auto url =
      parse(own, Text{"cameras.yaml", "cameras:\n- id: gate\n  url: rtsp://192.0.2.9/\n"});
  ASSERT_FALSE(url);
  EXPECT_THAT(url.error().message, HasSubstr("on line 2 of own.yaml"));
  const auto key = parse(own, Text{"cameras.yaml", "camera: []\n"});
  ASSERT_FALSE(key);
  EXPECT_THAT(key.error().message, HasSubstr("did you mean cameras?"));
}

TEST_F(ConfigFilesTest, LoadsTheManagedCamerasBesideTheConfiguration) {
  write("fanlight.yaml", "cameras: [{id: front, url: 'rtsp://192.0.2.9/'}]\n");
  ASSERT_EQ(load(path("fanlight.yaml"))->cameras.size(), 1u);
  write("cameras.yaml", "cameras: [{id: yard, url: 'rtsp://192.0.2.8/'}]\n");

  const auto config = load(path("fanlight.yaml"));

  ASSERT_TRUE(config) << config.error().message;
  ASSERT_EQ(config->cameras.size(), 2u);
  EXPECT_FALSE(config->cameras[0].origin.managed);
  EXPECT_EQ(config->cameras[0].origin.line, 1);
  EXPECT_TRUE(config->cameras[1].origin.managed);
  EXPECT_EQ(config->cameras[1].origin.file, path("cameras.yaml"));
}

TEST_F(ConfigFilesTest, TakesAnEmptyFileForAMishap) {
  write("fanlight.yaml", "");
  const auto own = load(path("fanlight.yaml"));
  ASSERT_FALSE(own);
  EXPECT_EQ(own.error().code, Errc::invalid);
  EXPECT_EQ(own.error().message,
            path("fanlight.yaml") + ": is empty; if there should be no cameras, write cameras: []");

  write("fanlight.yaml", "cameras: []\n");
  write("cameras.yaml", "");
  const auto managed = load(path("fanlight.yaml"));
  ASSERT_FALSE(managed);
  EXPECT_THAT(managed.error().message, HasSubstr("cameras.yaml: is empty"));
}

TEST_F(ConfigFilesTest, FindsTheManagedCamerasWhereTheConfigurationSays) {
  Config config;
  EXPECT_EQ(cameras_file(config, "/etc/fanlight/fanlight.yaml"), "/etc/fanlight/cameras.yaml");
  EXPECT_EQ(cameras_file(config, "fanlight.yaml"), "cameras.yaml");
  setenv("STATE_DIRECTORY", "/var/lib/fanlight:/var/lib/other", 1);
  EXPECT_EQ(cameras_file(config, "/etc/fanlight.yaml"), "/var/lib/fanlight/cameras.yaml");
  config.server.cameras_file = "more/yard.yaml";
  EXPECT_EQ(cameras_file(config, "/etc/fanlight.yaml"), "/etc/more/yard.yaml");
  unsetenv("STATE_DIRECTORY");
  config.server.cameras_file = "/srv/cameras.yaml";
  EXPECT_EQ(cameras_file(config, "/etc/fanlight.yaml"), "/srv/cameras.yaml");
}

TEST_F(ConfigFilesTest, FindsTheFolderOfItsDataWhereTheConfigurationSays) {
  Config config;
  EXPECT_EQ(data_directory(config, "/etc/fanlight/fanlight.yaml"), "/etc/fanlight");
  EXPECT_EQ(data_directory(config, "fanlight.yaml"), "");
  config.server.cameras_file = "/srv/fanlight/cameras.yaml";
  EXPECT_EQ(data_directory(config, "/etc/fanlight.yaml"), "/srv/fanlight");
  setenv("STATE_DIRECTORY", "/var/lib/fanlight:/var/lib/other", 1);
  EXPECT_EQ(data_directory(config, "/etc/fanlight.yaml"), "/var/lib/fanlight");
  unsetenv("STATE_DIRECTORY");
  config.data.directory = "data";
  EXPECT_EQ(data_directory(config, "/etc/fanlight.yaml"), "/etc/data");
  config.data.directory = "/srv/data";
  EXPECT_EQ(data_directory(config, "/etc/fanlight.yaml"), "/srv/data");
}

TEST_F(ConfigFilesTest, WritesAFileThatOnlyItsOwnerReads) {
  write("cameras.yaml", "old");
  std::filesystem::permissions(path("cameras.yaml"), std::filesystem::perms::all);
  write("cameras.yaml.new", "half of something that was killed");

  ASSERT_TRUE(write_whole({path("cameras.yaml"), "new\n"}));

  EXPECT_EQ(read_text(path("cameras.yaml"))->yaml, "new\n");
  struct stat status {};
  ASSERT_EQ(stat(path("cameras.yaml").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_FALSE(std::filesystem::exists(path("cameras.yaml.new")));
}

TEST_F(ConfigFilesTest, SaysWhyAFileCannotBeWrittenAndLeavesTheOldOne) {
  const auto nowhere = write_whole({path("nowhere/cameras.yaml"), "new\n"});
  ASSERT_FALSE(nowhere);
  EXPECT_THAT(nowhere.error().message, HasSubstr("No such file or directory"));
  std::filesystem::create_directory(path("cameras.yaml"));
  EXPECT_FALSE(write_whole({path("cameras.yaml"), "new\n"}));
  EXPECT_FALSE(std::filesystem::exists(path("cameras.yaml.new")));
}

} // namespace
} // namespace fanlight::config
