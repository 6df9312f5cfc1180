#!/usr/bin/env bash
# GStreamer 1.22.0 (Debian 12): GstBaseSrc never frees an EOS event that it was sent before it ran and that it never came to push.
# gst_element_send_event() takes the event (transfer full) and returns TRUE; the source keeps it as pending, drops it in the change
# from PAUSED to READY or where it is flushed, and forgets it in its finalizer. The main branch of August 2026 has the same code.
# So rtspsrc with UDP loses an event of 104 bytes with each connection that ends between SETUP and PLAY: it sends EOS to udpsrc in
# state READY.
# Seen: sent in READY: kept; sent in READY, flushed before the end: freed; sent in PAUSED: freed.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libgstreamer1.0-0=1.22.0-2+deb12u1 2>/dev/null
dpkg -x libgstreamer1.0-0_*.deb root
libraries=$(dirname "$(find "$PWD/root" -name 'libgstreamer-1.0.so.0')")

LD_LIBRARY_PATH=$libraries GST_PLUGIN_PATH=$libraries/gstreamer-1.0 GST_PLUGIN_SYSTEM_PATH= GST_REGISTRY=$PWD/registry.bin \
  GST_REGISTRY_FORK=no python3 - <<'PYTHON'
import ctypes
import sys

NULL, READY, PAUSED = 1, 2, 3
gst = ctypes.CDLL("libgstreamer-1.0.so.0")
gst.gst_element_factory_make.restype = ctypes.c_void_p
gst.gst_event_new_eos.restype = ctypes.c_void_p
gst.gst_event_new_flush_start.restype = ctypes.c_void_p
gst.gst_init(None, None)
Notify = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)


def is_freed(state, flush):
    freed = []
    notify = Notify(lambda *_: freed.append(True))
    source = ctypes.c_void_p(gst.gst_element_factory_make(b"fakesrc", None))
    gst.gst_element_set_state(source, state)
    end = ctypes.c_void_p(gst.gst_event_new_eos())
    gst.gst_mini_object_weak_ref(end, notify, None)
    if not gst.gst_element_send_event(source, end):
        sys.exit("changed: the event is refused now")
    gst.gst_element_set_state(source, NULL)
    if flush:
        gst.gst_element_send_event(source, ctypes.c_void_p(gst.gst_event_new_flush_start()))
    gst.gst_object_unref(source)
    kept.append(notify)
    return bool(freed)


kept = []
seen = {"sent in READY": is_freed(READY, False), "sent in READY, flushed before the end": is_freed(READY, True),
        "sent in PAUSED": is_freed(PAUSED, False)}
for case, freed in seen.items():
    print(f"{case}: {'freed' if freed else 'kept'}")
if list(seen.values()) != [False, True, True]:
    sys.exit("changed: it was kept, freed, freed")
PYTHON
