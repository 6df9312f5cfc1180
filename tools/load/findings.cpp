#include "findings.h"

namespace fanlight::load {

std::uint64_t Joins::failures() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : failed) sum += count;
  return sum;
}

} // namespace fanlight::load
