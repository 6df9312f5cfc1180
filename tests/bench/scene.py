#!/usr/bin/env python3
"""How long a picture takes from the scene to the screen of Chromium, by both sources: `./dev bench scene` runs it.

One live camera, which draws the time into its pictures, is read by rtspsrc and by rtspdirectsrc at once, and one page shows both.
They take turns at being the first on the page.
"""

import argparse
import os
import pathlib
import statistics
import sys

from chromium import chromium_ages
from lab import Lab
from run import run, say

CAMERA = "id=scene,audio=none,size=640x360,fps=25,bitrate=1000,gop=50,live=true"
SOURCES = ("rtspsrc", "direct")
# What a page begins with is not counted: its first pictures wait for codecs and for the buffer of WebRTC to shrink.
SETTLED = 0.3


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench scene", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--turns", type=int, default=4, help="pages, one after the other (4)")
    parser.add_argument("--window", type=float, default=20, help="seconds of each (20)")
    parser.add_argument("--transport", choices=["tcp", "udp"], default="tcp", help="how packets travel from the camera (tcp)")
    parser.add_argument("--quick", action="store_true", help="for a moment: shows that it works")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-scene.json)")
    options = parser.parse_args()
    if options.quick:
        options.turns, options.window = 2, 5
    options.json = options.json or options.build / "bench-scene.json"
    return options


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        cameras = lab.cameras(CAMERA)
        url = cameras.urls["scene"]
        server = lab.server({source: {"url": url, "source": source, "transport": options.transport} for source in SOURCES})
        server.wait_live()
        for turn in range(options.turns):
            order = SOURCES if turn % 2 == 0 else SOURCES[::-1]
            say(f"turn {turn + 1} of {options.turns}")
            for source, ages in zip(order, chromium_ages(lab, server.url, options.window, order)):
                figures["ages_ms"][source].append(ages[int(SETTLED * len(ages)):])
        lab.stop(server)
        lab.stop(cameras)

    figures = {"load_before": os.getloadavg()[0], "transport": options.transport, "ages_ms": {source: [] for source in SOURCES}}
    return run(options, figures, measure, print_report)


def print_report(figures: dict):
    print(f"From the scene to the screen, over {figures['transport']}, in ms:")
    medians = {}
    for source, turns in figures["ages_ms"].items():
        ages = sorted(age for turn in turns for age in turn)
        medians[source] = statistics.median(ages)
        each = ", ".join(f"{statistics.median(turn):.1f}" for turn in turns)
        print(f"  {source}: median {medians[source]:.1f} (turn by turn {each}), p95 {ages[int(0.95 * len(ages))]:.1f}, {len(ages)} pictures")
    more = medians["direct"] - medians["rtspsrc"]
    print(f"  direct takes {more:+.1f} ms (not a millisecond more: {'met' if more < 1 else 'NOT MET'})")
    print(f"\n{os.cpu_count()} cores, load {figures['load_before']:.1f} before and {figures['load_after']:.1f} after")


if __name__ == "__main__":
    sys.exit(main())
