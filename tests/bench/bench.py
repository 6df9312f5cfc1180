#!/usr/bin/env python3
"""What Fanlight costs: per viewer, per packet and per camera, and how soon a viewer sees something.

Everything runs on this machine over the loopback interface; costs are those of the server's process
alone. docs/performance.md says what each column is and how it is measured.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import time

from chromium import chromium_joins
from lab import Lab
from report import print_report
from rivals import naive_cameras, naive_viewers
from run import run, say
from usage import Usage, watch

FPS = 25
JOIN_SPACING_MS = 100


def camera_spec(options) -> str:
    """One camera as in the limits: 2 Mbit/s."""
    return f"size=1280x720,fps={FPS},bitrate=2000,gop={round(options.gop * FPS)},loop=20,audio=none"


def numbers(text: str) -> list[int]:
    return [int(part) for part in text.split(",") if part]


def parse_arguments() -> argparse.Namespace:
    root = pathlib.Path(__file__).resolve().parents[2]
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=pathlib.Path, default=root / "build", help="meson's build folder")
    parser.add_argument("--viewers", type=numbers, default=[1, 20, 50], metavar="N,...", help="1,20,50")
    parser.add_argument("--cameras", type=numbers, default=[1, 20, 50], metavar="N,...", help="1,20,50")
    parser.add_argument("--gop", type=float, default=10, help="seconds from key frame to key frame (10: the hard case)")
    parser.add_argument("--quick", action="store_true", help="short windows: to see that it works, not for figures")
    parser.add_argument("--window", type=float, help="seconds to measure over (20; quick: 5)")
    parser.add_argument("--joins", type=int, help="joins to take the times of (20; quick: 5)")
    parser.add_argument("--no-browser", action="store_true", help="leave Chromium out")
    parser.add_argument("--no-rival", action="store_true", help="leave the naive pipelines out")
    parser.add_argument("--json", type=pathlib.Path, help="where the figures go (BUILD/bench.json)")
    options = parser.parse_args()
    options.build = options.build.resolve()
    options.window = options.window or (5 if options.quick else 20)
    options.joins = options.joins or (5 if options.quick else 20)
    options.json = options.json or options.build / "bench.json"
    return options


def calibrate() -> float:
    """How fast one core is now: GB/s of AES-128-GCM over blocks of a packet's size."""
    output = subprocess.run(
        ["openssl", "speed", "-mr", "-seconds", "1", "-bytes", "1200", "-evp", "aes-128-gcm"],
        capture_output=True, text=True, check=True,
    ).stdout
    return float(output.strip().rsplit(":", 1)[1]) / 1e9


def spread(values: list[float]) -> dict:
    values = sorted(value for value in values if value >= 0)
    if not values:
        return {"median": -1, "p95": -1, "count": 0}
    return {
        "median": statistics.median(values),
        "p95": values[min(len(values) - 1, int(len(values) * 0.95))],
        "count": len(values),
    }


def measure_viewers(lab: Lab, server, count: int, options, baseline) -> dict:
    """`count` viewers of one camera, and then some more, one after the other, for their times."""
    idle = baseline
    crowd = lab.crowd(server.url + "/whep/cam")
    say(f"  {count} viewers join")
    crowd.join(count, JOIN_SPACING_MS)
    time.sleep(options.window / 4)  # Until what joining left behind is done.

    before = crowd.stats()
    window = watch(server.pid, options.window)
    after = crowd.stats()
    packets = sum(v["packets"] for v in after) - sum(v["packets"] for v in before)
    mbits = (sum(v["bytes"] for v in after) - sum(v["bytes"] for v in before)) * 8e-6 / window.seconds
    sessions = server.sessions()

    say(f"  {options.joins} more join and leave, one at a time")
    joins = []
    for _ in range(options.joins):
        joins += crowd.join(1)
        crowd.leave(1)
    crowd.leave(count)
    lab.stop(crowd)
    cores = window.cores - idle.cores
    return {
        "viewers": count,
        "cpu_percent_per_viewer": 100 * cores / count,
        "us_per_packet": 1e6 * cores * window.seconds / packets if packets else -1,
        "rss_mb_per_viewer": (window.last.rss - idle.last.rss) / 1e6 / count,
        "threads_per_viewer": (window.last.threads - idle.last.threads) / count,
        "fds_per_viewer": (window.last.fds - idle.last.fds) / count,
        "packets_per_second": packets / window.seconds / count,
        "mbits_per_viewer": mbits / count,
        "groups_dropped": sum(session["groups_dropped"] for session in sessions),
        "packets_lost": sum(viewer["lost"] for viewer in after),
        "gaps": sum(viewer["missing"] for viewer in after),
        "rtt_ms": spread([session["rtt_ms"] for session in sessions]),
        "post_to_answer_ms": spread([join["answered_ms"] for join in joins]),
        "post_to_ice_ms": spread([join["ice_ms"] for join in joins]),
        "post_to_dtls_ms": spread([join["dtls_ms"] for join in joins]),
        "post_to_key_frame_ms": spread([join["key_frame_ms"] for join in joins]),
        "others_cores": window.others,
    }


