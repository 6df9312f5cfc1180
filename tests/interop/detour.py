"""A WHEP server between a viewer and ours, which changes the candidates of both, so that they meet in one way only."""

import http.client
import http.server
import ipaddress
import re
import threading
import urllib.parse
from typing import Callable

CANDIDATE = re.compile(r"a=candidate:\S+ 1 (?P<transport>\S+) \d+ (?P<address>\S+) (?P<port>\d+) typ (?P<type>\S+).*\r?\n", re.IGNORECASE)

Change = Callable[[str], str]


def keep(wanted: Callable[[re.Match], bool]) -> Change:
    """Only candidates that are wanted stay in a description."""
    return lambda sdp: CANDIDATE.sub(lambda line: line[0] if wanted(line) else "", sdp)


def by_tcp(line: re.Match) -> bool:
    return line["transport"].lower() == "tcp"


def by_ipv6(line: re.Match) -> bool:
    try:
        return ipaddress.ip_address(line["address"]).version == 6
    except ValueError:  # A name of mDNS.
        return False


def nothing(_: re.Match) -> bool:
    return False


class Detour:
    """Listens on a free port; `url` stands for that of the server. Requests for sessions pass as they are."""

    def __init__(self, server: str, offers: Change, answers: Change):
        address = urllib.parse.urlsplit(server).netloc

        class Passage(http.server.BaseHTTPRequestHandler):
            def pass_on(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                if self.command == "POST":
                    body = offers(body)
                headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "content-length", "connection")}
                connection = http.client.HTTPConnection(address)
                connection.request(self.command, self.path, body, headers)
                response = connection.getresponse()
                said = response.read().decode()
                if self.command == "POST" and response.status == 201:
                    said = answers(said)
                self.send_response(response.status)
                for name, value in response.getheaders():
                    if name.lower() not in ("content-length", "connection", "date", "server", "keep-alive"):
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.encode())))
                self.end_headers()
                self.wfile.write(said.encode())
                connection.close()

            do_POST = do_PATCH = do_DELETE = pass_on

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Passage)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self):
        self._server.shutdown()
        self._server.server_close()
