"""What strangers do to a server, each a bounded number of times; every function returns what it saw, in words.

All of it is harmless to software that is not ours: it is refused by bounds of ours, or is too much of what is allowed.
"""

import asyncio
import dataclasses
import json
import pathlib
import re

from hostile_cameras import HostileCameras
from wire import CLOSE, PONG, Wire, frame, head

# What reads cameras.
SOURCES = ("rtspsrc", "direct")
# Each stranger is a host of its own: the whole of 127/8 is this machine.
STRANGERS = {name: f"127.0.66.{number}" for number, name in enumerate(
    ("keep_alive", "refused_messages", "long_names", "foreign_pages", "half_bodies", "idle_sockets", "unfinished_messages",
     "waiting_sessions", "sendrecv", "media_tcp", "lists_and_drawings", "floods_of_messages"), start=1)}


class AttackFailed(Exception):
    """The server did not do what it must; the message says what it did."""


@dataclasses.dataclass
class Target:
    """The server under attack."""

    port: int
    media_port: int
    camera: str  # One that is live.
    absent: str  # One that connects on demand and never answers.
    offer: str

    def open(self, attack: str) -> "asyncio.Future[Wire]":
        return Wire.open(self.port, STRANGERS[attack])

    def websocket(self, attack: str, headers: dict[str, str] | None = None):
        return Wire.websocket(self.port, STRANGERS[attack], headers)


def expect(holds: bool, what: str):
    if not holds:
        raise AttackFailed(what)


async def keep_alive(target: Target) -> str:
    """Clients whose connections are kept alive and then given up: every other one by the client, in the middle of the idle time."""
    wires = []
    for number in range(200):
        wire = await target.open("keep_alive")
        answer = await wire.request("GET", "/health")
        expect(answer.status == 200, f"client {number} got {answer.status} for /health")
        wires.append(wire)
        if number % 2:
            wires.pop().close()
    for wire in wires:
        wire.close()
    return "200 clients got /health and left"


async def refused_messages(target: Target) -> str:
    """JSON that is not: each is refused in words, and the socket ends when it has sent too many."""
    bad = ["", "{", "[]", "/* a */ {}", '{"type":"list",}', '{"type":\'list\'}', '{"type":"list"} x', '{"type":01}', '{"a":1,"a":2}',
           '{"type":' + "[" * 20 + "]" * 20 + "}", '{"type":"list","x":"' + "y" * 60000 + '"} trailing']
    refused = closed = 0
    for _ in range(4):
        wire, answer = await target.websocket("refused_messages")
        expect(answer.status == 101, f"/ws answered {answer.status}")
        expect(await wire.message("hello") is not None, "no hello")
        for number in range(150):
            if not await wire.say(bad[number % len(bad)]) or await wire.message("error") is None:
                closed += 1
                break
            refused += 1
        wire.close()
    expect(closed == 4, f"{4 - closed} of 4 sockets were left open after 150 bad messages")
    return f"{refused} messages were refused and 4 sockets closed"


async def long_names(target: Target) -> str:
    """Names that cannot be ids, and look like thousands of URLs with passwords."""
    name = "rtsp://a:b@" * 15000
    wire, _ = await target.websocket("long_names")
    await wire.message("hello")
    for _ in range(20):
        await wire.say(json.dumps({"type": "watch", "session": "a", "camera": name, "sdp": target.offer}))
        answer = await wire.message("closed")
        expect(answer is not None and answer["code"] == "unknown_camera", f"the name was answered {answer}")
        expect(len(json.dumps(answer)) < 1000, "the refusal repeats the name")
    await wire.say(json.dumps({"type": "list"}))
    expect(await wire.message("cameras") is not None, "the socket is of no use after that")
    wire.close()
    return "20 names of 165 kB were refused"


