// One URL: when it is connected, and when it is left alone.
#include "media/camera_stream.h"

#include <gio/gio.h>
#include <gmock/gmock.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/driven_clock.h"
#include "support/fake_tracks.h"
#include "support/turn_until.h"

namespace fanlight::media {
namespace {

using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""s;
using test::DrivenClock;
using test::turn_until;
using testing::HasSubstr;
using testing::IsEmpty;
using State = CameraStream::State;

/// A camera on a free port of loopback that gives every request the same status.
class RefusingCamera {
 public:
  explicit RefusingCamera(std::string status) : status_(std::move(status)) {
    port_ = g_socket_listener_add_any_inet_port(listener(), nullptr, nullptr);
    g_signal_connect(service_.get(), "incoming", G_CALLBACK(on_incoming), this);
  }
  ~RefusingCamera() { g_socket_listener_close(listener()); }
  std::string url() const { return "rtsp://user:word@127.0.0.1:" + std::to_string(port_) + "/x"; }
  int connections() const { return connections_; }

 private:
  GSocketListener* listener() { return G_SOCKET_LISTENER(service_.get()); }
  static gboolean on_incoming(GSocketService*, GSocketConnection* connection, GObject*,
                              RefusingCamera* self) {
    ++self->connections_;
    self->streams_.push_back(Ref<GIOStream>::retain(G_IO_STREAM(connection)));
    self->read(self->streams_.back().get());
    return TRUE;
  }
  void read(GIOStream* stream) {
    g_input_stream_read_bytes_async(g_io_stream_get_input_stream(stream), 4096, G_PRIORITY_DEFAULT,
                                    nullptr, on_read, new std::pair{this, stream});
  }
  static void on_read(GObject* input, GAsyncResult* result, gpointer data) {
    const std::unique_ptr<std::pair<RefusingCamera*, GIOStream*>> call{
        static_cast<std::pair<RefusingCamera*, GIOStream*>*>(data)};
    GError* raw = nullptr;
    const Owned<GBytes, g_bytes_unref> bytes{
        g_input_stream_read_bytes_finish(G_INPUT_STREAM(input), result, &raw)};
    const GErrorPtr error{raw};
    if (!bytes || g_bytes_get_size(bytes.get()) == 0) return;
    const std::string request{static_cast<const char*>(g_bytes_get_data(bytes.get(), nullptr)),
                              g_bytes_get_size(bytes.get())};
    const auto number = request.find("CSeq:");
    const std::string answer = "RTSP/1.0 " + call->first->status_ + "\r\n" +
                               request.substr(number, request.find("\r\n", number) - number) +
                               "\r\nWWW-Authenticate: Basic realm=\"x\"\r\n\r\n";
    g_output_stream_write_all(g_io_stream_get_output_stream(call->second), answer.data(),
                              answer.size(), nullptr, nullptr, nullptr);
    call->first->read(call->second);
  }

  const std::string status_;
  Ref<GSocketService> service_ = Ref<GSocketService>::adopt(g_socket_service_new());
  std::vector<Ref<GIOStream>> streams_;
  guint16 port_ = 0;
  int connections_ = 0;
};

/// A camera stream of a URL where nobody listens: port 9 of loopback is closed.
struct CameraStreamTest : testing::Test, CameraStream::Observer {
  void SetUp() override {
    load_own_elements();
    pipeline.start();
  }
  void TearDown() override {
    if (camera_stream) camera_stream->stop();
    camera_stream.reset();
    wait_for_stops(test::kHangLimit);
  }
  void make(const std::string& url = "rtsp://127.0.0.1:9/x",
            std::chrono::milliseconds grace = 0ms) {
    const config::Stream stream{.url = url, .pull = config::Pull::on_demand, .grace = grace};
    auto created = CameraStream::create({.id = "front", .name = {}, .streams = {stream}}, stream,
                                        bins, queue, *this);
    ASSERT_TRUE(created) << created.error().message;
    camera_stream = std::move(*created);
  }
  bool wait(State state) {
    return turn_until([&] { return camera_stream->state() == state; }, to_string(state));
  }
  void on_camera_stream_changed(CameraStream& changed) override {
    states.push_back(changed.state());
  }

