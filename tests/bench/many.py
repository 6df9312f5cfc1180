#!/usr/bin/env python3
"""A server with very many small cameras on a small machine: `./dev bench many` runs it.

The cameras are tests/bench/ingest/replay.cpp, which sends all of them from one thread of its own, beside the server. Then they all
restart at once.
"""

import argparse
import os
import pathlib
import sys
import time

from lab import Lab
from cameras import all_live, states, wait_for
from run import run, say
from usage import Usage, watch

LIVE_S = 20
HEALED_S = 30
LAG_MS = 20


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench many", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--cameras", type=int, default=1000, help="how many (1000)")
    parser.add_argument("--source", choices=["direct", "rtspsrc"], default="direct", help="what reads them (direct)")
    parser.add_argument("--kbits", type=int, default=100, help="kbit/s of each (100)")
    parser.add_argument("--fps", type=int, default=10, help="pictures/s of each (10)")
    parser.add_argument("--window", type=float, default=30, help="seconds of looking at them (30)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the cameras, for a moment: shows that it works")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-many.json)")
    options = parser.parse_args()
    if options.quick:
        options.cameras, options.window = options.cameras // 10, 3
    options.json = options.json or options.build / "bench-many.json"
    return options


def lost(server) -> int:
    return sum(camera["streams"][0]["packets_lost"] for camera in server.get("/api/cameras")["cameras"])


def measure_all(lab: Lab, options) -> dict:
    def replay(port: int):
        program = lab.program([options.build / "tests/bench/ingest/replay-cameras", port, options.kbits, options.fps])
        return program, int(program.wait_for(r"ready (\d+)", 60)[1])

    program, port = replay(0)
    empty = lab.server({})
    base = Usage.of(empty.pid)
    lab.stop(empty)
    cameras = {f"camera-{i}": {"url": f"rtsp://127.0.0.1:{port}/{i}", "source": options.source} for i in range(options.cameras)}
    say(f"{options.cameras} cameras by source: {options.source}")
    begin = time.monotonic()
    server = lab.server(cameras)
    wait_for(server, all_live, 120, "all cameras")
    figures = {"cameras": options.cameras, "source": options.source, "live_s": time.monotonic() - begin}
    time.sleep(3)
    first = lost(server)
    seen = watch(server.pid, options.window)
    figures["packets_lost"] = lost(server) - first
    figures["cpu_percent_per_camera"] = 100 * seen.cores / options.cameras
    figures["rss_kb_per_camera"] = (seen.last.rss - base.rss) / 1e3 / options.cameras
    figures["cached_kb_per_camera"] = sum(camera["cached_bytes"] for camera in server.get("/api/cameras")["cameras"]) / 1e3 / options.cameras
    figures["threads"] = seen.last.own_threads
    figures["others_cores"] = seen.others
    figures["lag_ms_p99"] = server.get("/api/server")["main_loop"]["lag_ms_p99_1m"]
    say("all of them restart")
    lab.stop(program)
    wait_for(server, lambda known: not any(state == "live" for state in known.values()), 60, "the loss of all cameras")
    program, _ = replay(port)
    begin = time.monotonic()
    wait_for(server, all_live, 180, "the return of all cameras")
    figures["healed_s"] = time.monotonic() - begin
    figures["states"] = sorted(set(states(server).values()))
    lab.stop(server, 60)
    lab.stop(program)
    return figures


def print_report(figures: dict):
    many = figures["many"]

    def judge(value: float, most: float) -> str:
        return "met" if value <= most else "NOT MET"

    print(f"{many['cameras']} cameras by source: {many['source']}: all live after {many['live_s']:.1f} s (within {LIVE_S}: {judge(many['live_s'], LIVE_S)}); "
          f"CPU {many['cpu_percent_per_camera']:.4f} % a camera, {many['rss_kb_per_camera']:.0f} kB (cached: {many['cached_kb_per_camera']:.0f}), {many['threads']} threads in all")
    print(f"  packets lost: {many['packets_lost']} (none: {judge(many['packets_lost'], 0)}); lag of the main loop p99 {many['lag_ms_p99']:.1f} ms "
          f"(below {LAG_MS}: {judge(many['lag_ms_p99'], LAG_MS)})")
    print(f"  after a restart of all: live again after {many['healed_s']:.1f} s (within {HEALED_S}: {judge(many['healed_s'], HEALED_S)})")
    print(f"\n{os.cpu_count()} cores; the cameras and all else on the machine used {many['others_cores']:.2f} cores")


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        figures["many"] = measure_all(lab, options)

    return run(options, {"load_before": os.getloadavg()[0]}, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
