#include "network.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include "process.h"

namespace fanlight::test {
namespace {

int open_own() { return ::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC); }

/// Multicast goes where a route says.
std::string plug(const std::string& link, const std::string& address) {
  return "ip address add " + address + "/24 dev " + link + " && ip link set lo up && ip link set " +
         link + " up && ip route add 224.0.0.0/4 dev " + link;
}

std::string run(const std::string& commands) {
  Process shell{{"sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; " + commands}};
  return shell.wait_exit() == 0 ? std::string{} : commands + ": " + shell.output();
}

} // namespace

Network::Network() : home_(open_own()), fault_(open()) {}

Network::~Network() {
  if (home_ >= 0) ::setns(home_, CLONE_NEWNET);
  for (const int space : {home_, near_, far_})
    if (space >= 0) ::close(space);
}

std::string Network::open() {
  for (int* const space : {&far_, &near_}) {
    if (::unshare(CLONE_NEWNET) != 0)
      return std::string{"no network namespace can be made here: "} + std::strerror(errno);
    *space = open_own();
  }
  const std::string far = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(far_);
  std::string fault = run("ip link add near0 type veth peer name far0 && ip link set far0 netns " +
                          far + " && " + plug("near0", "10.77.0.1"));
  if (fault.empty()) at_far([&fault] { fault = run(plug("far0", "10.77.0.2")); });
  return fault;
}

void Network::at_far(const std::function<void()>& action) const {
  ::setns(far_, CLONE_NEWNET);
  action();
  ::setns(near_, CLONE_NEWNET);
}

} // namespace fanlight::test
