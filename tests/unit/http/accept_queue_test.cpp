#include "http/accept_queue.h"

#include <vector>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

namespace fanlight::http {
namespace {

using testing::ElementsAre;

int new_descriptor() { return open("/dev/null", O_RDONLY | O_CLOEXEC); }
bool is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

class AcceptQueueTest : public testing::Test {
 protected:
  /// The descriptor of the connection.
  int come(const std::string& network) {
    const int fd = new_descriptor();
    queue.push({Descriptor{fd}, {}, network});
    return fd;
  }
  std::vector<std::string> all() {
    std::vector<std::string> networks;
    while (const auto next = queue.pop()) networks.push_back(next->network);
    return networks;
  }

  AcceptQueue queue{4};
};

TEST_F(AcceptQueueTest, TakesOneOfEachAddressInItsTurn) {
  for (const char* network : {"a", "a", "a", "b"}) come(network);

  EXPECT_EQ(queue.size(), 4u);
  EXPECT_THAT(all(), ElementsAre("a", "b", "a", "a"));
  EXPECT_EQ(queue.size(), 0u);
}

TEST_F(AcceptQueueTest, DropsTheLastOfTheAddressThatHasMostWhereItIsFull) {
  come("a");
  come("a");
  const int last = come("a");
  come("b");
  const int newcomer = come("c");

  EXPECT_FALSE(is_open(last));
  EXPECT_TRUE(is_open(newcomer));
  EXPECT_THAT(all(), ElementsAre("a", "b", "c", "a"));
}

TEST_F(AcceptQueueTest, HoldsNoMoreThanItMayWhereEachIsOfAnotherAddress) {
  for (const char* network : {"a", "b", "c", "d", "e", "f"}) come(network);

  EXPECT_EQ(queue.size(), 4u);
  EXPECT_EQ(all().size(), 4u);
}

TEST_F(AcceptQueueTest, ClosesWhatNobodyHasTaken) {
  int left = -1;
  int taken = -1;
  {
    AcceptQueue other{4};
    left = new_descriptor();
    taken = new_descriptor();
    other.push({Descriptor{taken}, {}, "a"});
    other.push({Descriptor{left}, {}, "a"});
    EXPECT_EQ(other.pop()->socket.release(), taken);
  }

  EXPECT_FALSE(is_open(left));
  EXPECT_TRUE(is_open(taken));
  close(taken);
}

} // namespace
} // namespace fanlight::http
