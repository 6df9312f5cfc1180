#include "camsim/setup/faults.h"

namespace fanlight::camsim {
namespace {

std::chrono::nanoseconds seconds(double count) {
  return std::chrono::nanoseconds{static_cast<std::int64_t>(count * 1e9)};
}

} // namespace

void FaultState::set(Faults faults) {
  std::lock_guard lock(mutex_);
  begin_ = Clock::now() + seconds(faults.after_s);
  end_ = faults.duration_s > 0 ? begin_ + seconds(faults.duration_s) : Clock::time_point::max();
  wanted_ = std::make_shared<const Faults>(std::move(faults));
}

Faults FaultState::wanted() const {
  std::lock_guard lock(mutex_);
  return *wanted_;
}

std::shared_ptr<const Faults> FaultState::get() const {
  std::lock_guard lock(mutex_);
  if (wanted_->after_s == 0 && wanted_->duration_s == 0) return wanted_;
  const auto now = Clock::now();
  return now >= begin_ && now < end_ ? wanted_ : none_;
}

void FaultState::request_key_frame() {
  std::lock_guard lock(mutex_);
  ++counts_.key_frame_requests;
}

std::uint64_t FaultState::key_frame_requests() const {
  std::lock_guard lock(mutex_);
  return counts_.key_frame_requests;
}

void FaultState::count_connection() {
  std::lock_guard lock(mutex_);
  ++counts_.connections;
}

void FaultState::count_request(const std::string& method, bool login) {
  std::lock_guard lock(mutex_);
  ++counts_.requests[method];
  counts_.logins += login ? 1 : 0;
}

void FaultState::count_answer(int status) {
  std::lock_guard lock(mutex_);
  ++counts_.answers[status];
}

Counts FaultState::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

} // namespace fanlight::camsim
