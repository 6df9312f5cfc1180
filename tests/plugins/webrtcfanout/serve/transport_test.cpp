// What all elements of a process share, and the book that one keeps of its viewers.
#include "webrtcfanout/serve/transport.h"

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "no_descriptors.h"
#include "offers.h"
#include "viewer_end.h"
#include "webrtcfanout/base/clock.h"
#include "webrtcfanout/serve/fanout.h"

namespace {
std::atomic<int> accepts_without_descriptor{0};
}

/// In place of the C library's: counts those that find no descriptor free.
extern "C" int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  const long got = syscall(SYS_accept4, fd, address, length, flags);
  if (got < 0 && errno == EMFILE) ++accepts_without_descriptor;
  return static_cast<int>(got);
}

namespace fanlight::fanout {
namespace {

using test::kHangLimit;
using testing::HasSubstr;

std::shared_ptr<Transport> acquire(const Transport::Settings& settings) {
  std::string why;
  auto transport = Transport::acquire(settings, why);
  if (!transport) throw std::runtime_error(why);
  return transport;
}

std::shared_ptr<Subscriber> new_viewer() {
  return std::make_shared<Subscriber>(Subscriber::Settings{.id = "a", .added_us = monotonic_us()});
}

TEST(TransportTest, IsOneForAllThatAreSetAlike) {
  const Transport::Settings settings{.workers = 2};
  const auto first = acquire(settings);

  EXPECT_EQ(acquire(settings), first);
  EXPECT_NE(acquire({.workers = 1}), first);
}

TEST(TransportTest, MayBeLetGoByItsOwnThreads) {
  const std::uint16_t port = acquire({.workers = 1})->port();
  const Transport::Settings settings{.port = port, .workers = 1};
  for (int i = 0; i < 20; ++i) {
    auto transport = acquire(settings);
    std::promise<void> let_go;
    transport->on_control([held = transport, others = let_go.get_future().share()]() mutable {
      others.wait_for(kHangLimit);
      held.reset(); // The last one that held it.
    });
    const std::weak_ptr<Transport> alive = transport;
    transport.reset();
    let_go.set_value();
    const auto deadline = std::chrono::steady_clock::now() + kHangLimit;
    while (!alive.expired()) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline);
      std::this_thread::yield();
    }
  }

  EXPECT_EQ(acquire(settings)->port(), port) << "waits until the one before has gone";
}

TEST(TransportTest, SaysWhoHasThePort) {
  const auto first = acquire({.workers = 1});
  std::string why;

  EXPECT_EQ(Transport::acquire({.port = first->port(), .workers = 2}, why), nullptr);

  EXPECT_THAT(why, HasSubstr("another webrtcfanout with other settings"));
}

TEST(TransportTest, GivesEachViewerCredentialsOfItsOwn) {
  const auto transport = acquire({.workers = 1});
  const auto subscriber = new_viewer();

  const auto first = transport->admit(subscriber);
  const auto second = transport->readmit(subscriber);

  ASSERT_TRUE(second);
  EXPECT_NE(first.ufrag, second->ufrag);
  EXPECT_GE(first.ufrag.size(), 4U);
  EXPECT_GE(first.password.size(), 22U) << "RFC 8445, section 5.3";
}

TEST(TransportTest, LetsNobodyInAgainThatHasGone) {
  const auto transport = acquire({.workers = 1});
  const auto subscriber = new_viewer();
  transport->admit(subscriber);
  transport->remove(subscriber);
  std::promise<void> removed;
  transport->on_control([&] { removed.set_value(); });
  ASSERT_EQ(removed.get_future().wait_for(kHangLimit), std::future_status::ready);

  EXPECT_FALSE(transport->readmit(subscriber));
}

/// The thread of this process with that name; 0 if there is none.
id_t find_thread(const std::string& name) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    if (found == name) return static_cast<id_t>(std::stoul(task.path().filename()));
  }
  return 0;
}

