#pragma once

#include <set>
#include <string>

namespace fanlight::camsim {

/// The description as a camera with these faults gives it; `base` is the URL it was asked at.
std::string spoil_sdp(const std::string& sdp, const std::set<std::string>& faults,
                      const std::string& base);

/// The URI of a SETUP for what spoil_sdp() has named otherwise, as the server knows it; the same
/// where that is none of them.
std::string sound_uri(const std::string& uri, const std::set<std::string>& faults);

/// Whether a SETUP is for the back channel, which cameras of this kind refuse.
bool is_backchannel(const std::string& uri);

} // namespace fanlight::camsim
