// Between a real webrtcbin of ours and one that plays the viewer, over loopback.
#include <regex>

#include <gmock/gmock.h>
#include <gst/webrtc/webrtc.h>
#include <nice/agent.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include "gst/elements.h"
#include "gst/promise.h"
#include "offers.h"
#include "sdp/fingerprint.h"
#include "support/fake_media_source.h"
#include "support/turn_until.h"
#include "webrtc/dtls_certificate.h"
#include "webrtc/webrtcbin_transport.h"
#include "webrtc/webrtcbin_tuning.h"

namespace fanlight::webrtc {
namespace {

using namespace sdp::test;
using fanlight::test::turn_until;
using testing::HasSubstr;
using DescriptionPtr = Owned<GstWebRTCSessionDescription, gst_webrtc_session_description_free>;

/// Hears what the transport says, on the default main context.
struct Heard : ViewerTransport::Observer {
  std::optional<std::string> answer;
  std::optional<ViewerTransport::State> state;
  std::string failure;

  void on_transport_answer(const std::string& sdp) override { answer = sdp; }
  void on_transport_candidate(const sdp::Candidate&) override {}
  void on_transport_state(ViewerTransport::State now, const std::string&) override { state = now; }
  void on_transport_failed(const std::string& why) override { failure = why; }
};

IceSettings loopback() {
  IceSettings ice;
  ice.client_address = "127.0.0.1";
  return ice;
}

template <typename T> Ref<T> object_of(gpointer owner, const char* name) {
  gpointer raw = nullptr;
  g_object_get(owner, name, &raw, nullptr);
  return Ref<T>::adopt(static_cast<T*>(raw));
}

/// Turns the main loop at a signal of `object`, on whatever thread.
void wake_at(gpointer object, const char* signal) {
  const auto wake = +[](gpointer) { post([] {}); };
  g_signal_connect_swapped(object, signal, G_CALLBACK(wake), nullptr);
}

std::string ufrag_of(const std::string& sdp) {
  std::smatch found;
  return std::regex_search(sdp, found, std::regex{"a=ice-ufrag:([^\r]+)"}) ? found[1].str() : "";
}

/// A webrtcbin that offers to receive H.264.
class GStreamerViewer {
 public:
  GStreamerViewer() : pipeline_(Ref<GstElement>::retain(gst_pipeline_new(nullptr))) {
    webrtcbin_ = *make_element("webrtcbin");
    gst_bin_add(GST_BIN(pipeline_.get()), webrtcbin_.get());
    gst_util_set_object_arg(G_OBJECT(webrtcbin_.get()), "bundle-policy", "max-bundle");
    configure_ice(webrtcbin_.get(), loopback());
    wake_at(webrtcbin_.get(), "notify::ice-gathering-state");
    receive("application/x-rtp,media=video,encoding-name=H264,clock-rate=90000,payload=96,"
            "packetization-mode=(string)1,profile-level-id=(string)42e01f");
    gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  }
  ~GStreamerViewer() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }
  GStreamerViewer(const GStreamerViewer&) = delete;
  GStreamerViewer& operator=(const GStreamerViewer&) = delete;

