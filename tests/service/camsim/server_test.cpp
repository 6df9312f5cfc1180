#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sysexits.h>

#include "camera_wall.h"
#include "camsim_process.h"
#include "rtsp_reader.h"
#include "rtsp_request.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kSmall = ",size=320x180,fps=20,gop=20,loop=1,bitrate=300";

std::string with_password(std::string url, const std::string& user_and_password) {
  return url.replace(0, 7, "rtsp://" + user_and_password + "@");
}

int run(std::vector<std::string> arguments, std::string* errors = nullptr) {
  CamsimProcess camsim(std::move(arguments));
  const std::string text = camsim.read_errors();
  if (errors != nullptr) *errors = text;
  return camsim.wait_exit().value_or(-1);
}

/// A folder of its own, gone with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::path(testing::TempDir()) / "camsim-XXXXXX") {
    std::string name = path_.string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }
  std::vector<std::filesystem::path> clips() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(path_)) {
      if (entry.path().extension() == ".clip") found.push_back(entry.path());
    }
    return found;
  }

 private:
  std::filesystem::path path_;
};

class CamsimServerTest : public testing::Test {
 protected:
  void start(std::vector<std::string> arguments) {
    camsim_ = std::make_unique<CamsimProcess>(std::move(arguments));
    ASSERT_TRUE(camsim_->wait_ready()) << camsim_->read_errors();
  }
  std::string describe(const std::string& id) {
    return rtsp_request("DESCRIBE", camsim_->url(id), "Accept: application/sdp\r\n");
  }
  std::unique_ptr<CamsimProcess> camsim_;
};

TEST_F(CamsimServerTest, PrintsItsCamerasInOrderAndThenReady) {
  start(
      {"--camera", std::string("id=b,count=2") + kSmall, "--camera", std::string("id=a") + kSmall});
  ASSERT_EQ(camsim_->lines().size(), 4u);
  EXPECT_EQ(camsim_->lines()[0], "b-1 " + camsim_->url("b-1"));
  EXPECT_EQ(camsim_->lines()[1], "b-2 " + camsim_->url("b-2"));
  EXPECT_EQ(camsim_->lines()[2], "a " + camsim_->url("a"));
  EXPECT_EQ(camsim_->lines()[3], "ready");
  EXPECT_THAT(camsim_->url("a"), testing::MatchesRegex("rtsp://127\\.0\\.0\\.1:[0-9]+/a"));
}

TEST_F(CamsimServerTest, DescribesVideoFirstWithParameterSetsAndTheProfileAskedFor) {
  start({"--camera", std::string("id=base,profile=baseline,audio=pcma") + kSmall, //
         "--camera", std::string("id=main,profile=main,audio=aac") + kSmall,      //
         "--camera", std::string("id=high,profile=high,audio=opus") + kSmall,     //
         "--camera", std::string("id=mute,audio=none") + kSmall});
  const std::string base = describe("base");
  EXPECT_THAT(base, HasSubstr("profile-level-id=42c0"));
  EXPECT_THAT(base, HasSubstr("sprop-parameter-sets="));
  EXPECT_THAT(base, HasSubstr("m=audio 0 RTP/AVP 8"));
  EXPECT_LT(base.find("m=video"), base.find("m=audio"));
  EXPECT_THAT(describe("main"), HasSubstr("profile-level-id=4d40"));
  EXPECT_THAT(describe("main"), HasSubstr("MPEG4-GENERIC/48000"));
  EXPECT_THAT(describe("high"), HasSubstr("profile-level-id=6400"));
  EXPECT_THAT(describe("high"), HasSubstr("OPUS/48000/2"));
  EXPECT_THAT(describe("mute"), Not(HasSubstr("m=audio")));
}

TEST_F(CamsimServerTest, DescribesTwoVideoMediaH265First) {
  start({"--camera", std::string("id=two,codec=h265+h264") + kSmall});
  const std::string sdp = describe("two");
  const auto h265 = sdp.find("H265/90000");
  const auto h264 = sdp.find("H264/90000");
  ASSERT_NE(h265, std::string::npos);
  ASSERT_NE(h264, std::string::npos);
  EXPECT_LT(h265, h264);
  EXPECT_THAT(sdp, HasSubstr("sprop-vps="));
}

TEST_F(CamsimServerTest, AnswersNotFoundForACameraItDoesNotHave) {
  start({"--camera", std::string("id=a") + kSmall});
  std::string url = camsim_->url("a");
  EXPECT_THAT(rtsp_request("DESCRIBE", url.replace(url.size() - 1, 1, "nobody")),
              HasSubstr("404 Not Found"));
}

