#!/usr/bin/env bash
# GStreamer 1.22.0 with libnice 0.1.21 (Debian 12): webrtcbin takes an offer with new ICE credentials and answers with new ones (an ICE
# restart, RFC 8445, section 9), but does not restart its ICE agent (nice_agent_restart). libnice keeps the selected pair until one of
# a higher priority is nominated, so webrtcbin goes on sending to where its peer was. A peer that comes back with another address
# connects by ICE, and gets nothing. The order matters: nice_agent_restart forgets the peer's credentials, so it comes before them.
# Seen: after the restart, no new pair is selected; one is where nice_agent_restart was called before set-remote-description.
# Needs: python3-gi gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-bad gstreamer1.0-nice
set -euo pipefail

/usr/bin/python3 - <<'PYTHON'
import ctypes
import re
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC

PATIENCE_S = 5
nice = ctypes.CDLL("libnice.so.10")
nice.nice_agent_restart.argtypes = [ctypes.c_void_p]
Gst.init(None)
kept = []  # What is taken from a reply lives as long as that.


class Peer:
    def __init__(self):
        self._gathered, self._selected = threading.Event(), threading.Semaphore(0)
        self._pipeline = Gst.Pipeline()
        self._bin = Gst.ElementFactory.make("webrtcbin")
        self._bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self._pipeline.add(self._bin)
        # webrtcbin holds it as floating, and Python sinks it: it must not go before the webrtcbin.
        self._ice = self._bin.get_property("ice-agent")
        self._ice.emit("add-local-ip-address", "127.0.0.1")
        self.agent = self._ice.get_property("agent")
        self.agent.connect("new-selected-pair", self._on_selected)
        self._bin.connect("notify::ice-gathering-state", self._on_gathering)
        self._pipeline.set_state(Gst.State.PLAYING)

    def _on_selected(self, *_):
        self._selected.release()

    def _on_gathering(self, *_):
        if self._bin.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self._gathered.set()

    def _ask(self, signal, what):
        promise = Gst.Promise.new()
        self._bin.emit(signal, what, promise)
        promise.wait()
        kept.append((promise, promise.get_reply()))
        return kept[-1][1]

    def describe(self, kind):
        if kind == "offer":
            kept.append(self._bin.emit("create-data-channel", "data", None))
        self._ask("set-local-description", self._ask(f"create-{kind}", None).get_value(kind))
        self._gathered.wait(PATIENCE_S)
        return self._bin.get_property("local-description").sdp.as_text()

    def take(self, kind, text):
        _, message = GstSdp.SDPMessage.new_from_text(text)
        self._ask("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(kind, message))

    def selects(self):
        """Whether it selects a pair of candidates for which it has not been asked yet."""
        return self._selected.acquire(timeout=PATIENCE_S)

    def end(self):
        self._pipeline.set_state(Gst.State.NULL)


def selects_again(restart):
    """Whether a server selects a pair for a peer that comes back at another port."""
    server, selected, candidates = Peer(), True, ""
    for first in (True, False):
        peer = Peer()
        kept.append(peer)
        offer = peer.describe("offer")
        if restart and not first:
            nice.nice_agent_restart(hash(server.agent))
        server.take(GstWebRTC.WebRTCSDPType.OFFER, offer)
        answer = server.describe("answer")
        # It names them in its first answer only; they are still the same.
        candidates = candidates or "".join(re.findall("a=candidate:.*\r\n", answer))
        peer.take(GstWebRTC.WebRTCSDPType.ANSWER, answer if first else answer + candidates)
        if not peer.selects():
            sys.exit("changed: the peer does not connect")
        selected = server.selects()
    return selected


print(Gst.version_string())
seen = {restart: selects_again(restart) for restart in (False, True)}
for restart, selected in seen.items():
    print(f"nice_agent_restart {'called' if restart else 'not called'}: after the restart of ICE {'a' if selected else 'no'} pair is selected")
for peer in kept:
    if isinstance(peer, Peer):
        peer.end()
if seen != {False: False, True: True}:
    sys.exit("changed: no pair was selected without nice_agent_restart, and one with it")
PYTHON