  /// With all of its candidates.
  std::string offer() {
    bool offered = false;
    const auto promise = reply_on_main([&](StructurePtr reply) {
      GstWebRTCSessionDescription* raw = nullptr;
      gst_structure_get(reply.get(), "offer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &raw, nullptr);
      const DescriptionPtr offer{raw};
      g_signal_emit_by_name(webrtcbin_.get(), "set-local-description", offer.get(), nullptr);
      offered = true;
    });
    g_signal_emit_by_name(webrtcbin_.get(), "create-offer", nullptr, promise.get());
    turn_until([&] { return offered && is("ice-gathering-state", "complete"); }, "its offer");
    GstWebRTCSessionDescription* raw = nullptr;
    g_object_get(webrtcbin_.get(), "local-description", &raw, nullptr);
    const DescriptionPtr offer{raw};
    return take_string(gst_sdp_message_as_text(offer->sdp));
  }

  /// The same offer, under another name for ICE.
  std::string rename(const std::string& offer, const std::string& ufrag) {
    const std::string password = "a-password-of-more-than-128-bits";
    const auto ice = object_of<GObject>(webrtcbin_.get(), "ice-agent");
    const auto agent = object_of<NiceAgent>(ice.get(), "agent");
    EXPECT_TRUE(nice_agent_set_local_credentials(agent.get(), 1, ufrag.c_str(), password.c_str()));
    const std::string renamed =
        std::regex_replace(offer, std::regex{"a=ice-ufrag:[^\r]*"}, "a=ice-ufrag:" + ufrag);
    return std::regex_replace(renamed, std::regex{"a=ice-pwd:[^\r]*"}, "a=ice-pwd:" + password);
  }

  /// What it has against the answer; empty: nothing.
  std::string take(const std::string& text) {
    GstSDPMessage* message = nullptr;
    gst_sdp_message_new_from_text(text.c_str(), &message);
    const DescriptionPtr answer{
        gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, message)};
    std::optional<std::string> complaint;
    const auto promise = reply_on_main([&](StructurePtr reply) {
      GError* raw = nullptr;
      if (reply && gst_structure_has_field(reply.get(), "error"))
        gst_structure_get(reply.get(), "error", G_TYPE_ERROR, &raw, nullptr);
      const GErrorPtr error{raw};
      complaint = error ? error->message : "";
    });
    g_signal_emit_by_name(webrtcbin_.get(), "set-remote-description", answer.get(), promise.get());
    turn_until([&] { return complaint.has_value(); }, "the answer to be taken");
    return complaint.value_or("");
  }

  GstElement* webrtcbin() const { return webrtcbin_.get(); }

  void receive(const char* caps_text) {
    const auto caps = Ref<GstCaps>::adopt(gst_caps_from_string(caps_text));
    GObject* raw = nullptr;
    g_signal_emit_by_name(webrtcbin_.get(), "add-transceiver",
                          GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, caps.get(), &raw);
    if (!transceiver_)
      transceiver_ = Ref<GObject>::adopt(raw);
    else
      g_object_unref(raw);
  }

  Ref<GObject> dtls() const {
    const auto receiver = object_of<GObject>(transceiver_.get(), "receiver");
    return object_of<GObject>(receiver.get(), "transport");
  }
  void watch_dtls() const { wake_at(dtls().get(), "notify::state"); }
  bool has_heard_goodbye() const {
    GstWebRTCDTLSTransportState state = GST_WEBRTC_DTLS_TRANSPORT_STATE_NEW;
    g_object_get(dtls().get(), "state", &state, nullptr);
    return state == GST_WEBRTC_DTLS_TRANSPORT_STATE_CLOSED;
  }
  std::string remote_certificate() const {
    gchar* raw = nullptr;
    g_object_get(dtls().get(), "remote-certificate", &raw, nullptr);
    return take_string(raw);
  }

 private:
  bool is(const char* name, const char* nick) const {
    GValue value = G_VALUE_INIT;
    g_object_get_property(G_OBJECT(webrtcbin_.get()), name, &value);
    auto* const values = static_cast<GEnumClass*>(g_type_class_peek(G_VALUE_TYPE(&value)));
    const bool same =
        std::string_view{g_enum_get_value(values, g_value_get_enum(&value))->value_nick} == nick;
    g_value_unset(&value);
    return same;
  }

  Ref<GstElement> pipeline_;
  Ref<GstElement> webrtcbin_;
  Ref<GObject> transceiver_; // Of the video.
};

class WebrtcbinViewerTest : public testing::Test {
 protected:
  void SetUp() override {
    gst_init(nullptr, nullptr);
    camera_ = std::make_unique<fanlight::test::FakeMediaSource>();
    viewer_ = std::make_unique<GStreamerViewer>();
  }

