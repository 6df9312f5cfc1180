#pragma once

#include <set>
#include <string>

namespace fanlight::camsim {

/// The description of a camera with these faults; `base` is the requested URL.
std::string spoil_sdp(const std::string& sdp, const std::set<std::string>& faults,
                      const std::string& base);

/// The URI of a SETUP in the server's form, for any form that spoil_sdp() produces. If the URI
/// names no media, `number` selects it.
std::string sound_uri(const std::string& uri, int number);

/// Whether a SETUP is for the back channel, which these cameras refuse.
bool is_backchannel(const std::string& uri);
/// Whether a SETUP is for the metadata, which are never sent.
bool is_metadata(const std::string& uri);

} // namespace fanlight::camsim
