#!/usr/bin/env python3
"""How much later a page at another address gets its first picture while strangers attack the server.

Chromium opens the wall of 16 pictures again and again, each time as a new visitor, while somebody else watches them:
  undisturbed;
  while strangers take every place that they get and try to keep it: 2,100 half-sent bodies, 1,100 WebSockets that say nothing, 64 with a
  message that has no end, 10,000 sessions that wait; who is refused or sent away tries again after about a second;
  while all attacks of tests/service/hostile go on at once, each again as soon as it is over, as fast as a core of strangers can;
  and undisturbed again.
The bound is 1.2 times.

The server, the browser and the strangers are three machines; here they share one. So that nobody is slow for want of what another machine
would have, the server has one core of its own, undisturbed as well, and the browser the others, with the cameras and those who watch.
Strangers are a program of their own (strangers.py), which gets the time that is left on all cores (SCHED_IDLE): they are held up by nothing
but the server and the browser at work. Whatever else runs on the machine takes from them first, so it must be quiet.
--share-cores lets the server and the browser take whichever core is free, as this did before: then a server that is busy with strangers
takes a core from the browser, too. --attackers-compete has strangers compete for the cores with both.
The report tells for each situation how much strangers got done, in connections and in messages and requests a second, and how busy they
kept the server, so that nobody takes a weak attack for a strong server.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import json
import os
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service/hostile"))

# pylint: disable=wrong-import-position
from attacks import Target  # noqa: E402
from chromium import chromium_openings  # noqa: E402
from hostile_cameras import HostileCameras  # noqa: E402
from hostile_test import CLIP, TILES, target_of, wait_live  # noqa: E402
from lab import Lab, LabError, Server  # noqa: E402
from rest import PATIENCE  # noqa: E402
from run import run, say  # noqa: E402
from usage import thread_seconds  # noqa: E402

BOUND = 1.2
USUAL, OCCUPIED, ATTACKED = "undisturbed", "every place taken", "all attacks at once"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench hostile", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--openings", type=int, default=20, help="openings of the page in each situation (20)")
    parser.add_argument("--share-cores", action="store_true", help="the server and the browser share the cores; without it, the server has one core of its own")
    parser.add_argument("--attackers-compete", action="store_true", help="the attackers run on the cores of the server and the browser, too")
    parser.add_argument("--quick", action="store_true", help="a short run: shows that it works; do not quote its figures")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-hostile.json)")
    options = parser.parse_args()
    options.json = options.json or options.build / "bench-hostile.json"
    if options.quick:
        options.openings = 4
    return options


class Cores:
    """Whose cores are whose, for what is started on them; the strangers' are all."""

    def __init__(self, shared: bool):
        self._all = os.sched_getaffinity(0)
        if not shared and len(self._all) < 2:
            raise LabError("there is one core; the server and the browser can only share it: --share-cores")
        self.server = self._all if shared else {min(self._all)}
        self.others = self._all if shared else self._all - self.server

    @contextlib.contextmanager
    def on(self, cores: set[int]):
        os.sched_setaffinity(0, cores)  # Of this thread and what it starts.
        try:
            yield
        finally:
            os.sched_setaffinity(0, self._all)


class Strangers:
    """They do what `what` says, until this is left."""

    def __init__(self, lab: Lab, what: str, target: Target, compete: bool):
        self._lab = lab
        self._command = [sys.executable, pathlib.Path(__file__).with_name("strangers.py"), what, json.dumps(dataclasses.asdict(target)),
                         *(["--compete"] if compete else [])]

    def __enter__(self):
        self._program = self._lab.program(self._command)
        self.count()
        return self

    def __exit__(self, *_):
        self._lab.stop(self._program)

    def count(self) -> dict:
        """What they have done so far."""
        self._program.say("count")
        return json.loads(self._program.wait_for(r"^(\{.*\})$", PATIENCE)[1])


def effort(before: dict, after: dict) -> dict[str, float]:
    """What strangers and the server did a second."""
    seconds = after["at"] - before["at"]
    return {what: (after[what] - before[what]) / seconds for what in ("connections", "messages", "main_thread")}


def openings(lab: Lab, cores: Cores, server: Server, count: int) -> list[dict]:
    with cores.on(cores.others):
        return chromium_openings(lab, server.url, count, TILES)


async def measure_one(lab: Lab, options) -> dict:
    cores = Cores(options.share_cores)
    async with HostileCameras() as silent:
        with cores.on(cores.others):
            real = lab.cameras(f"id=tile,count={TILES},{CLIP}").urls
        with cores.on(cores.server):
            server = lab.server({**real, "absent": {"url": silent.url("silent", 0), "pull": "on_demand", "start_timeout": "60s"}})
        await asyncio.to_thread(wait_live, server, list(real))
        with cores.on(cores.others):
            lab.crowd(*(f"{server.url}/whep/{name}" for name in real)).join(TILES)
        target = await asyncio.to_thread(target_of, server)
        return await asyncio.to_thread(measure_situations, lab, options, cores, server, target)


def measure_situations(lab: Lab, options, cores: Cores, server: Server, target: Target) -> dict:
    opened: dict[str, list[dict]] = {}
    efforts: dict[str, dict] = {}
    rounds: dict[str, int] = {}

    def page(name: str, count: int):
        say(f"a page is opened: {name}")
        opened.setdefault(name, []).extend(openings(lab, cores, server, count))

    def attacked_page(name: str, what: str, wait: float):
        with Strangers(lab, what, target, options.attackers_compete) as strangers:
            time.sleep(wait)
            before = {**strangers.count(), "main_thread": thread_seconds(server.pid)}
            page(name, options.openings)
            after = {**strangers.count(), "main_thread": thread_seconds(server.pid)}
            efforts[name] = effort(before, after)
            rounds.update(after["rounds"])

    page(USUAL, max(options.openings // 2, 2))
    attacked_page(OCCUPIED, "occupy", 1 if options.quick else 10)  # Until they have what they get.
    attacked_page(ATTACKED, "attack", 1)
    time.sleep(1 if options.quick else 30)  # What strangers left behind is put in order.
    page(USUAL, max(options.openings // 2, 2))
    return {"opened": opened, "efforts": efforts, "rounds": rounds, "main_loop": server.get("/api/server")["main_loop"]}


def print_report(figures: dict):
    cores = "shared by the server and the browser" if figures["share_cores"] else "one the server's, the others the browser's"
    print(f"\n{figures['cores']} cores, {cores}")
    print(f"{'from opening the wall, ms (medians)':<42}{'first picture':>16}{'ratio':>8}{f'all {TILES}':>12}{'ratio':>8}")
    usual = None
    for name, times in figures["opened"].items():
        medians = [statistics.median(time[step] for time in times) for step in ("first", "all")]
        usual = usual or medians
        print(f"{f'{name}, {len(times)} times':<42}{medians[0]:>16.0f}{medians[0] / usual[0]:>8.2f}{medians[1]:>12.0f}{medians[1] / usual[1]:>8.2f}")
    print(f"the bound is {BOUND}")
    for name, done in figures["efforts"].items():
        print(f"{name}: strangers made {done['connections']:.0f} connections and sent {done['messages']:.0f} messages and requests a second; "
              f"the server's main thread was {done['main_thread']:.0%} busy")
    print("attacks carried through meanwhile: " + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in figures["rounds"].items()))


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        figures.update(asyncio.run(measure_one(lab, options)))

    figures = {"quick": options.quick, "cores": os.cpu_count(), "load_before": os.getloadavg()[0], "share_cores": options.share_cores,
               "attackers_compete": options.attackers_compete}
    return run(options, figures, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
