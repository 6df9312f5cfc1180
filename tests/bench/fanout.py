#!/usr/bin/env python3
"""What mass viewers cost: `./dev bench fanout` runs it, docs/performance.md explains the figures.

Everything is measured in one run on this machine, and compared as ratios: with a sender that does
nothing but encrypt and send, with a webrtcbin for each viewer, and with Janus where it is installed.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import threading

from fanout_report import print_report
from janus import Janus
from lab import Lab, LabError
from run import run, say

PARTS = ["packet", "growth", "crowd", "join", "loss", "cameras"]
TURNS = 8


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench fanout", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--parts", default=",".join(PARTS), help="which of " + ",".join(PARTS))
    parser.add_argument("--before", type=pathlib.Path, help="build folder of another version: the part `turns` compares its server with this one's")
    parser.add_argument("--seconds", type=float, default=10, help="of looking at each load (10)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the viewers, for a moment: shows that it works")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-fanout.json)")
    options = parser.parse_args()
    options.parts = options.parts.split(",")
    if options.before and "turns" not in options.parts:
        options.parts.append("turns")
    if unknown := set(options.parts) - {*PARTS, *(["turns"] if options.before else [])}:
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    if options.quick:
        options.seconds = min(options.seconds, 3)
    options.json = options.json or options.build / "bench-fanout.json"
    return options


class Bench:
    def __init__(self, lab: Lab, options):
        self.lab = lab
        self.options = options

    def viewers(self, count: int) -> int:
        return max(2, count // 10) if self.options.quick else count

    def floor(self, receivers: int, packets: int = 10, size: int = 1180, fps: int = 25) -> dict:
        """A sender that does nothing but encrypt and send."""
        command = [self.options.build / "tests/bench/floor/raw-sender", "--receivers", receivers, "--packets", packets,
                   "--size", size, "--fps", fps, "--seconds", max(3, int(self.options.seconds / 2))]
        done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise LabError(f"raw-sender ended with code {done.returncode}: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def load(self, urls: list[str], *, viewers: int, ramp: int, pid: int | None = None, words=(), seconds: float | None = None) -> dict:
        """fanlight-load: its JSON."""
        command = [self.options.build / "tools/load/fanlight-load", "--quiet", "--viewers", viewers, "--ramp", ramp,
                   "--duration", seconds or self.options.seconds, "--json", "-", *(["--pid", pid] if pid else []), *words, *urls]
        limit = viewers / ramp + (seconds or self.options.seconds) + 120
        done = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, text=True, timeout=limit, check=False)
        if not done.stdout.strip():
            raise LabError(f"fanlight-load ended with code {done.returncode} and no figures")
        return json.loads(done.stdout)

    def server(self, camera: str, transport: str = "fanout"):
        cameras = self.lab.cameras(camera)
        server = self.lab.server(cameras.urls, transport=transport)
        server.wait_live()
        urls = [f"{server.url}/whep/{name}" for name in cameras.urls]
        # The first viewer loads what stays.
        self.load(urls[:1], viewers=1, ramp=1, seconds=1)
        return cameras, server, urls

    def stop(self, *programs):
        for program in reversed(programs):
            self.lab.stop(program)

    def once(self, camera: str, viewers: int, ramp: int, transport: str = "fanout", words=()) -> dict:
        cameras, server, urls = self.server(camera, transport)
        figures = self.load(urls, viewers=viewers, ramp=ramp, pid=server.pid, words=words)
        self.stop(cameras, server)
        return figures

    # ---- The parts ----

    def packet(self) -> dict:
        count = self.viewers(500)
        figures = {"floor": [self.floor(count)]}
        say(f"packet: {count} viewers of 2 Mbit/s")
        figures["fanout"] = self.once(CAMERA_2M, count, 100)
        figures["fanout_sha1"] = self.once(CAMERA_2M, count, 100, words=["--srtp", "sha1"])
        figures["floor"].append(self.floor(count))
        say("packet: a webrtcbin for each")
        figures["webrtcbin"] = self.once(CAMERA_2M, self.viewers(50), 10, "webrtcbin")
        if shutil.which("janus"):
            say("packet: Janus")
            cameras = self.lab.cameras(CAMERA_2M)
            with Janus(self.lab.folder, cameras.urls["cam"]) as janus:
                figures["janus"] = self.load([], viewers=self.viewers(100), ramp=20, pid=janus.pid,
                                             words=["--janus", janus.url, "--mountpoint", "1"])
            self.stop(cameras)
        figures["floor"].append(self.floor(count))
        return figures

    def growth(self) -> list[dict]:
        results = []
        for count in (200, 1000, 5000):
            say(f"growth: {self.viewers(count)} viewers of 400 kbit/s")
            results.append(self.once(CAMERA_400K, self.viewers(count), 200))
        return results

    def crowd(self) -> list[dict]:
        results = []
        for camera, count in ((CAMERA_400K, 5000), (CAMERA_110K, 10000)):
            say(f"crowd: {self.viewers(count)} viewers")
            results.append(self.once(camera, self.viewers(count), 200))
        return results

    def join(self) -> dict:
        say("join: one after the other")
        return self.once(CAMERA_2M, self.viewers(200), 10)

    def loss(self) -> dict:
        count = self.viewers(200)
        say(f"loss: {count} viewers that lose 5 %, and {count} beside one that loses 30 %")
        figures = {"five_percent": self.once(CAMERA_2M, count, 50, words=["--loss", "5"])}
        cameras, server, urls = self.server(CAMERA_2M)
        figures["alone"] = self.load(urls, viewers=count, ramp=50)
        seconds = self.options.seconds + count / 50 + 4
        lossy = threading.Thread(target=lambda: figures.update(
            thirty_percent=self.load(urls, viewers=1, ramp=1, words=["--loss", "30"], seconds=seconds)))
        lossy.start()
        figures["beside"] = self.load(urls, viewers=count, ramp=50)
        lossy.join()
        self.stop(cameras, server)
        return figures

    def turns(self) -> dict:
        """Both servers run all the time, with the same camera, and serve in turn: what else the machine does counts for both.

        CPU time is told for each kB of media: two builds may fill their packets differently."""
        figures = {}
        for transport, viewers in (("fanout", self.viewers(500)), ("webrtcbin", self.viewers(50))):
            say(f"turns: {transport}, this server and the one before")
            cameras = self.lab.cameras(CAMERA_2M)
            servers = {"now": self.lab.server(cameras.urls, transport=transport),
                       "before": self.lab.server(cameras.urls, self.options.before, transport=transport)}
            seen = {who: {"join_ms": [], "us_per_kb": []} for who in servers}
            for who, server in servers.items():
                server.wait_live()
                self.load([f"{server.url}/whep/cam"], viewers=1, ramp=1, seconds=1)
            for turn in range(2 if self.options.quick else TURNS):
                for who in sorted(servers, reverse=turn % 2 == 1):
                    url = f"{servers[who].url}/whep/cam"
                    joins = self.load([url], viewers=min(100, viewers), ramp=20 if transport == "fanout" else 10, seconds=1)
                    seen[who]["join_ms"].append(joins["joins"]["join_ms"]["p50"])
                    packets = self.load([url], viewers=viewers, ramp=100, pid=servers[who].pid, seconds=min(5, self.options.seconds))
                    steady = packets["steady"]
                    seen[who]["us_per_kb"].append(packets["server"]["us_per_packet"] * steady["packets"] / steady["bytes"] * 1000)
            self.stop(cameras, *servers.values())
            figures[transport] = {who: {**all_seen, "median": {name: statistics.median(values) for name, values in all_seen.items()}}
                                  for who, all_seen in seen.items()}
        return figures

    def cameras(self) -> dict:
        count = self.viewers(100)
        say(f"cameras: {count} with 20 viewers each")
        return self.once(CAMERA_300K.replace("id=cam", f"id=cam,count={count}"), 20 * count, 200)


CAMERA_2M = "id=cam,audio=none,size=1280x720,fps=25,bitrate=2000,gop=250,loop=30,stamp=7"
CAMERA_400K = "id=cam,audio=none,size=640x360,fps=25,bitrate=400,gop=250,loop=30,stamp=7"
CAMERA_300K = "id=cam,audio=none,size=640x360,fps=15,bitrate=300,gop=150,loop=30,stamp=7"
CAMERA_110K = "id=cam,audio=none,size=320x180,fps=10,bitrate=110,gop=100,loop=30,stamp=7"


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        bench = Bench(lab, options)
        for part in options.parts:
            figures[part] = getattr(bench, part)()

    figures = {"quick": options.quick, "cores": os.cpu_count(), "load_before": os.getloadavg()[0]}
    return run(options, figures, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
