"""A camera with habits: stands before one of fanlight-camsim and changes what is said.

Prints "ready PORT", then a line for every request that comes: METHOD PATH SCHEME STATUS, where SCHEME is that of its
Authorization (or -) and STATUS what this camera answers by itself (or -, where the answer is the real one's).
"""

import argparse
import asyncio
import hashlib
import itertools
import re
import ssl
import sys


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", help="host:port of the real one")
    parser.add_argument("--login", default="", help="challenges in their order: basic, MD5, SHA-256, MD5-sess, SHA-512-256, ...")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--nonce-uses", type=int, default=0, help="requests that a nonce is good for; 0: any number")
    parser.add_argument("--no-stale", action="store_true", help="do not say that a nonce has run out")
    parser.add_argument("--no-qop", action="store_true", help="RFC 2069's form")
    parser.add_argument("--public", help="the methods that OPTIONS lists; empty: no Public header")
    parser.add_argument("--session-timeout", type=int, default=0, help="says that sessions last so many seconds; they last longer, as a busy machine asks late")
    parser.add_argument("--sdp", nargs=2, action="append", default=[], metavar=("PATTERN", "TEXT"))
    parser.add_argument("--head", nargs=2, action="append", default=[], metavar=("PATTERN", "TEXT"),
                        help="changes the heads of answers")
    parser.add_argument("--answer", nargs=3, action="append", default=[], metavar=("METHOD", "PATTERN", "STATUS"),
                        help="answers requests of that method whose head matches the pattern")
    parser.add_argument("--udp-to", choices=["real", "nowhere"], default="real")
    parser.add_argument("--certificate", help="PEM with key: speaks TLS")
    return parser.parse_args()


MERCY = 30
NAMES = {"md5": hashlib.md5, "sha-256": hashlib.sha256}


