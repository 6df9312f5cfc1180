#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace fanlight::camsim {

/// The pitch of a camera in Hz, from its label: 300 to 880 in steps of 20.
int tone_of(const std::string& label);

/// Mono samples `first` .. `first + count` of a soft tone with a beep of 100 ms at each full
/// second. Negative positions are before the first second. Repeats every second.
std::vector<std::int16_t> make_tone(int tone, int rate, std::int64_t first, std::size_t count);

} // namespace fanlight::camsim
