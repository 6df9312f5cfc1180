#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace fanlight::media {

/// The elements between one RTP stream of a camera and its tee, and the caps that the tee must
/// receive (null: any).
struct Chain {
  std::vector<const char*> elements; ///< Empty: Fanlight does not support this encoding.
  const char* caps = nullptr;
};

/// `encoding` is the encoding name as registered with IANA.
Chain chain_of(const std::string& encoding);

/// The value of rtspsrc's `protocols`.
const char* protocols_of(config::RtspTransport transport);

/// As the configuration names it.
const char* name_of(config::RtspTransport transport);

} // namespace fanlight::media
