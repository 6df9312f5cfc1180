#!/usr/bin/env python3
"""What a wall of cameras costs, and how it heals: `./dev bench cameras` runs it, docs/performance.md explains the figures.

Cameras are played by fanlight-camsim on this machine, beside the server; a naive pipeline of rtspsrc to payloader
is measured in the same run and in the same manner.
"""

import argparse
import os
import pathlib
import signal
import sys
import time

from lab import Lab, LabError
from report import against, table
from rivals import go2rtc_config, least_reader, mediamtx_config, naive_cameras, other_server
from run import run, say
from usage import Usage, watch

SUB = "id=sub,count={count},audio=none,size=640x360,fps=15,bitrate=300,gop=30,loop=6"
MAIN = "id=main,count={count},audio=none,size=1280x720,fps=25,bitrate=2000,gop=50,loop=6"
STORM = "id=camera,count={count},audio=none,size=320x180,fps=10,bitrate=150,gop=20,loop=6"
# How a camera is read: a name, and the keys of its configuration.
WAYS = {
    "rtspsrc": {"source": "rtspsrc"},
    "direct": {"source": "direct"},
    "direct, udp": {"source": "direct", "transport": "udp"},
}
# What reading by `direct` may cost, as a multiple of the naive pipeline's CPU over the same transport, and of the floor's.
MOST_OF_NAIVE = 0.25
MOST_OF_NAIVE_UDP = 0.35
MOST_OF_FLOOR = 1.6
# Of the better one of the other servers.
MOST_OF_OTHERS = 1 / 3
# What a camera may take beside the cached group.
MOST_THREADS = 0.1
MOST_KB = 150
OTHERS = {"mediamtx": mediamtx_config, "go2rtc": go2rtc_config}
LIVE_S = 10
HEALED_S = 15


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev bench cameras", description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build"), help="build folder")
    parser.add_argument("--subs", type=int, default=100, help="cameras of 300 kbit/s (100)")
    parser.add_argument("--mains", type=int, default=50, help="cameras of 2 Mbit/s (50)")
    for other in OTHERS:
        parser.add_argument(f"--{other}", type=pathlib.Path, metavar="PROGRAM", help=f"also has this {other} read the same cameras")
    parser.add_argument("--only", choices=["costs", "sub", "main"], help="only what a camera costs, or one of that kind: 300 kbit/s or 2 Mbit/s")
    parser.add_argument("--before", type=pathlib.Path, help="build folder of another version, which is measured in turn with this one")
    parser.add_argument("--window", type=float, default=10, help="seconds of looking at them (10)")
    parser.add_argument("--quick", action="store_true", help="a tenth of the cameras, for a moment: shows that it works")
    parser.add_argument("--json", type=pathlib.Path, help="all figures (BUILD/bench-cameras.json)")
    options = parser.parse_args()
    if options.quick:
        options.subs, options.mains, options.window = max(2, options.subs // 10), max(2, options.mains // 10), 3
    options.json = options.json or options.build / "bench-cameras.json"
    return options


def states(server) -> dict[str, str]:
    return {camera["id"]: camera["state"] for camera in server.get("/api/cameras")["cameras"]}


def wait_for(server, wanted, seconds: float, what: str) -> float:
    """Until `wanted(states)`; how long that took, in seconds."""
    begin = time.monotonic()
    while not wanted(states(server)):
        if time.monotonic() - begin > seconds:
            raise LabError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.05)
    return time.monotonic() - begin


def all_live(known: dict[str, str]) -> bool:
    return all(state == "live" for state in known.values())


def share(lab: Lab, urls: dict[str, str], window: float, build: pathlib.Path | None = None, keys: dict | None = None) -> dict:
    """What a camera costs the server, with further `keys` of its configuration."""
    count = len(urls)
    server = lab.server({}, build)
    empty = Usage.of(server.pid)
    lab.stop(server)
    begin = time.monotonic()
    server = lab.server({name: {"url": url, **keys} for name, url in urls.items()} if keys else urls, build)
    wait_for(server, all_live, 60, f"{count} cameras")
    live_s = time.monotonic() - begin
    time.sleep(3)
    seen = watch(server.pid, window)
    cached = sum(camera["cached_bytes"] for camera in server.get("/api/cameras")["cameras"])
    lab.stop(server)
    return {
        "cameras": count,
        "live_s": live_s,
        "cpu_percent_per_camera": 100 * seen.cores / count,
        "rss_mb_per_camera": (seen.last.rss - empty.rss) / 1e6 / count,
        "cached_mb_per_camera": cached / 1e6 / count,
        "threads_per_camera": (seen.last.threads - seen.last.idle_workers - empty.threads + empty.idle_workers) / count,
        "fds_per_camera": (seen.last.fds - empty.fds) / count,
    }


