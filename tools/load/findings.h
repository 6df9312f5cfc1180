#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "distribution.h"
#include "load/rtc/reception.h"

namespace fanlight::load {

/// How some viewers came in.
struct Joins {
  std::uint64_t started = 0;
  std::uint64_t joined = 0;
  std::uint64_t with_picture = 0;
  std::map<std::string, std::uint64_t> failed; ///< By the reason.
  Distribution join;                           ///< From the offer to the end of DTLS.
  Distribution key_frame; ///< From the offer to the last packet of the first key frame.

  std::uint64_t failures() const;
  /// Not there yet when the run ended.
  std::uint64_t unfinished() const { return started - joined - failures(); }
  bool settled() const { return joined + failures() >= started; }
};

/// What all viewers have found out, those that have left included.
struct Findings {
  Joins first;                                  ///< Of the ramp.
  Joins storms;                                 ///< Of those that came back.
  std::uint64_t left = 0;                       ///< Because we wanted it.
  std::map<std::string, std::uint64_t> ended;   ///< Of the joined, against our will; by the reason.
  std::map<std::string, std::uint64_t> unclean; ///< Of the left: what went wrong with it.
  Distribution transit; ///< From the camera to the last packet of a picture, by the kernel's clock.
  Distribution lag;     ///< From the kernel to us.
  Distribution healing; ///< From a loss for good to a whole key frame.
  Counts past;          ///< Of the viewers that are not there any more.
  std::uint64_t overflowed = 0; ///< Of them too.
};

} // namespace fanlight::load
