// What connections to cameras take from the kernel at once, and who is left alone.
#include "media/rtsp/read_ahead.h"

#include <algorithm>
#include <future>
#include <string>
#include <thread>

#include <gio/gio.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gst/ref.h"
#include "media/rtsp/sockets.h"

namespace fanlight::media {
namespace {

/// What a machine may have: a proxy for one host.
struct Office {
  GObject parent;
};
struct OfficeClass {
  GObjectClass parent;
};
void office_resolver_init(GProxyResolverInterface* interface) {
  interface->is_supported = +[](GProxyResolver*) -> gboolean { return TRUE; };
  interface->lookup = +[](GProxyResolver*, const gchar* uri, GCancellable*, GError**) {
    const bool outside = std::string{uri}.find("outside.example") != std::string::npos;
    const gchar* const ways[] = {outside ? "socks5://127.0.0.1:1" : "direct://", nullptr};
    return g_strdupv(const_cast<gchar**>(ways));
  };
}
G_DEFINE_TYPE_WITH_CODE(Office, office, G_TYPE_OBJECT,
                        G_IMPLEMENT_INTERFACE(G_TYPE_PROXY_RESOLVER, office_resolver_init))
void office_class_init(OfficeClass*) {}
void office_init(Office*) {}

/// Before anybody connects.
const bool kInOffice = [] {
  g_io_extension_point_register(G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  return g_io_extension_point_implement(G_PROXY_RESOLVER_EXTENSION_POINT_NAME, office_get_type(),
                                        "office", 900) != nullptr;
}();

/// A server on a free port of loopback, for one connection.
class Server {
 public:
  Server() : listener_(Ref<GSocketListener>::adopt(g_socket_listener_new())) {
    port_ = g_socket_listener_add_any_inet_port(listener_.get(), nullptr, nullptr);
  }
  std::string uri(const std::string& scheme = "rtsp") const {
    return scheme + "://127.0.0.1:" + std::to_string(port_) + "/stream?x=1";
  }
  void accept() {
    connection_ = Ref<GSocketConnection>::adopt(
        g_socket_listener_accept(listener_.get(), nullptr, nullptr, nullptr));
  }
  void say(const std::string& text) {
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection_.get())),
                              text.data(), text.size(), nullptr, nullptr, nullptr);
  }
  void hang_up() { g_io_stream_close(G_IO_STREAM(connection_.get()), nullptr, nullptr); }
  std::string heard(gsize size) {
    std::string text(size, '\0');
    g_input_stream_read_all(g_io_stream_get_input_stream(G_IO_STREAM(connection_.get())),
                            text.data(), size, nullptr, nullptr, nullptr);
    return text;
  }

 private:
  Ref<GSocketListener> listener_;
  Ref<GSocketConnection> connection_;
  guint16 port_ = 0;
};

class ReadAheadTest : public testing::Test {
 protected:
  ReadAheadTest() {
    install_read_ahead();
    line_->enter();
  }
  /// As rtspsrc connects.
  Ref<GSocketConnection> connect(const std::string& uri) {
    auto connection = Ref<GSocketConnection>::adopt(
        g_socket_client_connect_to_uri(client_.get(), uri.c_str(), 554, nullptr, nullptr));
    if (connection) server_.accept();
    return connection;
  }
  static GInputStream* input(const Ref<GSocketConnection>& connection) {
    return g_io_stream_get_input_stream(G_IO_STREAM(connection.get()));
  }
  static std::string read(const Ref<GSocketConnection>& connection, gsize size) {
    std::string text(size, '\0');
    const gssize got = g_input_stream_read(input(connection), text.data(), size, nullptr, nullptr);
    text.resize(static_cast<std::size_t>(std::max<gssize>(got, 0)));
    return text;
  }
  /// What still waits in the kernel.
  static gssize left(const Ref<GSocketConnection>& connection) {
    return g_socket_get_available_bytes(g_socket_connection_get_socket(connection.get()));
  }
  /// What GSocketClient is told.
  static std::string way_to(const char* uri) {
    const Owned<gchar*, g_strfreev> found{
        g_proxy_resolver_lookup(g_proxy_resolver_get_default(), uri, nullptr, nullptr)};
    return found ? *found : "";
  }
  void wait_for(const Ref<GSocketConnection>& connection, gssize bytes) {
    while (left(connection) < bytes) std::this_thread::yield();
  }

