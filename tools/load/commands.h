#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "viewer.h"

namespace fanlight::load {

/// Controls the viewers by lines on stdin, for scripts (--commands):
///
///   join N [SPACING_MS]   adds N viewers; done when each has a complete key frame or has failed
///   leave N               the newest N viewers end their sessions
///   vanish N              the newest N viewers disappear without a message
///   stats                 reports what has been received
///   quit                  ends the program, like the end of stdin
///
/// Each command is answered by a line of JSON on stdout when it is done; only then the next begins.
class Commands : Loop::Listener {
 public:
  Commands(Company& company, const std::vector<Target>& targets);
  ~Commands() override;
  Commands(const Commands&) = delete;
  Commands& operator=(const Commands&) = delete;

  void run() { company_.loop.run(); }

 private:
  void on_ready(std::uint32_t events) override;
  void next();
  void begin(const std::string& line);
  void step();
  void join_due(Time now);
  bool is_done(const Viewer& viewer) const;
  void finish_if_done(Time now);

  Company& company_;
  const std::vector<Target>& targets_;
  Timer timer_;
  std::vector<std::unique_ptr<Viewer>> viewers_;
  std::string input_;
  std::deque<std::string> lines_;

  bool busy_ = false;
  std::string verb_;
  std::size_t first_ = 0; ///< Index of the first viewer of the command.
  Time deadline_{};
  std::size_t to_join_ = 0;
  std::chrono::milliseconds spacing_{};
  Time next_join_{};
};

} // namespace fanlight::load
