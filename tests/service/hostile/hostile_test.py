#!/usr/bin/env python3
"""Everything that strangers, pages and cameras have done to bring the server down, at once. Speaks TAP.

hostile_test.py BUILD, where BUILD is meson's build folder. Somebody watches 16 cameras meanwhile and must lose nothing, others come
and go, and at the end the server uses what it used before.
"""

import asyncio
import pathlib
import statistics
import sys
import time
import urllib.error
import urllib.request

TESTS = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TESTS / "bench"))

# pylint: disable=wrong-import-position
from attacks import ATTACKS, SOURCES, AttackFailed, Target, cameras_that_never_play, media_port, offer_of_a_browser  # noqa: E402
from hostile_cameras import HostileCameras  # noqa: E402
from lab import Lab, LabError, Server  # noqa: E402
from rest import settle, tidied  # noqa: E402
from tap import Tap  # noqa: E402
from usage import Usage  # noqa: E402

TILES = 16
CLIP = "size=320x180,fps=10,bitrate=100,gop=20,loop=4,audio=none"
PATIENCE = 240  # Seconds until what has been begun must be over; a watchdog, not a measure.
VISIT_MS = 250  # Between two visitors.
# What the allocator may keep of a storm, in holes; what was attacked with is several times this.
MOST_BYTES_LEFT = 48_000_000
# A line for each of what is refused here would be several times as much.
MOST_BYTES_LOGGED = 4e6


class HostileTest(Tap):
    def __init__(self, build: pathlib.Path):
        super().__init__()
        self.build = build

    def run(self):
        with Lab(self.build) as lab:
            asyncio.run(self.attack(lab))
        self.end()

    async def attack(self, lab: Lab):
        async with HostileCameras() as silent:
            urls = lab.cameras(f"id=tile,count={TILES},{CLIP}").urls
            real = {name: {"url": url, "source": SOURCES[place % 2]} for place, (name, url) in enumerate(urls.items())}
            absent = {"url": silent.url("silent", 0), "pull": "on_demand", "start_timeout": "60s"}
            server = lab.server({**real, "absent": absent})
            await asyncio.to_thread(wait_live, server, list(real))
            bystander = lab.crowd(*(f"{server.url}/whep/{name}" for name in real))
            visitors = lab.crowd(f"{server.url}/whep/tile-1")
            bystander.join(TILES)
            usual = picture_ms(visitors.join(20, VISIT_MS))
            visitors.leave(20)
            target = await asyncio.to_thread(target_of, server)
            for attack in ATTACKS[:1]:  # Libraries are loaded and caches filled.
                await attack(target)
            before = await asyncio.to_thread(settle, server.pid, None, 3)
            watched = bystander.stats()

            attacked = await self.attack_at_once(server, target, real, absent, visitors)
            self.say(f"a visitor's first picture came after {usual:.1f} ms before, and {attacked:.1f} ms meanwhile (medians)")

            after = await asyncio.to_thread(settle, server.pid, before, patience=PATIENCE)
            self.compare(server, before, after)
            self.check_bystander(watched, bystander.stats())
            await self.check_that_it_serves(target, visitors)
            code = lab.stop(server, 60)
            self.check("the server ends in order after all of it", code == 0, f"exit code {code}")

    async def attack_at_once(self, server: Server, target: Target, real: dict, absent: dict, visitors) -> float:
        """All of it; how long a visitor's first picture took meanwhile."""
        def configure(extra: dict):
            server.configure({**real, "absent": absent, **extra})

        def is_tried(entries: dict) -> bool:
            known = {camera["id"]: camera["state"] for camera in server.get("/api/cameras")["cameras"]}
            return all(known.get(name) in ("connecting", "retrying", "refused") for name in entries)

        attacks = {attack.__name__: attack(target) for attack in ATTACKS}
        attacks["cameras_that_never_play"] = cameras_that_never_play(configure, ["trickle", "endless", "silent"], is_tried)
        running = asyncio.gather(*(asyncio.wait_for(attack, PATIENCE) for attack in attacks.values()), return_exceptions=True)
        joined = []
        while not running.done():
            joined += await asyncio.to_thread(visitors.join, 4, VISIT_MS)
            await asyncio.to_thread(visitors.leave, 4)
        for name, result in zip(attacks, await running):
            self.check(f"the server stands {name.replace('_', ' ')}", not isinstance(result, BaseException), describe(result))
        self.check("others come and go meanwhile", bool(joined), f"{len(joined)} viewers joined and left while it was under attack")
        return picture_ms(joined)

    def compare(self, server: Server, before: Usage, after: Usage):
        sessions = sessions_of(server)
        self.check("no session is left over", sessions == TILES, f"{sessions} sessions, {TILES} viewers")
        self.check("no thread is left over", after.own_threads <= before.own_threads,
                   f"{before.own_threads} threads before, {after.own_threads} after")
        self.check("no open file is left over", after.fds <= before.fds, f"{before.fds} descriptors before, {after.fds} after")
        written = server.log.stat().st_size
        self.check("the log stays readable", written < MOST_BYTES_LOGGED, f"{written / 1e6:.2f} MB were logged")
        grown = tidied(server.pid, before.rss + MOST_BYTES_LEFT) - before.rss
        self.check("memory comes back", grown <= MOST_BYTES_LEFT, f"{before.rss / 1e6:.1f} MB before, {grown / 1e6:+.1f} MB after")

    def check_bystander(self, before: list[dict], after: list[dict]):
        playing = [viewer for viewer in after if viewer["state"] == "playing"]
        self.check("who watches goes on watching", len(playing) == TILES, f"{len(playing)} of {TILES} play")
        lost = sum(viewer["lost"] for viewer in after)
        packets = sum(viewer["packets"] for viewer in after) - sum(viewer["packets"] for viewer in before)
        standing = sum(now["packets"] == then["packets"] for then, now in zip(before, after))
        self.check("who watches loses nothing", lost == 0 and standing == 0, f"{lost} packets lost, {packets} came; {standing} pictures stand still")

    async def check_that_it_serves(self, target: Target, visitors):
        visitors.join(4)
        visitors.leave(4)
        wire = await target.open("keep_alive")
        answer = await wire.request("GET", "/health")
        wire.close()
        self.check("a stranger who behaves is served again", answer.status == 200, f"/health answered {answer.status}")


