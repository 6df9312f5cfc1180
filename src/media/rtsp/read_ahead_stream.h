#pragma once

#include <memory>

#include <gio/gio.h>

#include "media/rtsp/sockets.h"

namespace fanlight::media {

/// What comes by a connected socket: all that is there is taken at once and given out piece by
/// piece. (transfer full)
///
/// Whoever waits for more does so with the least of system calls: one that waits, one that takes.
/// The socket's timeout and the reader's GCancellable hold as for the socket's own stream; where
/// the line's meter finds too much, or has waited too long, reading fails and the line says why.
/// One thread at a time, as any GInputStream.
GInputStream* read_ahead_stream_new(GSocket* socket, std::shared_ptr<RtspSockets> sockets);

} // namespace fanlight::media