  Server server_;
  std::shared_ptr<RtspSockets> line_ = RtspSockets::create();
  Ref<GSocketClient> client_ = Ref<GSocketClient>::adopt(g_socket_client_new());
};

TEST_F(ReadAheadTest, TakesAllThatHasComeFromTheKernelAtOnce) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  server_.say("$123payload$456");
  wait_for(connection, 15);

  EXPECT_EQ(read(connection, 1), "$");

  EXPECT_EQ(left(connection), 0);
  EXPECT_EQ(read(connection, 3), "123");
  EXPECT_EQ(read(connection, 7), "payload");
}

TEST_F(ReadAheadTest, SendsAndEndsAsBefore) {
  auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection.get())), "hello",
                            5, nullptr, nullptr, nullptr);
  EXPECT_EQ(server_.heard(5), "hello");

  server_.say("bye");
  server_.hang_up();
  EXPECT_EQ(read(connection, 3), "bye");
  EXPECT_EQ(read(connection, 3), "");
}

TEST_F(ReadAheadTest, ClosesTheSocketWithTheConnection) {
  auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);

  connection = {};

  EXPECT_EQ(server_.heard(1), std::string(1, '\0')) << "the end";
}

TEST_F(ReadAheadTest, KeepsTheTimeoutOfTheSocket) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  g_socket_set_timeout(g_socket_connection_get_socket(connection.get()), 1);
  char byte = 0;
  GError* raw = nullptr;

  EXPECT_EQ(g_input_stream_read(input(connection), &byte, 1, nullptr, &raw), -1);

  const GErrorPtr error{raw};
  EXPECT_TRUE(g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_TIMED_OUT));
}

TEST_F(ReadAheadTest, CanBeCancelledAndReadOn) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  GError* raw = nullptr;
  char byte = 0;
  auto result = std::async(std::launch::async, [&] {
    return g_input_stream_read(input(connection), &byte, 1, cancellable.get(), &raw);
  });

  g_cancellable_cancel(cancellable.get());

  EXPECT_EQ(result.get(), -1);
  const GErrorPtr error{raw};
  EXPECT_TRUE(g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CANCELLED));
  server_.say("on");
  EXPECT_EQ(read(connection, 1), "o");
}

TEST_F(ReadAheadTest, FailsWhereTheSystemLetsItWaitForNothing) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  char byte = 0;
  GError* raw = nullptr;

  EXPECT_EQ(g_input_stream_read(input(connection), &byte, 1, nullptr, &raw), -1);

  setrlimit(RLIMIT_NOFILE, &before);
  const GErrorPtr error{raw};
  EXPECT_TRUE(g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT));
}

TEST_F(ReadAheadTest, LeavesOthersAlone) {
  line_.reset();
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  server_.say("12345");
  wait_for(connection, 5);

  EXPECT_EQ(read(connection, 1), "1");

  EXPECT_EQ(left(connection), 4);
}

TEST_F(ReadAheadTest, TakesAllThatIsNotTlsWhateverItsAddress) {
  EXPECT_EQ(way_to("rtsp://[::1]:554"), "fanlight-read-ahead://[::1]:554");
  EXPECT_EQ(way_to("rtsp://camera.example:554"), "fanlight-read-ahead://camera.example:554");
  EXPECT_EQ(way_to("http://camera.example:80"), "fanlight-read-ahead://camera.example:80");
  EXPECT_EQ(way_to("rtsps://camera.example:322"), "direct://");
  EXPECT_EQ(way_to("rtsp://[fe80::1%25lo]:554"), "direct://");
}

TEST_F(ReadAheadTest, GoesByTheProxyThatIsConfigured) {
  ASSERT_TRUE(kInOffice);
  EXPECT_EQ(way_to("rtsp://outside.example:554"), "socks5://127.0.0.1:1");
}

TEST_F(ReadAheadTest, ConnectsNoMoreOnceItsLineIsClosed) {
  line_->close();
  EXPECT_FALSE(connect(server_.uri()));
  EXPECT_FALSE(connect(server_.uri("rtsps")));
}

TEST_F(ReadAheadTest, EndsAReadThatCannotBeCancelledWhenItsLineIsClosed) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  server_.say("$");
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  char byte = 0;
  ASSERT_EQ(g_input_stream_read(input(connection), &byte, 1, cancellable.get(), nullptr), 1);
  auto rest = std::async(std::launch::async, [&] { return read(connection, 3); });

  line_->close();

  EXPECT_EQ(rest.get(), "");
}

