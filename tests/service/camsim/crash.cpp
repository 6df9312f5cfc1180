#include "crash.h"

#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>

#include <sys/wait.h>

namespace fanlight::test {
namespace {

// What tests send.
bool was_asked(int signal) {
  return signal == SIGKILL || signal == SIGTERM || signal == SIGINT || signal == SIGHUP;
}

} // namespace

void tell_crash(const std::string& program, int status) {
  const std::string name = std::filesystem::path{program}.filename();
  const bool ours = name.rfind("fanlight", 0) == 0;
  if (ours && WIFSIGNALED(status) && !was_asked(WTERMSIG(status)))
    std::cout << "crashed: " << name << ": " << strsignal(WTERMSIG(status)) << std::endl;
}

} // namespace fanlight::test
