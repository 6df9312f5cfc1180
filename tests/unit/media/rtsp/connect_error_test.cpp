#include "media/rtsp/connect_error.h"

#include <memory>

#include <gmock/gmock.h>

namespace fanlight::media {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// What is said of a camera at `url` that cannot be reached.
std::string unreachable(const std::string& url) {
  GError* const error = g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ, "no");
  const std::unique_ptr<GstMessage, decltype(&gst_message_unref)> message{
      gst_message_new_error(nullptr, error, "no"), gst_message_unref};
  g_error_free(error);
  config::Stream stream;
  stream.url = url;
  return connect_error_of(message.get(), stream).why.message;
}

TEST(ConnectErrorTest, NamesTheHostThatCannotBeReached) {
  EXPECT_THAT(unreachable("rtsp://192.0.2.1/a"), HasSubstr("cannot reach 192.0.2.1:554:"));
  EXPECT_THAT(unreachable("rtsp://bob:x@camera:8554/a?b=c@d"),
              HasSubstr("cannot reach camera:8554:"));
}

TEST(ConnectErrorTest, GivesTheValuesOfItsSentence) {
  const ConnectError error = connect_error_of(
      RtspHooks::Refusal{.status = GST_RTSP_STS_UNSUPPORTED_TRANSPORT, .method = "SETUP"},
      config::Stream{});

  EXPECT_EQ(error.why, (Reason{"transport_unsupported"_reason,
                               "the camera does not support transport: {transport}; choose another "
                               "transport",
                               {{"transport", "tcp"}}}));
}

TEST(ConnectErrorTest, NamesNoHalfOfAPasswordAsTheHost) {
  EXPECT_THAT(unreachable("rtsp://admin:2024/x@192.0.2.10/s"),
              AllOf(Not(HasSubstr("2024")), Not(HasSubstr("admin")), HasSubstr("write %2F")));
}

TEST(ConnectErrorTest, NamesWhatTheCameraSendsAndWhatToChange) {
  EXPECT_THAT(wrong_codec({"H265"}, "H264").why.message,
              HasSubstr("its codecs key allows only H264"));
  EXPECT_THAT(wrong_codec({}, "H264").why.message, HasSubstr("sends no video"));
  EXPECT_THAT(wrong_codec({"JPEG"}, "H264").why.message,
              AllOf(HasSubstr("MJPEG"), HasSubstr("set this stream to H264 in the camera")));
  EXPECT_THAT(wrong_codec({"MP2T"}, "H264").why.message, HasSubstr("MPEG transport stream"));
  EXPECT_THAT(wrong_codec({"payload type 99"}, "H264").why.message,
              AllOf(HasSubstr("payload type 99"), HasSubstr("set this stream to H264")));
}

TEST(ConnectErrorTest, NamesOnlyTheFirstOfManyCodecs) {
  std::vector<std::string> sent;
  for (char letter = 'A'; letter <= 'H'; ++letter) sent.emplace_back(1, letter);
  EXPECT_THAT(wrong_codec(sent, "H264").why.message, HasSubstr("sends A, B, C, D, E, F, G, H,"));
  sent.emplace_back("I");
  sent.emplace_back("J");
  EXPECT_THAT(wrong_codec(sent, "H264").why.message,
              HasSubstr("sends A, B, C, D, E, F, G, H, …, which"));
  sent.emplace_back("H265");
  EXPECT_THAT(wrong_codec(sent, "H264").why.message, HasSubstr("its codecs key allows only H264"));
}

TEST(ConnectErrorTest, SaysThatThePathIsWrongOnlyWhereTheDescriptionIsMissing) {
  const auto of = [](const char* method) {
    return connect_error_of(RtspHooks::Refusal{.status = 404, .method = method}, {}).why.message;
  };
  EXPECT_THAT(of("DESCRIBE"), HasSubstr("check the path"));
  EXPECT_THAT(of("SETUP"), AllOf(HasSubstr("answers SETUP with 404"), Not(HasSubstr("path"))));
}

TEST(ConnectErrorTest, SaysTheSameWhateverReadsTheCamera) {
  using Kind = rtsp::Failure::Kind;
  const auto of = [](const rtsp::Failure& failure) {
    config::Stream stream;
    stream.url = "rtsp://192.0.2.1/a";
    return connect_error_of(failure, stream);
  };
  EXPECT_THAT(of({.kind = Kind::unreachable}).why.message, HasSubstr("192.0.2.1:554"));
  EXPECT_THAT(of({.kind = Kind::closed}).why.message, HasSubstr("was lost"));
  EXPECT_THAT(of({.kind = Kind::foreign, .text = "SSH-2.0"}).why.message, HasSubstr("SSH-2.0"));
  EXPECT_THAT(of({.kind = Kind::late, .method = "SETUP"}).why.message,
              HasSubstr("to SETUP within"));
  EXPECT_FALSE(of({.kind = Kind::late}).refused);
  EXPECT_THAT(of({.kind = Kind::refused, .method = "DESCRIBE", .status = 404}).why.message,
              HasSubstr("check the path"));
  EXPECT_TRUE(of({.kind = Kind::refused, .method = "SETUP", .status = 461, .sound = true}).sound);
  EXPECT_THAT(of({.kind = Kind::description, .excess = rtsp::Excess::media}).why.message,
              HasSubstr("more than 64 media"));
  EXPECT_TRUE(of({.kind = Kind::encrypted}).only_direct);
  EXPECT_TRUE(of({.kind = Kind::handshake}).only_direct);
  EXPECT_FALSE(of({.kind = Kind::closed, .shaking = true}).only_direct);
  EXPECT_TRUE(of({.kind = Kind::closed, .shaking = true}).perhaps_direct);
  EXPECT_FALSE(of({.kind = Kind::closed}).perhaps_direct);
  EXPECT_FALSE(of({.kind = Kind::certificate}).only_direct);
  const ConnectError redirected =
      of({.kind = Kind::redirection,
          .redirection = {rtsp::Redirection::Fault::not_rtsp, "http://u:hush@192.0.2.1/"}});
  EXPECT_THAT(redirected.why.message, AllOf(HasSubstr("is not RTSP"), Not(HasSubstr("hush"))));
  EXPECT_TRUE(redirected.refused);
}

} // namespace
} // namespace fanlight::media
