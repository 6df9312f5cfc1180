#!/usr/bin/python3
"""A viewer on GStreamer's webrtcbin, by the Python of the system, which has GStreamer's bindings."""

import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstVideo", "1.0")
gi.require_version("GstWebRTC", "1.0")

# pylint: disable=wrong-import-position
from gi.repository import GLib, Gst, GstSdp, GstVideo, GstWebRTC  # noqa: E402

from whep import Counter, Refused, Whep, arguments, fragment, say, without_candidates  # noqa: E402

CAPS = {
    "video": "application/x-rtp,media=video,encoding-name=H264,payload=96,clock-rate=90000,packetization-mode=(string)1,"
             "profile-level-id=(string)42e01f,rtcp-fb-nack-pli=true",
    "audio": "application/x-rtp,media=audio,encoding-name=OPUS,payload=111,clock-rate=48000,encoding-params=(string)2",
}
MARKER = 0x80


class Failed(Exception):
    """GStreamer refused something."""


class Viewer:
    def __init__(self, options):
        self._options = options
        self._whep = Whep(options.url)
        self._gathered = threading.Event()
        self._video: Gst.Pad | None = None
        # What is taken from a reply lives as long as that.
        self._replies: list[tuple[Gst.Promise, Gst.Structure]] = []
        self._pipeline = Gst.Pipeline()
        # Its default offers no BUNDLE, so that every m-line would need a transport of its own.
        self._bin = Gst.ElementFactory.make("webrtcbin")
        self._bin.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self._pipeline.add(self._bin)
        self._bin.connect("pad-added", self._on_pad)
        self._bin.connect("notify::ice-gathering-state", self._on_gathering)
        self._bin.connect("notify::connection-state", self._on_state)
        self._pipeline.set_state(Gst.State.PLAYING)

    def watch(self):
        for kind in self._options.media.split(","):
            recvonly = GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY
            transceiver = self._bin.emit("add-transceiver", recvonly, Gst.Caps.from_string(CAPS[kind]))
            transceiver.set_property("do-nack", kind == "video")
        offer = self._ask("create-offer", None).get_value("offer")
        self._ask("set-local-description", offer)
        self._gathered.wait()
        text = self._bin.get_property("local-description").sdp.as_text()
        trickle = self._options.trickle
        answer = self._whep.offer(without_candidates(text) if trickle else text)
        _, message = GstSdp.SDPMessage.new_from_text(answer)
        self._ask("set-remote-description", GstWebRTC.WebRTCSessionDescription.new(GstWebRTC.WebRTCSDPType.ANSWER, message))
        if trickle:
            self._whep.patch(fragment(text))

    def _ask(self, signal: str, what) -> Gst.Structure | None:
        """The reply of webrtcbin, which gives it on a thread of its own."""
        promise = Gst.Promise.new()
        self._bin.emit(signal, what, promise)
        promise.wait()
        reply = promise.get_reply()
        self._replies.append((promise, reply))
        if reply and reply.has_field("error"):
            raise Failed(f"{signal}: {reply.get_value('error').message}")
        return reply

    def _on_gathering(self, webrtcbin, _):
        if webrtcbin.get_property("ice-gathering-state") == GstWebRTC.WebRTCICEGatheringState.COMPLETE:
            self._gathered.set()

    def _on_state(self, webrtcbin, _):
        state = webrtcbin.get_property("connection-state")
        states = GstWebRTC.WebRTCPeerConnectionState
        if state == states.CONNECTED:
            say("connected")
        elif state in (states.FAILED, states.CLOSED):
            say("closed", why=state.value_nick)

    def _on_pad(self, _, pad: Gst.Pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        counter = Counter(kind)
        if kind == "video":
            self._video = pad
        pad.add_probe(Gst.PadProbeType.BUFFER, self._on_packet, counter)
        sink = Gst.ElementFactory.make("fakesink")
        sink.set_property("sync", False)
        sink.set_property("async", False)
        self._pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

    @staticmethod
    def _on_packet(_, info, counter: Counter):
        header = info.get_buffer().extract_dup(0, 4)  # RFC 3550, section 5.1.
        counter.on_packet(int.from_bytes(header[2:4], "big"))
        if header[1] & MARKER:
            counter.on_picture()
        return Gst.PadProbeReturn.OK

    def command(self, word: str) -> bool:
        """False at the end."""
        if word == "pli":
            all_headers = False  # With them, it would be a FIR.
            self._video.send_event(GstVideo.video_event_new_upstream_force_key_unit(Gst.CLOCK_TIME_NONE, all_headers, 0))
            say("asked")
        elif word == "leave":
            self._whep.leave()
            self._pipeline.set_state(Gst.State.NULL)
        return word != "leave"


def main():
    Gst.init(None)
    say("stack", name="gstreamer", version=Gst.version_string().split()[-1])
    viewer = Viewer(arguments())
    # Signals come on threads of GStreamer; what they wait for of Python's needs no loop, but GStreamer's clients have one.
    threading.Thread(target=GLib.MainLoop().run, daemon=True).start()
    try:
        viewer.watch()
    except Refused as refused:
        say("refused", status=refused.status, reason=refused.body)
        sys.exit(1)
    except Failed as failed:
        say("failed", why=str(failed))
        sys.exit(1)
    for line in sys.stdin:
        if not viewer.command(line.strip()):
            return
    viewer.command("leave")


if __name__ == "__main__":
    main()
