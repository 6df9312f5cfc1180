"""Cameras that misbehave before they play: they trickle, they never end what they say, or they say nothing."""

import asyncio

TRICKLE_S = 0.2
CHUNK = b"a=x-nothing:" + b"0" * 4082 + b"\r\n"
# Far above any bound on a description, so that the camera ends at the bound or not at all.
ENDLESS = 64 * 1024 * 1024


class HostileCameras:
    """An RTSP server on a free port. The path of a URL says how it behaves: /trickle/N, /endless/N or /silent/N."""

    def __init__(self):
        self.sent = 0  # Bytes of the descriptions that do not end.
        self._server: asyncio.Server | None = None
        self._open: dict[asyncio.Task, asyncio.StreamWriter] = {}

    async def __aenter__(self) -> "HostileCameras":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_):
        self._server.close()
        for writer in self._open.values():
            writer.close()
        await asyncio.gather(*self._open)

    @property
    def connections(self) -> int:
        return len(self._open)

    def url(self, kind: str, number: int) -> str:
        return f"rtsp://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/{kind}/{number}"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter):
        self._open[asyncio.current_task()] = writer
        try:
            while request := await reader.readuntil(b"\r\n\r\n"):
                method, url, *_ = request.decode("latin-1").split()
                sequence = next(line.split(":")[1].strip() for line in request.decode("latin-1").split("\r\n") if line.lower().startswith("cseq"))
                kind = url.split("/")[3]
                if kind == "silent":
                    await reader.read()  # To the end of the connection.
                else:
                    await getattr(self, "_" + kind)(method, sequence, writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            del self._open[asyncio.current_task()]
            writer.close()

    async def _trickle(self, _method: str, sequence: str, writer: asyncio.StreamWriter):
        for byte in f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\nX-Slow: {'0' * 100000}\r\n\r\n".encode():
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(TRICKLE_S)

    async def _endless(self, method: str, sequence: str, writer: asyncio.StreamWriter):
        answer = f"RTSP/1.0 200 OK\r\nCSeq: {sequence}\r\n"
        if method != "DESCRIBE":
            writer.write(f"{answer}Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n".encode())
            return
        writer.write(f"{answer}Content-Type: application/sdp\r\nContent-Length: {ENDLESS}\r\n\r\nv=0\r\n".encode())
        for _ in range(ENDLESS // len(CHUNK)):
            writer.write(CHUNK)
            await writer.drain()
            self.sent += len(CHUNK)
