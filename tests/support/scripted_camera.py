"""Cameras that say what a file says, and send what fanlight-camsim sends.

scripted_camera.py HOST:PORT FILE ... listens once for each file and prints "ready", then "NAME rtsp://…" for each. The
files are described in tests/data/cameras/README.md; HOST:PORT is the fanlight-camsim whose cameras the files name.
Prints a line for every request that a file has no answer for.
"""

import asyncio
import pathlib
import re
import sys
from dataclasses import dataclass, field

KEEP_ALIVE = 15  # Seconds.
ANNEX_B = b"\x00\x00\x00\x01"
RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]


@dataclass
class Medium:
    """What is sent for one m= line: a medium of a camera of fanlight-camsim, changed on its way."""
    source: str
    kind: str
    changes: dict


@dataclass
class Script:
    name: str
    path: str = "/"
    media: list = field(default_factory=list)
    answers: list = field(default_factory=list)  # (method, pattern, text)


def read_script(file: pathlib.Path) -> Script:
    script = Script(file.stem)
    head, *blocks = re.split(r"(?m)^> ", file.read_text())
    for line in head.splitlines():
        key, _, value = line.partition(":")
        if key == "path":
            script.path = value.strip()
        elif key == "send":
            source, kind, *changes = [*value.split(), ""][:2] + value.split()[2:]
            script.media.append(None if source == "-" else Medium(source, kind, dict(change.partition("=")[::2] for change in changes)))
    for block in blocks:
        request, _, answer = block.partition("\n")
        method, _, pattern = request.partition(" ")
        script.answers.append((method, pattern, answer.strip("\n")))
    return script


# ---- From fanlight-camsim ----


class Source:
    """A camera of fanlight-camsim: its description, and the packets of one of its media."""

    def __init__(self, target: str, name: str):
        self.host, _, self.port = target.partition(":")
        self.url = f"rtsp://{target}/{name}"

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection(self.host, int(self.port))
        self.sequence = 0
        await self.ask("OPTIONS", self.url)
        _, sdp = await self.ask("DESCRIBE", self.url, "Accept: application/sdp")
        self.media = re.split(r"(?m)^(?=m=)", sdp.replace("\r\n", "\n"))[1:]

    async def ask(self, method: str, url: str, *headers: str):
        self.sequence += 1
        self.writer.write("\r\n".join([f"{method} {url} RTSP/1.0", f"CSeq: {self.sequence}", *headers, "", ""]).encode())
        while True:
            first = await self.reader.readexactly(1)
            if first != b"$":
                break
            await self.packet()
        head = (first + await self.reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?im)^content-length:\s*(\d+)", head)
        return head, (await self.reader.readexactly(int(length[1]))).decode() if length else ""

    async def packet(self) -> tuple[int, bytes]:
        channel, high, low = await self.reader.readexactly(3)
        return channel, await self.reader.readexactly(high << 8 | low)

    def medium(self, kind: str) -> str:
        return next(text for text in self.media if text.startswith(f"m={kind} "))

    async def packets(self, kind: str):
        control = re.search(r"(?m)^a=control:(\S+)", self.medium(kind))[1]
        head, _ = await self.ask("SETUP", control if "://" in control else f"{self.url}/{control}", "Transport: RTP/AVP/TCP;unicast;interleaved=0-1")
        session = re.search(r"(?im)^session:\s*([^;\s]+)", head)[1]
        await self.ask("PLAY", self.url, f"Session: {session}")
        clock = asyncio.get_running_loop()
        due = clock.time() + KEEP_ALIVE
        while True:
            if clock.time() > due:
                due = clock.time() + KEEP_ALIVE
                self.writer.write(f"GET_PARAMETER {self.url} RTSP/1.0\r\nCSeq: 99\r\nSession: {session}\r\n\r\n".encode())
            await self.reader.readuntil(b"$")
            channel, packet = await self.packet()
            if channel == 0:
                yield packet


# ---- What is changed on the way ----


def nal_units(payload: bytes, open_unit: bytearray):
    """The NAL units of H.264 that the payload completes; what it begins waits in open_unit."""
    kind = payload[0] & 31
    if kind == 24:
        at = 1
        while at + 2 <= len(payload):
            size = int.from_bytes(payload[at:at + 2], "big")
            yield payload[at + 2:at + 2 + size]
            at += 2 + size
    elif kind == 28:
        if payload[1] & 0x80:
            open_unit[:] = bytes([payload[0] & 0xe0 | payload[1] & 31])
        open_unit += payload[2:]
        if payload[1] & 0x40:
            yield bytes(open_unit)
    else:
        yield payload