def target_of(server: Server) -> Target:
    offer = offer_of_a_browser(TESTS)
    request = urllib.request.Request(f"{server.url}/whep/tile-1", offer.encode(), {"Content-Type": "application/sdp"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as response:
        answer, location = response.read().decode(), response.headers["Location"]
    urllib.request.urlopen(urllib.request.Request(f"{server.url}{location}", method="DELETE"), timeout=PATIENCE).close()
    return Target(port=int(server.url.rsplit(":", 1)[1]), media_port=media_port(answer), camera="tile-1", absent="absent", offer=offer)


def picture_ms(viewers: list[dict]) -> float:
    return statistics.median(viewer["key_frame_ms"] for viewer in viewers)


def describe(result) -> str:
    return f"{type(result).__name__}: {result}" if isinstance(result, BaseException) else result


def wait_live(server: Server, cameras: list[str]):
    deadline = time.monotonic() + PATIENCE
    while True:
        live = {camera["id"] for camera in server.get("/api/cameras")["cameras"] if camera["state"] == "live" and camera["packets"] > 0}
        if live >= set(cameras):
            return
        if time.monotonic() > deadline:
            raise LabError(f"only {sorted(live)} are live")
        time.sleep(0.05)


def sessions_of(server: Server) -> int:
    deadline = time.monotonic() + PATIENCE
    while (count := len(server.get("/api/sessions")["sessions"])) > TILES and time.monotonic() < deadline:
        time.sleep(0.1)
    return count


if __name__ == "__main__":
    test = HostileTest(pathlib.Path(sys.argv[1]))
    try:
        test.run()
    except (LabError, AttackFailed, urllib.error.URLError) as error:
        print(f"Bail out! {error}", flush=True)
        sys.exit(1)
    sys.exit(1 if test.failed else 0)
