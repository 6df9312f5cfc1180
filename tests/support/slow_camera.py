"""A camera that nobody wants: what it does wrong is the first word of the path in the URL.

Prints "ready PORT TLS_PORT", "stuck HABIT" whenever a connection is where the habit shows, and "gone HABIT" when that
connection has ended.
"""

import asyncio
import base64
import re
import socket
import ssl
import sys

PACE = 0.05  # Between two bytes of a camera that sends them one by one; no read of it ever times out.
SDP = """v=0\r
o=- 1 1 IN IP4 127.0.0.1\r
s=slow\r
t=0 0\r
m=video 0 RTP/AVP 96\r
a=rtpmap:96 H264/90000\r
a=fmtp:96 packetization-mode=1\r
a=control:video\r
"""


class Talk:
    """One connection, and where its answers go: elsewhere, where it is the POST of a tunnel."""

    tunnels = {}

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.habit = "unnamed"
        self.port = 0  # Where it wants its packets, where that is by UDP.
        self.rest = None  # What still comes and is not listened to.

    async def send(self, text):
        self.writer.write(text if isinstance(text, bytes) else text.encode())
        await self.writer.drain()

    async def trickle(self, begin, more=b"x"):
        """`begin`, and then a byte now and then until the other side has enough."""
        print("stuck", self.habit, flush=True)
        await self.send(begin)
        while more:
            await self.send(more)
            await asyncio.sleep(PACE)
        await self.end()

    async def end(self):
        """Waits until the other side ends the connection; both halves of a tunnel may do so at once."""
        if self.rest is None:
            self.rest = asyncio.ensure_future(self.reader.read())
        await asyncio.shield(self.rest)

    async def flood(self, begin, more, times=1024):
        """`begin`, and then `more` until it is 64 KiB so many times: 64 MiB, where too much was to be seen long before."""
        print("stuck", self.habit, flush=True)
        await self.send(begin)
        beside = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        for number in range(times):
            await self.send(more * (64 * 1024 // len(more)))
            if self.port:
                beside.sendto(b"\x80\x60" + number.to_bytes(2, "big") + bytes(7) + b"\1\x41\x9a", ("127.0.0.1", self.port))
        beside.close()
        print("sent", self.habit, flush=True)

    # ---- What comes ----

    async def serve(self):
        try:
            first = await self.reader.read(1)
            if first == b"\x16":
                self.habit = "handshake"
                return await self.trickle(b"\x16\x03\x03\x3f\xff", b"\x02")
            line = first + await self.reader.readline()
            if line.startswith((b"GET ", b"POST ")):
                return await self.tunnel(line)
            while line:
                await self.request(line.decode(), await self.head(), self)
                line = await self.reader.readline()
        except (ConnectionError, ssl.SSLError, asyncio.IncompleteReadError):
            pass
        finally:
            print("gone", self.habit, flush=True)
            self.writer.close()

    async def head(self):
        lines = []
        while (line := await self.reader.readline()).strip():
            lines.append(line.decode())
        return "".join(lines)

    async def tunnel(self, line):
        head = await self.head()
        cookie = re.search(r"(?i)x-sessioncookie:\s*(\S+)", head)[1]
        self.habit = re.match(r"\w+ /(\w*)", line.decode())[1]
        if line.startswith(b"GET "):
            Talk.tunnels[cookie] = self
            if self.habit == "tunnel":
                return await self.trickle("HTTP/1.0 200 OK\r\nX-Long: ")
            await self.send("HTTP/1.0 200 OK\r\nContent-Type: application/x-rtsp-tunnelled\r\n\r\n")
            return await self.end()
        text, coded = "", b""
        while more := await self.reader.read(4096):
            coded += more
            whole = len(coded) // 4 * 4
            text += base64.b64decode(coded[:whole]).decode()
            coded = coded[whole:]
            while "\r\n\r\n" in text:
                request, text = text.split("\r\n\r\n", 1)
                line, _, head = request.partition("\r\n")
                await self.request(line, head + "\r\n", Talk.tunnels[cookie])

    # ---- What is answered ----

    async def request(self, line, head, to):
        method, url = line.split(" ")[:2]
        habit = to.habit = self.habit = (re.match(r"\w+://[^/]*/(\w*)", url) or ["", self.habit])[1]
        sequence = re.search(r"(?im)^cseq:\s*\d+", head)[0]
        ok = f"RTSP/1.0 200 OK\r\n{sequence}\r\n"
        if habit == "silent":
            return await to.trickle(b"", b"")
        if habit == method.lower():
            return await to.trickle(ok + "X-Long: ")
        if method == "OPTIONS":
            return await to.send(ok + "Public: DESCRIBE, SETUP, PLAY, TEARDOWN\r\n\r\n")
        if method == "DESCRIBE":
            return await to.describe(habit, ok, url)
        if method == "SETUP":
            transport = re.search(r"(?im)^transport:\s*([^\r\n,]*)", head)[1]
            if ports := re.search(r"client_port=(\d+)", transport):
                to.port = int(ports[1])
            return await to.send(ok + f"Session: 1\r\nTransport: {transport}\r\n\r\n")
        if method == "PLAY" and habit == "early":
            return await to.flood(b"", b"$\x09\xff\xfc" + bytes(65532))
        await to.send(ok + "Session: 1\r\n\r\n")
        if method == "PLAY" and habit == "frame":
            await to.trickle(b"$\x00\xff\xff")
        if method == "PLAY" and habit == "answer":
            await to.flood(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nContent-Length: 300000000\r\n\r\n", bytes(1024))
        if method == "PLAY" and habit == "packets":
            await to.flood(b"", b"$\0\xff\xfc\x80\x60" + bytes(65530), 384)
        if method == "PLAY" and habit == "later":
            await to.trickle("RTSP/1.0 200 OK\r\nCSeq: 1\r\nX-Long: ")

    async def describe(self, habit, ok, url):
        ok += "Content-Type: application/sdp\r\n"
        if habit == "body":
            return await self.trickle(ok + "Content-Length: 100000\r\n\r\n")
        if habit == "nobody":
            return await self.trickle(ok + "Content-Length: 100000\r\n\r\n", b"")
        if habit == "huge":
            return await self.flood(ok + "Content-Length: 300000000\r\n\r\n", b"a=x:12345678901\n")
        if habit == "heads":
            return await self.flood(ok, b"X-Long: 12345\r\n\r")
        if habit == "chatty":
            return await self.flood(b"", b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\n" + (b"X: " + b"1" * 1000 + b"\r\n") * 32 + b"\r\n")
        if habit == "elsewhere":
            print("stuck", habit, flush=True)
            return await self.send(ok.replace("200 OK", "302 Found") + f"Location: {url}\r\n\r\n")
        sdp = SDP * (65 if habit == "media" else 1) + ("a=x:1\r\n" * 5000 if habit == "lines" else "")
        await self.send(ok + f"Content-Length: {len(sdp)}\r\n\r\n" + sdp)


async def main():
    async def serve(reader, writer):
        await Talk(reader, writer).serve()

    context = None
    if len(sys.argv) > 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1])
    plain = await asyncio.start_server(serve, "127.0.0.1", 0)
    secret = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print("ready", *(server.sockets[0].getsockname()[1] for server in (plain, secret)), flush=True)
    await plain.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit()
