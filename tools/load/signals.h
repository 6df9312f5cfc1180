#pragma once

#include "load/net/loop.h"

namespace fanlight::load {

/// SIGINT and SIGTERM, as an event of the loop.
class Signals : Loop::Listener {
 public:
  struct Observer {
    virtual ~Observer() = default;
    virtual void on_signal(int number) = 0;
  };

  Signals(Loop& loop, Observer& observer);
  ~Signals() override;
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  void on_ready(std::uint32_t events) override;

  Loop& loop_;
  Observer& observer_;
  int fd_;
};

} // namespace fanlight::load