TEST_F(CamsimServerTest, AsksForThePasswordByTheSchemeOfEachCameraOnly) {
  start({"--camera", std::string("id=basic,auth=basic,user=u,password=one") + kSmall, "--camera",
         std::string("id=digest,auth=digest,user=u,password=two") + kSmall, "--camera",
         std::string("id=open") + kSmall});
  EXPECT_THAT(describe("basic"), HasSubstr("401 Unauthorized"));
  EXPECT_THAT(describe("basic"), HasSubstr("WWW-Authenticate: Basic"));
  EXPECT_THAT(describe("basic"), Not(HasSubstr("Digest")));
  EXPECT_THAT(describe("digest"), HasSubstr("401 Unauthorized"));
  EXPECT_THAT(describe("digest"), HasSubstr("WWW-Authenticate: Digest"));
  EXPECT_THAT(describe("digest"), Not(HasSubstr("Basic")));
  EXPECT_THAT(describe("open"), HasSubstr("200 OK"));

  EXPECT_EQ(RtspReader::video(with_password(camsim_->url("basic"), "u:one")).strip(), 0u);
  EXPECT_EQ(RtspReader::video(with_password(camsim_->url("digest"), "u:two")).strip(), 0u);
}

TEST_F(CamsimServerTest, RefusesAWrongPasswordAndThatOfAnotherCamera) {
  start({"--camera", std::string("id=basic,auth=basic,user=u,password=one") + kSmall, "--camera",
         std::string("id=digest,auth=digest,user=u,password=two") + kSmall});
  const std::string unauthorized =
      "gst-resource-error-quark 15"; // GST_RESOURCE_ERROR_NOT_AUTHORIZED
  for (const auto& [id, wrong] :
       {std::pair{"basic", "u:two"}, {"digest", "u:one"}, {"digest", "v:two"}, {"basic", "u:"}}) {
    EXPECT_THAT(RtspReader::video(with_password(camsim_->url(id), wrong)).error(),
                HasSubstr(unauthorized))
        << id << " " << wrong;
  }
}

TEST_F(CamsimServerTest, SharesOneStreamAmongItsClients) {
  start({"--camera", std::string("id=a,audio=none") + kSmall});
  RtspReader first = RtspReader::video(camsim_->url("a"));
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(first.strip());
  RtspReader second = RtspReader::video(camsim_->url("a"), "H264", "udp");

  const auto of_first = first.packet();
  const auto of_second = second.packet();

  ASSERT_TRUE(of_first && of_second);
  EXPECT_EQ(of_first->ssrc, of_second->ssrc);
  EXPECT_GT(static_cast<std::int16_t>(of_second->sequence - of_first->sequence), 0);
}

TEST_F(CamsimServerTest, BeginsWithTheFirstFrameAgainForTheNextFirstClient) {
  start({"--camera", std::string("id=a") + kSmall});
  for (int round = 0; round < 3; ++round) {
    RtspReader reader = RtspReader::video(camsim_->url("a"));
    EXPECT_EQ(reader.strip(), 0u);
    EXPECT_EQ(reader.strip(), 1u);
  }
}

TEST_F(CamsimServerTest, ServesAClientThatComesWhileTheLastOneLeaves) {
  start({"--camera", std::string("id=a") + kSmall});
  for (int round = 0; round < 50; ++round)
    ASSERT_THAT(describe("a"), HasSubstr("RTSP/1.0 200 OK")) << "round " << round;
}

TEST_F(CamsimServerTest, ServesEachClientTheMediaItTakes) {
  start({"--camera", std::string("id=a,audio=pcmu") + kSmall, "--camera",
         std::string("id=l,audio=pcmu,live=true") + kSmall});
  for (const char* id : {"a", "l"}) {
    const std::vector urls = {camsim_->url(id)};
    CameraWall video(urls, "video");
    EXPECT_EQ(video.wait_for_buffers(40), "");
    CameraWall sound(urls, "audio");
    EXPECT_EQ(sound.wait_for_buffers(20), "");
    EXPECT_EQ(video.wait_for_buffers(80), "");
  }
  for (const char* id : {"a", "l"}) {
    const std::vector urls = {camsim_->url(id)};
    CameraWall sound(urls, "audio");
    EXPECT_EQ(sound.wait_for_buffers(20), "");
    CameraWall video(urls, "video");
    EXPECT_EQ(video.wait_for_buffers(40), "");
    EXPECT_EQ(sound.wait_for_buffers(40), "");
  }
}

TEST_F(CamsimServerTest, PlaysFiftyCamerasAtOnce) {
  start({"--camera", "id=cam,count=50,size=320x180,fps=10,gop=10,loop=2,bitrate=100"});
  std::vector<std::string> urls;
  for (int i = 1; i <= 50; ++i) urls.push_back(camsim_->url("cam-" + std::to_string(i)));
  CameraWall wall(urls, "video");
  EXPECT_EQ(wall.wait_for_buffers(40), "");
}