  /// The answer to `text`, to which H.264 is sent.
  std::string answer_to(const std::string& text) {
    const sdp::Offer offer = parsed(text);
    for (const auto& media : offer.media)
      choices_.push_back(media.kind == sdp::Offer::Kind::video
                             ? std::optional(*sdp::choose(media, std::vector{h264("42e01f")}))
                             : std::nullopt);
    transport_ = *WebrtcbinTransport::create("test", loopback(), *camera_, heard_);
    gst_element_set_state(camera_->pipeline(), GST_STATE_PLAYING);
    EXPECT_TRUE(transport_->accept(offer, choices_, true));
    turn_until([&] { return heard_->answer || !heard_->failure.empty(); }, "an answer");
    EXPECT_EQ(heard_->failure, "");
    return heard_->answer.value_or("");
  }
  /// What it answers to a later offer of the same viewer.
  std::string answer_again(const std::string& text) {
    heard_->answer.reset();
    EXPECT_TRUE(transport_->accept(parsed(text), choices_, true));
    turn_until([&] { return heard_->answer || !heard_->failure.empty(); }, "an answer");
    EXPECT_EQ(heard_->failure, "");
    return heard_->answer.value_or("");
  }
  /// Of the transport's webrtcbin.
  Ref<NiceAgent> agent() const {
    const auto ice =
        object_of<GObject>(find_element(camera_->pipeline(), "webrtcbin").get(), "ice-agent");
    return object_of<NiceAgent>(ice.get(), "agent");
  }
  /// For retransmission.
  guint packets_kept() const {
    guint kept = 0;
    g_object_get(find_element(camera_->pipeline(), "rtprtxsend").get(), "max-size-packets", &kept,
                 nullptr);
    return kept;
  }
  /// That the transport sends to.
  guint remote_port() const {
    NiceCandidate* local = nullptr;
    NiceCandidate* remote = nullptr;
    const bool selected = nice_agent_get_selected_pair(agent().get(), 1, 1, &local, &remote);
    return selected ? nice_address_get_port(&remote->addr) : 0;
  }
  void connect() {
    EXPECT_EQ(viewer_->take(answer_to(viewer_->offer())), "");
    turn_until([&] { return heard_->state == ViewerTransport::State::connected; }, "DTLS");
  }

