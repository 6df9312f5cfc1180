#include "media/odd_messages.h"

#include <utility>

namespace fanlight::media {

std::string OddMessages::add(const std::string& text, std::int64_t now_us) {
  constexpr std::int64_t kPeriodUs = 60'000'000;
  ++count_;
  if (said_us_ != 0 && now_us - said_us_ < kPeriodUs) {
    ++unsaid_;
    return {};
  }
  said_us_ = now_us;
  const std::uint64_t unsaid = std::exchange(unsaid_, 0);
  return text + (unsaid == 0 ? "" : " (and " + std::to_string(unsaid) + " like it since the last)");
}

} // namespace fanlight::media
