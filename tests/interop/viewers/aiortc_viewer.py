#!/usr/bin/env python3
"""A viewer on aiortc."""

import asyncio
import sys
import threading
from importlib.metadata import version

from aiortc import RTCConfiguration, RTCPeerConnection, RTCRtpTransceiver, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from whep import Counter, Refused, Whep, arguments, fragment, say, without_candidates


class Viewer:
    def __init__(self, options):
        self._options = options
        self._whep = Whep(options.url)
        self._connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._connection.on("connectionstatechange", self._on_state)
        self._connection.on("track", self._on_track)
        self._counters: dict[object, Counter] = {}  # By the receiver.
        self._tasks: list[asyncio.Task] = []
        self._video: RTCRtpTransceiver | None = None
        self._ssrc = 0

    async def watch(self):
        for kind in self._options.media.split(","):
            transceiver = self._connection.addTransceiver(kind, direction="recvonly")
            self._count(transceiver)
            if kind == "video":
                self._video = self._video or transceiver
        await self._connection.setLocalDescription(await self._connection.createOffer())
        offer = self._connection.localDescription.sdp
        trickle = self._options.trickle
        answer = await asyncio.to_thread(self._whep.offer, without_candidates(offer) if trickle else offer)
        await self._connection.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        if trickle:
            await asyncio.to_thread(self._whep.patch, fragment(offer))

    def _count(self, transceiver: RTCRtpTransceiver):
        """aiortc shows pictures only; packets are counted on their way in, RTX before it is unwrapped counting as nothing."""
        receiver = transceiver.receiver
        counter = self._counters[receiver] = Counter(transceiver.kind)
        take = receiver._handle_rtp_packet  # pylint: disable=protected-access

        async def counted(packet, arrival_time_ms):
            codec = receiver._RTCRtpReceiver__codecs.get(packet.payload_type)
            if codec and codec.name.lower() == "rtx":
                original = int.from_bytes(packet.payload[:2])  # RFC 4588, section 4.
                counter.on_packet(original)
            elif codec:
                if transceiver is self._video:
                    self._ssrc = packet.ssrc
                counter.on_packet(packet.sequence_number)
            await take(packet, arrival_time_ms)

        receiver._handle_rtp_packet = counted

    def _on_track(self, track):
        receiver = next(transceiver.receiver for transceiver in self._connection.getTransceivers() if transceiver.receiver.track is track)
        self._tasks.append(asyncio.create_task(take_frames(track, self._counters[receiver])))

    async def _on_state(self):
        state = self._connection.connectionState
        if state == "connected":
            say("connected")
        elif state in ("failed", "closed"):
            say("closed", why=state)

    async def command(self, word: str):
        if word == "pli":
            await self._video.receiver._send_rtcp_pli(self._ssrc)  # pylint: disable=protected-access
            say("asked")
        elif word == "leave":
            await asyncio.to_thread(self._whep.leave)
            await self._connection.close()


async def take_frames(track, counter: Counter):
    """Counts what was decoded."""
    try:
        while True:
            await track.recv()
            if track.kind == "video":
                counter.on_picture()
    except MediaStreamError:
        pass  # The track has ended.


async def main():
    say("stack", name="aiortc", version=version("aiortc"))
    viewer = Viewer(arguments())
    commands: asyncio.Queue = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def read():
        for line in sys.stdin:
            loop.call_soon_threadsafe(commands.put_nowait, line.strip())
        loop.call_soon_threadsafe(commands.put_nowait, "leave")

    try:
        await viewer.watch()
    except Refused as refused:
        say("refused", status=refused.status, reason=refused.body)
        sys.exit(1)
    threading.Thread(target=read, daemon=True).start()
    word = ""
    while word != "leave":
        word = await commands.get()
        await viewer.command(word)


if __name__ == "__main__":
    asyncio.run(main())