def cost(lab: Lab, spec: str, count: int, options) -> dict:
    """A camera's share of the server, without viewers."""
    window, before = options.window, options.before
    cameras = lab.cameras(spec.format(count=count))
    figures = share(lab, cameras.urls, window)
    if before:
        # In turn, and each twice: what else the machine does counts for both.
        say(f"{count} cameras by the server before, and both once more")
        olds = [share(lab, cameras.urls, window, before)]
        news = [dict(figures), share(lab, cameras.urls, window)]
        olds.append(share(lab, cameras.urls, window, before))
        figures["turns"] = {"now": news, "before": olds}
    for way, keys in WAYS.items():
        say(f"{count} cameras by source: {way}")
        figures[way] = share(lab, cameras.urls, window, None, keys)
    say(f"{count} cameras by the naive pipeline, and by the least reader")
    figures["naive"] = naive_cameras(lab, list(cameras.urls.values()), window)
    figures["naive, udp"] = naive_cameras(lab, list(cameras.urls.values()), window, "udp")
    figures["floor"] = least_reader(lab, list(cameras.urls.values()), window)
    for other, config in OTHERS.items():
        if program := getattr(options, other):
            say(f"{count} cameras by {other}")
            figures[other] = other_server(lab, program.resolve(), config, list(cameras.urls.values()), window)
    lab.stop(cameras)
    return figures


def judge(value: float, most: float) -> str:
    return f"{value:.2f}, at most {most:.2f}: {'met' if value <= most else 'NOT MET'}"


def print_ways(result: dict):
    def cpu(name: str) -> float:
        return result[name]["cpu_percent_per_camera"]

    for way in WAYS:
        naive = "naive, udp" if way.endswith("udp") else "naive"
        print(f"  {result['cameras']} by source: {way}: CPU {cpu(way):.3f} % a camera, {cpu(way) / cpu(naive):.2f} x the naive pipeline's {cpu(naive):.3f} %, "
              f"{cpu(way) / cpu('floor'):.2f} x the least reader's {cpu('floor'):.3f} %; {1000 * result[way]['rss_mb_per_camera']:.0f} kB, "
              f"of which {1000 * result[way]['cached_mb_per_camera']:.0f} kB are the cached group; "
              f"{result[way]['threads_per_camera']:.2f} threads, {result[way]['fds_per_camera']:.1f} descriptors")
    print(f"  direct, of naive: {judge(cpu('direct') / cpu('naive'), MOST_OF_NAIVE)}; over UDP: "
          f"{judge(cpu('direct, udp') / cpu('naive, udp'), MOST_OF_NAIVE_UDP)}; of the least reader: {judge(cpu('direct') / cpu('floor'), MOST_OF_FLOOR)}")
    direct = result["direct"]
    print(f"  direct, threads a camera: {judge(direct['threads_per_camera'], MOST_THREADS)}; kB a camera beside its cached group: "
          f"{judge(1000 * (direct['rss_mb_per_camera'] - direct['cached_mb_per_camera']), MOST_KB)}")
    others = [other for other in OTHERS if other in result]
    for other in others:
        print(f"  {other}: CPU {cpu(other):.3f} % a camera, {1000 * result[other]['rss_mb_per_camera']:.0f} kB")
    if others:
        print(f"  direct, of the better one of these: {judge(cpu('direct') / min(map(cpu, others)), MOST_OF_OTHERS)}")


def storm(lab: Lab, count: int) -> dict:
    """All of them lose their power and get it back at once."""
    cameras = lab.cameras(STORM.format(count=count))
    server = lab.server(cameras.urls)
    wait_for(server, all_live, 60, f"{count} cameras")
    port = int(next(iter(cameras.urls.values())).split(":")[2].split("/")[0])
    lab.stop(cameras)
    wait_for(server, lambda known: not any(state == "live" for state in known.values()), 30, "the loss of all cameras")
    time.sleep(5)
    slowest = 0.0
    cameras = lab.cameras(STORM.format(count=count), port=port)
    begin = time.monotonic()
    while not all_live(states(server)):
        asked = time.monotonic()
        server.get("/health")
        slowest = max(slowest, time.monotonic() - asked)
        if time.monotonic() - begin > 120:
            raise LabError("not all cameras came back within 120 s")
        time.sleep(0.05)
    healed_s = time.monotonic() - begin
    lab.stop(cameras)
    lab.stop(server)
    return {"cameras": count, "healed_s": healed_s, "slowest_answer_ms": 1000 * slowest}


