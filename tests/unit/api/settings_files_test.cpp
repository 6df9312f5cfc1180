// What the API of settings says of the files.
#include <gmock/gmock.h>

#include "settings_fixture.h"

namespace fanlight::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST_F(SettingsTest, SaysWhatAReloadHasChangedOrWhyNot) {
  store.diff.rebuilt = {"yard"};
  store.diff.needs_restart = {"webrtc.port"};
  const Response done = send({"POST", "/api/reload", {}, {}, {}});
  EXPECT_EQ(done.status, 200);
  EXPECT_THAT(done.body, AllOf(HasSubstr("\"rebuilt\":[\"yard\"]"),
                               HasSubstr("\"needs_restart\":[\"webrtc.port\"]")));
  store.error = Error{Errc::invalid, "fanlight.yaml:4:9: cameras[0].id: is no id"};
  const Response refused = send({"POST", "/api/reload", {}, {}, {}});
  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.body, AllOf(HasSubstr("bad_configuration"), HasSubstr("fanlight.yaml:4:9")));
  EXPECT_EQ(get("/api/reload").status, 405);
}

TEST_F(SettingsTest, TellsWhyTheFilesOnDiskDoNotRun) {
  EXPECT_THAT(get("/api/settings").body, HasSubstr("\"configuration_error\":null"));

  store.rejected = config::Mistake{"/etc/fanlight/cameras.yaml",
                                   4,
                                   {Errc::invalid, "cameras.yaml:4:9: cameras[0].id: is no id"}};
  EXPECT_THAT(get("/api/settings").body,
              HasSubstr("\"configuration_error\":{\"file\":\"/etc/fanlight/cameras.yaml\","
                        "\"line\":4,\"message\":\"cameras.yaml:4:9: cameras[0].id: is no id\"}"));

  store.rejected->diagnostics = {
      {"cameras[0].id", {"not_an_id"_reason, "is no {what}", {{"what", "id"}}}, 4}};
  const std::string errors =
      R"("errors":[{"key":"cameras[0].id","message":"is no id","message_code":"not_an_id",)"
      R"("message_values":{"what":"id"},"file":"/etc/fanlight/cameras.yaml","line":4}])";
  EXPECT_THAT(get("/api/settings").body, HasSubstr(errors));
  store.error = store.rejected->error;
  EXPECT_THAT(send({"POST", "/api/reload", {}, {}, {}}).body, HasSubstr(errors));

  store.rejected->line = 0;
  EXPECT_THAT(get("/api/settings").body, HasSubstr("\"line\":null"));
}

TEST_F(SettingsTest, SaysThatTheFileCannotBeWritten) {
  store.error = Error{Errc::internal, "writing /etc/fanlight/cameras.yaml: Permission denied"};
  const Response failed =
      json("POST", "/api/cameras", R"({"id": "gate", "url": "rtsp://192.0.2.3/"})");
  EXPECT_EQ(failed.status, 500);
  EXPECT_THAT(failed.body, AllOf(HasSubstr("not_writable"), HasSubstr("Permission denied")));
}

TEST_F(SettingsTest, SaysThatTheFileWasChangedByHand) {
  store.error = Error{Errc::conflict, "cameras.yaml was changed by hand"};
  const Response failed =
      json("POST", "/api/cameras", R"({"id": "gate", "url": "rtsp://192.0.2.3/"})");
  EXPECT_EQ(failed.status, 409);
  EXPECT_THAT(failed.body, HasSubstr("changed_by_hand"));
}

} // namespace
} // namespace fanlight::test
