#!/usr/bin/env python3
"""The strangers of `./dev bench hostile`: a program of their own, which takes the time of the cores that nobody else wants.

strangers.py occupy|attack TARGET, where TARGET is a Target as JSON. Each line that it reads is answered by one of JSON, which says how much
has been done so far; it goes on until its input ends.
"""

import asyncio
import json
import os
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "service/hostile"))

# pylint: disable=wrong-import-position
from attacks import ATTACKS, OCCUPATIONS, AttackFailed, Target  # noqa: E402
from wire import Wire  # noqa: E402

rounds = {attack.__name__: 0 for attack in ATTACKS}


def stand_back():
    """SCHED_IDLE says who goes first within a group of the scheduler, and where Linux makes one of each session (autogroup), the browser
    has its own, which would share a core with ours by halves. So they need a group, too, and that has to be the last."""
    os.setsid()
    os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))
    group = pathlib.Path("/proc/self/autogroup")
    if group.exists():
        group.write_text("19", encoding="ascii")


async def repeat(attack, target: Target):
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


async def answer():
    while await asyncio.to_thread(sys.stdin.readline):
        print(json.dumps({"at": time.monotonic(), "connections": Wire.opened, "messages": Wire.sent, "rounds": rounds}), flush=True)


async def main():
    what, target = sys.argv[1], Target(**json.loads(sys.argv[2]))
    if "--compete" not in sys.argv[3:]:
        stand_back()
    deeds = ([occupy(one, target) for count, one in OCCUPATIONS for _ in range(count)] if what == "occupy"
             else [repeat(attack, target) for attack in ATTACKS])
    done, _ = await asyncio.wait([asyncio.create_task(deed) for deed in [answer(), *deeds]], return_when=asyncio.FIRST_COMPLETED)
    for task in done:
        task.result()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except AttackFailed as error:
        sys.exit(f"a stranger gave up: {error}")
