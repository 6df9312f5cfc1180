#!/usr/bin/env python3
"""Viewers come and go and cameras are lost and found, and the server is what it was before. Speaks TAP.

leak_test.py BUILD PART, where BUILD is meson's build folder and PART one of
  viewers     a thousand of them; FANLIGHT_TEST_TRANSPORT says what carries them
  reconnects  of cameras of all kinds, with viewers who stay and viewers who do not
"""

import os
import pathlib
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "bench"))

# pylint: disable=wrong-import-position
from lab import Lab, LabError, Server, Visitors  # noqa: E402
from objects import EVERYTHING, live_objects  # noqa: E402
from rest import PATIENCE, settle, tidied  # noqa: E402
from tap import Tap  # noqa: E402
from wall import Wall  # noqa: E402

# Small, as it is not about pictures; a group of pictures every two seconds.
CAMERA = "id=cam,size=320x180,bitrate=200,gop=50,loop=4,audio=none"
TRANSPORT = os.environ.get("FANLIGHT_TEST_TRANSPORT", "default")
# Of 20 viewers one after the other, and 20 at once; those on webrtcbin take their time.
ROUNDS = 10 if TRANSPORT == "webrtcbin" else 25
VISITORS = 40  # Clients with kept-alive connections; half of them let those idle out.
# What may stay of a viewer: holes of the allocator, and the names of SSRCs, which GLib never forgets.
# One forgotten DTLS connection is several times this, a webrtcbin a hundred times.
MOST_BYTES_A_JOIN = 10000
# A leak goes on through so many stretches; new holes of the allocator are less of each join the more there are.
STRETCHES = 4
# Counted by what flows at the moment, not by who watches.
FLOWING = {"GstBuffer", "GstBufferList", "GstMemory", "GstEvent", "GstSample", "GstMessage", "GstTagList", "GstCaps"}


class LeakTest(Tap):
    def __init__(self, build: pathlib.Path):
        super().__init__()
        self.build = build

    def run(self, part: str):
        with Lab(self.build) as lab:
            {"viewers": self.run_viewers, "reconnects": self.run_reconnects}[part](lab)
        self.end()

    def run_viewers(self, lab: Lab):
        urls = lab.cameras(CAMERA).urls
        self.run_processes(lab, urls)
        self.run_objects(lab, urls)

    def run_processes(self, lab: Lab, urls: dict):
        server = lab.server(urls, transport=TRANSPORT)
        server.wait_live()
        crowd = lab.crowd(server.url + "/whep/cam")
        come_and_go(crowd, 2)  # Libraries are loaded and caches filled.
        before = settle(server.pid, None)
        visitors = Visitors(server, VISITORS)
        stretch = ROUNDS // 2 * 40
        readings = []
        growth = MOST_BYTES_A_JOIN
        while growth >= MOST_BYTES_A_JOIN and len(readings) <= STRETCHES:
            come_and_go(crowd, ROUNDS // 2)
            after = settle(server.pid, before)
            readings.append(tidied(server.pid))
            if len(readings) > 1:
                growth = (readings[-1] - readings[0]) / (stretch * (len(readings) - 1))
        self.check("memory does not grow with the viewers that were there", growth < MOST_BYTES_A_JOIN,
                   f"{growth:.0f} bytes a viewer; RSS after every {stretch} {', '.join(f'{reading / 1e6:.1f}' for reading in readings)} MB")
        visitors.go()
        after = settle(server.pid, before)
        joins = stretch * len(readings)
        self.check(f"{joins} viewers that come and go leave no thread behind", after.own_threads <= before.own_threads,
                   f"{before.own_threads} threads before, {after.own_threads} after")
        self.check(f"{joins} viewers and {VISITORS} kept-alive connections that come and go leave no open file behind", after.fds <= before.fds,
                   f"{before.fds} descriptors before, {after.fds} after")

        crowd.join(20)
        crowd.command("vanish", 20)
        deadline = time.monotonic() + PATIENCE
        while (sessions := server.sessions()) and time.monotonic() < deadline:
            time.sleep(0.1)
        after = settle(server.pid, before)
        self.check("viewers that vanish without a word are let go", after.own_threads <= before.own_threads and not sessions,
                   f"{len(sessions)} sessions, {after.own_threads} threads, {before.own_threads} before they came")
        code = lab.stop(server)
        self.check(f"a server that had {joins} viewers ends in order", code == 0, f"exit code {code}")
        lab.stop(crowd)

    def run_objects(self, lab: Lab, urls: dict):
        server = lab.server(urls, transport=TRANSPORT, env=EVERYTHING)
        server.wait_live()
        crowd = lab.crowd(server.url + "/whep/cam")
        crowd.join(20)
        crowd.leave(20)
        idle = settle(server.pid, None)
        before = lasting_objects(server)
        for _ in range(5):
            come_and_go(crowd, 1)
        settle(server.pid, idle)
        # A timer of DTLS holds its connection for up to some seconds after its end.
        deadline = time.monotonic() + PATIENCE
        while True:
            after = lasting_objects(server)
            more = {name: f"{before[name]} -> {count}" for name, count in after.items() if count > before[name]}
            if not more or time.monotonic() > deadline:
                break
        self.check("viewers that come and go leave no GStreamer object behind", bool(before) and not more,
                   f"{sum(before.values())} objects before, {sum(after.values())} after; more: {more or 'none'}")
        lab.stop(crowd)
        lab.stop(server)

    def run_reconnects(self, lab: Lab):
        wall = Wall(lab, 15)
        joins = {kind: 2 * batch for kind, batch in wall.batches.items()}
        wall.round(joins, "close")
        wall.joins = wall.reconnects = 0
        before = wall.rest()
        visitors = Visitors(wall.server, VISITORS)
        for how in ("reset", "close"):
            wall.round({"each": joins["each"], "shared": 48}, how)
        visitors.go()
        after = wall.rest(PATIENCE)
        much = f"{wall.reconnects} reconnects and {wall.joins} viewers"
        self.check(f"{much} and {VISITORS} kept-alive connections leave no open file behind", after["fds"] <= before["fds"],
                   f"{before['fds']} before, {after['fds']} after")
        for key, thing in (("threads", "thread"), ("objects", "GStreamer object")):
            self.check(f"{much} leave no {thing} behind", after[key] <= before[key], f"{before[key]} before, {after[key]} after")
        self.check("viewers watch through all of that", after["playing"] == after["sessions"] == wall.watching,
                   f"{after['playing']} of {wall.watching} play, {after['sessions']} sessions")
        # Whatever a sanitizer has found is told by the exit code; it takes its time.
        code = lab.stop(wall.server)
        self.check("a server whose cameras were lost and found ends in order", code == 0, f"exit code {code}")


def come_and_go(crowd, rounds: int):
    """Forty viewers a round: twenty one after the other, twenty at once."""
    for _ in range(rounds):
        for _ in range(20):
            crowd.join(1)
            crowd.leave(1)
        crowd.join(20)
        crowd.leave(20)


def lasting_objects(server: Server):
    counts = live_objects(server)
    for name in FLOWING:
        del counts[name]
    return counts


if __name__ == "__main__":
    test = LeakTest(pathlib.Path(sys.argv[1]))
    try:
        test.run(sys.argv[2])
    except LabError as error:
        print(f"Bail out! {error}", flush=True)
        sys.exit(1)
    sys.exit(1 if test.failed else 0)
