"""A wall of small cameras of all kinds with its viewers, which is made to suffer and must be as before when it has come to rest."""

import math
import subprocess
import time

from lab import Lab, LabError
from objects import OBJECTS, live_objects
from rest import PATIENCE
from usage import Usage

CLIP = "size=320x180,fps=10,bitrate=100,gop=20,loop=4"
# What is different from one camera to the next: of ten cameras so many, what the camera has, the server's keys.
KINDS = {
    "plain": (4, "audio=none", {}),
    "udp": (2, "audio=none", {"transport": "udp"}),
    "sound": (2, "audio=aac", {"audio": True}),
    "each": (2, "audio=none", {"webrtc_transport": "webrtcbin"}),
}
# What reads them, in turn.
SOURCES = ("rtspsrc", "direct")
COUNTS = ("threads", "fds", "objects")
STILL_S = 5


class Wall:
    """One server with `count` cameras, and those who watch them.

    `steady` viewers watch from the start to the end; the viewers of `guests` (on webrtcfanout) and `guests_each` (on a
    webrtcbin each) come and go.
    """

    def __init__(self, lab: Lab, count: int, silence: float = 1.0, objects: bool = True):
        self.joins = 0
        self.reconnects = 0
        self._lab = lab
        self._silence = silence if objects else None
        self._begin = time.monotonic()
        self._rested: dict | None = None
        self._received: list[int] = []
        specs = [f"id={kind},count={max(2, count * share // 10)},{sound},{CLIP}" for kind, (share, sound, _) in KINDS.items()]
        self.cameras = lab.cameras(*specs, f"id=spare,audio=none,{CLIP}", control=True)
        self.entries = {name: {"url": url, **KINDS[name.split("-")[0]][2]} for name, url in self.cameras.urls.items() if name != "spare"}
        for place, entry in enumerate(self.entries.values()):
            entry["source"] = SOURCES[place % len(SOURCES)]
        self.server = lab.server(self.entries, env=OBJECTS if objects else {})
        self.wait_live()
        urls = {name: f"{self.server.url}/whep/{name}" for name in self.entries}
        each = [url for name, url in urls.items() if name.startswith("each")]
        shared = [url for name, url in urls.items() if not name.startswith("each")]
        # Each joins all of its cameras evenly if as many come at once.
        self.batches = {"shared": len(shared), "each": len(each)}
        self.guests = {"shared": lab.crowd(*shared, "--audio"), "each": lab.crowd(*each)}
        self.steady = lab.crowd(*shared[::2], each[0], "--audio")
        self.watching = math.ceil(len(shared) / 2) + 1
        self.steady.join(self.watching)

    # ---- What happens to it ----

    def known(self) -> dict[str, dict]:
        return {camera["id"]: camera for camera in self.server.get("/api/cameras")["cameras"]}

    def wait_live(self, since: dict[str, dict] | None = None, seconds: float = PATIENCE):
        """Until all cameras are live, those of `since` by another connection than then."""
        deadline = time.monotonic() + seconds
        while True:
            known = self.known()
            late = [name for name, camera in known.items() if camera["state"] != "live" or camera["packets"] == 0
                    or (since and name in since and camera["reconnects"] == since[name]["reconnects"])]
            if not late:
                return
            if time.monotonic() > deadline:
                reasons = ", ".join(f"{name} ({known[name]['reason'] or known[name]['state']})" for name in late)
                raise LabError(f"not live within {seconds:.0f} s: {reasons}")
            time.sleep(0.05)

    def shows(self, name: str) -> bool:
        """Whether a viewer that decodes is shown a picture of that camera."""
        viewer = self._lab.build / "tests/support/whep-viewer"
        done = subprocess.run([viewer, "--frames", "2", "--timeout", str(PATIENCE), f"{self.server.url}/whep/{name}"],
                              capture_output=True, check=False)
        return done.returncode == 0

    def lose(self, how: str):
        """All connections to cameras end, by `close` or `reset`, and are made again."""
        before = self.known()
        for name in before:
            self.cameras.order("POST", name, how)
        self.wait_live(before, 2 * PATIENCE)
        self.reconnects += len(before)

    def come(self, kind: str, count: int):
        self.guests[kind].join(count)
        self.joins += count

    def go(self, kind: str, count: int):
        self.guests[kind].leave(count)

    def come_and_go(self, kind: str, count: int):
        """In batches that make all cameras of the kind equal."""
        while count > 0:
            batch = min(count, self.batches[kind])
            self.come(kind, batch)
            self.go(kind, batch)
            count -= batch

    def round(self, joins: dict[str, int], how: str):
        """All cameras are lost and come back; some of the viewers of each kind stay through that."""
        staying = {kind: min(count, self.batches[kind]) for kind, count in joins.items()}
        for kind, count in staying.items():
            self.come(kind, count)
        self.lose(how)
        for kind, count in staying.items():
            self.go(kind, count)
            self.come_and_go(kind, joins[kind] - count)

    # ---- What it is then ----

    def rest(self, patience: float = 10, least: float = 0) -> dict:
        """A sample of the server with nobody there but the steady viewers.

        What ends takes a moment: until the server uses no more than at the first rest, or for as long as there is patience,
        and `least` seconds, TIDY_S where memory counts.
        """
        deadline = time.monotonic() + PATIENCE
        while self.server.get("/api/server")["sessions"] > self.watching and time.monotonic() < deadline:
            time.sleep(0.1)
        self._rested = self._rested or self._still()
        time.sleep(least)
        deadline = time.monotonic() + patience
        while True:
            sample = self.sample()
            if all(sample[key] <= self._rested[key] for key in COUNTS) or time.monotonic() > deadline:
                return sample
            time.sleep(0.2)

    def _still(self) -> dict:
        """A sample when the counts have not changed for some seconds; a timer of DTLS holds its connection for as long."""
        deadline = time.monotonic() + PATIENCE
        since = last = self.sample()
        while last["minutes"] < since["minutes"] + STILL_S / 60 and time.monotonic() < deadline:
            time.sleep(0.2)
            last = self.sample()
            if any(last[key] != since[key] for key in COUNTS):
                since = last
        return last

    def sample(self) -> dict:
        objects = sum(live_objects(self.server, self._silence).values()) if self._silence else 0
        usage = Usage.of(self.server.pid)
        viewers = self.steady.stats()
        received, self._received = self._received or [0] * len(viewers), [viewer["packets"] for viewer in viewers]
        return {
            "minutes": (time.monotonic() - self._begin) / 60,
            "reconnects": self.reconnects,
            "joins": self.joins,
            "threads": usage.own_threads,
            "fds": usage.fds,
            "objects": objects,
            "rss_mb": usage.rss / 1e6,
            "sessions": self.server.get("/api/server")["sessions"],
            "playing": sum(viewer["state"] == "playing" and viewer["packets"] > before for viewer, before in zip(viewers, received)),
        }