class PackedPictures:
    """Parameter sets and picture as one NAL unit with start codes, in fragments: as V380 cameras send key pictures."""

    def __init__(self, _):
        self.open_unit = bytearray()
        self.waiting = []

    def payloads(self, payload: bytes, marker: bool):
        self.waiting += nal_units(payload, self.open_unit)
        if not marker:
            return
        units, self.waiting = self.waiting, []
        packed = ANNEX_B.join(unit for unit in units if unit[0] & 31 != 6)
        parts = [packed[at:at + 1200] for at in range(1, len(packed), 1200)]
        for number, part in enumerate(parts):
            flags = (0x80 if number == 0 else 0) | (0x40 if number == len(parts) - 1 else 0)
            yield bytes([packed[0] & 0xe0 | 28, flags | packed[0] & 31]) + part, number == len(parts) - 1


def access_units(payload: bytes):
    """Of MPEG4-GENERIC as fanlight-camsim packs it: 13 bits of size, 3 of index."""
    count = int.from_bytes(payload[:2], "big") // 16
    at = 2 + 2 * count
    for number in range(count):
        size = int.from_bytes(payload[2 + 2 * number:4 + 2 * number], "big") >> 3
        yield payload[at:at + size]
        at += size


def adts(frame: bytes, rate: int) -> bytes:
    size = len(frame) + 7
    number = 0xfff1 << 40 | 1 << 38 | RATES.index(rate) << 34 | 1 << 30 | size << 13 | 0x7ff << 2
    return number.to_bytes(7, "big") + frame


