#pragma once

#include <set>
#include <string>

namespace fanlight::camsim {

/// The description as a camera with these faults gives it; `base` is the URL it was asked at.
std::string spoil_sdp(const std::string& sdp, const std::set<std::string>& faults,
                      const std::string& base);

/// The URI of a SETUP as the server knows it, whatever spoil_sdp() has named it. `number` is the
/// media meant where the URI names none.
std::string sound_uri(const std::string& uri, int number);

/// Whether a SETUP is for the back channel, which cameras of this kind refuse.
bool is_backchannel(const std::string& uri);
/// Whether it is for the metadata, of which nothing comes.
bool is_metadata(const std::string& uri);

} // namespace fanlight::camsim
