#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "viewer.h"

namespace fanlight::load {

/// A crowd that does what lines on stdin say, for scripts: what --commands is.
///
///   join N [SPACING_MS]   N more viewers; done when each has a whole key frame or has failed
///   leave N               the newest N say goodbye
///   vanish N              the newest N are gone without a word
///   stats                 what has come so far
///   quit                  or the end of stdin
///
/// Each is answered by a line of JSON on stdout when it is done; the next one waits until then.
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
  std::size_t first_ = 0; ///< Of the viewers that the command is about.
  Time deadline_{};
  std::size_t to_join_ = 0;
  std::chrono::milliseconds spacing_{};
  Time next_join_{};
};

} // namespace fanlight::load
