#include "session/transports.h"

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gst/elements.h"
#include "gst/teardown.h"
#include "support/turn_until.h"

namespace fanlight::session {
namespace {

using testing::AllOf;
using testing::HasSubstr;

/// A UDP port that another program has.
class TakenPort {
 public:
  TakenPort() : fd_(socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in6 address{};
    address.sin6_family = AF_INET6;
    socklen_t length = sizeof address;
    EXPECT_EQ(bind(fd_, reinterpret_cast<const sockaddr*>(&address), length), 0);
    getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length);
    number_ = ntohs(address.sin6_port);
  }
  ~TakenPort() { close(fd_); }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  std::uint16_t number() const { return number_; }

 private:
  const int fd_;
  std::uint16_t number_ = 0;
};

struct TransportsTest : testing::Test {
  void SetUp() override { load_own_elements(); }
  void TearDown() override {
    transports.reset();
    wait_for_stops(test::kHangLimit);
  }
  /// What is wrong; empty: nothing.
  std::string create() {
    auto created = Transports::create(config);
    if (!created) return created.error().message;
    transports = std::move(*created);
    return {};
  }

  config::Config config;
  std::unique_ptr<Transports> transports;
};

TEST_F(TransportsTest, SaysAtTheStartThatTheMediaPortIsTakenAndWhatToDo) {
  const TakenPort taken;
  config.webrtc.port = taken.number();

  const std::string why = create();

  EXPECT_THAT(why, AllOf(HasSubstr("webrtc.port: "),
                         HasSubstr("UDP port " + std::to_string(taken.number())),
                         HasSubstr("Address already in use"),
                         HasSubstr("or set webrtc.port to a free port")));
}

TEST_F(TransportsTest, NamesTheRangeThatTheMediaPortIsOf) {
  const TakenPort taken;
  config.webrtc.udp_port_min = config.webrtc.udp_port_max = taken.number();

  EXPECT_THAT(create(), HasSubstr("webrtc.udp_ports: opening UDP port"));
}

TEST_F(TransportsTest, NeedsNoMediaPortWhereAWebrtcbinCarriesEachViewer) {
  const TakenPort taken;
  config.webrtc.port = taken.number();
  config.webrtc.transport = config::ViewerTransport::webrtcbin;

  EXPECT_EQ(create(), "");
}

TEST_F(TransportsTest, LeavesTheMediaPortToCamerasThatAllHaveAWebrtcbin) {
  const TakenPort taken;
  config.webrtc.port = taken.number();
  config::Camera camera;
  camera.id = "front";
  camera.webrtc_transport = config::ViewerTransport::webrtcbin;
  config.cameras = {camera};

  EXPECT_EQ(create(), "");
  EXPECT_TRUE(transports->prepare({})) << "the last camera is removed";
}

TEST_F(TransportsTest, TellsTheMediaPortOnce) {
  testing::internal::CaptureStderr();
  ASSERT_EQ(create(), "");
  config::Camera camera;
  camera.id = "front";
  ASSERT_TRUE(transports->prepare({camera}));
  const std::string log = testing::internal::GetCapturedStderr();

  EXPECT_THAT(log, testing::ContainsRegex("port=[1-9][0-9]* .*over UDP and TCP"));
  EXPECT_EQ(log.find("port="), log.rfind("port="));
}

} // namespace
} // namespace fanlight::session
