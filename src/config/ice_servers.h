#pragma once

#include "config/reader.h"
#include "config/record.h"

/// Lists of STUN and TURN servers.
namespace fanlight::config {

/// Those that the server itself uses.
void read_ice_servers(const Value& value, std::vector<IceServer>& servers);
/// Those for browsers, whose credentials may also be made for each session.
void read_browser_ice_servers(const Value& value, std::vector<IceServer>& servers);

/// The URLs of an entry: one, or a list of them.
void read_ice_urls(const Value& value, std::vector<std::string>& urls);
Printed printed(const std::vector<IceServer>& servers);

/// The keys of an entry.
std::vector<std::string> ice_server_keys();
std::vector<std::string> browser_ice_server_keys();

} // namespace fanlight::config
