"""The least HTTP and WebSocket client: from an address of choice, and able to stop in the middle."""

import asyncio
import base64
import dataclasses
import json
import os
import struct

PATIENCE = 120  # Seconds until the test gives up on an answer; a watchdog, not a measure.
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


@dataclasses.dataclass
class Response:
    """`status` is 0 where the server closed the connection without an answer."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


class Wire:
    """One TCP connection to the server."""

    # Of all of them: how many were opened, and how often something was sent.
    opened = 0
    sent = 0

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, port: int, source: str) -> "Wire":
        wire = cls(*await asyncio.open_connection("127.0.0.1", port, local_addr=(source, 0)))
        Wire.opened += 1
        return wire

    async def send(self, data: bytes) -> bool:
        """False if the server has closed the connection."""
        Wire.sent += 1
        try:
            self._writer.write(data)
            await self._writer.drain()
            return True
        except OSError:
            return False

    async def request(self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Response:
        await self.send(head(method, path, {"Content-Length": str(len(body)), **(headers or {})}) + body)
        return await self.response()

    async def response(self) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                status, *lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").strip().split("\r\n")
                headers = {name.lower(): value.strip() for name, value in (line.split(":", 1) for line in lines)}
                body = await self._reader.readexactly(int(headers.get("content-length", 0)))
                return Response(int(status.split()[1]), headers, body)
        except (asyncio.IncompleteReadError, ConnectionError):
            return Response(0, {}, b"")

    async def closed(self) -> bool:
        """Waits until the server ends the connection; what it still says is dropped."""
        try:
            async with asyncio.timeout(PATIENCE):
                while await self._reader.read(65536):
                    pass
        except ConnectionError:
            pass
        except TimeoutError:
            return False
        return True

    def close(self):
        self._writer.close()

    # ---- As a WebSocket ----

    @classmethod
    async def websocket(cls, port: int, source: str, headers: dict[str, str] | None = None) -> tuple["Wire", Response]:
        wire = await cls.open(port, source)
        key = base64.b64encode(os.urandom(16)).decode()
        await wire.send(head("GET", "/ws", {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
                                            "Sec-WebSocket-Key": key, **(headers or {})}))
        return wire, await wire.response()

    async def say(self, text: str | bytes) -> bool:
        return await self.send(frame(TEXT, text.encode() if isinstance(text, str) else text))

    async def hear(self) -> tuple[int, bytes]:
        """The next frame; (CLOSE, b"") at the end of the connection."""
        try:
            async with asyncio.timeout(PATIENCE):
                first, second = await self._reader.readexactly(2)
                size = second & 127
                if size >= 126:
                    size = int.from_bytes(await self._reader.readexactly(2 if size == 126 else 8))
                return first & 15, await self._reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return CLOSE, b""

    async def message(self, kind: str) -> dict | None:
        """The next message of that type; None if the socket ends before it."""
        while True:
            opcode, payload = await self.hear()
            if opcode == CLOSE:
                return None
            if opcode == PING:
                await self.send(frame(PONG, payload))
            elif opcode == TEXT and (message := json.loads(payload))["type"] == kind:
                return message


def head(method: str, path: str, headers: dict[str, str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {"Host": "127.0.0.1", **headers}.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def frame(opcode: int, payload: bytes, final: bool = True) -> bytes:
    """Masked, as a client's must be (RFC 6455, section 5.3); by zeros, which change nothing."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size) if size < 65536 else b"\xff" + struct.pack("!Q", size)
    return bytes([opcode | (0x80 if final else 0)]) + length + bytes(4) + payload
