"""The cameras, the server and the viewers of one run, all of them on a network of their own."""

import json
import os
import pathlib
import re
import sys
import threading
import time
import urllib.error

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "bench"))

# pylint: disable=wrong-import-position
from lab import Cameras, Lab, LabError, Program, Server  # noqa: E402
from rest import PATIENCE  # noqa: E402

from detour import CANDIDATE, Detour, by_ipv6, by_tcp, keep, nothing  # noqa: E402
from relay import Relay  # noqa: E402
from stacks import Stack  # noqa: E402

TRANSPORTS = ("fanout", "webrtcbin")
LOSS = 0.03
MOST_LINES = 12  # Of what a stack says when its viewer fails.

# Where libnice looks: it passes over loopback, and over the names that veth, Docker and others give.
ADDRESS, ADDRESS_6 = "10.77.0.1", "fd77::1"
NETWORK = (
    f"ip link set lo up && ip link add wan0 type veth peer name wan1 && ip address add {ADDRESS}/24 dev wan0 && "
    f"ip address add {ADDRESS_6}/64 dev wan0 nodad && ip link set wan0 up && ip link set wan1 up && "
    "ip route add 224.0.0.0/4 dev wan0"  # Some stacks listen to mDNS.
)

PICTURES = "size=320x180,fps=25,gop=25,bitrate=300"
SPECS = {
    "silent": f"{PICTURES},audio=none",
    "sound": f"{PICTURES},audio=opus",
    # Enough packets for some to be lost soon.
    "busy": "size=640x360,fps=25,gop=50,bitrate=2000,audio=none",
    "lost": f"{PICTURES},audio=none",
    "main": f"{PICTURES},audio=none",
    "sub": "size=320x180,fps=25,gop=25,bitrate=100,audio=none",
}


class CaseFailed(Exception):
    """A viewer or the server did not do what it must; the message says what it did."""


def in_network() -> bool:
    return "FANLIGHT_INTEROP_NETWORK" in os.environ


def enter_network():
    """Starts this program again in a network namespace with one interface, an IPv4 and an IPv6 address."""
    if in_network():
        return
    os.environ["FANLIGHT_INTEROP_NETWORK"] = ADDRESS
    as_root = [] if os.geteuid() == 0 else ["--map-root-user"]
    script = f'PATH=$PATH:/usr/sbin:/sbin; {NETWORK} && exec "$0" "$@"'
    os.execvp("unshare", ["unshare", "--net", *as_root, "sh", "-c", script, sys.executable, *sys.argv])