async def foreign_pages(target: Target) -> str:
    """A page of another origin, and one whose name was made to mean this server."""
    strangers = ({"Origin": "https://evil.example"}, {"Host": "evil.example"}, {"Host": "evil.example", "Origin": "http://evil.example"})
    for headers in strangers:
        wire, answer = await target.websocket("foreign_pages", headers)
        wire.close()
        expect(answer.status == 403, f"/ws with {headers} answered {answer.status}")
        for method, path in (("GET", "/api/cameras"), ("GET", "/api/sessions"), ("POST", f"/whep/{target.camera}")):
            wire = await target.open("foreign_pages")
            body = target.offer.encode() if method == "POST" else b""
            answer = await wire.request(method, path, body, {"Content-Type": "application/sdp", **headers})
            wire.close()
            expect(answer.status == 403, f"{method} {path} with {headers} answered {answer.status}")
    return f"{4 * len(strangers)} requests of foreign pages were refused"


async def half_bodies(target: Target) -> str:
    """Requests whose bodies do not come: more than there are places for connections."""
    return f"{await hold(2100, lambda: half_body(target))} half-sent bodies were held"


async def half_body(target: Target) -> Wire | None:
    wire = await target.open("half_bodies")
    await wire.send(head("POST", f"/whep/{target.camera}", {"Content-Type": "application/sdp", "Content-Length": "200000"}) + b"v=0\r\n")
    return wire


async def idle_sockets(target: Target) -> str:
    """WebSockets that say nothing: more than there are places for."""
    return f"{await hold(1100, lambda: idle_socket(target))} idle WebSockets were held"


async def idle_socket(target: Target) -> Wire | None:
    wire, answer = await target.websocket("idle_sockets")
    if answer.status == 101:
        return wire
    wire.close()
    return None


async def hold(count: int, open_one) -> int:
    """Holds as many as it gets until the last one was tried."""
    held = []
    for _ in range(count):
        try:
            wire = await open_one()
        except OSError:
            continue
        if wire is not None:
            held.append(wire)
    for wire in held:
        wire.close()
    return len(held)


async def unfinished_messages(target: Target) -> str:
    """Messages in pieces of which the last one never comes, kept alive by pongs, until the server has had enough."""
    wires = [wire for _ in range(64) if (wire := await unfinished_message(target))]
    ended = await asyncio.gather(*(wire.closed() for wire in wires))
    expect(all(ended), f"{ended.count(False)} of {len(wires)} unfinished messages have no end")
    return f"{len(wires)} sockets with an unfinished message were closed"


async def unfinished_message(target: Target) -> Wire | None:
    wire, answer = await target.websocket("unfinished_messages")
    if answer.status != 101:
        wire.close()
        return None
    await wire.send(frame(1, b'{"type":"' + b"x" * 200000, final=False))
    await wire.send(frame(PONG, b""))
    return wire


async def waiting_sessions(target: Target) -> str:
    """Sessions that wait for a camera which never answers."""
    waiting = refused = 0
    for _ in range(8):
        wire, answer = await target.websocket("waiting_sessions")
        if answer.status != 101:
            continue
        await wire.message("hello")
        await wait_for_a_camera(target, wire)
        await wire.say(json.dumps({"type": "list"}))
        while True:
            opcode, payload = await wire.hear()
            kind = "" if opcode == CLOSE else json.loads(payload)["type"] if opcode == 1 else "other"
            waiting += kind == "session"
            refused += kind == "closed"
            if kind in ("", "cameras"):
                break
        wire.close()
    expect(waiting + refused > 0, "no session was answered")
    return f"{waiting} sessions waited and {refused} were refused"


async def wait_for_a_camera(target: Target, wire: Wire):
    for number in range(250):
        await wire.say(json.dumps({"type": "watch", "session": str(number), "camera": target.absent, "sdp": target.offer}))


async def waiting_socket(target: Target) -> Wire | None:
    wire, answer = await target.websocket("waiting_sessions")
    if answer.status == 101:
        await wait_for_a_camera(target, wire)
        return wire
    wire.close()
    return None


