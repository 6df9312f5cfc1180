#!/usr/bin/env bash
# GStreamer 1.22.0 (Debian 12): gst_rtsp_url_get_request_uri() of a URL that was parsed from rtsps:// begins with rtsp://.
# RFC 2326 has no rtsps; RFC 7826, section 4.2, defines it as a scheme of its own, so that the request line and what is signed by
# Digest (RFC 7616, section 3.4.3: the URI of the request) name another resource than the one that was asked for.
# A server or proxy that compares the URI of a request with its own rtsps:// one finds a stranger.
# Seen: rtsps://192.0.2.1/stream -> rtsp://192.0.2.1/stream.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -qq libgstreamer1.0-0=1.22.0-2+deb12u1 libgstreamer-plugins-base1.0-0=1.22.0-3+deb12u7 2>/dev/null
for package in *.deb; do dpkg -x "$package" root; done
libraries=$(dirname "$(find "$PWD/root" -name 'libgstrtsp-1.0.so.0')")

LD_LIBRARY_PATH=$libraries python3 - <<'PYTHON'
import ctypes
import sys

rtsp = ctypes.CDLL("libgstrtsp-1.0.so.0")
rtsp.gst_rtsp_url_get_request_uri.restype = ctypes.c_char_p


def request_uri(text):
    url = ctypes.c_void_p()
    if rtsp.gst_rtsp_url_parse(text, ctypes.byref(url)) != 0:
        sys.exit(f"changed: {text.decode()} is no URL now")
    return rtsp.gst_rtsp_url_get_request_uri(url).decode()


seen = [request_uri(b"rtsp://192.0.2.1/stream"), request_uri(b"rtsps://192.0.2.1/stream")]
print("rtsp: ", seen[0])
print("rtsps:", seen[1])
if not (seen[0].startswith("rtsp://") and seen[1].startswith("rtsp://")):
    sys.exit("changed: the scheme of rtsps:// is kept now")
PYTHON
