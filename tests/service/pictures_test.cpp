#include <cstdlib>

#include <gmock/gmock.h>

#include "service_fixture.h"
#include "viewing.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;

/// Every picture is decoded and told apart by the number in its strip: what Chromium cannot show
/// for H.265 on a machine without a hardware decoder.
class PicturesTest : public ServiceTest {
 protected:
  Viewing view(const std::string& camera, std::vector<std::string> options) {
    return test::view(url("/whep/" + camera), std::move(options));
  }

  static std::string small(const std::string& id, const std::string& codec,
                           const std::string& more = "audio=none") {
    return "id=" + id + ",codec=" + codec + ",size=320x180,gop=25,loop=4,bitrate=300," + more;
  }

  int key_frame_age_ms(const std::string& camera) {
    const std::string body = get("/api/cameras/" + camera).body;
    const std::string name = "\"last_key_frame_ms\":";
    const auto at = body.find(name);
    return at == body.npos ? -1 : std::atoi(body.c_str() + at + name.size());
  }

  static void expect_whole(const Viewing& viewing) {
    EXPECT_EQ(viewing.exit_code, 0) << viewing.output;
    EXPECT_EQ(viewing.number("unreadable"), 0) << viewing.output;
    // What is sent comes. Groups of pictures that a busy machine does not send leave no hole.
    EXPECT_EQ(viewing.number("lost"), 0) << viewing.output;
  }
};

TEST_F(PicturesTest, EveryPictureOfAnH265CameraIsDecoded) {
  start_cameras({small("hevc", "h265")});
  start_service({camera("hevc")});

  const Viewing viewing = view("hevc", {"--codec", "h265", "--frames", "120"});

  expect_whole(viewing);
  EXPECT_EQ(viewing["codec"], "\"H265\"");
  EXPECT_EQ(viewing["width"], "320");
  EXPECT_THAT(get("/api/cameras/hevc").body, HasSubstr("\"video_codec\":\"H265\""));
}

TEST_F(PicturesTest, ACameraOfBothCodecsGivesEachViewerTheBestItTakes) {
  start_cameras({small("both", "h265+h264")});
  start_service({camera("both")});

  const Viewing either = view("both", {"--codec", "both", "--frames", "50"});
  const Viewing old = view("both", {"--codec", "h264", "--frames", "50"});

  expect_whole(either);
  EXPECT_EQ(either["codec"], "\"H265\"");
  expect_whole(old);
  EXPECT_EQ(old["codec"], "\"H264\"");
}

TEST_F(PicturesTest, AnH265CameraRefusesAViewerWithoutH265ByName) {
  start_cameras({small("hevc", "h265")});
  start_service({camera("hevc")});
  wait_state("hevc", "live");

  const Viewing viewing = view("hevc", {"--codec", "h264", "--frames", "1"});

  EXPECT_EQ(viewing.exit_code, 2) << viewing.output;
  EXPECT_EQ(viewing["status"], "406");
  EXPECT_THAT(viewing.output, HasSubstr("the camera sends H265 (Main, level "));
  EXPECT_THAT(viewing.output, HasSubstr("the viewer supports H264 (42e01f)"));
}

TEST_F(PicturesTest, LostPacketsAreSentAgain) {
  start_cameras({small("hevc", "h265"), small("avc", "h264")});
  start_service({camera("hevc"), camera("avc")});
  for (const auto& [id, codec] : {std::pair{"hevc", "h265"}, std::pair{"avc", "h264"}}) {
    SCOPED_TRACE(id);

    const Viewing viewing = view(id, {"--codec", codec, "--frames", "100", "--drop", "25"});

    expect_whole(viewing);
    EXPECT_GT(viewing.number("missed"), 0) << viewing.output;
  }
}

TEST_F(PicturesTest, SoundComesWithAnH265Picture) {
  start_cameras({small("hevc", "h265", "audio=aac")});
  start_service({camera("hevc")});

  const Viewing viewing = view("hevc", {"--codec", "h265", "--audio", "--frames", "75"});

  expect_whole(viewing);
  EXPECT_EQ(viewing["audio_codec"], "\"OPUS\"");
  EXPECT_GT(viewing.number("audio_level_db"), -40) << viewing.output;
}

TEST_F(PicturesTest, AViewerIsShownAPictureLongBeforeTheNextKeyFrame) {
  start_cameras({"id=slow,codec=h265,size=320x180,gop=500,loop=20,bitrate=300,audio=none"});
  start_service({camera("slow")});
  // The first viewer waits for whatever comes first; after it a group of pictures is in the cache.
  ASSERT_EQ(view("slow", {"--codec", "h265", "--frames", "30"}).exit_code, 0);

  // Who has waited for a key frame came before the newest one. Where one came meanwhile, as it may
  // where the machine is slow, the next visit tells.
  using Clock = std::chrono::steady_clock;
  const auto end = Clock::now() + kHangLimit;
  bool without_waiting = false;
  while (!without_waiting && Clock::now() < end) {
    const auto begin = Clock::now();
    const Viewing viewing = view("slow", {"--codec", "h265", "--frames", "5"});
    expect_whole(viewing);
    const int then = key_frame_age_ms("slow");
    poll(
        "/api/cameras/slow", [&](const Response&) { return key_frame_age_ms("slow") != then; },
        "newer figures");
    without_waiting = std::chrono::milliseconds{key_frame_age_ms("slow")} > Clock::now() - begin;
  }
  EXPECT_TRUE(without_waiting);
}

} // namespace
} // namespace fanlight::test
