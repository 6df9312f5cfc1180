#pragma once

#include <functional>

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Sends close_notify on the DTLS connection of a webrtcbin, so that browsers and players notice at
/// once that the connection has ended; webrtcbin itself does not send it. `sent` is called on main
/// when the datagram has left; never if it does not leave. False: there is no DTLS yet. Main only.
bool say_goodbye(GstElement* webrtcbin, std::function<void()> sent);

} // namespace fanlight::webrtc
