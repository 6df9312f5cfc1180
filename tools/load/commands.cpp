#include "commands.h"

#include <algorithm>
#include <iostream>
#include <sstream>

#include <fcntl.h>
#include <unistd.h>

#include "load/signalling/json.h"

namespace fanlight::load {
namespace {

constexpr std::chrono::milliseconds kStep{10};

const char* to_string(Viewer::State state) {
  constexpr const char* kNames[] = {"joining", "checking", "handshaking", "waiting", "playing",
                                    "leaving", "gone",     "failed",      "ended"};
  return kNames[static_cast<int>(state)];
}

void describe(JsonWriter& json, const Viewer& viewer) {
  const Viewer::Times& times = viewer.times();
  const Counts counts = viewer.counts();
  json.object()
      .add("state", to_string(viewer.state()))
      .add("error", viewer.error())
      .add("answered_ms", times.answered)
      .add("ice_ms", times.ice)
      .add("dtls_ms", times.dtls)
      .add("first_packet_ms", times.first_packet)
      .add("key_frame_ms", times.key_frame)
      .add("left_ms", times.left)
      .add("packets", counts.received)
      .add("bytes", counts.bytes)
      .add("missing", counts.missing)
      .add("repaired", counts.repaired)
      .add("lost", counts.lost)
      .add("srtp_profile", viewer.srtp_profile())
      .end();
}

} // namespace

Commands::Commands(Company& company, const std::vector<Target>& targets)
    : company_(company), targets_(targets), timer_(company.loop, [this] { step(); }) {
  fcntl(STDIN_FILENO, F_SETFL, fcntl(STDIN_FILENO, F_GETFL) | O_NONBLOCK);
  company_.loop.watch(STDIN_FILENO, EPOLLIN, *this);
  timer_.start(Clock::now());
}

Commands::~Commands() { company_.loop.forget(STDIN_FILENO, *this); }

void Commands::on_ready(std::uint32_t) {
  char buffer[4096];
  const ssize_t got = read(STDIN_FILENO, buffer, sizeof buffer);
  if (got < 0) return;
  if (got == 0) { // End of stdin: finishes the commands that were read.
    company_.loop.forget(STDIN_FILENO, *this);
    input_ += "quit\n";
  }
  input_.append(buffer, static_cast<std::size_t>(got));
  for (auto end = input_.find('\n'); end != input_.npos; end = input_.find('\n')) {
    lines_.push_back(input_.substr(0, end));
    input_.erase(0, end + 1);
  }
  next();
}

void Commands::next() {
  while (!busy_ && !lines_.empty()) {
    begin(lines_.front());
    lines_.pop_front();
  }
}

void Commands::begin(const std::string& line) {
  std::istringstream words{line};
  std::size_t count = 0;
  long spacing = 0;
  words >> verb_ >> count >> spacing;
  busy_ = true;
  const Time now = Clock::now();
  deadline_ = now + company_.settings.patience + count * std::chrono::milliseconds{spacing};
  if (verb_ == "join") {
    to_join_ = count;
    spacing_ = std::chrono::milliseconds{spacing};
    next_join_ = now;
    first_ = viewers_.size();
    join_due(now);
  } else if (verb_ == "leave" || verb_ == "vanish") {
    first_ = viewers_.size() - std::min(count, viewers_.size());
    for (std::size_t i = first_; i < viewers_.size(); ++i)
      verb_ == "leave" ? viewers_[i]->leave() : viewers_[i]->vanish();
  } else if (verb_ == "stats") {
    first_ = 0;
  } else if (verb_ == "quit") {
    return company_.loop.stop();
  } else {
    JsonWriter json{false};
    std::cout << json.object().add("error", "no such command: " + line).end().text() << std::endl;
    busy_ = false;
  }
  finish_if_done(now);
}

void Commands::join_due(Time now) {
  for (; to_join_ > 0 && now >= next_join_; --to_join_) {
    const Target& target = targets_[viewers_.size() % targets_.size()];
    viewers_.push_back(std::make_unique<Viewer>(company_, target, company_.findings.first));
    next_join_ += spacing_;
  }
}

bool Commands::is_done(const Viewer& viewer) const {
  const Viewer::State state = viewer.state();
  return state >= Viewer::State::gone || verb_ == "stats" ||
         (verb_ == "join" && state == Viewer::State::playing);
}

void Commands::finish_if_done(Time now) {
  if (!busy_) return;
  if (now < deadline_ &&
      (to_join_ > 0 ||
       !std::all_of(viewers_.begin() + static_cast<std::ptrdiff_t>(first_), viewers_.end(),
                    [this](const auto& viewer) { return is_done(*viewer); })))
    return;
  JsonWriter json{false};
  json.object().add("command", verb_).array("viewers");
  for (std::size_t i = first_; i < viewers_.size(); ++i) describe(json, *viewers_[i]);
  std::cout << json.end().end().text() << std::endl;
  if (verb_ == "leave" || verb_ == "vanish") viewers_.resize(first_);
  busy_ = false;
  to_join_ = 0;
}

void Commands::step() {
  const Time now = Clock::now();
  if (to_join_ > 0) join_due(now);
  finish_if_done(now);
  next();
  timer_.start(now + kStep);
}

} // namespace fanlight::load