class Camera:
    def __init__(self, options):
        self.options = options
        self.nonces = itertools.count(1)

    # ---- Login ----

    def challenges(self, nonce, stale):
        for scheme in self.options.login.split(","):
            if scheme == "basic":
                yield 'WWW-Authenticate: Basic realm="odd, \\"quoted\\" camera"'
                continue
            text = f'WWW-Authenticate: Digest realm="odd camera {scheme}", nonce="{nonce}-{scheme}"'
            if not self.options.no_qop:
                text += ', qop="auth,auth-int"'
            if scheme != "MD5":
                text += f", algorithm={scheme}"
            yield text + ', opaque="o"' + (", stale=true" if stale else "")

    def is_right(self, method, authorization, nonce):
        scheme, _, rest = authorization.partition(" ")
        if scheme == "Basic":
            import base64
            return "basic" in self.options.login and base64.b64decode(rest).decode() == f"{self.options.user}:{self.options.password}"
        given = {name: quoted or plain for name, quoted, plain in re.findall(r'(\w+)=(?:"([^"]*)"|([^,\s]*))', rest)}
        algorithm = given.get("algorithm", "MD5")
        name = algorithm.lower().removesuffix("-sess")
        if algorithm not in self.options.login.split(",") or name not in NAMES or given.get("nonce") != f"{nonce}-{algorithm}":
            return False

        def digest(text):
            return NAMES[name](text.encode()).hexdigest()

        first = digest(f'{given["username"]}:odd camera {algorithm}:{self.options.password}')
        if algorithm.endswith("-sess"):
            first = digest(f'{first}:{given["nonce"]}:{given["cnonce"]}')
        second = digest(f'{method}:{given["uri"]}')
        middle = f':{given["nc"]}:{given["cnonce"]}:{given["qop"]}' if "qop" in given else ""
        if self.options.no_qop == ("qop" in given):
            return False
        return given["username"] == self.options.user and given["response"] == digest(f'{first}:{given["nonce"]}{middle}:{second}')

    # ---- Talking ----

    async def serve(self, reader, writer):
        host, port = self.options.target.rsplit(":", 1)
        real_reader, real_writer = await asyncio.open_connection(host, int(port))
        try:
            await asyncio.wait([asyncio.create_task(self.requests(reader, writer, real_writer)),
                                asyncio.create_task(self.answers(real_reader, writer))], return_when=asyncio.FIRST_COMPLETED)
        finally:
            writer.close()
            real_writer.close()

    async def message(self, reader):
        """Head and body, or the bytes of an interleaved frame without a head."""
        first = await reader.readexactly(1)
        while first in b"\r\n":
            first = await reader.readexactly(1)
        if first == b"$":
            rest = await reader.readexactly(3)
            return None, first + rest + await reader.readexactly(int.from_bytes(rest[1:], "big"))
        head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
        length = re.search(r"(?i)^content-length:\s*(\d+)", head, re.MULTILINE)
        return head, await reader.readexactly(int(length[1])) if length else b""

    async def requests(self, reader, writer, real):
        nonce, uses, known = next(self.nonces), 0, False
        while True:
            try:
                head, body = await asyncio.wait_for(self.next_request(reader, real), MERCY * self.options.session_timeout or None)
            except (asyncio.TimeoutError, asyncio.IncompleteReadError, ConnectionError, ssl.SSLError) as end:
                if isinstance(end, asyncio.TimeoutError):
                    print("EXPIRED", flush=True)
                return
            method, uri = head.split(" ", 2)[:2]
            authorization = (re.search(r"(?im)^authorization:\s*(.*?)\r$", head) or ["", ""])[1]
            status, extra = "-", []
            if self.options.login:
                uses += 1
                worn = self.options.nonce_uses and uses > self.options.nonce_uses
                if worn:
                    nonce, uses = next(self.nonces), 0
                if worn or not self.is_right(method, authorization, nonce):
                    status = "401 Unauthorized"
                    extra = self.challenges(nonce, worn and known and not self.options.no_stale)
                else:
                    known = True
            if status == "-":
                status = next((answer for name, pattern, answer in self.options.answer
                               if name == method and re.search(pattern, head)), "-")
            scheme = authorization.split(" ")[0] or "-"
            algorithm = re.search(r"algorithm=([\w-]+)", authorization)
            print(method, re.sub(r"^\w+://[^/]*", "", uri), scheme + (f":{algorithm[1]}" if algorithm else ""),
                  status.split(" ")[0], len(body), flush=True)
            if status != "-":
                sequence = re.search(r"(?im)^cseq:.*?\r$", head)[0]
                writer.write("\r\n".join([f"RTSP/1.0 {status}", sequence.strip(), *extra, "", ""]).encode())
                continue
            head = re.sub(r"(?im)^authorization:.*?\r\n", "", head)
            if self.options.udp_to == "nowhere":
                head = re.sub(r"client_port=\d+-\d+", "client_port=9-10", head)
            real.write(head.encode() + body)

    async def next_request(self, reader, real):
        while True:
            head, body = await self.message(reader)
            if head:
                return head, body
            real.write(body)

    async def answers(self, real, writer):
        while True:
            try:
                head, body = await self.message(real)
            except (asyncio.IncompleteReadError, ConnectionError):
                return
            if head is None:
                writer.write(body)
                await writer.drain()
                continue
            if "application/sdp" in head:
                text = body.decode()
                for pattern, replacement in self.options.sdp:
                    text = re.sub(pattern, replacement.replace("\\n", "\r\n"), text)
                body = text.encode()
                head = re.sub(r"(?i)content-length:\s*\d+", f"Content-Length: {len(body)}", head)
            if self.options.public is not None:
                public = f"Public: {self.options.public}\r\n" if self.options.public else ""
                head = re.sub(r"(?im)^public:.*?\r\n", public, head)
            if self.options.session_timeout:
                head = re.sub(r"(?im)^(session:\s*[^;\r]+).*?\r\n",
                              rf"\1;timeout={self.options.session_timeout}\r\n", head)
            for pattern, replacement in self.options.head:
                head = re.sub(pattern, replacement, head)
            writer.write(head.encode() + body)


async def main():
    options = arguments()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    server = await asyncio.start_server(Camera(options).serve, "127.0.0.1", 0, ssl=context)
    print("ready", server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


try:
    asyncio.run(main())
except KeyboardInterrupt:
    sys.exit()
