#!/usr/bin/env bash
# GStreamer 1.22.0 (Debian 12, gstreamer1.0-plugins-good): with force-aal2=false, which is for the packing of RFC 3551, rtpg726depay and
# rtpg726pay convert between that and the order of AAL2, which GStreamer's decoders and encoders of G.726 use. For G726-16 and G726-32 the
# result is right, for G726-24 and G726-40 it is neither of the two. RFC 3551, section 4.5.4: the first code word begins at the least
# significant bit of the first octet, and a code word of 3 or 5 bits may continue in the next octet.
# With the default, force-aal2=true, both elements pass the octets as they are, whatever the encoding name says, so cameras that send
# G726-24 or G726-40 as the RFC says are noise with either value.
# Seen: the conversion of 160 known code words in both directions is right at 16 and 32 kbit/s, and wrong at 24 and 40 kbit/s.
# Needs: python3-gi gir1.2-gst-plugins-base-1.0 gstreamer1.0-plugins-good
set -euo pipefail

/usr/bin/python3 - <<'PYTHON'
import sys

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstApp", "1.0")
from gi.repository import Gst, GstApp  # noqa: F401

Gst.init(None)
PATIENCE = 5 * Gst.SECOND
RTP_HEADER = bytes([0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1])


def pack(words, bits, order):
    number = 0
    for place, word in enumerate(words if order == "little" else reversed(words)):
        number |= word << (place * bits)
    return number.to_bytes(len(words) * bits // 8, order)


def push_through(caps, element, data):
    pipeline = Gst.parse_launch(f"appsrc name=in format=time caps={caps} ! {element} ! appsink name=out sync=false")
    pipeline.set_state(Gst.State.PLAYING)
    buffer = Gst.Buffer.new_wrapped(data)
    buffer.pts, buffer.duration = 0, 20 * Gst.MSECOND
    pipeline.get_by_name("in").emit("push-buffer", buffer)
    pipeline.get_by_name("in").emit("end-of-stream")
    sample = pipeline.get_by_name("out").emit("try-pull-sample", PATIENCE)
    if sample is None:
        sys.exit(f"changed: {element} gives nothing")
    out = sample.get_buffer()
    octets = out.extract_dup(0, out.get_size())
    pipeline.set_state(Gst.State.NULL)
    return octets


print(Gst.version_string())
seen = {}
for bits in (2, 3, 4, 5):
    rate = bits * 8
    words = [(7 * i + 1) % (1 << bits) for i in range(160)]
    sent, wanted = pack(words, bits, "little"), pack(words, bits, "big")
    rtp = f"application/x-rtp,media=audio,encoding-name=G726-{rate},clock-rate=8000,payload=96"
    raw = f"audio/x-adpcm,layout=g726,channels=1,rate=8000,bitrate={rate}000"
    got = push_through(rtp, "rtpg726depay force-aal2=false", RTP_HEADER + sent)
    payloaded = push_through(raw, "rtpg726pay force-aal2=false", wanted)[len(RTP_HEADER):]
    seen[rate] = (got == wanted, payloaded == sent)
    print(f"G726-{rate}: depayloader {sent[:5].hex()} -> {got[:5].hex()}, right: {wanted[:5].hex()}; "
          f"payloader {wanted[:5].hex()} -> {payloaded[:5].hex()}, right: {sent[:5].hex()}")
if seen != {16: (True, True), 24: (False, False), 32: (True, True), 40: (False, False)}:
    sys.exit("changed: 16 and 32 kbit/s were right, 24 and 40 kbit/s wrong, in both directions")
PYTHON
