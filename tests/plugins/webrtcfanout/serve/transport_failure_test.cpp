// What the system may deny a transport: threads, descriptors and the watch over them.
#include <atomic>
#include <cerrno>
#include <future>
#include <thread>

#include <dlfcn.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "link_end.h"
#include "support/hang_limit.h"
#include "webrtcfanout/serve/transport.h"

namespace {

/// A call that fails, so many times.
struct Fault {
  std::atomic<int> times{0};
  std::atomic<int> error{0};

  void set(int how_often, int why) {
    error = why;
    times = how_often;
  }
  bool strikes() {
    if (times <= 0) return false;
    --times;
    return true;
  }
};

Fault accepting;
Fault watching;
Fault starting_threads;
std::atomic<int> unwatched{0};

} // namespace

// In place of the C library's.

extern "C" int accept4(int fd, sockaddr* address, socklen_t* length, int flags) {
  if (accepting.strikes()) {
    errno = accepting.error;
    return -1;
  }
  return static_cast<int>(syscall(SYS_accept4, fd, address, length, flags));
}

extern "C" int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  if (operation == EPOLL_CTL_DEL) ++unwatched;
  if (operation == EPOLL_CTL_ADD && watching.strikes()) {
    errno = watching.error;
    return -1;
  }
  return static_cast<int>(syscall(SYS_epoll_ctl, epoll, operation, fd, event));
}

extern "C" int pthread_create(pthread_t* thread, const pthread_attr_t* attributes,
                              void* (*run)(void*), void* argument) noexcept {
  if (starting_threads.strikes()) return starting_threads.error;
  static const auto real =
      reinterpret_cast<decltype(&pthread_create)>(dlsym(RTLD_NEXT, "pthread_create"));
  return real(thread, attributes, run, argument);
}

namespace fanlight::fanout {
namespace {

using test::kHangLimit;
using testing::HasSubstr;

class TransportFailureTest : public testing::Test {
 protected:
  ~TransportFailureTest() override {
    for (Fault* const fault : {&accepting, &watching, &starting_threads}) fault->times = 0;
  }
  static std::shared_ptr<Transport> acquire(const Transport::Settings& settings = {.workers = 1}) {
    std::string why;
    auto transport = Transport::acquire(settings, why);
    if (!transport) throw std::runtime_error(why);
    return transport;
  }
  static std::unique_ptr<LinkEnd> connect(const Transport& transport) {
    return LinkEnd::tcp(*SocketAddress::parse("127.0.0.1", transport.port()));
  }
  template <typename Done> [[nodiscard]] static bool until(Done done) {
    const auto deadline = std::chrono::steady_clock::now() + kHangLimit;
    while (!done()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::yield();
    }
    return true;
  }
};

TEST_F(TransportFailureTest, TakesOthersAtOnceWhereOneConnectionIsBroken) {
  const auto transport = acquire();
  unwatched = 0;
  accepting.set(3, EPROTO);

  const auto link = connect(*transport);

  EXPECT_TRUE(until([&] { return transport->totals().tcp_connections == 1; }));
  EXPECT_EQ(unwatched, 0) << "the listener was left alone";
}

TEST_F(TransportFailureTest, TakesConnectionsAgainThoughItsListenerIsNotWatchedAtOnce) {
  const auto transport = acquire();
  watching.set(2, ENOSPC);
  accepting.set(1, EMFILE);

  const auto link = connect(*transport);

  EXPECT_TRUE(until([&] { return transport->totals().tcp_connections == 1; }));
}

TEST_F(TransportFailureTest, EndsAConnectionThatItCannotWatch) {
  const auto transport = acquire();
  watching.set(1, ENOSPC);

  const auto link = connect(*transport);

  EXPECT_TRUE(until([&] { return !link->receive(10) && link->ended(); }));
  EXPECT_EQ(transport->totals().refused_streams, 1U);
}

TEST_F(TransportFailureTest, SaysThatItCannotWatchItsSockets) {
  watching.set(1, ENOSPC);
  std::string why;

  EXPECT_EQ(Transport::acquire({.workers = 1}, why), nullptr);

  EXPECT_THAT(why, HasSubstr("watching"));
}

TEST_F(TransportFailureTest, ClosesLaterWhereItsOwnThreadFindsNoOtherToDoIt) {
  const std::uint16_t port = acquire()->port();
  const Transport::Settings settings{.port = port, .workers = 1};
  auto transport = acquire(settings);
  std::promise<void> let_go;
  transport->on_control([held = transport, others = let_go.get_future().share()]() mutable {
    others.wait_for(kHangLimit);
    starting_threads.set(1, EAGAIN);
    held.reset(); // The last one that held it.
  });
  const std::weak_ptr<Transport> alive = transport;
  transport.reset();
  let_go.set_value();
  ASSERT_TRUE(until([&] { return alive.expired() && starting_threads.times == 0; }));

  EXPECT_EQ(acquire(settings)->port(), port);
}

} // namespace
} // namespace fanlight::fanout
