#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gst/gst.h>

#include "base/reason.h"
#include "config/config.h"
#include "media/rtsp/hooks.h"
#include "media/rtsp/sockets.h"
#include "rtsp/failure.h"

namespace fanlight::media {

/// Why a connection to a camera failed or ended.
struct ConnectError {
  Reason why;           ///< For the person who configures the camera.
  bool refused = false; ///< The camera rejected the request: frequent attempts only make it worse.
  bool only_direct = false;    ///< rtspdirectsrc cannot read the camera; rtspsrc may be able to.
  bool perhaps_direct = false; ///< It may be rtspdirectsrc that the camera did not talk to.
  bool sound = false; ///< The camera refused only the sound: the next attempt must go without.
  /// Before the next attempt; none: the usual back-off.
  std::optional<std::chrono::milliseconds> wait;
};

/// What an element says of its failure (describe()).
Reason gstreamer_error(const std::string& detail);

/// Interprets an error message from the RtspConnection of `stream`. `foreign` is the line by which
/// data of the camera began that are not RTSP; empty: unknown.
ConnectError connect_error_of(GstMessage* message, const config::Stream& stream,
                              const std::string& foreign = {});

/// The camera rejected a request; `refusal` has its status.
ConnectError connect_error_of(const RtspHooks::Refusal& refusal, const config::Stream& stream);

/// The same for a connection by rtspdirectsrc.
ConnectError connect_error_of(const rtsp::Failure& failure, const config::Stream& stream);

/// The camera's certificate was rejected. `why` says why and what to do.
ConnectError refused_certificate(const Reason& why);

/// The server itself ended the RTSP connection.
ConnectError connect_error_of(const RtspSockets::Refusal& refusal);

/// The camera sends no codec that its viewers may get, but those of `sent` (encoding names). The
/// server tries again rarely.
ConnectError wrong_codec(const std::vector<std::string>& sent, const std::string& wanted);

} // namespace fanlight::media
