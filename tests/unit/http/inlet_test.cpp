#include <memory>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/http_connection.h"
#include "http/inlet.h"

namespace fanlight::http {
namespace {

/// What a reader of a connection is told while others have their turn.
class InletTest : public testing::Test, public HttpConnection::Host {
 protected:
  InletTest() {
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(listen(listener, 1), 0); // At any port of all addresses.
    sockaddr_in port{};
    socklen_t size = sizeof port;
    getsockname(listener, reinterpret_cast<sockaddr*>(&port), &size);
    client_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(connect(client_, reinterpret_cast<sockaddr*>(&port), size), 0);
    server_ = accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
    close(listener);
    const Owned<GSocket> end{g_socket_new_from_fd(server_, nullptr)};
    inlet_ = std::make_unique<Inlet>(end.get());
    const Owned<GSocketAddress> remote{g_inet_socket_address_new_from_string("192.0.2.1", 1)};
    connection = std::make_shared<HttpConnection>(inlet_->stream(), remote.get(), limits_, *this);
    inlet_->set_connection(connection);
  }
  ~InletTest() override {
    if (source_ != nullptr) {
      g_source_destroy(source_);
      g_source_unref(source_);
    }
    close(client_);
  }

  bool admits_socket(const HttpConnection&) override { return true; }
  void on_changed(HttpConnection&) override {}
  bool on_client(HttpConnection&, const std::string&) override { return true; }
  void on_socket(HttpConnection&) override {}
  void on_held(HttpConnection&, std::size_t) override {}
  bool admits_reading(const HttpConnection&) override { return admitted; }
  bool calls(const HttpConnection&) override { return called; }
  void on_cost(const HttpConnection&, std::size_t) override {}

  void client_sends_a_byte() {
    EXPECT_EQ(write(client_, "x", 1), 1);
    pollfd arrived{server_, POLLIN, 0};
    EXPECT_EQ(poll(&arrived, 1, -1), 1);
  }
  gssize read() {
    char byte = 0;
    return g_pollable_input_stream_read_nonblocking(input(), &byte, 1, nullptr, nullptr);
  }
  void wait(GCancellable* cancellable = nullptr) {
    source_ = g_pollable_input_stream_create_source(input(), cancellable);
    g_source_set_callback(source_, G_SOURCE_FUNC(+[](GObject*, gpointer count) -> gboolean {
                            ++*static_cast<int*>(count);
                            return G_SOURCE_CONTINUE;
                          }),
                          &times_told_, nullptr);
    g_source_attach(source_, nullptr);
  }
  /// As libsoup waits: by a source of its own, of which the stream's is a part.
  void wait_by_another_source() {
    static GSourceFuncs functions{nullptr,
                                  nullptr,
                                  +[](GSource*, GSourceFunc, gpointer count) -> gboolean {
                                    ++*static_cast<int*>(count);
                                    return G_SOURCE_CONTINUE;
                                  },
                                  nullptr,
                                  nullptr,
                                  nullptr};
    source_ = g_source_new(&functions, sizeof(GSource));
    GSource* part = g_pollable_input_stream_create_source(input(), nullptr);
    g_source_set_dummy_callback(part);
    g_source_add_child_source(source_, part);
    g_source_unref(part);
    g_source_set_callback(source_, nullptr, &times_told_, nullptr);
    g_source_attach(source_, nullptr);
  }
  /// How often it is told in one turn of the loop.
  int told() {
    times_told_ = 0;
    g_main_context_iteration(nullptr, FALSE);
    return times_told_;
  }

  bool admitted = true;
  bool called = false;
  std::shared_ptr<HttpConnection> connection;

 private:
  GPollableInputStream* input() {
    return G_POLLABLE_INPUT_STREAM(g_io_stream_get_input_stream(G_IO_STREAM(inlet_->stream())));
  }
  Limits limits_;
  int client_ = -1;
  int server_ = -1; ///< Owned by inlet_.
  std::unique_ptr<Inlet> inlet_;
  GSource* source_ = nullptr;
  int times_told_ = 0;
};

TEST_F(InletTest, TellsAReaderOfWhatHasArrived) {
  client_sends_a_byte();
  wait();

  EXPECT_EQ(told(), 1);
}

TEST_F(InletTest, TellsAReaderWhoWaitsByAnotherSource) {
  wait_by_another_source();
  EXPECT_EQ(told(), 0);
  client_sends_a_byte();

  EXPECT_EQ(told(), 1);
  ASSERT_EQ(read(), 1);
  EXPECT_EQ(told(), 0);
}

TEST_F(InletTest, TellsAReaderThatItsWaitIsCancelled) {
  const Owned<GCancellable> cancellable{g_cancellable_new()};
  wait(cancellable.get());
  EXPECT_EQ(told(), 0);
  g_cancellable_cancel(cancellable.get());

  EXPECT_EQ(told(), 1);
}

TEST_F(InletTest, TellsAReaderWhoWasStoppedNothingUntilTheConnectionIsCalled) {
  admitted = false;
  client_sends_a_byte();
  ASSERT_EQ(read(), -1);
  wait();

  EXPECT_EQ(told(), 0);
  called = true;
  EXPECT_EQ(told(), 1);
}

TEST_F(InletTest, TellsAReaderWhoWasCalledOfWhatArrivesFromThenOn) {
  admitted = false;
  client_sends_a_byte();
  ASSERT_EQ(read(), -1);
  wait();
  called = true;
  ASSERT_EQ(told(), 1);
  called = false;

  EXPECT_EQ(told(), 1); // It has not read it yet.
  admitted = true;
  ASSERT_EQ(read(), 1);
  EXPECT_EQ(told(), 0);
  client_sends_a_byte();
  EXPECT_EQ(told(), 1);
}

TEST_F(InletTest, TellsAReaderWhoWasStoppedOnceThatTheConnectionIsGone) {
  admitted = false;
  client_sends_a_byte();
  ASSERT_EQ(read(), -1);
  wait();
  connection.reset();

  EXPECT_EQ(told(), 1);
  EXPECT_EQ(told(), 0) << "a reader that stays would keep the loop busy";
}

} // namespace
} // namespace fanlight::http
