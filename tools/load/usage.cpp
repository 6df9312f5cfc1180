#include "usage.h"

#include <ctime>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace fanlight::load {

std::optional<Usage> Usage::of(pid_t pid) {
  Usage usage;
  usage.at = Clock::now();
  clockid_t clock{};
  timespec cpu{};
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &cpu) != 0) return {};
  usage.cpu_s = static_cast<double>(cpu.tv_sec) + static_cast<double>(cpu.tv_nsec) * 1e-9;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::ifstream status{folder + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) usage.rss = std::stoull(line.substr(6)) * 1024;
    if (line.starts_with("Threads:")) usage.threads = std::stoi(line.substr(8));
  }
  std::error_code error;
  const std::filesystem::directory_iterator files{folder + "/fd", error};
  usage.fds = error ? -1 : static_cast<int>(std::distance(begin(files), end(files)));
  return usage;
}

} // namespace fanlight::load