class Viewer(Program):
    """Its events can be waited for; an end that nobody asked for fails the case."""

    def __init__(self, command: list, log: pathlib.Path, env: dict | None = None, own_group: bool = False):
        super().__init__(command, log, env, own_group)
        self.version = ""
        self.session = ""
        self.kinds: set[str] = set()
        self.last: dict = {}
        self._leaving = False

    def _next(self) -> dict:
        """The next event; what the stack itself says is not JSON."""
        while True:
            try:
                event = json.loads(self.line(PATIENCE))
            except json.JSONDecodeError:
                continue
            except LabError:
                ended = f"said nothing for {PATIENCE} s" if self.running() else f"ended with code {self.process.wait()}"
                raise CaseFailed(f"the viewer {ended} after its event `{self.last.get('event', 'none')}`") from None
            if isinstance(event, dict) and "event" in event:
                self._know(event)
                return event

    def _know(self, event: dict):
        match event["event"]:
            case "stack":
                self.version = event["version"]
            case "answered":
                self.session = event["session"]
            case "first_packet":
                self.kinds.add(event["kind"])
            case "refused":
                raise CaseFailed(f"the server answered {event['status']}: {event['reason'].strip()}")
            case "failed":
                raise CaseFailed(f"the viewer: {event['why']}")
            case "closed" if not self._leaving:
                raise CaseFailed(f"the connection ended: {event['why']}")
        self.last = event

    def until(self, event: str) -> dict:
        while (now := self._next())["event"] != event:
            pass
        return now

    def plays(self, *kinds: str) -> dict:
        """Until pictures come, and packets of every kind that is named."""
        while not set(kinds) <= self.kinds:
            self._next()
        return self.until("pictures")

    def goes_on(self, pictures: int = 10) -> dict:
        """Until that many pictures have come after those that are known of already."""
        while not self._lines.empty():
            self._next()
        begin = self.until("pictures")["count"]
        while (now := self.until("pictures"))["count"] < begin + pictures:
            pass
        return now

    def command(self, word: str, reply: str) -> dict:
        self._leaving = self._leaving or word == "leave"
        self.say(word)
        return self.until(reply)

    def said(self) -> list[str]:
        """The last that the stack itself said, which is no event."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        return [line for line in lines if not (line.startswith("{") and '"event":' in line)][-MOST_LINES:]

    def vanish(self):
        """Without a word."""
        self.process.kill()
        self.process.wait()


class House:
    """One server and, for each transport, a camera of each kind."""

    def __init__(self, lab: Lab, stack: Stack, command: list):
        self._lab = lab
        self._command = command
        self.stack = stack
        self.version = ""
        self._viewers = 0
        self._lock = threading.Lock()
        count = len(TRANSPORTS)
        self.cameras: Cameras = lab.cameras(*(f"id={name},count={count},{spec}" for name, spec in SPECS.items()), control=True)
        entries = {}
        for number, transport in enumerate(TRANSPORTS, start=1):
            url = {name: self.cameras.urls[f"{name}-{number}"] for name in SPECS}
            common = {"webrtc_transport": transport}
            for name in ("silent", "busy", "lost"):
                entries[f"{name}-{number}"] = {**common, "url": url[name]}
            entries[f"sound-{number}"] = {**common, "url": url["sound"], "audio": True}
            streams = [{"id": name, "url": url[name]} for name in ("main", "sub")]
            entries[f"two-{number}"] = {**common, "streams": streams}
        self.server: Server = lab.server(entries)
        self.server.wait_live()

    def start(self, url: str, *options: str) -> Viewer:
        with self._lock:
            self._viewers += 1
            log = self._lab.folder / f"viewer-{self._viewers}.log"
        return Viewer([*self._command, *options, url], log)


class Stage:
    """What a case works with: the house, on one transport."""

    def __init__(self, house: House, transport: str):
        self.house = house
        self.transport = transport
        self._number = TRANSPORTS.index(transport) + 1
        self._viewers: list[Viewer] = []
        self._open: list = []
        # The viewer that stays for a minute; it began before the other cases.
        self.stayer: Viewer | None = None
        self.stayer_began = 0.0

    @property
    def server(self) -> Server:
        return self.house.server

    def camera(self, name: str) -> str:
        return f"{name}-{self._number}"

    def begin_stay(self):
        self.stayer = self.house.start(self._url(self.server.url, "silent"))
        self.stayer_began = time.monotonic()

    def viewer(self, camera: str = "silent", *options: str, through: str = "") -> Viewer:
        """A viewer of that kind of camera, which ends with the case. `through` is the URL of a detour."""
        viewer = self.house.start(self._url(through or self.server.url, camera), *options)
        self._viewers.append(viewer)
        viewer.until("stack")
        self.house.version = viewer.version
        return viewer

    def _url(self, server: str, camera: str) -> str:
        return f"{server}/whep/{self.camera(camera)}"

    def detour(self, way: str) -> str:
        """The URL of a server whose answers leave one way: `tcp` or `ipv6`."""
        wanted = {"tcp": by_tcp, "ipv6": by_ipv6}[way]

        def answers(sdp: str) -> str:
            if not any(map(wanted, CANDIDATE.finditer(sdp))):
                return sdp.replace("a=candidate:", "a=x-other-way:")
            return keep(wanted)(sdp)

        return self._detour(keep(wanted), answers)

    def lossy_detour(self) -> tuple[str, list[Relay]]:
        """The URL, and the relay as soon as there is an answer."""
        relays: list[Relay] = []

        def answers(sdp: str) -> str:
            line = next(line for line in CANDIDATE.finditer(sdp) if line["transport"].lower() == "udp" and line["address"] == ADDRESS)
            rtx = {int(number) for number in re.findall(r"a=rtpmap:(\d+) rtx/", sdp)}
            relay = Relay((ADDRESS, int(line["port"])), ADDRESS, LOSS, rtx)
            relays.append(relay)
            self._open.append(relay.close)
            own = line[0].replace(f" {line['port']} ", f" {relay.address[1]} ")
            return CANDIDATE.sub(lambda other: own if other[0] == line[0] else "", sdp)

        return self._detour(keep(nothing), answers), relays

    def _detour(self, offers, answers) -> str:
        detour = Detour(self.server.url, offers, answers)
        self._open.append(detour.close)
        return detour.url

    def session(self, viewer: Viewer) -> dict | None:
        """As the server lists it; None if it does not."""
        try:
            return self.server.get(f"/api/sessions/{viewer.session}")
        except urllib.error.HTTPError as error:
            if error.code != 404:
                raise
            return None

    def wait(self, what: str, holds):
        """Asks the server again and again until it says so."""
        deadline = time.monotonic() + PATIENCE
        while not (value := holds()):
            if time.monotonic() > deadline:
                raise CaseFailed(f"after {PATIENCE} s still not: {what}")
            time.sleep(0.05)
        return value

    def break_camera(self, name: str):
        """It ends its connections and refuses new ones."""
        self.house.cameras.order("PUT", self.camera(name), "faults", {"status": {"*": 503}})
        self.house.cameras.order("POST", self.camera(name), "close")

    def mend_camera(self, name: str):
        self.house.cameras.order("DELETE", self.camera(name), "faults")

    def said(self) -> list[str]:
        """The last that the case's viewers said beside their events."""
        return [line for viewer in self._viewers for line in viewer.said()]

    def end_case(self):
        for end in [*(viewer.stop for viewer in reversed(self._viewers)), *reversed(self._open)]:
            end()
        self._viewers.clear()
        self._open.clear()

    def end(self):
        self.end_case()
        if self.stayer:
            self.stayer.stop()