TEST(TransportTest, HasPicturesGoBeforeTheRestWhereThatIsAllowed) {
  const int rest = getpriority(PRIO_PROCESS, 0);
  if (rest < -15 || rest > 17) GTEST_SKIP() << "there is no room beside a niceness of " << rest;
  bool allowed = false;
  std::thread([&] {
    allowed = setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), rest - 5) == 0;
  }).join();
  if (!allowed) GTEST_SKIP() << "it takes CAP_SYS_NICE or RLIMIT_NICE";

  const auto transport = acquire({.workers = 1});

  const auto deadline = std::chrono::steady_clock::now() + kHangLimit;
  const auto nice = [rest](const std::string& name) {
    const id_t thread = find_thread(name);
    return thread == 0 ? rest : getpriority(PRIO_PROCESS, thread);
  };
  while (nice("fanout-0") >= rest || nice("fanout-control") <= rest) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline)
        << "pictures: " << nice("fanout-0") << ", handshakes: " << nice("fanout-control");
    std::this_thread::yield();
  }
}

class FanoutTest : public testing::Test {
 protected:
  FanoutTest() {
    gst_init(nullptr, nullptr);
    input = std::make_shared<Input>("video_0", true, History::Bounds{});
    GstCaps* const caps =
        gst_caps_from_string("application/x-rtp,media=video,clock-rate=90000,encoding-name=H264");
    input->set_caps(caps);
    gst_caps_unref(caps);
    fanout->add_input(input);
    fanout->open(acquire({.workers = 1}));
  }
  ~FanoutTest() override { fanout->close(); }

  static Offer parsed(const std::string& text) {
    std::string why;
    const auto offer = Offer::parse(text, why);
    EXPECT_TRUE(offer) << why;
    return offer.value_or(Offer{});
  }
  std::shared_ptr<Subscriber> add(const std::string& id) {
    const Fanout::Reply reply = fanout->add(parsed(kSmallOffer), {.id = id}, {});
    EXPECT_EQ(reply.code, "") << reply.message;
    return fanout->find(id);
  }
  /// As the control thread does.
  void tell(const Subscriber& subscriber, Subscriber::State state) {
    static_cast<Subscriber::Observer&>(*fanout).on_subscriber_state(subscriber, state, "");
  }

  int told = 0;
  std::shared_ptr<Input> input;
  std::shared_ptr<Fanout> fanout = std::make_shared<Fanout>(
      [this](const std::string&, Subscriber::State, const std::string&) { ++told; });
};

TEST_F(FanoutTest, TellsOldViewersFromNewOnesOfTheSameName) {
  const auto before = add("a");
  fanout->remove("a");
  const auto now = add("a");

  tell(*before, Subscriber::State::failed);
  tell(*before, Subscriber::State::connected);

  EXPECT_EQ(fanout->find("a"), now);
  EXPECT_EQ(told, 0);
  tell(*now, Subscriber::State::failed);
  EXPECT_FALSE(fanout->has("a"));
  EXPECT_EQ(told, 1);
}

TEST_F(FanoutTest, KeepsTheCountsOfViewersThatEndWithIt) {
  const auto subscriber = add("a");
  subscriber->counters.packets_sent.set(7);
  subscriber->counters.groups_dropped.set(2);

  fanout->close();

  EXPECT_EQ(fanout->past().subscribers, 1U);
  EXPECT_EQ(fanout->past().packets_sent, 7U);
  EXPECT_EQ(fanout->past().groups_dropped, 2U);
}

/// Viewers with sockets of their own.
class FanoutServiceTest : public FanoutTest {
 protected:
  /// Its answer.
  std::string admit(ViewerEnd& subscriber, const std::string& id) {
    const Fanout::Reply reply =
        fanout->add(parsed(subscriber.offer()), {.id = id, .loopback = true}, {});
    EXPECT_EQ(reply.code, "") << reply.message;
    subscriber.take_answer(reply.sdp);
    return reply.sdp;
  }
  bool becomes(const std::string& id, Subscriber::State state) const {
    const auto deadline = std::chrono::steady_clock::now() + kHangLimit;
    const auto subscriber = fanout->find(id);
    while (subscriber && subscriber->state() != state &&
           std::chrono::steady_clock::now() < deadline)
      std::this_thread::yield();
    return subscriber && subscriber->state() == state;
  }
  Transport::Totals totals() const { return fanout->transport()->totals(); }
};

