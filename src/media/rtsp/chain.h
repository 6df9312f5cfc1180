#pragma once

#include <string>
#include <vector>

#include "config/config.h"

namespace fanlight::media {

/// The elements between one RTP stream of a camera and its tee; empty: Fanlight does not support
/// this encoding. `encoding` is the encoding name as registered with IANA.
std::vector<const char*> chain_of(const std::string& encoding);

/// The value of rtspsrc's `protocols`.
const char* protocols_of(config::RtspTransport transport);

/// As the configuration names it.
const char* name_of(config::RtspTransport transport);

} // namespace fanlight::media
