"""Live GStreamer objects of a server, counted by GStreamer's own `leaks` tracer."""

import collections
import re
import signal
import time

from lab import LabError, Server

# A list for each SIGUSR1, in the log.
EVERYTHING = {"GST_TRACERS": "leaks", "GST_LEAKS_TRACER_SIG": "1", "GST_DEBUG": "GST_TRACER:7"}
# Elements, pads, clocks and the like; not the buffers and events that flow, which would cost the server a table of them.
OBJECTS = {**EVERYTHING, "GST_TRACERS": 'leaks(filters="GstObject")'}


def live_objects(server: Server, silence: float = 2.0) -> collections.Counter:
    """By type. The list has no last line: it has ended when `silence` seconds have brought no more of it."""
    server.process.send_signal(signal.SIGUSR1)
    counts: collections.Counter = collections.Counter()
    until = time.monotonic() + 10
    while (left := until - time.monotonic()) > 0:
        try:
            line = server.line(left)
        except LabError:
            if not server.running():
                raise
            break
        if match := re.search(r"object-alive, type-name=\(string\)(\w+)", line):
            until = time.monotonic() + silence
            counts[match[1]] += 1
    return counts
