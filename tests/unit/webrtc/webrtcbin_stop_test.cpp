#include "webrtc/webrtcbin_transport.h"

#include <filesystem>
#include <iterator>

#include <gst/gst.h>
#include <gtest/gtest.h>

#include "offers.h"
#include "support/fake_media_source.h"
#include "support/turn_until.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp::test;

/// Hears that there is an answer, on the default main context.
struct Heard : ViewerTransport::Observer {
  bool over = false;

  void on_transport_answer(const std::string&) override { over = true; }
  void on_transport_candidate(const sdp::Candidate&) override {}
  void on_transport_state(ViewerTransport::State, const std::string&) override {}
  void on_transport_failed(const std::string& why) override {
    over = true;
    ADD_FAILURE() << why;
  }
};

template <typename T> Ref<T> property(gpointer object, const char* name) {
  gpointer raw = nullptr;
  g_object_get(object, name, &raw, nullptr);
  return Ref<T>::adopt(static_cast<T*>(raw));
}

/// A real webrtcbin, running, without a camera.
class WebrtcbinStopTest : public testing::Test {
 protected:
  void SetUp() override { gst_init(nullptr, nullptr); }

  /// Answers an offer and stops; `then` comes before what is stopped is dropped.
  void run(const std::function<void(GObject* ice_transport)>& then) {
    const sdp::Offer offer = parsed(plain());
    sdp::Choices choices;
    const std::vector<RtpFormat> formats{h264("42e01f")};
    for (const auto& media : offer.media) choices.emplace_back(*sdp::choose(media, formats));
    auto heard = std::make_shared<Heard>();
    IceSettings ice;
    ice.client_address = "127.0.0.1";
    fanlight::test::FakeMediaSource camera;
    auto transport = WebrtcbinTransport::create("test", ice, camera, heard);
    ASSERT_TRUE(transport) << transport.error().message;
    const auto branch = Ref<GstElement>::retain(camera.bin());
    gst_element_set_state(branch.get(), GST_STATE_PLAYING);
    ASSERT_TRUE((*transport)->accept(offer, choices, true));
    fanlight::test::turn_until([&] { return heard->over; }, "an answer");

    const auto webrtcbin =
        Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(branch.get()), "webrtcbin"));
    GObject* raw = nullptr;
    g_signal_emit_by_name(webrtcbin.get(), "get-transceiver", 0, &raw);
    const auto transceiver = Ref<GObject>::adopt(raw);
    const auto sender = property<GObject>(transceiver.get(), "sender");
    const auto dtls_transport = property<GObject>(sender.get(), "transport");
    const auto ice_transport = property<GObject>(dtls_transport.get(), "transport");
    gst_element_set_state(branch.get(), GST_STATE_NULL);
    then(ice_transport.get());
  }
  /// What only now comes to an end does so.
  static std::size_t descriptors() {
    while (g_main_context_iteration(nullptr, FALSE)) {
    }
    const std::filesystem::directory_iterator all{"/proc/self/fd"};
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }
};

TEST_F(WebrtcbinStopTest, LeavesNoSocketsWhereIceGoesOnAfterItHasStopped) {
  run([](GObject*) {}); // What a first one opens for all.
  const std::size_t before = descriptors();

  run([](GObject* ice_transport) { g_object_notify(ice_transport, "state"); });

  EXPECT_EQ(descriptors(), before);
}

} // namespace
} // namespace fanlight::webrtc
