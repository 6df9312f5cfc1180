// A camera that rtspdirectsrc reads.
#include "media/rtsp/direct_source.h"

#include <gmock/gmock.h>

#include "gst/elements.h"

namespace fanlight::media {
namespace {

using testing::HasSubstr;

config::Stream stream(const std::string& url) {
  config::Stream stream;
  stream.url = url;
  return stream;
}

TEST(DirectSourceTest, ReadsTcpAndUdp) {
  EXPECT_TRUE(DirectSource::obstacle(stream("rtsp://192.0.2.1/")).empty());
  EXPECT_TRUE(DirectSource::obstacle(stream("rtsps://192.0.2.1/")).empty());
  for (const auto transport : {config::RtspTransport::udp, config::RtspTransport::automatic}) {
    config::Stream other = stream("rtsp://192.0.2.1/");
    other.transport = transport;
    EXPECT_TRUE(DirectSource::obstacle(other).empty());
  }
  for (const auto& [transport, name] : {std::pair{config::RtspTransport::multicast, "multicast"},
                                        std::pair{config::RtspTransport::http, "http"}}) {
    config::Stream other = stream("rtsp://192.0.2.1/");
    other.transport = transport;
    EXPECT_THAT(DirectSource::obstacle(other).message, HasSubstr(name));
  }
}

TEST(DirectSourceTest, GivesTheElementWhatTheConfigurationSays) {
  load_own_elements();
  const auto source = *DirectSource::create(
      stream("rtsp://user:p%40ss@192.0.2.1/live"),
      {.request = rtsp::KeepAlivePlan::Request::other, .longest_period = std::chrono::seconds{7}});
  gchar* location = nullptr;
  gchar* user = nullptr;
  guint request = 0;
  guint period = 0;
  g_object_get(source->element(), "location", &location, "user-id", &user, "keep-alive-request",
               &request, "keep-alive-period", &period, nullptr);

  EXPECT_EQ(take_string(location), "rtsp://192.0.2.1/live");
  EXPECT_EQ(take_string(user), "user");
  EXPECT_EQ(request, 1u);
  EXPECT_EQ(period, 7000u);
}

TEST(DirectSourceTest, ShowsNobodyThePassword) {
  load_own_elements();
  const auto source = *DirectSource::create(stream("rtsp://user:p%40ss@192.0.2.1/live"), {});

  GParamSpec* const property =
      g_object_class_find_property(G_OBJECT_GET_CLASS(source->element()), "user-pw");

  ASSERT_NE(property, nullptr);
  EXPECT_EQ(property->flags & G_PARAM_READABLE, 0);
}

TEST(DirectSourceTest, InterpretsTheErrorsOfItsElement) {
  load_own_elements();
  const auto source = *DirectSource::create(stream("rtsp://192.0.2.1/"), {});
  GError* const error = g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ, "no");
  GstStructure* const details =
      gst_structure_new("rtsp-failure", "kind", G_TYPE_STRING, "refused", "method", G_TYPE_STRING,
                        "DESCRIBE", "status", G_TYPE_INT, 401, "verdict", G_TYPE_INT,
                        static_cast<int>(rtsp::Login::Verdict::missing), nullptr);
  GstMessage* const message =
      gst_message_new_error_with_details(GST_OBJECT(source->element()), error, "no", details);
  g_error_free(error);

  const ConnectError explained = source->explain(message);
  gst_message_unref(message);

  EXPECT_THAT(explained.why.message, HasSubstr("requires a login"));
  EXPECT_TRUE(explained.refused);
}

} // namespace
} // namespace fanlight::media