def length_info(frame: bytes) -> str:
    return "".join("11111111" for _ in range(len(frame) // 255)) + f"{len(frame) % 255:08b}"


class Sound:
    """AAC packed in another way."""

    def __init__(self, changes: dict):
        self.rate = int(changes["rate"])
        self.packing = changes["packing"]

    def pack(self, frame: bytes) -> bytes:
        if self.packing == "adts":
            return adts(frame, self.rate)
        if self.packing == "adts_in_units":
            framed = adts(frame, self.rate)
            return (16).to_bytes(2, "big") + (len(framed) << 3).to_bytes(2, "big") + framed
        if self.packing == "sizes_only":  # Headers of 13 bits.
            return (13).to_bytes(2, "big") + (len(frame) << 3).to_bytes(2, "big") + frame
        bits = length_info(frame) + "".join(f"{byte:08b}" for byte in frame)
        if self.packing == "latm_in_band":
            audio = f"00010{RATES.index(self.rate):04b}0001000"  # LC, one channel.
            bits = "0" + "0" + "1" + "000000" + "0000" + "000" + audio + "000" + "11111111" + "0" + "0" + bits
        bits += "0" * (-len(bits) % 8)
        return int(bits, 2).to_bytes(len(bits) // 8, "big")

    def payloads(self, payload: bytes, _marker: bool):
        for frame in access_units(payload):
            yield self.pack(frame), True


class CodeWords:
    """G.726 in the order of AAL2: the first code word at the highest bit."""

    def __init__(self, changes: dict):
        self.bits = int(changes["bits"])

    def payloads(self, payload: bytes, marker: bool):
        count = len(payload) * 8 // self.bits
        low_first = int.from_bytes(payload, "little")
        high_first = 0
        for number in range(count):
            high_first = high_first << self.bits | low_first >> self.bits * number & (1 << self.bits) - 1
        yield high_first.to_bytes(len(payload), "big"), marker


class AsItIs:
    def payloads(self, payload: bytes, marker: bool):
        yield payload, marker


class WithoutSets:
    """No parameter sets in the stream."""

    def payloads(self, payload: bytes, marker: bool):
        if payload[0] & 31 not in (7, 8):
            yield payload, marker


def change_of(medium: Medium):
    packing = medium.changes.get("packing")
    if packing == "no_sets":
        return WithoutSets()
    if packing == "one_unit":
        return PackedPictures(medium.changes)
    if packing == "aal2":
        return CodeWords(medium.changes)
    return Sound(medium.changes) if packing else AsItIs()


# ---- To the client ----


class Camera:
    def __init__(self, target: str, script: Script):
        self.target = target
        self.script = script

    async def listen(self):
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.base = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server

    def answer(self, method: str, head: str) -> str:
        for known, pattern, text in self.script.answers:
            if known == method and re.search(pattern, head):
                return text
        print(f"{self.script.name}: no answer to {head.splitlines()[0]}", flush=True)
        return "RTSP/1.0 501 Not Implemented\nCSeq: {cseq}"

    async def parameter_sets(self) -> str:
        medium = next((medium for medium in self.script.media if medium and medium.kind == "video"), None)
        if medium is None:
            return ""
        source = Source(self.target, medium.source)
        await source.open()
        source.writer.close()
        return ";".join(re.findall(r"sprop-[\w-]+=[^;\s]+", source.medium("video")))

    async def serve(self, reader, writer):
        senders, channels, controls = [], {}, []
        try:
            while True:
                head = await self.request(reader)
                method, url = head.split(" ", 2)[:2]
                text = self.answer(method, head)
                asked = re.search(r"(?i)interleaved=(\d+-\d+)", head)
                values = {"cseq": (re.search(r"(?im)^cseq:\s*(\d+)", head) or ["", ""])[1], "host": self.base, "url": url,
                          "channels": asked[1] if asked else "", "sets": await self.parameter_sets() if "{sets}" in text else ""}
                text = re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)
                lines, _, body = text.partition("\n\n")
                body = "".join(line + "\r\n" for line in body.splitlines())
                if body:
                    lines += f"\nContent-Length: {len(body)}"
                    controls = [re.search(r"(?m)^a=control:\s*(\S+)", part) for part in re.split(r"(?m)^(?=m=)", body)[1:]]
                writer.write(("".join(line + "\r\n" for line in lines.splitlines()) + "\r\n" + body).encode())
                given = re.search(r"(?i)interleaved\s*=\s*(\d+)", text) or asked
                if method == "SETUP" and " 200 " in text.splitlines()[0] and given:
                    channels[self.index_of(url, controls)] = int(re.match(r"\D*(\d+)", given[0])[1])
                if method == "PLAY" and not senders:
                    senders = [asyncio.create_task(self.send(number, channel, writer)) for number, channel in channels.items()]
                if method == "TEARDOWN":
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            for sender in senders:
                sender.cancel()
            writer.close()

    @staticmethod
    def index_of(url: str, controls) -> int:
        """Which m= line a SETUP is for: by the end of its control URL, or the only one."""
        for number, control in enumerate(controls):
            if control and control[1] != "*" and url.endswith(re.sub(r"^rtsp://[^/]*", "", control[1])):
                return number
        return 0

    @staticmethod
    async def request(reader) -> str:
        first = await reader.readexactly(1)
        while first in b"\r\n$":
            if first == b"$":
                rest = await reader.readexactly(3)
                await reader.readexactly(int.from_bytes(rest[1:], "big"))
            first = await reader.readexactly(1)
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?im)^content-length:\s*(\d+)", head)
        if length:
            await reader.readexactly(int(length[1]))
        return head

    async def send(self, number: int, channel: int, writer):
        medium = self.script.media[number] if number < len(self.script.media) else None
        if medium is None:
            return
        change = change_of(medium)
        source = Source(self.target, medium.source)
        await source.open()
        sequence = 0
        try:
            async for packet in source.packets(medium.kind):
                marker = bool(packet[1] & 0x80)
                kind = int(medium.changes.get("type", packet[1] & 127))
                ssrc = packet[8:12] if "ssrc" not in medium.changes else bytes.fromhex(medium.changes["ssrc"])
                for payload, ends in change.payloads(packet[12:], marker):
                    sequence = sequence + 1 & 0xffff
                    rtp = bytes([0x80, (0x80 if ends else 0) | kind]) + sequence.to_bytes(2, "big") + packet[4:8] + ssrc + payload
                    writer.write(b"$" + bytes([channel]) + len(rtp).to_bytes(2, "big") + rtp)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            source.writer.close()


async def main():
    target, *files = sys.argv[1:]
    cameras = [Camera(target, read_script(pathlib.Path(file))) for file in files]
    servers = [await camera.listen() for camera in cameras]
    print("ready", flush=True)
    for camera in cameras:
        print(camera.script.name, f"rtsp://{camera.base}{camera.script.path}", flush=True)
    print("all", flush=True)
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        sys.exit()