TEST_F(CamsimServerTest, EndsOnASignalWhileClientsWatch) {
  for (const int signal : {SIGTERM, SIGINT}) {
    start({"--camera", std::string("id=a") + kSmall, "--camera",
           std::string("id=l,live=true") + kSmall});
    RtspReader looped = RtspReader::video(camsim_->url("a"));
    RtspReader live = RtspReader::video(camsim_->url("l"), "H264", "udp");
    ASSERT_TRUE(looped.strip() && live.strip());
    camsim_->signal(signal);
    EXPECT_EQ(camsim_->wait_exit(), EX_OK);
  }
}

TEST(CamsimStopTest, EndsOnASignalWhileItEncodes) {
  const Folder cache;
  CamsimProcess camsim({"--cache", cache.path(), "--camera", "id=a,size=1920x1080,loop=120"});
  while (cache.clips().empty() && std::filesystem::is_empty(cache.path()))
    std::this_thread::yield();
  camsim.signal(SIGTERM);
  EXPECT_EQ(camsim.wait_exit(), EX_OK);
  EXPECT_TRUE(cache.clips().empty());
}

TEST(CamsimCacheTest, EncodesOnceForTwoProcessesThatStartTogether) {
  const Folder cache;
  const std::vector<std::string> arguments = {"--cache", cache.path(), "--camera",
                                              std::string("id=a") + kSmall};
  CamsimProcess one(arguments);
  CamsimProcess two(arguments);
  ASSERT_TRUE(one.wait_ready() && two.wait_ready());
  EXPECT_EQ(RtspReader::video(one.url("a")).strip(), 0u);
  EXPECT_EQ(RtspReader::video(two.url("a")).strip(), 0u);
  EXPECT_EQ(cache.clips().size(), 1u);
  one.signal(SIGTERM);
  two.signal(SIGTERM);
  EXPECT_EQ(one.read_errors().find("encoding") != std::string::npos,
            two.read_errors().find("encoding") == std::string::npos);
}

TEST(CamsimCacheTest, ReplacesAClipThatIsNotWhole) {
  const Folder cache;
  const std::vector<std::string> arguments = {"--cache", cache.path(), "--camera",
                                              std::string("id=a") + kSmall};
  ASSERT_TRUE(CamsimProcess(arguments).wait_ready());
  ASSERT_EQ(cache.clips().size(), 1u);
  std::filesystem::resize_file(cache.clips()[0], std::filesystem::file_size(cache.clips()[0]) / 2);

  CamsimProcess again(arguments);
  ASSERT_TRUE(again.wait_ready());
  EXPECT_EQ(RtspReader::video(again.url("a")).strip(), 0u);
}

TEST(CamsimRefusalTest, NamesWhatIsWrongAndWhatWouldBeRight) {
  std::string errors;
  EXPECT_EQ(run({"--camera", "id=a,profile=extended"}, &errors), EX_USAGE);
  EXPECT_THAT(errors, HasSubstr("profile 'extended': must be one of baseline, main, high"));
  EXPECT_EQ(run({"--colour"}, &errors), EX_USAGE);
  EXPECT_THAT(errors, HasSubstr("--colour"));
  EXPECT_EQ(run({}, &errors), EX_USAGE);
  EXPECT_THAT(errors, HasSubstr("no cameras"));
  EXPECT_EQ(run({"--config", "/nowhere/cams.yaml"}, &errors), EX_NOINPUT);
}

TEST(CamsimRefusalTest, NamesTheLineOfAYamlFile) {
  const Folder folder;
  std::ofstream(folder.path() / "cams.yaml") << "cameras:\n  - id: a\n    fps: 25\n    gob: 50\n";
  std::string errors;
  EXPECT_EQ(run({"--config", folder.path() / "cams.yaml"}, &errors), EX_CONFIG);
  EXPECT_THAT(errors, HasSubstr("cams.yaml:4: unknown key 'gob': the keys are id, name"));
}

TEST_F(CamsimServerTest, RefusesAPortThatIsTaken) {
  start({"--camera", std::string("id=a") + kSmall});
  const std::string url = camsim_->url("a");
  const std::string address = url.substr(7, url.size() - 9);
  std::string errors;
  EXPECT_EQ(run({"--listen", address, "--camera", std::string("id=a") + kSmall}, &errors),
            EX_UNAVAILABLE);
  EXPECT_THAT(errors, HasSubstr("listening on " + address));
}

TEST(CamsimConfigTest, PlaysTheCamerasOfTheDemo) {
  CamsimProcess camsim(
      {"--config", std::getenv("FANLIGHT_DEMO_CAMERAS"), "--listen", "127.0.0.1:0"});
  ASSERT_TRUE(camsim.wait_ready()) << camsim.read_errors();
  for (const char* id : {"front", "garden", "garage", "street"})
    EXPECT_EQ(RtspReader::video(camsim.url(id)).strip(), 0u) << id;
}

TEST(CamsimHelpTest, PrintsHelpAndVersion) {
  EXPECT_EQ(run({"--help"}), EX_OK);
  EXPECT_EQ(run({"--version"}), EX_OK);
}

} // namespace
} // namespace fanlight::test
