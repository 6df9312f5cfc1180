#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>

namespace fanlight::crowd {

using Clock = std::chrono::steady_clock;
using Time = Clock::time_point;

/// One thread that waits for sockets: epoll, because thousands of packets a second for fifty
/// sockets through poll() would cost this machine what is to be measured.
class Loop {
 public:
  using Handler = std::function<void(std::uint32_t events)>;

  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  /// `events` as of epoll_ctl; replaces what the descriptor was watched for.
  void watch(int fd, std::uint32_t events, Handler handler);
  /// To be called before the descriptor is closed; from a handler, too.
  void forget(int fd);
  /// Runs `task` about every 10 ms.
  void on_tick(std::function<void()> task) { tick_ = std::move(task); }
  void run();
  void stop() { running_ = false; }

 private:
  int epoll_;
  bool running_ = false;
  std::function<void()> tick_;
  std::unordered_map<int, std::shared_ptr<Handler>> handlers_;
};

} // namespace fanlight::crowd