def viewers_phase(lab: Lab, options) -> dict:
    cameras = lab.cameras("id=cam," + camera_spec(options))
    server = lab.server(cameras.urls, transport="webrtcbin")
    server.wait_live()
    say("viewers: the camera alone")
    # The first viewer loads libraries and makes pools that stay: it is not part of what one costs.
    crowd = lab.crowd(server.url + "/whep/cam")
    crowd.join(1)
    crowd.leave(1)
    lab.stop(crowd)
    time.sleep(options.window / 4)
    results = []
    for count in options.viewers:
        # Anew each time: it tells what earlier viewers have left behind from what these use.
        baseline = watch(server.pid, options.window)
        results.append(measure_viewers(lab, server, count, options, baseline))
    browser = None
    if not options.no_browser:
        say("Chromium joins")
        browser = chromium_joins(lab, server.url, options.joins if options.quick else 10)
    lab.stop(server)
    lab.stop(cameras)
    return {"results": results, "browser": browser}


def measure_cameras(lab: Lab, urls: dict, count: int, options, idle: Usage) -> dict:
    say(f"  {count} cameras")
    chosen = dict(list(urls.items())[:count])
    server = lab.server(chosen)
    server.wait_live()
    # The cached group of pictures grows until the next key frame: its largest is what stays in RSS.
    cached = 0
    whole = time.monotonic() + options.gop + 1
    while time.monotonic() < whole:
        cached = max(cached, sum(c["cached_bytes"] for c in server.get("/api/cameras")["cameras"]))
        time.sleep(0.2)
    window = watch(server.pid, options.window)
    lab.stop(server)
    return {
        "cameras": count,
        "cpu_percent_per_camera": 100 * window.cores / count,
        "rss_mb_per_camera": (window.last.rss - idle.rss) / 1e6 / count,
        "cached_mb_per_camera": cached / 1e6 / count,
        "threads_per_camera": (window.last.threads - idle.threads) / count,
        "fds_per_camera": (window.last.fds - idle.fds) / count,
        "others_cores": window.others,
    }


def cameras_phase(lab: Lab, options) -> dict:
    most = max(options.cameras)
    cameras = lab.cameras(f"id=cam,count={most}," + camera_spec(options))
    urls = cameras.urls
    say("cameras: the process without any")
    server = lab.server({})
    time.sleep(1)
    idle = Usage.of(server.pid)
    lab.stop(server)
    results = [measure_cameras(lab, urls, count, options, idle) for count in options.cameras]
    rival = None
    if not options.no_rival:
        say("the naive pipeline")
        rival = [naive_cameras(lab, list(urls.values())[:count], options.window) for count in options.cameras]
    lab.stop(cameras)
    return {"results": results, "rival": rival}


def machine() -> dict:
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), "unknown")
    return {"cpu": model, "cores": os.cpu_count(), "kernel": os.uname().release, "load": os.getloadavg()}


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        if options.viewers:
            figures["viewers"] = viewers_phase(lab, options)
            if not options.no_rival:
                say("a naive webrtcbin for each viewer")
                figures["viewers"]["rival"] = naive_viewers(lab, options, camera_spec(options), JOIN_SPACING_MS)
        if options.cameras:
            figures["cameras"] = cameras_phase(lab, options)
        figures["gcm_gb_per_second"].append(calibrate())

    figures = {"quick": options.quick, "machine": machine(), "window_s": options.window, "gop_s": options.gop,
               "gcm_gb_per_second": [calibrate()]}
    return run(options, figures, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
