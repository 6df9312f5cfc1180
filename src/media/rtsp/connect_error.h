#pragma once

#include <chrono>
#include <optional>
#include <string>

#include <gst/gst.h>

#include "config/config.h"
#include "media/rtsp/hooks.h"
#include "media/rtsp/sockets.h"

namespace fanlight::media {

/// Why a connection to a camera ended or did not come about.
struct ConnectError {
  std::string why;      ///< In the words of somebody who set the camera up.
  bool refused = false; ///< The camera said no: asking again soon only makes it worse.
  bool sound = false;   ///< Only the sound is refused: the next attempt is to do without.
  std::optional<std::chrono::milliseconds> wait; ///< Before the next attempt, where that is known.
};

/// Reads an error message of the source of `stream`.
ConnectError connect_error_of(GstMessage* message, const config::Stream& stream);

/// The camera said no to a request; `refusal` has its status.
ConnectError connect_error_of(const RtspHooks::Refusal& refusal, const config::Stream& stream);

/// The camera is not the one it should be, which `why` says, and what to do.
ConnectError refused_certificate(const std::string& why);

/// We ended the talk with the camera.
ConnectError connect_error_of(const RtspSockets::Refusal& refusal);

/// A camera that does not send what its viewers may be given: asked again now and then.
ConnectError wrong_codec(const std::string& sent, const std::string& wanted);

} // namespace fanlight::media
