#include "config/schema.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/request.h"

namespace fanlight::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> names_of(const Record& record) {
  std::vector<std::string> names;
  for (const auto& member : record.members) names.emplace_back(member.name);
  return names;
}

const Printed* find(const Record& record, const std::string& name) {
  for (const auto& member : record.members)
    if (member.name == name) return &member.value;
  return nullptr;
}

/// What `record` has of its first stream.
Record stream_of(const Record& record) {
  const Printed* streams = find(record, "streams");
  if (streams == nullptr) return {};
  return std::get<std::vector<Record>>(*streams).at(0);
}

Camera front() {
  Camera camera;
  camera.id = "front";
  camera.streams = {{.url = "rtsp://user:sesame@192.0.2.1/?token=abc"}};
  camera.origin = {"cameras.yaml", 7, true};
  return camera;
}

template <typename S> std::vector<std::string> names_where(bool (*is)(const Field<S>&)) {
  std::vector<std::string> names;
  for (const Field<S>& field : fields<S>())
    if (is(field)) names.emplace_back(field.name);
  return names;
}

template <typename S> void expect_each_key_once() {
  std::set<std::string> names;
  for (const Field<S>& field : fields<S>()) EXPECT_TRUE(names.insert(field.name).second);
}

TEST(SchemaTest, HasEachKeyOnce) {
  expect_each_key_once<Config>();
  expect_each_key_once<Server>();
  expect_each_key_once<Data>();
  expect_each_key_once<Camera>();
  expect_each_key_once<Stream>();
  expect_each_key_once<WebRtc>();
  expect_each_key_once<Logging>();
}

TEST(SchemaTest, StoresWhatIsRequiredAndWhatHasNotItsDefault) {
  EXPECT_THAT(names_of(stored(front())), ElementsAre("id", "streams"));
  EXPECT_THAT(names_of(stream_of(stored(front()))), ElementsAre("id", "url"));
  Camera camera = front();
  camera.audio = false;
  camera.streams[0].password = "hush";

  EXPECT_THAT(names_of(stored(camera)), ElementsAre("id", "streams", "audio"));
  EXPECT_EQ(*find(stream_of(stored(camera)), "password"), Printed{std::string{"hush"}});
}

TEST(SchemaTest, ShowsEveryKeyButSecrets) {
  EXPECT_THAT(names_of(shown(front())),
              ElementsAre("id", "name", "groups", "managed", "file", "line", "streams", "audio",
                          "codecs", "max_viewers", "webrtc_transport"));
  const Record stream = stream_of(shown(front()));
  EXPECT_THAT(names_of(stream),
              ElementsAre("id", "url", "username", "has_password", "transport", "source", "latency",
                          "tls_verify", "tls_fingerprint", "tls_ca_file", "pull", "grace",
                          "start_timeout", "health_timeout"));
  EXPECT_EQ(*find(stream, "url"), Printed{std::string{"rtsp://192.0.2.1/?token=***"}});
  EXPECT_EQ(*find(stream, "username"), Printed{std::string{"user"}});
  EXPECT_EQ(*find(stream, "has_password"), Printed{true});
}

TEST(SchemaTest, PrintsEveryKeyOfACameraThatItReads) {
  EXPECT_THAT(names_where<Camera>([](const auto& field) { return field.read && !field.print; }),
              IsEmpty());
  EXPECT_THAT(names_where<Stream>([](const auto& field) { return field.read && !field.print; }),
              ElementsAre("password_file"));
}

TEST(SchemaTest, SaysWhatAChangeOfEachKeyCosts) {
  EXPECT_THAT(names_where<Camera>([](const auto& field) {
                return field.effect == Effect::live && !field.traits.told;
              }),
              ElementsAre("name", "groups", "max_viewers"));
  EXPECT_THAT(names_where<Stream>([](const auto& field) { return field.effect == Effect::live; }),
              IsEmpty());
  EXPECT_THAT(names_where<WebRtc>([](const auto& field) { return field.effect == Effect::live; }),
              ElementsAre("browser_ice_servers", "max_viewers"));
}

TEST(SchemaTest, ListsTheChangesOfACameraAndOfItsStreams) {
  Camera after = front();
  after.name = "Front door";
  after.streams[0].latency = std::chrono::seconds{1};
  after.streams[0].password = "hush";
  std::vector<Change> changes;

  list_changes(front(), after, "", changes);

  ASSERT_EQ(changes.size(), 3u);
  EXPECT_EQ(changes[0].key + ' ' + changes[0].text, "name is now Front door");
  EXPECT_EQ(changes[0].effect, Effect::live);
  EXPECT_EQ(changes[1].key + ' ' + changes[1].text, "streams[0].password has changed");
  EXPECT_EQ(changes[2].key + ' ' + changes[2].text, "streams[0].latency is now 1s");
  EXPECT_EQ(changes[2].effect, Effect::rebuild);
}

TEST(SchemaTest, TakesNoFileOfTheServerFromARequest) {
  const auto files = names_where<Stream>([](const auto& field) { return field.traits.file; });
  EXPECT_THAT(files, ElementsAre("password_file", "tls_ca_file"));
  for (const std::string& name : files) {
    const auto read = read_request(
        R"({"id": "gate", "url": "rtsp://192.0.2.3/", ")" + name + R"(": "/etc/passwd"})", nullptr);
    ASSERT_TRUE(std::holds_alternative<KeyErrors>(read)) << name;
    EXPECT_EQ(std::get<KeyErrors>(read).at(0).key, name);
  }
}

TEST(SchemaTest, TakesNoAliasFromARequest) {
  const auto read =
      read_request(R"({"id": &a "gate", "url": "rtsp://192.0.2.3/", "name": *a})", nullptr);

  ASSERT_TRUE(std::holds_alternative<KeyErrors>(read));
  EXPECT_THAT(std::get<KeyErrors>(read).at(0).why.message, testing::HasSubstr("an alias"));
}

TEST(SchemaTest, TellsAConnectionFromWhatIsDoneWithIt) {
  const Stream stream = front().streams[0];
  Stream other = stream;
  other.id = "sub";
  other.latency = std::chrono::seconds{1};
  other.url = "rtsp://192.0.2.1/?token=abc";
  other.username = "user";
  other.password = "sesame";
  EXPECT_TRUE(same_connection(stream, other));

  other.transport = RtspTransport::udp;

  EXPECT_FALSE(same_connection(stream, other));
}

} // namespace
} // namespace fanlight::config