def hang(lab: Lab, count: int, window: float) -> dict:
    """One of them keeps its connection and sends nothing more; what the others get, before and during that."""
    others = lab.cameras(STORM.format(count=count))
    one = lab.cameras(STORM.replace("id=camera", "id=hanging").format(count=1))
    server = lab.server({**others.urls, **one.urls})
    wait_for(server, all_live, 60, f"{count + 1} cameras")

    def received() -> dict[str, int]:
        return {camera["id"]: camera["packets"] for camera in server.get("/api/cameras")["cameras"] if camera["id"] in others.urls}

    def slowest(seconds: float) -> float:
        """Pictures a second of the slowest of the others."""
        first, begin = received(), time.monotonic()
        time.sleep(seconds)
        last = received()
        return min(last[name] - first[name] for name in first) / (time.monotonic() - begin)

    time.sleep(2)
    before = slowest(window)
    os.kill(one.pid, signal.SIGSTOP)
    begin = time.monotonic()
    try:
        found_s = wait_for(server, lambda known: known["hanging"] != "live", 30, "the hanging camera")
        during = slowest(window)
        still_live = all(state == "live" for name, state in states(server).items() if name != "hanging")
    finally:
        os.kill(one.pid, signal.SIGCONT)
    back_s = wait_for(server, all_live, 120, "the return of the camera that hung")
    lab.stop(server)
    lab.stop(one)
    lab.stop(others)
    return {"cameras": count, "fps_before": before, "fps_during": during, "others_live": still_live, "found_s": found_s,
            "back_s": back_s, "hung_s": time.monotonic() - begin}


def print_turns(result: dict):
    def texts(who: str) -> str:
        return " and ".join(f"{turn['cpu_percent_per_camera']:.3f}" for turn in result["turns"][who])

    def total(who: str) -> float:
        return sum(turn["cpu_percent_per_camera"] for turn in result["turns"][who])

    print(f"  {result['cameras']} in turn, CPU % a camera: now {texts('now')}, before {texts('before')}; "
          f"now/before {total('now') / total('before'):.2f}")


def print_report(figures: dict):
    rows = []
    results = [(name, figures[kind]) for kind, name in (("sub", "300 kbit/s"), ("main", "2 Mbit/s")) if kind in figures]
    for name, result in results:
        naive = result["naive"]
        row = [f"{result['cameras']} of {name}"]
        for column in ("cpu_percent_per_camera", "rss_mb_per_camera", "threads_per_camera"):
            row.append(against(result[column], naive[column]))
        rows.append([*row, f"{result['fds_per_camera']:.1f}", f"{result['live_s']:.1f}"])
    table("A camera without viewers costs (and as a multiple of the naive pipeline in this run):",
          ["", "CPU %", "RSS MB", "threads", "fds", "all live, s"], rows)
    for _, result in results:
        if "turns" in result:
            print_turns(result)
        print_ways(result)
        print(f"  {result['cameras']} live within {LIVE_S} s: {'met' if result['live_s'] <= LIVE_S else 'NOT MET'}")
    print(f"\n{os.cpu_count()} cores, load {figures['load_before']:.1f} before and {figures['load_after']:.1f} after")
    if "storm" not in figures:
        return
    power = figures["storm"]
    print(f"\nPower cut of {power['cameras']} cameras: all live again {power['healed_s']:.1f} s after it ended "
          f"(within {HEALED_S} s: {'met' if power['healed_s'] <= HEALED_S else 'NOT MET'}); "
          f"the server's slowest answer meanwhile {power['slowest_answer_ms']:.0f} ms")
    one = figures["hang"]
    print(f"One of {one['cameras'] + 1} hangs: found after {one['found_s']:.1f} s; the slowest of the others got {one['fps_before']:.1f} pictures/s "
          f"before and {one['fps_during']:.1f} during it, {'all' if one['others_live'] else 'NOT all'} stayed live; it is back {one['back_s']:.1f} s after its end")


def main() -> int:
    options = parse_arguments()

    def measure(lab: Lab, figures: dict):
        for name, spec, count in (("sub", SUB, options.subs), ("main", MAIN, options.mains)):
            if options.only not in (None, "costs", name):
                continue
            say(f"{count} cameras of the kind {name}")
            figures[name] = cost(lab, spec, count, options)
        if options.only:
            return
        say("a power cut")
        figures["storm"] = storm(lab, options.subs)
        say("one that hangs")
        figures["hang"] = hang(lab, max(2, options.subs // 5), options.window)

    return run(options, {"load_before": os.getloadavg()[0]}, measure, print_report)


if __name__ == "__main__":
    sys.exit(main())