TEST_F(ReadAheadTest, EndsAConnectionThatIsNotReadAheadWhenItsLineIsClosed) {
  const Ref<GSocketClient> other = client_;
  g_socket_client_set_enable_proxy(other.get(), FALSE);
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  auto rest = std::async(std::launch::async, [&] { return read(connection, 3); });

  line_->close();

  EXPECT_EQ(rest.get(), "");
}

TEST_F(ReadAheadTest, ShutsNoOtherSocketThatHasGotTheNumber) {
  auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  const int number = g_socket_get_fd(g_socket_connection_get_socket(connection.get()));
  connection = {};
  int pair[2];
  ASSERT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
  ASSERT_EQ(dup2(pair[0], number), number);

  line_->close();

  EXPECT_EQ(send(number, "on", 2, MSG_NOSIGNAL), 2);
  for (const int one : {number, pair[0] == number ? -1 : pair[0], pair[1]}) close(one);
}

TEST_F(ReadAheadTest, RefusesALongBodyBeforeAnyOfItComes) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  line_->ask("DESCRIBE");
  std::string body(MessageMeter::kMostBody + 1, '\0');
  GError* raw = nullptr;

  EXPECT_EQ(g_input_stream_read(input(connection), body.data(), body.size(), nullptr, &raw), -1);

  const GErrorPtr error{raw};
  EXPECT_EQ(line_->refusal().why, "the camera's description is larger than 256 KiB");
  EXPECT_EQ(server_.heard(1), std::string(1, '\0')) << "the end";
}

/// As GstRTSPConnection reads: the first byte of a message in a read that can be cancelled.
std::string read_message(GInputStream* stream, gsize size) {
  const auto cancellable = Ref<GCancellable>::adopt(g_cancellable_new());
  std::string text(size, '\0');
  g_input_stream_read(stream, text.data(), 1, cancellable.get(), nullptr);
  for (gsize at = 1; at < size; ++at)
    g_input_stream_read(stream, text.data() + at, 1, nullptr, nullptr);
  return text;
}

TEST_F(ReadAheadTest, MendsTheHeadOfAMessageAndNothingElse) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  server_.say("rtsp/1.0 200 OK\nContent-Length: 6\n\n");
  server_.say(std::string{"a\nb\n\nc$\2\0\1x", 11});
  const std::string head = "RTSP/1.0 200 OK\r\nContent-Length: 6\r\nCSeq: 0\r\n\r\n";

  EXPECT_EQ(read_message(input(connection), head.size()), head);
  std::string body(6, '\0');
  ASSERT_TRUE(g_input_stream_read_all(input(connection), body.data(), body.size(), nullptr, nullptr,
                                      nullptr));
  EXPECT_EQ(body, "a\nb\n\nc");
  EXPECT_EQ(read_message(input(connection), 5), (std::string{"$\2\0\1x", 5}));
}

TEST_F(ReadAheadTest, PutsPacketsOnTheChannelsOfTheAnswer) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  line_->setup_answers().mended("RTP/AVP/TCP;interleaved=0-1", "RTP/AVP/TCP;interleaved=6-7");

  server_.say(std::string{"$\0\0\1x$\7\0\1y", 10});

  EXPECT_EQ(read_message(input(connection), 5), (std::string{"$\6\0\1x", 5}));
  EXPECT_EQ(read_message(input(connection), 5), (std::string{"$\7\0\1y", 5}));
}

TEST_F(ReadAheadTest, KeepsTheLineByWhichAForeignMessageBegins) {
  const auto connection = connect(server_.uri());
  ASSERT_TRUE(connection);
  server_.say("HTTP/1.0 400 Bad Request\r\n\r\n");

  EXPECT_EQ(read_message(input(connection), 8), "HTTP/1.0");

  EXPECT_EQ(line_->foreign(), "HTTP/1.0 400 Bad Request");
}

TEST_F(ReadAheadTest, SaysThatNobodyListens) {
  GError* raw = nullptr;
  EXPECT_EQ(
      g_socket_client_connect_to_uri(client_.get(), "rtsp://127.0.0.1:1/", 554, nullptr, &raw),
      nullptr);
  const GErrorPtr error{raw};
  EXPECT_TRUE(g_error_matches(error.get(), G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED));
}

} // namespace
} // namespace fanlight::media
