#pragma once

#include <string>

#include "sdp/choice.h"

namespace fanlight::sdp {

/// The a=fmtp parameters of the answer for what was chosen: "a=b;c=d", or empty.
std::string answered_parameters(const Choice& choice);

} // namespace fanlight::sdp
