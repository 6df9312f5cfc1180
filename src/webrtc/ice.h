#pragma once

#include <string>

#include "config/config.h"
#include "gst/ref.h"

namespace fanlight::webrtc {

/// What the ICE agents of all viewers are told.
struct IceSettings {
  config::WebRtc config;
  /// The signalling client's numeric address: on a loopback address the agent offers loopback
  /// candidates too, which libnice leaves out otherwise.
  std::string client_address;
};

/// Whether `address`, a numeric one, is on this machine's loopback.
bool is_loopback(const std::string& address);

/// Applies `settings` to a webrtcbin before it starts: servers, port range, addresses, and the
/// agent's timing.
void configure_ice(GstElement* webrtcbin, const IceSettings& settings);

/// What webrtcbin 1.22 leaves out when the viewer restarts ICE: without it libnice stays with the
/// pair that it had, wherever the viewer is now, unless the new one has a higher priority. Before
/// webrtcbin gets the new offer. Any thread.
void restart_ice(GstElement* webrtcbin);

} // namespace fanlight::webrtc