async def sendrecv(target: Target) -> str:
    """Offers to send as well, which once took a pipeline each."""
    offer = target.offer.replace("a=recvonly", "a=sendrecv").encode()
    for _ in range(100):
        wire = await target.open("sendrecv")
        answer = await wire.request("POST", f"/whep/{target.camera}", offer, {"Content-Type": "application/sdp"})
        expect(answer.status == 201, f"an offer to send and receive was answered {answer.status}: {answer.body[:200]!r}")
        expect(b"a=sendonly" in answer.body, "the answer to sendrecv is not sendonly")
        location = answer.headers["location"]
        session = (await wire.request("GET", "/api/sessions/" + location.rsplit("/", 1)[1])).json()
        expect(session["transport"] == "fanout", f"the viewer is carried by {session['transport']}")
        answer = await wire.request("DELETE", location)
        expect(answer.status == 200, f"DELETE was answered {answer.status}")
        wire.close()
    return "100 offers of sendrecv were carried by the fan-out"


async def media_tcp(target: Target) -> str:
    """Connections to the media port that say nothing, and some that say what is no STUN."""
    silent = await hold(300, lambda: Wire.open(target.media_port, STRANGERS["media_tcp"]))
    nonsense = [await Wire.open(target.media_port, STRANGERS["media_tcp"]) for _ in range(8)]
    for wire in nonsense:
        await wire.send(b"\x00\x04abcd")
    ended = await asyncio.gather(*(wire.closed() for wire in nonsense))
    expect(all(ended), f"{ended.count(False)} connections that sent no STUN were kept")
    return f"{silent} silent connections to the media port, 8 with nonsense were closed"


async def lists_and_drawings(target: Target) -> str:
    """What costs the server most to say, again and again, many at once."""
    async def ask(path: str) -> int:
        wire = await target.open("lists_and_drawings")
        answer = await wire.request("GET", path)
        wire.close()
        return answer.status

    paths = ("/api/sessions", "/api/cameras", f"/api/cameras/{target.camera}/pipeline.dot", "/health", "/ready")
    statuses = []
    for _ in range(10):
        statuses += await asyncio.gather(*(ask(path) for path in paths * 4))
    expect(set(statuses) <= {200, 503}, f"answers were {sorted(set(statuses))}")
    return f"{len(statuses)} lists and drawings, {statuses.count(200)} of them made"


async def floods_of_messages(target: Target) -> str:
    """Many sockets that each say a hundred things at once, as fast as the server reads them."""
    message = json.dumps({"type": "watch", "session": "a", "camera": "nowhere", "sdp": "v=0"}).encode()
    flood = frame(1, message) * 100
    refused = 0

    async def one():
        nonlocal refused
        wire, answer = await target.websocket("floods_of_messages")
        if answer.status == 101:
            await wire.send(flood)
            for _ in range(100):
                expect(await wire.message("closed") is not None, "the socket was closed before all of it was answered")
                refused += 1
        wire.close()

    await asyncio.gather(*(one() for _ in range(200)))
    expect(refused > 0, "no socket was taken")
    return f"{refused} messages were refused one by one"


ATTACKS = (keep_alive, refused_messages, long_names, foreign_pages, half_bodies, idle_sockets, unfinished_messages, waiting_sessions,
           sendrecv, media_tcp, lists_and_drawings, floods_of_messages)

# What takes places and keeps them: how many of an address try, and what one does.
OCCUPATIONS = ((2100, half_body), (1100, idle_socket), (64, unfinished_message), (40, waiting_socket))


def media_port(answer: str) -> int:
    """Of an answer's first candidate."""
    return int(re.search(r"a=candidate:\S+ \d udp \d+ \S+ (\d+) typ host", answer, re.IGNORECASE)[1])


def offer_of_a_browser(tests: pathlib.Path) -> str:
    return (tests / "data/offers/chromium-156-linux-video.sdp").read_text(encoding="utf-8").replace("\r", "").replace("\n", "\r\n")


async def cameras_that_never_play(configure, kinds: list[str], is_tried) -> str:
    """Cameras that never come to play are added, tried by the server, and removed while they speak."""
    async with HostileCameras() as cameras:
        entries = {f"{kind}-{number}": {"url": cameras.url(kind, number), "source": SOURCES[number % 2]} for kind in kinds for number in range(8)}
        configure(entries)
        while cameras.connections < len(entries) // 2 or not is_tried(entries):
            await asyncio.sleep(0.05)
        configure({})
        while cameras.connections:
            await asyncio.sleep(0.05)
        return f"{len(entries)} cameras came and went; {cameras.sent / 1e6:.1f} MB of descriptions were read"