TEST_F(FanoutServiceTest, RenewsItsCertificateForThoseOnlyThatComeAfterwards) {
  ViewerEnd there;
  admit(there, "there");
  ASSERT_TRUE(there.join());
  ViewerEnd between;
  const std::string old_answer = admit(between, "between");

  fanout->transport()->set_certificate_life(std::chrono::microseconds{0});
  ViewerEnd late;
  const std::string new_answer = admit(late, "late");
  ASSERT_TRUE(between.join()) << "it was answered before, and comes afterwards";
  ASSERT_TRUE(late.join());

  const std::string old_one = there.dtls().peer_fingerprint();
  EXPECT_THAT(old_answer, HasSubstr("a=fingerprint:" + old_one));
  EXPECT_EQ(between.dtls().peer_fingerprint(), old_one);
  EXPECT_NE(late.dtls().peer_fingerprint(), old_one);
  EXPECT_THAT(new_answer, HasSubstr("a=fingerprint:" + late.dtls().peer_fingerprint()));
  for (const char* id : {"there", "between", "late"})
    EXPECT_TRUE(becomes(id, Subscriber::State::connected)) << id;
  EXPECT_TRUE(there.check_and_wait());
  fanout->remove("there");
  EXPECT_TRUE(there.until([&] { return there.dtls().heard_goodbye(); })) << "by its old keys";
}

TEST_F(FanoutServiceTest, HearsViewersByUdpWhileNoDescriptorIsFree) {
  using Clock = std::chrono::steady_clock;
  ViewerEnd before;
  admit(before, "before");
  ASSERT_TRUE(before.join());
  ViewerEnd next;
  admit(next, "next"); // Opens its socket.
  const SocketAddress& server = before.server();
  const int stream = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int begin = accepts_without_descriptor;
  {
    const NoDescriptors none;
    const auto since = Clock::now();
    ASSERT_EQ(
        connect(stream, reinterpret_cast<const sockaddr*>(&server.raw()), sizeof server.raw()), 0);

    EXPECT_TRUE(next.check_and_wait());
    EXPECT_TRUE(before.check_and_wait());
    EXPECT_TRUE(before.until([&] { return accepts_without_descriptor >= begin + 4; }));
    EXPECT_GE(Clock::now() - since, std::chrono::milliseconds(500)) << "it tries all the time";

    const Fanout::Reply reply =
        fanout->add(parsed(ViewerEnd().offer()), {.id = "late", .loopback = true}, {});
    EXPECT_THAT(reply.sdp, HasSubstr("a=candidate:")) << "it still knows its addresses";
  }
  EXPECT_TRUE(becomes("next", Subscriber::State::connecting));
  EXPECT_TRUE(before.until([&] { return totals().tcp_connections == 1; })) << "then it is taken";
  close(stream);
}

TEST(TransportPlacesTest, HaveRoomForOtherDescriptorsOfTheProcess) {
  rlimit before{};
  getrlimit(RLIMIT_NOFILE, &before);
  const rlimit few{.rlim_cur = 200, .rlim_max = before.rlim_max};
  setrlimit(RLIMIT_NOFILE, &few);
  const auto transport = acquire({.workers = 3});
  setrlimit(RLIMIT_NOFILE, &before);
  const auto server = *SocketAddress::parse("127.0.0.1", transport->port());
  std::vector<std::unique_ptr<LinkEnd>> links;
  for (int i = 0; i < 250; ++i) {
    links.push_back(LinkEnd::tcp(server, i % 2 == 0 ? "127.0.0.2" : "127.0.0.3"));
    EXPECT_LE(transport->totals().tcp_connections, 100U);
  }
  const auto deadline = std::chrono::steady_clock::now() + kHangLimit;
  while (transport->totals().refused_streams < 150) {
    EXPECT_LE(transport->totals().tcp_connections, 100U);
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

} // namespace
} // namespace fanlight::fanout
