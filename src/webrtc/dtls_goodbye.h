#pragma once

#include <functional>

#include <gst/gst.h>

namespace fanlight::webrtc {

/// Has the DTLS of a webrtcbin say that nothing follows (close_notify), by which browsers and
/// players hear at once that the connection is over; webrtcbin itself goes without a word. `sent`
/// comes on main when the datagram has left, or never if it does not. False: there is no DTLS yet.
/// Main only.
bool say_goodbye(GstElement* webrtcbin, std::function<void()> sent);

} // namespace fanlight::webrtc
