// How many TCP connections there may be, and of whom.
#include <gmock/gmock.h>

#include "element_fixture.h"

namespace fanlight::fanout {
namespace {

class ElementTcpTest : public ElementTest {
 protected:
  using Links = std::vector<std::unique_ptr<LinkEnd>>;

  void SetUp() override {
    g_object_set(element(), "workers", workers, nullptr);
    begin_video();
    push_group(1);
    id = join(viewer);
    newest = viewer.next(viewer.video_ssrc(), 4).back().sequence;
  }
  /// One more frame comes to the viewer, which has lost nothing.
  void expect_frame() {
    push_frame(false);
    for (const RtpPacket& packet : viewer.next(viewer.video_ssrc(), 2)) {
      EXPECT_EQ(packet.sequence, static_cast<std::uint16_t>(newest + 1));
      newest = packet.sequence;
    }
  }
  /// Those that the server has not ended, once they are no more than `count`.
  std::size_t left(const Links& links, std::size_t count) {
    std::size_t open = 0;
    EXPECT_TRUE(wait([&] {
      open = 0;
      for (const auto& link : links) {
        while (link->receive(0)) {
        }
        open += !link->ended();
      }
      return open <= count;
    })) << open
        << " are open";
    return open;
  }

  unsigned workers = 2;
  ViewerEnd viewer;
  std::string id;
  std::uint16_t newest = 0;
};

TEST_F(ElementTcpTest, AreFourOfAViewerAtMost) {
  Links links;
  for (int i = 0; i < 100; ++i) {
    links.push_back(LinkEnd::tcp(viewer.server()));
    viewer.check_over(*links.back(), false);
    ASSERT_TRUE(links.back()->receive()) << i;
    expect_frame();
  }

  EXPECT_EQ(left(links, 4), 4U);
  EXPECT_TRUE(wait([&] { return stat("transport-tcp-connections") == 4; }));
  for (std::size_t i = 0; i < 96; ++i) EXPECT_TRUE(links[i]->ended()) << i << " is older";
}

TEST_F(ElementTcpTest, LeaveAViewerTheOneThatItWatchesBy) {
  ViewerEnd by_tcp({.tcp = true});
  const std::string its_id = join(by_tcp);
  Links links;
  for (int i = 0; i < 20; ++i) {
    links.push_back(LinkEnd::tcp(viewer.server()));
    by_tcp.check_over(*links.back(), false);
    ASSERT_TRUE(links.back()->receive()) << i;
  }

  EXPECT_EQ(left(links, 3), 3U);
  EXPECT_FALSE(by_tcp.link().ended());
  EXPECT_EQ(states_of(its_id), (std::vector<std::string>{"connecting", "connected"}));
}

TEST_F(ElementTcpTest, OfAViewerThatGoesEndWithIt) {
  Links links;
  for (int i = 0; i < 4; ++i) {
    links.push_back(LinkEnd::tcp(viewer.server()));
    viewer.check_over(*links.back(), false);
    ASSERT_TRUE(links.back()->receive()) << i;
  }

  EXPECT_TRUE(remove(id));

  EXPECT_EQ(left(links, 0), 0U);
}

TEST_F(ElementTcpTest, EndUnlessTheySayWhoseTheyAre) {
  Links links;
  for (int i = 0; i < 10; ++i) links.push_back(LinkEnd::tcp(viewer.server()));

  EXPECT_EQ(left(links, 0), 0U);
  EXPECT_EQ(stat("transport-refused-streams"), 10U);
  EXPECT_TRUE(wait([&] { return stat("transport-tcp-connections") == 0; }));
}

class OneWorkerTcpTest : public ElementTcpTest {
 protected:
  OneWorkerTcpTest() { workers = 1; }
};

TEST_F(OneWorkerTcpTest, OfStrangersAtOneAddressTakeNoPlaceFromAnother) {
  const auto first = LinkEnd::tcp(viewer.server(), "127.0.0.2");
  ASSERT_TRUE(wait([&] { return stat("transport-tcp-connections") == 1; }));
  Links links;
  for (int i = 0; i < 400; ++i) links.push_back(LinkEnd::tcp(viewer.server(), "127.0.0.9"));
  ViewerEnd late({.tcp = true});

  join(late);

  EXPECT_LE(left(links, 256), 256U);
  while (first->receive(0)) {
  }
  expect_frame();
  const auto refused = stat("transport-refused-streams");
  EXPECT_GE(refused, 400U - 256U);
}

} // namespace
} // namespace fanlight::fanout