  const DrivenClock clock; // By which it says when it tries again.
  std::vector<State> states;
  ConnectQueue queue;
  Pipeline pipeline{"camera-front", [this](GstMessage* message) {
                      if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR && camera_stream)
                        camera_stream->on_error(message);
                    }};
  SinkBins bins{pipeline, "front"};
  std::shared_ptr<CameraStream> camera_stream;
};

TEST_F(CameraStreamTest, IsIdleUntilItIsWanted) {
  make();
  EXPECT_EQ(camera_stream->state(), State::idle);
  EXPECT_EQ(camera_stream->retry_in(), 0ms);

  const auto claim = camera_stream->claim();

  EXPECT_EQ(camera_stream->state(), State::connecting);
  EXPECT_THAT(camera_stream->reason().message, HasSubstr("connecting"));
}

TEST_F(CameraStreamTest, TriesAgainWhatItCannotReachAndSaysWhen) {
  make();
  const auto claim = camera_stream->claim();

  ASSERT_TRUE(wait(State::retrying));

  EXPECT_THAT(camera_stream->reason().message, HasSubstr("cannot reach 127.0.0.1:9"));
  EXPECT_GE(camera_stream->retry_in(), 800ms);
  EXPECT_LE(camera_stream->retry_in(), 1200ms);
  states.clear();
  ASSERT_TRUE(turn_until([this] { return !states.empty(); }, "word of the next attempt"));
  EXPECT_EQ(camera_stream->reconnects(), 1U);
  EXPECT_GT(camera_stream->retry_in(), 1200ms) << "later than before";
}

TEST_F(CameraStreamTest, RestsAfterTheGraceUnlessSomebodyComes) {
  make("rtsp://127.0.0.1:9/x", 100ms);
  auto first = camera_stream->claim();
  first.reset();
  auto second = camera_stream->claim();
  Timer later;
  bool over = false;
  later.once(300ms, [&over] { over = true; });
  ASSERT_TRUE(turn_until([&over] { return over; }, "the grace to be over"));
  EXPECT_NE(camera_stream->state(), State::idle);

  second.reset();

  EXPECT_NE(camera_stream->state(), State::idle) << "not at once";
  ASSERT_TRUE(wait(State::idle));
  EXPECT_THAT(camera_stream->reason().message, IsEmpty());
}

TEST_F(CameraStreamTest, DoesNotAskAgainWhoRefusesTheLoginThoughViewersCome) {
  RefusingCamera camera{"401 Unauthorized"};
  make(camera.url());
  auto claim = camera_stream->claim();
  ASSERT_TRUE(wait(State::refused));
  EXPECT_THAT(camera_stream->reason().message, HasSubstr("rejects the login"));
  EXPECT_EQ(camera_stream->retry_in(), 300s);
  const int asked = camera.connections();

  for (int i = 1; i <= 5; ++i) {
    DrivenClock::advance(10s);
    claim.reset();
    ASSERT_TRUE(wait(State::idle));
    EXPECT_THAT(camera_stream->reason().message, HasSubstr("rejects the login"))
        << "for who comes next";
    claim = camera_stream->claim();
    EXPECT_EQ(camera_stream->state(), State::refused);
    EXPECT_EQ(camera_stream->retry_in(), 300s - i * 10s);
  }

  EXPECT_EQ(camera.connections(), asked);
}

TEST_F(CameraStreamTest, LooksForAMissingPathEveryHalfMinute) {
  RefusingCamera camera{"404 Not Found"};
  make(camera.url());
  const auto claim = camera_stream->claim();

  ASSERT_TRUE(wait(State::refused));

  EXPECT_THAT(camera_stream->reason().message, HasSubstr("no such stream: check the path"));
  EXPECT_EQ(camera_stream->retry_in(), 30s);
}

TEST_F(CameraStreamTest, CountsAsViewersOnlyThoseWhoWatch) {
  make();
  const auto always = camera_stream->claim();
  auto viewer = camera_stream->claim();
  viewer->watch();
  viewer->watch();
  EXPECT_EQ(camera_stream->viewers(), 1U);

  viewer.reset();

  EXPECT_EQ(camera_stream->viewers(), 0U);
}

TEST_F(CameraStreamTest, IsWantedByWhoeverSubscribesToATrackAndForTheGraceAfter) {
  make();
  test::CountingSink sink{"one"};
  auto subscription = camera_stream->tracks().find(Codec::h264)->subscribe(sink);
  ASSERT_TRUE(subscription) << subscription.error().message;
  EXPECT_EQ(camera_stream->state(), State::connecting);
  EXPECT_EQ(camera_stream->tracks().find(Codec::h264)->info().state, TrackState::waiting);
  EXPECT_EQ(camera_stream->viewers(), 0U);
  { const auto claim = camera_stream->claim(); }
  EXPECT_NE(camera_stream->state(), State::idle) << "somebody is left";

  { const Subscription last = std::move(*subscription); }

  ASSERT_TRUE(wait(State::idle));
  EXPECT_EQ(camera_stream->tracks().find(Codec::h264)->info().state, TrackState::idle);
}

TEST_F(CameraStreamTest, StaysStoppedWhoeverComes) {
  make();
  auto claim = camera_stream->claim();

  camera_stream->stop();
  const auto late = camera_stream->claim();

  EXPECT_EQ(camera_stream->state(), State::idle);
  claim.reset();
}

} // namespace
} // namespace fanlight::media
