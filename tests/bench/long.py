#!/usr/bin/env python3
"""What a server uses after 1,000 reconnects and 10,000 viewers: `./dev bench long` runs it, docs/performance.md explains the figures.

Everything happens to one process, in rounds: each loses all cameras at once, which come back, and has its share of the viewers.
"""

import argparse
import os
import pathlib
import sys
import time

from lab import Lab, LabError
from run import run, say
from steady_report import conclude, exit_code, print_verdicts, write_plot
from rest import TIDY_S
from wall import Wall

# A connection that has lasted so long makes the next pause a short one again; without that they grow to a minute.
STABLE_S = 31
ROUNDS_WITHOUT_PAUSE = 3
EACH = 0.1  # Of the viewers so many on a webrtcbin of their own.


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench long", description=__doc__.splitlines()[0],
                                     epilog="Exit code: 0 all measures are flat, 1 one grows or the run failed.")
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--cameras", type=int, default=40, help="cameras, 10 or more, all of which reconnect at once (40)")
    parser.add_argument("--reconnects", type=int, default=1000, help="reconnects of all cameras together (1000)")
    parser.add_argument("--joins", type=int, default=10000, help="viewers that come and go (10000)")
    parser.add_argument("--no-objects", action="store_true", help="without the tracer that counts live objects: shows what it costs")
    parser.add_argument("--quick", action="store_true", help="about a minute: shows that it works")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-long.json); the plot is beside it, as .svg")
    options = parser.parse_args()
    if options.quick:
        options.cameras, options.reconnects, options.joins = 10, 40, 200
    options.json = options.json or options.build / "bench-long.json"
    return options


def measure(lab: Lab, figures: dict, options):
    say(f"{options.cameras} cameras")
    wall = Wall(lab, options.cameras, objects=not options.no_objects)
    rounds = -(-options.reconnects // len(wall.entries))
    ways = ("close", "reset")

    def joins(number: int) -> dict[str, int]:
        count = options.joins * (number + 1) // rounds - options.joins * number // rounds
        return {"each": round(count * EACH), "shared": count - round(count * EACH)}

    say("a round that does not count")
    wall.round({kind: 2 * batch for kind, batch in wall.batches.items()}, "close")
    wall.joins = wall.reconnects = 0
    least = 0 if options.quick else TIDY_S
    figures["samples"].append(wall.rest(least=least))
    for number in range(rounds):
        wall.round(joins(number), ways[number % len(ways)])
        back_at = time.monotonic()
        sample = wall.rest(least=least)
        figures["samples"].append(sample)
        say(f"{sample['reconnects']} reconnects, {sample['joins']} joins: {sample['threads']} threads, {sample['fds']} descriptors, "
            f"{sample['objects']} objects, {sample['rss_mb']:.1f} MB")
        if sample["playing"] < wall.watching or sample["sessions"] > wall.watching:
            raise LabError(f"{wall.watching} watch from the start to the end: {sample['playing']} do, of {sample['sessions']} sessions")
        if number % ROUNDS_WITHOUT_PAUSE == ROUNDS_WITHOUT_PAUSE - 1 and number + 1 < rounds and not options.quick:
            time.sleep(max(0.0, back_at + STABLE_S - time.monotonic()))
    figures["steady_viewers"] = wall.watching
    if code := lab.stop(wall.server):
        raise LabError(f"the server ended with code {code}")
    conclude(figures)


def print_report(figures: dict):
    print(f"{figures['cores']} cores, load {figures['load_before']:.1f} before and {figures['load_after']:.1f} after")
    if figures["quick"]:
        print("A quick run: too short for figures to be quoted.")
    print_verdicts(figures)
    print(f"  {figures['steady_viewers']} viewers watched from the start to the end")


def main() -> int:
    options = parse_arguments()
    figures = {"quick": options.quick, "cores": os.cpu_count(), "load_before": os.getloadavg()[0], "samples": []}
    if code := run(options, figures, lambda lab, _: measure(lab, figures, options), print_report):
        return code
    write_plot(options.json.with_suffix(".svg"), f"{figures['samples'][-1]['reconnects']:,} camera reconnects and "
               f"{figures['samples'][-1]['joins']:,} viewers in one process", figures)
    return exit_code(figures)


if __name__ == "__main__":
    sys.exit(main())
