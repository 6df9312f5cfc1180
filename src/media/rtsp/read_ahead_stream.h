#pragma once

#include <memory>

#include <gio/gio.h>

#include "media/rtsp/sockets.h"

namespace fanlight::media {

/// Reads from a connected socket: takes everything that has arrived at once, and gives it out piece
/// by piece. (transfer full)
///
/// A wait for more costs two system calls: one waits, one reads. The socket's timeout and the
/// reader's GCancellable apply as they do to the socket's own stream. If the MessageMeter finds a
/// message too large or too slow, the read fails and RtspSockets keeps the reason. One thread at a
/// time, as for any GInputStream.
GInputStream* read_ahead_stream_new(GSocket* socket, std::shared_ptr<RtspSockets> sockets);

} // namespace fanlight::media
