#pragma once

#include <set>
#include <string>

#include "camsim/relay/rtsp_message.h"

namespace fanlight::camsim {

/// Changes the answer to a request of `method` as a camera with these faults would write it.
void spoil_answer(RtspMessage& answer, const std::string& method,
                  const std::set<std::string>& faults);

} // namespace fanlight::camsim
