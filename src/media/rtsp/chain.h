#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace fanlight::media {

/// The elements that bring one of a camera's RTP streams to its tee, and the caps the tee is to see
/// (null: as they come).
struct Chain {
  std::vector<const char*> elements; ///< Empty: we carry no such stream.
  const char* caps = nullptr;
};

/// By encoding name as registered with IANA.
Chain chain_of(const std::string& encoding);

/// The value of rtspsrc's `protocols`.
const char* protocols_of(config::RtspTransport transport);

/// As the configuration calls it.
const char* name_of(config::RtspTransport transport);

} // namespace fanlight::media