  std::unique_ptr<fanlight::test::FakeMediaSource> camera_;
  std::unique_ptr<GStreamerViewer> viewer_;
  std::shared_ptr<Heard> heard_ = std::make_shared<Heard>();
  std::shared_ptr<WebrtcbinTransport> transport_;
  sdp::Choices choices_;
};

TEST_F(WebrtcbinViewerTest, NoticesPacketsThatLibniceKeepsToItself) {
  GStreamerViewer viewer;
  const std::string offer = viewer.offer();
  std::smatch candidate;
  ASSERT_TRUE(std::regex_search(offer, candidate, std::regex{" UDP \\d+ 127\\.0\\.0\\.1 (\\d+) "}));
  Arrivals arrivals{viewer.webrtcbin()};
  arrivals.any();
  EXPECT_FALSE(arrivals.any());

  const auto address = Ref<GSocketAddress>::adopt(
      g_inet_socket_address_new_from_string("127.0.0.1", std::stoi(candidate[1])));
  const auto socket = Ref<GSocket>::adopt(
      g_socket_new(G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_UDP, nullptr));
  g_socket_send_to(socket.get(), address.get(), "x", 1, nullptr, nullptr);

  while (!arrivals.any()) g_main_context_iteration(nullptr, FALSE);
  EXPECT_FALSE(arrivals.any());
}

TEST_F(WebrtcbinViewerTest, ShowsTheCertificateThatItsAnswerNames) {
  connect();

  const std::string pem = viewer_->remote_certificate();
  EXPECT_THAT(*heard_->answer,
              HasSubstr("a=fingerprint:" + sdp::fingerprint_of(pem, "sha-256") + "\r\n"));
  const Owned<BIO, BIO_free> memory{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
  const Owned<X509, X509_free> certificate{
      PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)};
  ASSERT_TRUE(certificate);
  const EVP_PKEY* key = X509_get0_pubkey(certificate.get());
  EXPECT_EQ(EVP_PKEY_get_base_id(key), EVP_PKEY_EC);
  EXPECT_EQ(EVP_PKEY_get_bits(key), 256);
}

TEST_F(WebrtcbinViewerTest, ConnectsToAViewerWithTheLongestUfrag) {
  const std::string longest(256, 'u'); // RFC 8839, section 5.4.

  EXPECT_EQ(viewer_->take(answer_to(viewer_->rename(viewer_->offer(), longest))), "");

  turn_until([&] { return heard_->state == ViewerTransport::State::connected; }, "DTLS");
}

TEST_F(WebrtcbinViewerTest, SaysGoodbyeByDtlsWhenItCloses) {
  connect();
  viewer_->watch_dtls();
  ASSERT_FALSE(viewer_->has_heard_goodbye());

  bool closed = false;
  transport_->close([&] {
    closed = true;
    transport_.reset();
  });

  turn_until([&] { return closed; }, "the end");
  turn_until([&] { return viewer_->has_heard_goodbye(); }, "close_notify");
}

TEST_F(WebrtcbinViewerTest, ClosesAtOnceWhereNobodyIsConnected) {
  answer_to(viewer_->offer());

  bool closed = false;
  transport_->close([&] { closed = true; });

  EXPECT_TRUE(closed);
}

TEST_F(WebrtcbinViewerTest, SendsToTheNewPathAfterAnIceRestart) {
  connect();
  const guint before = remote_port();
  ASSERT_NE(before, 0U);
  // Its candidates have the priorities of those that it had, as if it had moved.
  GStreamerViewer moved;
  wake_at(agent().get(), "new-selected-pair-full");

  const std::string first = *heard_->answer;
  EXPECT_EQ(moved.take(answer_again(moved.offer())), "");

  EXPECT_NE(ufrag_of(*heard_->answer), ufrag_of(first));

  turn_until([&] { return remote_port() != before; }, "the new path");
}

TEST_F(WebrtcbinViewerTest, ChangesToAnotherStreamOnTheSameConnection) {
  connect();
  for (auto& choice : choices_) choice->stream = "main";
  ASSERT_TRUE(transport_->play(choices_));
  ASSERT_TRUE(transport_->play(choices_));
  EXPECT_THAT(camera_->fed, testing::ElementsAre("main-H264"));

  for (auto& choice : choices_) choice->stream = "sub";
  const auto changed = transport_->play(choices_);

  ASSERT_TRUE(changed) << changed.error().message;
  EXPECT_THAT(camera_->fed, testing::ElementsAre("sub-H264"));
  EXPECT_EQ(heard_->failure, "");
}

TEST_F(WebrtcbinViewerTest, KeepsMorePacketsWhileAStreamBegins) {
  connect();
  for (auto& choice : choices_) choice->stream = "main";

  ASSERT_TRUE(transport_->play(choices_));

  EXPECT_EQ(packets_kept(), kBurstPackets);
  turn_until([&] { return packets_kept() != kBurstPackets; }, "the end of the burst");
  EXPECT_EQ(packets_kept(), 500U);
}

TEST_F(WebrtcbinViewerTest, AnswersSoundThatTheCameraLacksSoThatGStreamerTakesIt) {
  viewer_->receive("application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111,"
                   "encoding-params=(string)2");

  connect();

  EXPECT_THAT(*heard_->answer, HasSubstr("\r\nm=audio 9 "));
}

} // namespace
} // namespace fanlight::webrtc
