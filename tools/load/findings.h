#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "distribution.h"
#include "load/rtc/reception.h"

namespace fanlight::load {

/// Results of the joins of some viewers.
struct Joins {
  std::uint64_t started = 0;
  std::uint64_t joined = 0;
  std::uint64_t with_picture = 0;
  std::map<std::string, std::uint64_t> failed; ///< By reason.
  Distribution join;                           ///< From the offer to the end of DTLS.
  Distribution key_frame; ///< From the offer to the last packet of the first key frame.

  std::uint64_t failures() const;
  /// Not joined when the run ended.
  std::uint64_t unfinished() const { return started - joined - failures(); }
  bool settled() const { return joined + failures() >= started; }
};

/// Results of all viewers, including those that have left.
struct Findings {
  Joins first;            ///< In the ramp.
  Joins storms;           ///< After storms.
  std::uint64_t left = 0; ///< By leave().
  /// Joined viewers that the server or a failure ended, by reason.
  std::map<std::string, std::uint64_t> ended;
  std::map<std::string, std::uint64_t> unclean; ///< Viewers whose leave() failed, by error.
  Distribution transit; ///< From the camera to the last packet of a frame, by the kernel's clock.
  Distribution lag;     ///< From the kernel to this program.
  Distribution healing; ///< From a loss that was not repaired to a complete key frame.
  Counts past;          ///< Of viewers that have ended.
  std::uint64_t overflowed = 0; ///< The same.
};

} // namespace fanlight::load
