#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <gst/sdp/sdp.h>

#include "config/config.h"
#include "gst/ref.h"
#include "sdp/offer.h"

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

/// Notices packets that arrive at the UDP sockets of a webrtcbin: also the checks of ICE, which
/// libnice answers without passing them on. Any thread.
class Arrivals {
 public:
  explicit Arrivals(GstElement* webrtcbin) : webrtcbin_(Ref<GstElement>::retain(webrtcbin)) {}

  /// Whether one has arrived since the last call.
  bool any();

 private:
  const Ref<GstElement> webrtcbin_;
  std::vector<std::int64_t> arrived_us_; ///< The last at each socket, by the system's clock.
};

/// Whether an offer with `now` restarts the ICE of one with `before`: by new credentials (RFC 8839,
/// section 4.4.3).
bool restarts_ice(const sdp::Offer::Transport& before, const sdp::Offer::Transport& now);

struct IceCredentials {
  std::string ufrag;
  std::string pwd;
};

/// What webrtcbin 1.22 leaves out when the viewer restarts ICE: without it libnice stays with the
/// pair that it had, wherever the viewer is now, unless the new one has a higher priority. Before
/// webrtcbin gets the new offer. Returns new credentials of ours; none if there is no agent yet.
std::optional<IceCredentials> restart_ice(GstElement* webrtcbin);

/// Puts them into an answer of webrtcbin, which would keep those that it had. Both sides need new
/// ones (RFC 8445, section 9). Before webrtcbin sets the answer.
void renew_credentials(GstSDPMessage* answer, const IceCredentials& own);

} // namespace fanlight::webrtc
