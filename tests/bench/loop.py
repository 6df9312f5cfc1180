#!/usr/bin/env python3
"""How long one turn of the server's main loop takes while several clients ask for everything that takes long.

Viewers of fanlight-load watch; then sessions, cameras, health and drawings of the pipeline are asked for by several at once, while a probe asks
for one small thing again and again. The server says itself how long its longest turn was; the probe says what others felt. The bound is 50 ms.
"""

import argparse
import concurrent.futures
import os
import pathlib
import sys
import threading
import time
import urllib.error
import urllib.request

from lab import Lab
from run import run, say

BOUND_MS = 50
CAMERA = "id=cam,audio=none,size=320x180,fps=5,bitrate=64,gop=50,loop=30"
PATHS = ["/api/sessions", "/api/sessions?limit=999", "/api/cameras", "/health", "/ready", "/api/cameras/cam/pipeline.dot"]


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench loop", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--viewers", type=int, default=10000, help="viewers on webrtcfanout (10000)")
    parser.add_argument("--webrtcbins", type=int, default=100, help="viewers on webrtcbin (100)")
    parser.add_argument("--askers", type=int, default=4, help="clients that ask for each thing at the same time (4)")
    parser.add_argument("--rounds", type=int, default=5, help="how often each of them asks (5)")
    parser.add_argument("--quick", action="store_true", help="a short run: shows that it works; do not quote its figures")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-loop.json)")
    options = parser.parse_args()
    options.json = options.json or options.build / "bench-loop.json"
    if options.quick:
        options.viewers, options.webrtcbins, options.rounds = 300, 5, 2
    return options


class Probe:
    """Asks for one small thing all the time; `waits` are ms."""

    def __init__(self, url: str):
        self.waits: list[float] = []
        self._url = url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()

    def _ask(self):
        while not self._over.is_set():
            began = time.monotonic()
            with urllib.request.urlopen(self._url, timeout=30) as response:
                response.read()
            self.waits.append((time.monotonic() - began) * 1000)
            self._over.wait(0.005)

    def end(self) -> dict:
        self._over.set()
        self._thread.join()
        waits = sorted(self.waits)
        return {"asked": len(waits), "p50_ms": waits[len(waits) // 2], "p99_ms": waits[len(waits) * 99 // 100], "most_ms": waits[-1]}


def ask(url: str) -> int:
    """Bytes; nothing where the server refuses in words."""
    try:
        with urllib.request.urlopen(url, timeout=60) as response:
            return len(response.read())
    except urllib.error.HTTPError as error:
        if error.code != 503:
            raise
        return 0


def measure_one(lab: Lab, options, transport: str, viewers: int) -> dict:
    cameras = lab.cameras(CAMERA)
    server = lab.server(cameras.urls, transport=transport)
    server.wait_live()
    crowd = lab.crowd(f"{server.url}/whep/cam")
    say(f"{viewers} viewers by {transport}")
    for begun in range(0, viewers, 250):
        crowd.join(min(250, viewers - begun), 4)
    if not options.quick:
        time.sleep(61)  # What joining took is forgotten.
    probe = Probe(server.url + "/api/cameras/cam")
    time.sleep(3)
    calm = probe.end()
    figures = {"viewers": viewers, "calm": calm, "asked": {}}
    for path in PATHS:
        probe = Probe(server.url + "/api/cameras/cam")
        with concurrent.futures.ThreadPoolExecutor(options.askers) as pool:
            for _ in range(options.rounds):
                sizes = list(pool.map(ask, [server.url + path] * options.askers))
        figures["asked"][path] = {**probe.end(), "bytes": max(sizes)}
    try:
        figures["main_loop"] = server.get("/api/server")["main_loop"]
    except urllib.error.HTTPError:
        figures["main_loop"] = None  # A build from before there was such a thing.
    for program in (crowd, server, cameras):
        lab.stop(program, 30)
    return figures


def print_report(figures: dict):
    for transport in ("fanout", "webrtcbin"):
        found = figures[transport]
        calm = found["calm"]
        print(f"\n{found['viewers']} viewers by {transport}; what a small question waits, ms      p50      p99     most")
        print(f"{'nothing else is asked':<54}{calm['p50_ms']:>9.1f}{calm['p99_ms']:>9.1f}{calm['most_ms']:>9.1f}")
        for path, waits in found["asked"].items():
            print(f"{path:<34}{waits['bytes']:>14} bytes{waits['p50_ms']:>9.1f}{waits['p99_ms']:>9.1f}{waits['most_ms']:>9.1f}")
        if loop := found["main_loop"]:
            print(f"longest turn of the main loop: {loop['longest_turn_ms_1m']:.1f} ms (bound {BOUND_MS}), lag p99 {loop['lag_ms_p99_1m']:.1f} ms")


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        figures["fanout"] = measure_one(lab, options, "fanout", options.viewers)
        figures["webrtcbin"] = measure_one(lab, options, "webrtcbin", options.webrtcbins)

    figures = {"quick": options.quick, "cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    return run(options, figures, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
