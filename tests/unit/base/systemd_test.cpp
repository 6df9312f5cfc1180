#include "base/systemd.h"

#include <array>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace fanlight::systemd {
namespace {

/// Stands in for systemd: the datagram socket that NOTIFY_SOCKET names, in the abstract namespace.
class NotifierTest : public testing::Test {
 protected:
  void SetUp() override {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = "fanlight-test-" + std::to_string(::getpid());
    name.copy(address.sun_path + 1, name.size());
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    ASSERT_EQ(::bind(socket_, reinterpret_cast<sockaddr*>(&address), length), 0);
    const timeval patience{5, 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    ::setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    ::unsetenv("WATCHDOG_PID");
    ::close(socket_);
  }
  /// The next message, or what went wrong.
  std::string next(int flags = 0) {
    std::array<char, 512> buffer{};
    const ssize_t length = ::recv(socket_, buffer.data(), buffer.size(), flags);
    return length < 0 ? "(nothing)" : std::string(buffer.data(), static_cast<std::size_t>(length));
  }

  int socket_ = -1;
  Notifier notifier_;
};

TEST_F(NotifierTest, SaysReadyStatusAndStopping) {
  notifier_.ready("4 cameras");
  EXPECT_EQ(next(), "READY=1\nSTATUS=4 cameras");
  notifier_.reloaded("5 cameras");
  EXPECT_EQ(next(), "READY=1\nSTATUS=5 cameras");
  notifier_.stopping("saying goodbye");
  EXPECT_EQ(next(), "STOPPING=1\nSTATUS=saying goodbye");
}

TEST_F(NotifierTest, LetsNeitherCredentialsNorFurtherVariablesIntoTheStatus) {
  notifier_.stopping("rtsp://admin:secret@host\nWATCHDOG=trigger");
  EXPECT_EQ(next(), "STOPPING=1\nSTATUS=rtsp://***@host\\nWATCHDOG=trigger");
}

TEST_F(NotifierTest, FeedsTheWatchdogFromTheMainLoopOnly) {
  ::setenv("WATCHDOG_USEC", "20000", 1);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  notifier_.ready("up");
  next();
  EXPECT_EQ(next(), "WATCHDOG=1");
  // Main stands still: nothing feeds it.
  EXPECT_EQ(next(MSG_DONTWAIT), "(nothing)");
  for (int fed = 0; fed < 3; ++fed) {
    g_main_context_iteration(nullptr, TRUE);
    EXPECT_EQ(next(), "WATCHDOG=1");
  }
}

TEST_F(NotifierTest, FeedsNoWatchdogThatWasNotAskedFor) {
  notifier_.ready("up");
  next();
  EXPECT_EQ(next(MSG_DONTWAIT), "(nothing)");
  EXPECT_FALSE(g_main_context_iteration(nullptr, FALSE));
}

} // namespace
} // namespace fanlight::systemd
