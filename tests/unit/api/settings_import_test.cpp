#include <gmock/gmock.h>

#include "settings_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class SettingsImportTest : public SettingsTest {
 protected:
  Response patch(const std::string& body) { return json("PATCH", "/api/cameras", body); }
};

TEST_F(SettingsImportTest, ChangesManyCamerasAsOne) {
  const Response changed = patch(
      R"({"yaml": "- {id: gate, url: 'rtsp://192.0.2.3/1', password: secret}\n- id: shed\n  url: rtsp://192.0.2.4/1",
               "remove": ["yard"]})");

  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(changed.body,
              AllOf(HasSubstr("\"saved\":true"),
                    HasSubstr(R"("id":"shed","name":"","line":2,"change":"added","errors":[])"),
                    Not(HasSubstr("secret"))));
  EXPECT_THAT(ids(), ElementsAre("front", "gate", "shed"));
  EXPECT_EQ(store.changes, 1);
}

TEST_F(SettingsImportTest, IsReadAgainIfSomebodyElseChangesTheCamerasMeanwhile) {
  store.after_drafter = [this] {
    auto without_yard = config.cameras;
    without_yard.pop_back();
    ASSERT_TRUE(store.change(without_yard));
  };

  const Response changed = patch(R"({"yaml": "- {id: gate, url: 'rtsp://192.0.2.3/1'}"})");

  EXPECT_EQ(changed.status, 200) << changed.body;
  EXPECT_THAT(ids(), ElementsAre("front", "gate"));
  EXPECT_EQ(store.changes, 2);
}

TEST_F(SettingsImportTest, SaysWhatItWouldDoAndSavesNothing) {
  const Response report =
      patch(R"({"yaml": "- id: gate\n  url: http://192.0.2.3/\n", "dry_run": true})");

  EXPECT_EQ(report.status, 200) << report.body;
  EXPECT_THAT(report.body, AllOf(HasSubstr("\"saved\":false"), HasSubstr("\"key\":\"url\""),
                                 HasSubstr("\"line\":2"), HasSubstr("is not an RTSP URL"),
                                 HasSubstr("\"message_code\":\"not_rtsp_url\"")));
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsImportTest, SavesNothingIfOneCameraIsWrong) {
  const Response refused =
      patch(R"({"yaml": "- {id: a, url: 'rtsp://192.0.2.3/'}\n- {id: b, url: 'http://x/'}"})");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("\"code\":\"invalid\""),
                                  HasSubstr("\"key\":\"cameras[1].url\""), HasSubstr("line 2: ")));
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsImportTest, BoundsTheNumberOfCameras) {
  std::string yaml;
  for (std::size_t i = 0; i < limits.cameras; ++i)
    yaml +=
        "- {id: c" + std::to_string(i) + ", url: 'rtsp://192.0.2.9/" + std::to_string(i) + "'}\\n";
  const Response refused = patch(R"({"yaml": ")" + yaml + "\"}");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("its limit is 1000"));
  EXPECT_EQ(store.changes, 0);
}

TEST_F(SettingsImportTest, ReadsNoListOfMoreCamerasThanTheServerMayHave) {
  std::string yaml;
  for (std::size_t i = 0; i <= limits.cameras; ++i) yaml += "- {}\\n";
  const Response refused = patch(R"({"yaml": ")" + yaml + "\"}");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("has more than 1000 cameras"));
}

TEST_F(SettingsImportTest, RefusesMembersOfAnotherType) {
  for (const char* body : {R"({"yaml": 1})", R"({"remove": "yard"})", R"({"remove": [1]})",
                           R"({"dry_run": "yes"})", R"({"yaml": ["a"]})"})
    EXPECT_EQ(patch(body).status, 400) << body;
  EXPECT_EQ(patch("{}").status, 200) << "nothing to do";
}

TEST_F(SettingsImportTest, TellsThatTheFileWasEdited) {
  store.error = Error{Errc::conflict, "cameras.yaml was edited"};

  const Response refused = patch(R"({"remove": ["yard"]})");

  EXPECT_EQ(refused.status, 409);
  EXPECT_THAT(refused.body, HasSubstr("changed_by_hand"));
}

} // namespace
} // namespace fanlight::test
