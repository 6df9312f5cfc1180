#include <gst/gst.h>

#include "fault_test.h"
#include "gst/ref.h"

namespace fanlight::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

/// Plays by rtspsrc with these properties until ten buffers have come; the error, or "" when they
/// did.
std::string play(const std::string& url, const std::string& properties) {
  const std::string line = "rtspsrc name=src latency=0 location=" + url + " " + properties +
                           " ! appsink name=out sync=false";
  const auto pipeline = Ref<GstElement>::retain(gst_parse_launch(line.c_str(), nullptr));
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline.get()));
  const auto out = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline.get()), "out"));
  const auto count = +[](GstElement*, gpointer to) -> GstFlowReturn {
    gst_bus_post(static_cast<GstBus*>(to),
                 gst_message_new_application(nullptr, gst_structure_new_empty("came")));
    return GST_FLOW_OK;
  };
  g_object_set(out.get(), "emit-signals", TRUE, "max-buffers", 10, "drop", TRUE, nullptr);
  g_signal_connect(out.get(), "new-sample", G_CALLBACK(count), bus.get());
  gst_element_set_state(pipeline.get(), GST_STATE_PLAYING);
  std::string error = "nothing came";
  for (int left = 10; left > 0 && error == "nothing came";) {
    const auto message = Ref<GstMessage>::adopt(gst_bus_timed_pop_filtered(
        bus.get(), kHangLimit.count() * GST_SECOND,
        static_cast<GstMessageType>(GST_MESSAGE_ERROR | GST_MESSAGE_APPLICATION)));
    if (!message) break;
    if (GST_MESSAGE_TYPE(message.get()) == GST_MESSAGE_APPLICATION) {
      if (--left == 0) error.clear();
      continue;
    }
    GError* raw = nullptr;
    gchar* detail = nullptr;
    gst_message_parse_error(message.get(), &raw, &detail);
    const GErrorPtr owned{raw};
    error = std::string(owned->message) + " " + take_string(detail);
  }
  gst_element_set_state(pipeline.get(), GST_STATE_NULL);
  return error;
}

class TransportTest : public FaultTest {
 protected:
  /// rtspsrc's word for RTSP in HTTP.
  std::string tunnel() const { return "rtsph" + url().substr(4); }
};

TEST_F(TransportTest, PlaysOverTlsWithACertificateThatNobodyHasSigned) {
  run({"--tls", "127.0.0.1:0", "--camera", std::string("id=a") + kSmall, "--camera",
       std::string("id=p,auth=digest,user=u,password=s") + kSmall});
  const std::string tls = camsim_->url("tls");
  EXPECT_THAT(tls, MatchesRegex("rtsps://127\\.0\\.0\\.1:[0-9]+"));
  EXPECT_THAT(camsim_->url("fingerprint"), MatchesRegex("([0-9A-F][0-9A-F]:){31}[0-9A-F]{2}"));

  EXPECT_EQ(play(tls + "/a", "tls-validation-flags=0"), "");
  EXPECT_EQ(play(tls + "/p", "tls-validation-flags=0 user-id=u user-pw=s"), "");
  EXPECT_NE(play(tls + "/a", ""), "");
  EXPECT_EQ(play(url("a"), ""), "");
}

TEST_F(TransportTest, KeepsItsCertificateFromOneStartToTheNext) {
  const auto fingerprint = [this] {
    run({"--tls", "127.0.0.1:0", "--camera", std::string("id=a") + kSmall});
    return camsim_->url("fingerprint");
  };
  const std::string first = fingerprint();
  EXPECT_EQ(fingerprint(), first);
}

TEST_F(TransportTest, PlaysThroughATunnelOfHttp) {
  run({"--camera", std::string("id=a") + kSmall});
  EXPECT_EQ(play(tunnel(), ""), "");
}

TEST_F(TransportTest, PlaysThroughATunnelOfHttpWithFaultsInFront) {
  start({"id=a"});
  EXPECT_EQ(play(tunnel(), ""), "");
}

TEST_F(TransportTest, PlaysOverUdpWithFaultsInFront) {
  start({"id=a"});
  EXPECT_EQ(play(url(), "protocols=udp"), "");
}

} // namespace
} // namespace fanlight::test
