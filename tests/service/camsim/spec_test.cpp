#include "camsim/setup/spec.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "camsim/picture/encoder.h"

namespace fanlight::camsim {
namespace {

using config::VideoCodec;
using testing::ElementsAre;
using testing::HasSubstr;

Result<Setup> load_text(const std::string& yaml) {
  const std::string path = testing::TempDir() + "camsim-spec-test.yaml";
  std::ofstream(path) << yaml;
  return load_setup(path);
}

std::string yaml_error(const std::string& yaml) {
  const auto setup = load_text(yaml);
  return setup ? "" : setup.error().message;
}

std::string camera_error(const std::string& text) {
  const auto camera = parse_camera(text);
  return camera ? "" : camera.error().message;
}

TEST(SpecTest, ReadsEveryKeyOfACamera) {
  const auto camera = parse_camera(
      "id=front,name=Front door,codec=h265+h264,profile=high,audio=opus,size=1280x720,fps=30,"
      "bitrate=2000,gop=300,bframes=2,loop=10,slices=4,rate=16000,tone=440,count=3,stamp=7,auth="
      "digest,user=u,"
      "password="
      "p=q");
  ASSERT_TRUE(camera) << camera.error().message;
  EXPECT_EQ(camera->id, "front");
  EXPECT_EQ(camera->name, "Front door");
  EXPECT_THAT(camera->codecs, ElementsAre(VideoCodec::h265, VideoCodec::h264));
  EXPECT_EQ(camera->profile, H264Profile::high);
  EXPECT_EQ(camera->audio, AudioCodec::opus);
  EXPECT_EQ(camera->width, 1280);
  EXPECT_EQ(camera->height, 720);
  EXPECT_EQ(camera->fps, 30);
  EXPECT_EQ(camera->bitrate, 2000);
  EXPECT_EQ(camera->gop, 300);
  EXPECT_EQ(camera->stamp, 7);
  EXPECT_EQ(camera->bframes, 2);
  EXPECT_EQ(camera->loop, 10);
  EXPECT_EQ(camera->slices, 4);
  EXPECT_FALSE(camera->refresh);
  EXPECT_EQ(camera->rate, 16000);
  EXPECT_EQ(camera->tone, 440);
  EXPECT_EQ(camera->count, 3);
  EXPECT_EQ(camera->auth, Auth::digest);
  EXPECT_EQ(camera->user, "u");
  EXPECT_EQ(camera->password, "p=q");
}

TEST(SpecTest, SaysWhatWouldBeRight) {
  EXPECT_THAT(camera_error("id=a,codec=vp8"), HasSubstr("h264, h265, h265+h264"));
  EXPECT_THAT(camera_error("id=a,profile=extended"), HasSubstr("baseline, main, high"));
  EXPECT_THAT(camera_error("id=a,fps=0"), HasSubstr("1 to 120"));
  EXPECT_THAT(camera_error("id=a,fps=25x"), HasSubstr("1 to 120"));
  EXPECT_THAT(camera_error("id=a,size=641x360"), HasSubstr("even"));
  EXPECT_THAT(camera_error("id=a,size=big"), HasSubstr("WIDTHxHEIGHT"));
  EXPECT_THAT(camera_error("id=Front"), HasSubstr("a-z"));
  EXPECT_THAT(camera_error("id=a,colour=red"), HasSubstr("unknown key 'colour'"));
  EXPECT_THAT(camera_error("id=a,colour=red"), HasSubstr("bitrate"));
  EXPECT_THAT(camera_error("id=a,fps"), HasSubstr("KEY=VALUE"));
  EXPECT_THAT(camera_error("id=a,id=b"), HasSubstr("twice"));
  EXPECT_THAT(camera_error("codec=h264"), HasSubstr("needs an id"));
  EXPECT_THAT(camera_error("id=a,auth=basic,user=u"), HasSubstr("password"));
  EXPECT_THAT(camera_error("id=a,user=u,password=p"), HasSubstr("basic or digest"));
  EXPECT_THAT(camera_error("id=a,profile=baseline,bframes=1"), HasSubstr("B-frames"));
  EXPECT_THAT(camera_error("id=a,refresh=true,bframes=1"), HasSubstr("B-frames"));
  EXPECT_THAT(camera_error("id=a,refresh=true,live=true"), HasSubstr("intra refresh"));
  EXPECT_THAT(camera_error("id=a,audio=aac,rate=10000"), HasSubstr("8000, 11025, 12000"));
  EXPECT_EQ(camera_error("id=a,audio=l16,rate=10000"), "");
}

TEST(SpecTest, ReadsTheSameKeysFromYaml) {
  const auto setup = load_text("listen: '[::1]:0'\n"
                               "cameras:\n"
                               "  - id: front\n"
                               "    size: 1280x720\n"
                               "    live: true\n"
                               "  - id: back\n");
  ASSERT_TRUE(setup) << setup.error().message;
  EXPECT_EQ(setup->listen.host, "::1");
  EXPECT_EQ(setup->listen.port, 0);
  ASSERT_EQ(setup->cameras.size(), 2u);
  EXPECT_EQ(setup->cameras[0].width, 1280);
  EXPECT_TRUE(setup->cameras[0].live);
}

TEST(SpecTest, RefusesYamlWithItsLine) {
  EXPECT_THAT(yaml_error("cameras:\n  - id: a\n    fps: many\n"), HasSubstr("yaml:3: fps 'many'"));
  EXPECT_THAT(yaml_error("cameras:\n  - id: a\n    colour: red\n"),
              HasSubstr("yaml:3: unknown key 'colour'"));
  EXPECT_THAT(yaml_error("\ncamera: []\n"), HasSubstr("yaml:2: unknown key 'camera'"));
  EXPECT_THAT(yaml_error("cameras:\n  - id: a\n    size: [1, 2]\n"), HasSubstr("yaml:3: size"));
  EXPECT_THAT(yaml_error("cameras:\n  - id: a\n    fps: 1\n    fps: 2\n"),
              HasSubstr("yaml:4: key 'fps' occurs twice"));
  EXPECT_THAT(yaml_error("cameras:\n  - fps: 5\n"), HasSubstr("yaml:2: a camera needs an id"));
  EXPECT_THAT(yaml_error("cameras: [\n"), HasSubstr("yaml:"));
  EXPECT_THAT(yaml_error("listen: nowhere\n"), HasSubstr("yaml:1: listen 'nowhere'"));
  EXPECT_THAT(yaml_error(""), HasSubstr("map"));
}

TEST(SpecTest, NeverRepeatsAPassword) {
  EXPECT_THAT(camera_error("id=a,multicast=10.0.0.1"), HasSubstr("224.0.0.0 to 239.255.255.255"));
  EXPECT_THAT(camera_error("id=a,password="), HasSubstr("password: must be"));
}

TEST(SpecTest, AFileThatIsNotThereIsNotFound) {
  EXPECT_EQ(load_setup("/nowhere/cams.yaml").error().code, Errc::not_found);
}

TEST(SpecTest, ReadsAddressesToListenOn) {
  EXPECT_EQ(parse_listen("127.0.0.1:0")->port, 0);
  EXPECT_EQ(parse_listen("[::1]:8554")->host, "::1");
  for (const char* wrong : {"", "8554", ":1", "host:", "host:65536", "host:-1", "::1:80", "[]:1"})
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
}

TEST(SpecTest, ACountMakesThatManyCamerasOfOnePicture) {
  const auto cameras = expand({*parse_camera("id=load,count=3"), *parse_camera("id=one")});
  ASSERT_TRUE(cameras);
  ASSERT_EQ(cameras->size(), 4u);
  EXPECT_EQ((*cameras)[0].id, "load-1");
  EXPECT_EQ((*cameras)[2].id, "load-3");
  EXPECT_EQ((*cameras)[2].label(), "load");
  EXPECT_EQ((*cameras)[3].id, "one");
}

TEST(SpecTest, RefusesAnIdThatComesTwice) {
  const auto cameras = expand({*parse_camera("id=a-1"), *parse_camera("id=a,count=2")});
  ASSERT_FALSE(cameras);
  EXPECT_THAT(cameras.error().message, HasSubstr("'a-1' occurs twice"));
}

TEST(SpecTest, ALoopIsWholeGopsAndWholeSecondsWhereItCanBe) {
  EXPECT_EQ(loop_frames(*parse_camera("id=a,gop=50,fps=25")), 500);
  EXPECT_EQ(loop_frames(*parse_camera("id=a,gop=250,fps=25")), 500);
  EXPECT_EQ(loop_frames(*parse_camera("id=a,gop=600,fps=25")), 600);
  EXPECT_EQ(loop_frames(*parse_camera("id=a,gop=30,fps=25")), 600);  // 24 s: 20 GOPs
  EXPECT_EQ(loop_frames(*parse_camera("id=a,gop=249,fps=25")), 747); // else it would be 249 s
  EXPECT_EQ(loop_frames(*parse_camera("id=a,gop=25,fps=25,loop=2")), 50);
}

TEST(SpecTest, ReadsFaultsControlAndTlsOfAFile) {
  const auto setup = load_text("control: 127.0.0.1:0\ntls: 127.0.0.1:322\ncameras:\n  - id: a\n"
                               "    auth: digest-sha256\n    user: u\n    password: p\n"
                               "    mtu: 10000\n    faults: {hang: true, end_after_s: 2.5,\n"
                               "      status: {PLAY: 454}, sdp: [no_sprop], as: \"1\"}\n"
                               "  - id: \"1\"\n");
  ASSERT_TRUE(setup) << setup.error().message;
  EXPECT_EQ(setup->control->port, 0);
  EXPECT_EQ(setup->tls->port, 322);
  const CameraSpec& camera = setup->cameras[0];
  EXPECT_EQ(camera.auth, Auth::digest_sha256);
  EXPECT_EQ(camera.mtu, 10000);
  ASSERT_TRUE(camera.faults);
  EXPECT_TRUE(camera.faults->hang);
  EXPECT_EQ(camera.faults->end_after_s, 2.5);
  EXPECT_EQ(camera.faults->status.at("PLAY"), 454);
  EXPECT_THAT(camera.faults->sdp, ElementsAre("no_sprop"));
  EXPECT_EQ(camera.faults->as, "1");
  EXPECT_FALSE(setup->cameras[1].faults);
}

TEST(SpecTest, NamesTheLineOfAFaultThatIsNone) {
  EXPECT_THAT(yaml_error("cameras:\n  - id: a\n    faults: {hangs: true}\n"),
              HasSubstr(":3: faults: unknown fault 'hangs'"));
  EXPECT_THAT(yaml_error("cameras:\n  - id: a\n    faults: hang\n"),
              HasSubstr(":3: faults: the faults must be a JSON object"));
}

TEST(SpecTest, RefusesFaultsThatNameCamerasThereAreNot) {
  CameraSpec camera{.id = "a"};
  camera.faults = Faults{.as = "b"};
  const auto all = expand({camera});
  ASSERT_FALSE(all);
  EXPECT_THAT(all.error().message, HasSubstr("camera a: as: there is no camera 'b'"));
}

} // namespace
} // namespace fanlight::camsim
