#!/usr/bin/env python3
"""How much later a page of another address gets its picture while strangers do their worst.

Chromium opens the wall of 16 pictures again and again, each time as a new visitor, while somebody else watches them:
  undisturbed;
  while strangers take every place that they get and try to keep it: 2,100 half-sent bodies, 1,100 WebSockets that say nothing, 64 with a
  message that has no end, 10,000 sessions that wait; who is refused or sent away tries again after about a second;
  while all attacks of tests/service/hostile go on at once, each again as soon as it is over, as fast as a core of strangers can;
  and undisturbed again.
The bound is 1.2 times.

Strangers are other machines; here they share this one. They get the time of its cores that nobody else wants (SCHED_IDLE), unless
--attackers-compete; even so all attacks at once keep the server's main thread busy.
"""

import argparse
import asyncio
import os
import pathlib
import random
import statistics
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service/hostile"))

# pylint: disable=wrong-import-position
from attacks import ATTACKS, OCCUPATIONS, AttackFailed, Target  # noqa: E402
from chromium import chromium_openings  # noqa: E402
from hostile_cameras import HostileCameras  # noqa: E402
from hostile_test import CLIP, TILES, target_of, wait_live  # noqa: E402
from lab import Lab, LabError, Server  # noqa: E402
from run import run, say  # noqa: E402

BOUND = 1.2
USUAL, OCCUPIED, ATTACKED = "undisturbed", "every place taken", "all attacks at once"


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench hostile", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"))
    parser.add_argument("--openings", type=int, default=20, help="in each situation")
    parser.add_argument("--attackers-compete", action="store_true", help="for the cores, with the server and the browser")
    parser.add_argument("--quick", action="store_true", help="shows that it works; the figures are not for quoting")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-hostile.json)")
    options = parser.parse_args()
    options.json = options.json or options.build / "bench-hostile.json"
    if options.quick:
        options.openings = 4
    return options


class Strangers:
    """They do `deeds` at once, until this is left."""

    def __init__(self, deeds: list, compete: bool):
        self._deeds = deeds
        self._compete = compete
        self._tasks: list[asyncio.Task] = []

    async def __aenter__(self):
        if not self._compete:
            os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
        self._tasks = [asyncio.create_task(deed) for deed in self._deeds]
        return self

    async def __aexit__(self, *_):
        for task in self._tasks:
            task.cancel()
        results = await asyncio.gather(*self._tasks, return_exceptions=True)
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        failures = [result for result in results if not isinstance(result, asyncio.CancelledError)]
        if failures:
            raise LabError(f"a stranger gave up: {failures[0]!r}")


async def repeat(attack, target: Target, rounds: dict[str, int]):
    while True:
        await attack(target)
        rounds[attack.__name__] += 1


async def occupy(open_one, target: Target):
    while True:
        wire = None
        try:
            if wire := await open_one(target):
                await wire.closed()
        except OSError:
            pass
        finally:
            if wire:
                wire.close()
        await asyncio.sleep(random.uniform(0.5, 1.5))


def openings(lab: Lab, server: Server, count: int) -> list[dict]:
    os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))  # Of this thread and the browser that it starts.
    return chromium_openings(lab, server.url, count, TILES)


async def measure_one(lab: Lab, options) -> dict:
    async with HostileCameras() as silent:
        real = lab.cameras(f"id=tile,count={TILES},{CLIP}").urls
        server = lab.server({**real, "absent": {"url": silent.url("silent", 0), "pull": "on_demand", "start_timeout": "60s"}})
        await asyncio.to_thread(wait_live, server, list(real))
        lab.crowd(*(f"{server.url}/whep/{name}" for name in real)).join(TILES)
        target = await asyncio.to_thread(target_of, server)
        rounds = {attack.__name__: 0 for attack in ATTACKS}
        opened = {}

        async def page(name: str, count: int):
            say(f"a page is opened: {name}")
            opened.setdefault(name, []).extend(await asyncio.to_thread(openings, lab, server, count))

        await page(USUAL, max(options.openings // 2, 2))
        async with Strangers([occupy(one, target) for count, one in OCCUPATIONS for _ in range(count)], options.attackers_compete):
            await asyncio.sleep(1 if options.quick else 10)  # Until they have what they get.
            await page(OCCUPIED, options.openings)
        async with Strangers([repeat(attack, target, rounds) for attack in ATTACKS], options.attackers_compete):
            await page(ATTACKED, options.openings)
        await asyncio.sleep(1 if options.quick else 30)  # What strangers left behind is put in order.
        await page(USUAL, max(options.openings // 2, 2))
        return {"opened": opened, "rounds": rounds, "main_loop": server.get("/api/server")["main_loop"]}


def print_report(figures: dict):
    print(f"\n{'from opening the wall, ms (medians)':<42}{'first picture':>16}{'ratio':>8}{f'all {TILES}':>12}{'ratio':>8}")
    usual = None
    for name, times in figures["opened"].items():
        medians = [statistics.median(time[step] for time in times) for step in ("first", "all")]
        usual = usual or medians
        print(f"{f'{name}, {len(times)} times':<42}{medians[0]:>16.0f}{medians[0] / usual[0]:>8.2f}{medians[1]:>12.0f}{medians[1] / usual[1]:>8.2f}")
    print(f"the bound is {BOUND}")
    print("attacks carried through meanwhile: " + ", ".join(f"{name.replace('_', ' ')} {count}" for name, count in figures["rounds"].items()))


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        try:
            figures.update(asyncio.run(measure_one(lab, options)))
        except AttackFailed as error:
            raise LabError(str(error)) from error

    figures = {"quick": options.quick, "cores": os.cpu_count(), "load_before": os.getloadavg()[0], "attackers_compete": options.attackers_compete}
    return run(options, figures, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
