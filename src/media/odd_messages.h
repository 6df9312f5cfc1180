#pragma once

#include <cstdint>
#include <string>

namespace fanlight::media {

/// Messages that elements may post for every packet of a camera: counted, and logged at most once
/// per minute.
///
/// Threads: main only.
class OddMessages {
 public:
  /// The line for the log, which also tells how many messages were not logged; empty: log nothing.
  std::string add(const std::string& text, std::int64_t now_us);
  std::uint64_t count() const { return count_; }

 private:
  std::uint64_t count_ = 0;
  std::uint64_t unsaid_ = 0;
  std::int64_t said_us_ = 0; // 0: never.
};

} // namespace fanlight::media
