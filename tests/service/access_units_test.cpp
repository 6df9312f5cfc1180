#include <cstdlib>

#include <gmock/gmock.h>

#include "faulty_camera.h"
#include "viewing.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// The number behind `"name":`; -1: it is not there.
int number_in(const std::string& json, const std::string& name) {
  const std::string label = "\"" + name + "\":";
  const auto at = json.find(label);
  return at == json.npos ? -1 : std::atoi(json.c_str() + at + label.size());
}

/// Cameras whose pictures are hard to tell apart, or hard to begin with.
class AccessUnitsTest : public FaultyCameraTest {
 protected:
  Viewing watch(int frames, const std::string& codec = "h264") {
    return test::view(url("/whep/front"), {"--codec", codec, "--frames", std::to_string(frames)});
  }
  static void expect_whole(const Viewing& viewing) {
    EXPECT_EQ(viewing.exit_code, 0) << viewing.output;
    EXPECT_EQ(viewing.number("unreadable"), 0) << viewing.output;
  }
  /// The length of a group of pictures, as soon as one was complete.
  int group() {
    const Response camera = poll(
        "/api/cameras/front", [](const Response& r) { return number_in(r.body, "gop_frames") > 0; },
        "a whole group");
    return number_in(camera.body, "gop_frames");
  }
};

// ---- Where a picture ends ----

class MarkerTest : public AccessUnitsTest, public testing::WithParamInterface<Oddity> {};

TEST_P(MarkerTest, SaysNothingAboutPictures) {
  const std::string spec = GetParam().spec;
  start(GetParam().faults, spec + ",size=320x180,gop=25,loop=4,bitrate=300,audio=none");

  expect_whole(watch(100, spec.find("h265") == spec.npos ? "h264" : "h265"));

  EXPECT_EQ(group(), 25) << "a slice was taken for a picture";
  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"live\""), HasSubstr("\"reconnects\":0")));
}

constexpr const char* kOnEach = R"({"markers":"nal"})";
constexpr const char* kOnEachAndDelimiters = R"({"markers":"nal","delimiters":true})";
constexpr const char* kOnNone = R"({"markers":"none"})";
constexpr const char* kOnNoneAndNoClock = R"({"markers":"none","standstill":true})";

INSTANTIATE_TEST_SUITE_P(
    All, MarkerTest,
    testing::Values(Oddity{"OnDelimitersH264", kOnEachAndDelimiters, "id=front"},
                    Oddity{"OnDelimitersH265", kOnEachAndDelimiters, "id=front,codec=h265"},
                    Oddity{"OnFourSlicesH264", kOnEach, "id=front,slices=4"},
                    Oddity{"OnFourSlicesH265", kOnEach, "id=front,codec=h265,slices=4"},
                    Oddity{"OnTheLastOfFourSlices", "", "id=front,slices=4"},
                    Oddity{"NowhereH264", kOnNone, "id=front,slices=2"},
                    Oddity{"NowhereH265", kOnNone, "id=front,codec=h265,slices=2"},
                    Oddity{"NowhereWithAClockThatStandsStill", kOnNoneAndNoClock,
                           "id=front,slices=2"}),
    [](const auto& instance) { return std::string{instance.param.name}; });

// ---- Where a viewer can begin ----

TEST_F(AccessUnitsTest, AGroupThatIsJoinedInItsMiddleIsWaitedFor) {
  // 7 s before the next key frame, which is longer than the health timeout.
  start(R"({"begin":25,"parameter_sets":"band","sdp":["no_sprop"]})",
        "id=front,size=320x180,gop=200,loop=8,bitrate=300,audio=none", "    health_timeout: 2s\n");

  poll(
      "/api/cameras/front",
      [](const Response& r) {
        return r.body.find("\"reason\":\"waiting for a key frame (5 s)\"") != r.body.npos;
      },
      "the wait for a key frame");
  EXPECT_THAT(front(), AllOf(HasSubstr("\"state\":\"connecting\""), HasSubstr("\"width\":0,")));
  EXPECT_GE(number_in(front(), "key_frame_wait_ms"), 0);

  const Response live = wait_state("front", "live");
  EXPECT_THAT(live.body, AllOf(HasSubstr("\"width\":320,"), HasSubstr("\"reconnects\":0"),
                               HasSubstr("\"key_frame_wait_ms\":-1")));
  expect_whole(watch(50));
}

TEST_F(AccessUnitsTest, ACameraThatTakesRequestsIsAskedForAKeyFrame) {
  start(R"({"begin":25,"sdp":["no_sprop","pli"]})",
        "id=front,size=320x180,gop=1000,loop=40,bitrate=300,audio=none");

  wait_state("front", "live");

  EXPECT_GE(number_in(control("GET", ""), "key_frame_requests"), 1);
  expect_whole(watch(50));
}

TEST_F(AccessUnitsTest, ViewersBeginAtAnIdrPictureThoughThereAreRecoveryPoints) {
  // A recovery point every 10 pictures, an IDR picture every 100.
  start("", "id=front,refresh=true,size=320x180,gop=10,loop=4,bitrate=300,audio=none");

  expect_whole(watch(150));
  expect_whole(watch(25));

  EXPECT_EQ(group(), 100);
}

TEST_F(AccessUnitsTest, ACameraWithoutIdrPicturesIsRefusedAndSaysWhy) {
  start(R"({"no_idr":true})",
        "id=front,refresh=true,size=320x180,gop=10,loop=4,bitrate=300,audio=none");

  const Response refused = wait_state("front", "refused");

  EXPECT_THAT(refused.body, AllOf(HasSubstr("the camera sends no key frames (IDR)"),
                                  HasSubstr("\"reconnects\":0")));
  EXPECT_THAT(service->output(), HasSubstr("the camera sends no key frames (IDR)"));
  const Response viewer = post_offer("front");
  EXPECT_EQ(viewer.status, 503);
  EXPECT_THAT(viewer.body, HasSubstr("the camera sends no key frames (IDR)"));

  mend();
  wait_state("front", "live");
  expect_whole(watch(25));
}

TEST_F(AccessUnitsTest, AStreamWithIdrPicturesIsPreferred) {
  start(R"({"no_idr":true})",
        "id=front,refresh=true,size=320x180,gop=10,loop=4,bitrate=300,audio=none");
  service.reset();
  start_service({{"front", "",
                  "    streams:\n      - id: main\n        url: " + cameras->url("front") +
                      "\n      - id: sub\n        url: " + cameras->url("large") + "\n"}});
  poll(
      "/api/cameras/front",
      [](const Response& r) { return r.body.find("no key frames (IDR)") != r.body.npos; },
      "the main stream to be refused");

  const Viewing viewing = watch(50);

  expect_whole(viewing);
  EXPECT_EQ(viewing["width"], "640");
}

} // namespace
} // namespace fanlight::test
