#include "media/camera_clock.h"

#include <algorithm>

namespace fanlight::media {
namespace {

constexpr std::int64_t kJumpUs = 1'000'000;

} // namespace

void CameraClock::update(std::uint32_t timestamp, std::int64_t now_us) {
  if (!seen_) {
    seen_ = {timestamp, now_us, 0};
    return;
  }
  const std::int64_t step_us =
      std::int64_t{static_cast<std::int32_t>(timestamp - seen_->timestamp)} * 100 / 9;
  std::int64_t owed_us = seen_->owed_us + (now_us - seen_->us) - step_us;
  // A late packet does not count as early, and B-frames step back by less than a second.
  if (step_us < -kJumpUs || owed_us < -kJumpUs) {
    ++jumps_;
    owed_us = 0;
  }
  seen_ = {timestamp, now_us, std::max<std::int64_t>(owed_us, 0)};
}

} // namespace fanlight::media
