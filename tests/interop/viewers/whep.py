"""What the viewers in Python have in common: a client of WHEP, and what a viewer says.

README.md in the folder above says which commands a viewer takes and which events it prints.
"""

import argparse
import http.client
import json
import re
import sys
import threading
import urllib.parse

# A picture is a frame of 40 ms: five of them are often enough to see that they go on.
PICTURES_PER_LINE = 5

OUTPUT = threading.Lock()


def say(event: str, **members):
    """One event, as a line of JSON on standard output. On any thread."""
    line = json.dumps({"event": event, **members}) + "\n"
    with OUTPUT:
        sys.stdout.write(line)
        sys.stdout.flush()


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("url", help="of the camera: http://HOST:PORT/whep/CAMERA")
    parser.add_argument("--media", default="video", help="the m-lines of the offer, in order: video, or audio,video and so on")
    parser.add_argument("--trickle", action="store_true", help="offer no candidates and send them by PATCH")
    return parser.parse_args()


class Refused(Exception):
    """The server did not answer an offer or a restart with an answer."""

    def __init__(self, status: int, body: str):
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Whep:
    """One session (draft-ietf-wish-whep). Every method waits for the server's answer."""

    def __init__(self, url: str):
        self._endpoint = url
        self._session = ""
        self._etag = ""

    def offer(self, sdp: str) -> str:
        """The answer."""
        status, headers, body = request("POST", self._endpoint, sdp, {"Content-Type": "application/sdp"})
        if status != 201:
            raise Refused(status, body)
        self._session = urllib.parse.urljoin(self._endpoint, headers["Location"])
        self._etag = headers.get("ETag", "")
        say("answered", status=status, session=self._session.rsplit("/", 1)[1])
        return body

    def patch(self, fragment: str) -> str:
        """The answer's fragment of an ICE restart; empty after candidates (RFC 9725, section 4.3)."""
        headers = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": self._etag}
        status, headers, body = request("PATCH", self._session, fragment, headers)
        if status not in (200, 204):
            raise Refused(status, body)
        self._etag = headers.get("ETag", self._etag)
        return body

    def leave(self):
        status, _, _ = request("DELETE", self._session, "", {})
        say("left", status=status)


def request(method: str, url: str, body: str, headers: dict[str, str]) -> tuple[int, http.client.HTTPMessage, str]:
    address = urllib.parse.urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc)
    target = address.path + (f"?{address.query}" if address.query else "")
    connection.request(method, target, body, headers)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, response.headers, text


def without_candidates(sdp: str) -> str:
    return re.sub(r"a=(candidate|end-of-candidates).*\r?\n", "", sdp)


def fragment(sdp: str, candidates: bool = True) -> str:
    """What RFC 8840, section 9, sends of a description: its ICE credentials, and the first m-line with its candidates."""
    media = sdp[sdp.index("m=") :]
    ice = r"a=(?:ice-ufrag|ice-pwd):.*"
    lines = re.findall(ice, sdp)[:2] + [media.splitlines()[0], re.search(r"a=mid:.*", media)[0]]
    if candidates:
        lines += dict.fromkeys(re.findall(r"a=candidate:.*", media))
        lines.append("a=end-of-candidates")
    return "".join(line.strip() + "\r\n" for line in lines)


class Counter:
    """What has come of one kind of media."""

    def __init__(self, kind: str):
        self._kind = kind
        self._seen: set[int] = set()
        self._first = self._highest = None
        self._pictures = self._repeated = 0
        self._lock = threading.Lock()

    def on_packet(self, sequence: int):
        """A packet of media, whether it came as such or by RTX."""
        with self._lock:
            if self._highest is None:
                self._first = self._highest = sequence
                say("first_packet", kind=self._kind)
            number = self._highest + ((sequence - self._highest + 0x8000) & 0xFFFF) - 0x8000
            self._first = min(self._first, number)
            self._highest = max(self._highest, number)
            self._repeated += number in self._seen
            self._seen.add(number)

    def on_picture(self):
        with self._lock:
            self._pictures += 1
            if self._pictures % PICTURES_PER_LINE == 1:
                lost = self._highest - self._first + 1 - len(self._seen)
                say("pictures", count=self._pictures, packets=len(self._seen), lost=lost, repeated=self._repeated)
