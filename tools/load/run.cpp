#include "run.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include <unistd.h>

namespace fanlight::load {
namespace {

using namespace std::chrono_literals;

constexpr auto kStep = 5ms;
constexpr auto kGoodbye = 10s; // For all viewers together.
/// Time after the last join for the work that joins leave behind: the server sends the cached group
/// within a second, and may keep its packets for two seconds in case they are lost.
constexpr auto kSettle = 3s;

bool is_there(const Viewer& viewer) {
  return viewer.state() == Viewer::State::waiting || viewer.state() == Viewer::State::playing;
}

bool is_over(const std::unique_ptr<Viewer>& viewer) {
  return viewer->state() >= Viewer::State::gone;
}

} // namespace

Run::Run(Company& company, const std::vector<Target>& targets, Plan plan, bool show)
    : company_(company), targets_(targets), plan_(std::move(plan)), show_(show),
      signals_(company.loop, *this), timer_(company.loop, [this] { step(); }) {
  viewers_.reserve(plan_.viewers);
}

Outcome Run::run() {
  outcome_.self_before = Usage::of(getpid()).value_or(Usage{});
  if (plan_.server) outcome_.idle_first = Usage::of(*plan_.server);
  begin(plan_.server ? Phase::idle : Phase::ramp);
  timer_.start(Clock::now());
  company_.loop.run();
  viewers_.clear();
  leaving_.clear();
  outcome_.findings = company_.findings;
  return std::move(outcome_);
}

void Run::on_signal(int) {
  outcome_.interrupted = true;
  if (phase_ == Phase::leaving) return company_.loop.stop();
  if (phase_ < Phase::steady) outcome_.steady = read();
  begin(Phase::leaving);
}

void Run::begin(Phase phase) {
  phase_ = phase;
  since_ = Clock::now();
  if (phase == Phase::ramp && plan_.server) outcome_.idle_last = Usage::of(*plan_.server);
  if (phase == Phase::steady) outcome_.steady = read();
  if (phase == Phase::leaving) {
    outcome_.last = read();
    if (next_storm_ == 0) outcome_.steady_last = outcome_.last;
    leave_all();
  }
}

void Run::step() {
  const Time now = Clock::now();
  switch (phase_) {
  case Phase::idle:
    if (now - since_ >= plan_.idle) begin(Phase::ramp);
    break;
  case Phase::ramp: join_due(now); break;
  case Phase::settling:
    if (!company_.findings.first.settled())
      since_ = now;
    else if (now - since_ >= kSettle)
      begin(Phase::steady);
    break;
  case Phase::steady:
    if (next_storm_ < plan_.storms.size() && now - since_ >= plan_.storms[next_storm_].at) {
      if (next_storm_ == 0) outcome_.steady_last = read();
      blow(plan_.storms[next_storm_++]);
    }
    if (now - since_ >= plan_.duration) begin(Phase::leaving);
    break;
  case Phase::leaving:
    if (all_gone() || now - since_ >= kGoodbye) return company_.loop.stop();
    break;
  }
  drop_gone();
  if (show_ && now >= next_shown_) show_progress(now);
  timer_.start(now + kStep);
}

void Run::join_due(Time now) {
  const double seconds = std::chrono::duration<double>(now - since_).count();
  const auto due = static_cast<std::size_t>(seconds * plan_.joins_per_second) + 1;
  for (; started_ < std::min(due, plan_.viewers); ++started_)
    viewers_.push_back(std::make_unique<Viewer>(company_, targets_[started_ % targets_.size()],
                                                company_.findings.first));
  outcome_.ramp_s = seconds;
  if (started_ == plan_.viewers) begin(Phase::settling);
}

void Run::blow(const Storm& storm) {
  const std::size_t count = std::min(storm.viewers, viewers_.size());
  for (std::size_t i = 0; i < count; ++i) {
    // Spread over all cameras and ages.
    const std::size_t place = i * viewers_.size() / count;
    viewers_[place]->leave();
    leaving_.push_back(std::exchange(
        viewers_[place], std::make_unique<Viewer>(company_, targets_[place % targets_.size()],
                                                  company_.findings.storms)));
  }
}

void Run::leave_all() {
  for (const auto& viewer : viewers_) viewer->leave();
}

bool Run::all_gone() const {
  return std::all_of(viewers_.begin(), viewers_.end(), is_over) &&
         std::all_of(leaving_.begin(), leaving_.end(), is_over);
}

void Run::drop_gone() { std::erase_if(leaving_, is_over); }

Reading Run::read() const {
  Reading reading{.at = Clock::now(),
                  .counts = company_.findings.past,
                  .self = Usage::of(getpid()),
                  .server = plan_.server ? Usage::of(*plan_.server) : std::nullopt};
  for (const auto* list : {&viewers_, &leaving_})
    for (const auto& viewer : *list) {
      reading.counts += viewer->counts();
      reading.viewers += is_there(*viewer) ? 1 : 0;
    }
  return reading;
}

void Run::show_progress(Time now) {
  constexpr const char* kNames[] = {"idle", "ramp", "settling", "steady", "leaving"};
  const Joins& first = company_.findings.first;
  Counts counts = company_.findings.past;
  for (const auto& viewer : viewers_) counts += viewer->counts();
  const Counts news = counts - std::exchange(shown_, counts);
  std::fprintf(
      stderr, "%-8s joined %llu of %zu, failed %llu, %llu packets/s, %.1f Mbit/s, lost %llu\n",
      kNames[static_cast<int>(phase_)], static_cast<unsigned long long>(first.joined),
      plan_.viewers, static_cast<unsigned long long>(first.failures()),
      static_cast<unsigned long long>(news.received), static_cast<double>(news.bytes) * 8e-6,
      static_cast<unsigned long long>(counts.lost));
  next_shown_ = now + 1s;
}

} // namespace fanlight::load
